"""What keeps two programs from being compared: a missing package, an unknown model, a file or an operation that cannot be run."""

from archc.diagnostics import Diagnostic, Note, SpecError


class VerifyError(SpecError, frozen=False, eq=False):
    """Codes E0001 to E0003 and E0620 to E0629: nothing can be said of the two functions."""


def trouble(code: str, message: str, help: str = "", notes: tuple[str, ...] = ()) -> VerifyError:
    return VerifyError((Diagnostic(code, message, notes=tuple(map(Note, notes)), help=help),))
