"""A figure that cannot be drawn as asked, though its network is sound."""

from archc.exceptions import ArchcError


class FigureError(ArchcError):
    """What was asked for and cannot be had, and a way out."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint
