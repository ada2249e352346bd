"""Broken texts give a tree or diagnostics with a place, never another exception, and nothing unprintable."""

import random
from pathlib import Path

import draws
import pytest
from mutator import mutate

from archc.diagnostics import Diagnostic, SpecError
from archc.language.document.lines import lines
from archc.language.document.loader import parse
from archc.language.document.source import text_source
from archc.limits import Limits
from archc.rendering.text import render

DOCUMENTS = [path.read_text(encoding="utf-8") for path in sorted(Path(__file__, "../../data/documents").resolve().glob("*.yaml"))]
LIMITS = Limits()


def faults(text: str) -> list[str]:
    """What is wrong with what is said about a text; an exception other than SpecError passes through."""
    try:
        parse(text_source(text, "spec.yaml", LIMITS), LIMITS)
    except SpecError as error:
        diagnostics = error.diagnostics
    else:
        return []
    unprintable = [line for line in render(diagnostics).split("\n") if not line.isprintable()]
    return unprintable + [f"{d.code} at {d.span}" for d in diagnostics if not in_range(d)] + ["no diagnostic"] * (not diagnostics)


def in_range(diagnostic: Diagnostic) -> bool:
    spans = [diagnostic.span, *(note.span for note in diagnostic.notes)]
    for span in spans:
        if span is None:
            return False
        text = lines(span.source.text)
        start, end = (span.line, span.column), (span.end_line, span.end_column)
        if not (1 <= start[0] <= end[0] <= len(text) and start <= end):
            return False
        if not (1 <= start[1] <= len(text[start[0] - 1]) + 1 and 1 <= end[1] <= len(text[end[0] - 1]) + 1):
            return False
    return True


@pytest.mark.parametrize("seed", range(15))
def test_a_thousand_broken_texts(seed: int) -> None:
    choose = random.Random(draws.seed(seed))
    broken = [mutate(choose.choice(DOCUMENTS), choose, DOCUMENTS) for _ in range(1000)]
    assert [(text, found) for text in broken if (found := faults(text))] == []
