"""Files are named as other programs want them: relative to their repository, with `/` between the parts of a path."""

import os

from archc.diagnostics import Span
from archc.language.shipped import PREFIX


def repository(folder: str) -> str:
    """Return the nearest folder at or above `folder` that holds `.git`, `folder` itself where there is none."""
    here = os.path.realpath(folder)
    above = here
    while not os.path.exists(os.path.join(above, ".git")):
        above, below = os.path.dirname(above), above
        if above == below:
            return here
    return above


def relative(name: str, root: str) -> str:
    """Return a path relative to `root`; one that lies outside stays as the user gave it."""
    path = os.path.abspath(name)
    inside = os.path.relpath(path, root) if os.path.splitdrive(path)[0] == os.path.splitdrive(root)[0] else path
    return (name if inside.split(os.sep)[0] == os.pardir or os.path.isabs(inside) else inside).replace(os.sep, "/")


def in_a_file(span: Span | None) -> bool:
    """Return whether a span names a file of the user's: no value of the command line, and no file that ships."""
    return span is not None and not span.source.name.startswith(("--", PREFIX))


def has_lines(span: Span) -> bool:
    """Return whether the source has lines; a file that could not be read has none."""
    return bool(span.source.text)
