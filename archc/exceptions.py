"""The errors that public functions raise: each is an `ArchcError`."""


class ArchcError(Exception):
    """Whatever archc raises on purpose; another exception is a bug in archc."""


class WrongType(ArchcError, TypeError):
    """An argument is not of the kind it has to be."""


class WrongValue(ArchcError, ValueError):
    """An argument is of the right kind and none of what it may be: what is wrong, and a way out."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message}; {hint}" if hint else message)
        self.message = message
        self.hint = hint
