"""What tables, figures, costs, differences, verdicts and reports have in common: they print, save and show themselves."""

import os
from collections.abc import Callable, Mapping
from typing import ClassVar

from archc.arguments import StrPath, choice
from archc.arguments import path as path_text


class Shown:
    """Something read off networks. `str()` is its text; `save` writes it in the format that the suffix says."""

    formats: ClassVar[Mapping[str, str]] = {}
    """The method that writes each suffix."""

    def to_text(self) -> str:
        raise NotImplementedError

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
