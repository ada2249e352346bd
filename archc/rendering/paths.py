"""Names of files as other programs want them: relative to the repository they are in, with `/` between their parts."""

import os

from archc.diagnostics import Span
from archc.language.shipped import PREFIX


def repository(folder: str) -> str:
    """The nearest folder at or above `folder` that holds `.git`; `folder` itself where there is none."""
    here = os.path.realpath(folder)
    above = here
    while not os.path.exists(os.path.join(above, ".git")):
        above, below = os.path.dirname(above), above
        if above == below:
            return here
    return above


def relative(name: str, root: str) -> str:
    """A name as the user gave it, from `root`; what lies outside stays as it was given."""
    path = os.path.abspath(name)
    inside = os.path.relpath(path, root) if os.path.splitdrive(path)[0] == os.path.splitdrive(root)[0] else path
    return (name if inside.split(os.sep)[0] == os.pardir or os.path.isabs(inside) else inside).replace(os.sep, "/")


def in_a_file(span: Span | None) -> bool:
    """Whether a span names a file of the user's: no value of the command line, and nothing that ships."""
    return span is not None and not span.source.name.startswith(("--", PREFIX))


def has_lines(span: Span) -> bool:
    """A file that could not be read has no line to name."""
    return bool(span.source.text)
