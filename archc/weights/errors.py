"""What is wrong with weights: with a file of them, or between a file and the spec they are for."""

from archc.diagnostics import Diagnostic, SpecError


class WeightsError(SpecError, frozen=False, eq=False):
    """Codes E0001 to E0003 (the file cannot be read) and E0580 to E0599; nothing was written."""


def refused(code: str, message: str, help: str = "") -> WeightsError:
    return WeightsError((Diagnostic(code, message, help=help),))
