"""Errors of weights: of a file of them, or between a file and the spec that they are for."""

from archc.diagnostics import Diagnostic, SpecError


class WeightsError(SpecError, frozen=False, eq=False):
    """Weights cannot be used, and nothing was written: codes E0001 to E0003 (the file cannot be read) and E0580 to E0599."""


def refused(code: str, message: str, help: str = "") -> WeightsError:
    return WeightsError((Diagnostic(code, message, help=help),))
