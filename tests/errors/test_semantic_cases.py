"""Every spec under cases/invalid/semantics has the problems it marks, at their columns, in order, and no others.

`# error[E0312] 10:12 see parts/gate.yaml:7` ends the line of a problem: its code, first column and the one after its last, and
the places in other files that it points at. `# error[E0312] in parts/base.yaml:6` marks one that is in another file itself.
"""

import re
from pathlib import Path

import pytest

from archc.analyse.checking import check_file
from archc.diagnostics import Diagnostic
from archc.rendering.text import render

FOLDER = Path(__file__).resolve().parents[1] / "cases" / "invalid" / "semantics"
CASES = sorted(path.name for path in FOLDER.glob("*.yaml"))
_MARK = re.compile(r"error\[(E[0-9]{4})\](?: in (\S+:[0-9]+))?(?: ([0-9:]+))?((?: see \S+:[0-9]+)*)")


def marked(name: str) -> list[str]:
    """The problems a file marks, as `told` tells them."""
    found = []
    for number, line in enumerate((FOLDER / name).read_text(encoding="utf-8").splitlines(), 1):
        for code, elsewhere, columns, further in _MARK.findall(line.partition("# ")[2]):
            place = elsewhere or f"{name}:{number} {columns}"
            found.append((elsewhere, f"{code} {place}{further}"))
    return [text for _, text in sorted(found, key=lambda pair: pair[0])]


def told(diagnostic: Diagnostic, name: str) -> str:
    span = diagnostic.span
    assert span is not None
    where = f"{span.source.name}:{span.line}"
    if span.source.name == name:
        where += f" {span.column}:{span.end_column}" if span.end_line == span.line else f" {span.column}"
    further = [note.span for note in diagnostic.notes if note.span and note.span.source is not span.source]
    return f"{diagnostic.code} {where}" + "".join(f" see {at.source.name}:{at.line}" for at in further)


def test_there_are_cases() -> None:
    assert len(CASES) > 100


@pytest.mark.parametrize("name", CASES)
def test_the_problems_are_those_marked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    assert [told(diagnostic, name) for diagnostic in check_file(name)] == marked(name)


@pytest.mark.parametrize("name", CASES)
def test_every_problem_is_rendered_with_a_caret_under_text(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    text = render(check_file(name))
    assert [block for block in text.split("\n\n") if not re.search(r"\| .*\S.*\n *\| +\^", block)] == []
