"""Errors that keep two programs from being compared: a missing package, an unknown model, a file or operation that cannot run."""

from archc.diagnostics import Diagnostic, Note, SpecError


class VerifyError(SpecError, frozen=False, eq=False):
    """The two functions could not be compared: codes E0001 to E0003 and E0620 to E0629."""


def trouble(code: str, message: str, help: str = "", notes: tuple[str, ...] = ()) -> VerifyError:
    return VerifyError((Diagnostic(code, message, notes=tuple(map(Note, notes)), help=help),))
