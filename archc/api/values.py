"""What tables, figures, costs, differences, verdicts and reports have in common: they print, save and show themselves."""

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from archc.arguments import StrPath, choice
from archc.arguments import path as path_text


class Shown:
    """Something read off networks. `str()` is its text; `save` writes it in the format that the suffix says.

    Two are equal where they say the same.
    """

    formats: ClassVar[Mapping[str, str]] = {}
    """The method that writes each suffix."""

    if TYPE_CHECKING:

        def to_text(self) -> str: ...

    def said(self) -> str:
        """All that it says, by which two are equal."""
        written: str = getattr(self, "to_json")()  # noqa: B009  each but a figure has it
        return written

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.said() == other.said()

    def __hash__(self) -> int:
        return hash(self.said())

    def __str__(self) -> str:
        return self.to_text()

    def save(self, path: StrPath, *, force: bool = False, **options: object) -> None:
        """Write it to a file; `options` are those of the method for its format, as `standalone=True` of LaTeX.

        Raises WrongValue for another suffix, and OutputError where a file exists and `force` is not given.
        """
        from archc.output import write_files

        target = path_text("path", path)
        name = self.formats[choice("suffix", os.path.splitext(target)[1].lower(), self.formats)]
        method: Callable[..., str | bytes] = getattr(self, name)
        content = method(**options)
        write_files([(target, [content.encode() if isinstance(content, str) else content])], force=force)
