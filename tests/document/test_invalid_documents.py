"""The files of tests/cases/invalid/loading: no tree can be made of them. Each says on which lines which codes are due."""

import re
from pathlib import Path

import pytest

from archc.diagnostics import SpecError
from archc.language.document.loader import parse
from archc.language.document.source import read_source
from archc.limits import Limits

_DUE = re.compile(r"error\[(E\d{4})\]")


def due(path: Path) -> list[tuple[int, str]]:
    """(line, code) as the comments of a file say."""
    text = path.read_text(encoding="utf-8")
    return sorted((number, code) for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1) for code in _DUE.findall(line))


DOCUMENTS = sorted(Path(__file__, "../../cases/invalid/loading").resolve().glob("*.yaml"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_told_at_the_line(path: Path) -> None:
    limits = Limits()
    with pytest.raises(SpecError) as error:
        parse(read_source(path, path.name, limits), limits)
    assert sorted((d.span.line, d.code) for d in error.value.diagnostics if d.span) == due(path)
