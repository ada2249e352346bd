"""Diagnostics on the terminal, and the exit code they stand for."""

import sys
from collections.abc import Sequence
from typing import TextIO

from archc.cli.parsing import wants_color
from archc.diagnostics import Diagnostic

BUG = 70
"""The exit code of a program with a fault of its own (EX_SOFTWARE of sysexits.h)."""
UNREADABLE = frozenset({"E0001", "E0002", "E0003"})
"""No such file, not a file, not readable: the command line is at fault, no spec."""


def show(diagnostics: Sequence[Diagnostic], *, color: str, stream: TextIO | None = None) -> None:
    """Print with source excerpts, to stderr unless told otherwise."""
    from archc.rendering.text import render

    out = stream or sys.stderr
    print(render(diagnostics, color=wants_color(color, terminal=out.isatty())), end="", file=out)


def say(text: str) -> None:
    """A line to stderr; what a name in it may hide is shown escaped."""
    from archc.rendering.visible import visible

    print(visible(text), file=sys.stderr)


def room() -> int | None:
    """Columns that COLUMNS says, else the terminal's; None where nobody looks: a pipe or a file has no edge."""
    import os

    said = os.environ.get("COLUMNS", "")
    if said.isascii() and said.isdigit():
        return int(said[:9])
    return os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else None


def exit_code(diagnostics: Sequence[Diagnostic]) -> int:
    """0 for warnings alone, 70 after a bug in archc, 2 where all that is wrong is a file that cannot be read, else 1."""
    codes = {diagnostic.code for diagnostic in diagnostics if diagnostic.severity == "error"}
    if not codes:
        return 0
    if "E0510" in codes:
        return BUG
    return 2 if codes <= UNREADABLE else 1
