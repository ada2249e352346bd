"""Diagnostics are shown on the terminal here, and give the exit code; lines and tables are printed."""

import sys
from collections.abc import Sequence
from typing import TextIO

from archc.cli.parsing import wants_color
from archc.diagnostics import Diagnostic

BUG = 70
"""The exit code after a bug in archc (EX_SOFTWARE of sysexits.h)."""
UNREADABLE = frozenset({"E0001", "E0002", "E0003"})
"""Codes of a fault in the command line, not in a spec: no such file, not a file, not readable."""


def show(diagnostics: Sequence[Diagnostic], *, color: str, stream: TextIO | None = None) -> None:
    """Print diagnostics with source excerpts, by default to stderr."""
    from archc.rendering.text import render

    out = stream or sys.stderr
    print(render(diagnostics, color=wants_color(color, terminal=out.isatty())), end="", file=out)


def say(text: str) -> None:
    """Print a line to stderr, with invisible characters of names escaped."""
    from archc.rendering.visible import visible

    print(visible(text), file=sys.stderr)


def room() -> int | None:
    """Return the columns that COLUMNS says, else the terminal's; None for a pipe or a file, which have no edge."""
    import os

    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit():
        return int(columns[:9])
    return os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else None


def exit_code(diagnostics: Sequence[Diagnostic]) -> int:
    """Return 0 for warnings alone, 70 after a bug in archc, 2 where the only errors are files that cannot be read, else 1."""
    codes = {diagnostic.code for diagnostic in diagnostics if diagnostic.severity == "error"}
    if not codes:
        return 0
    if "E0510" in codes:
        return BUG
    return 2 if codes <= UNREADABLE else 1
