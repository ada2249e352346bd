"""Diagnostics on the terminal, and the exit code they stand for."""

import sys
from collections.abc import Sequence
from typing import TextIO

from archc.cli.parsing import wants_color
from archc.diagnostics import Diagnostic

MISSING = "E0001"


def show(diagnostics: Sequence[Diagnostic], *, color: str, stream: TextIO | None = None) -> None:
    """Print with source excerpts, to stderr unless told otherwise."""
    from archc.rendering.text import render

    out = stream or sys.stderr
    print(render(diagnostics, color=wants_color(color, terminal=out.isatty())), end="", file=out)


def exit_code(diagnostics: Sequence[Diagnostic]) -> int:
    """0 for warnings alone, 2 where all that is wrong is a file that is not there, else 1."""
    codes = {diagnostic.code for diagnostic in diagnostics if diagnostic.severity == "error"}
    if not codes:
        return 0
    return 2 if codes == {MISSING} else 1
