"""What is told of a file whose check did not come to an end: a bug in archc, or a process that the system ended."""

import sys

from archc import __version__
from archc.diagnostics import Diagnostic, Source, Span

BUG = "E0510"


def failure(name: str, bug: Exception) -> Diagnostic:
    """E0511 where memory ran out, else E0510."""
    if isinstance(bug, MemoryError):
        return _diagnostic("E0511", f"`{name}` could not be checked: there is not enough memory", name, MEMORY)
    said = f"{type(bug).__name__}: {ascii(str(bug))[1:-1]}"
    version = f"archc {__version__}, Python {sys.version.split()[0]}"
    helped = f"this is a fault of archc ({version}), not of your spec: please report it; ARCHC_DEBUG=1 shows where it happened"
    return _diagnostic(BUG, f"`{name}` could not be checked: archc bug: {said}", name, helped)


def cut_short(name: str, code: int | None) -> Diagnostic:
    """E0511: the process that checked the file is no more; `code` is its exit code, below zero a signal's number."""
    ended = f"signal {-code}" if code is not None and code < 0 else f"code {code}"
    return _diagnostic("E0511", f"`{name}` could not be checked: its process ended with {ended}", name, MEMORY)


MEMORY = "signal 9 is what a system sends where memory runs out: give it more, or fewer processes with --jobs"


def _diagnostic(code: str, message: str, name: str, help: str) -> Diagnostic:
    return Diagnostic(code, message, Span(Source(name, ""), 1, 1, 1, 1), help=help)
