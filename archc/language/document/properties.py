"""The anchor and the tag before a value. Events give where they begin, not where the value itself does."""

import re

from archc.record import Record

_PROPERTY = re.compile(r"(?P<anchor>&[A-Za-z0-9_-]+)|(?P<tag>![^\s,\[\]{}]*)")
_BETWEEN = re.compile(r"(?:\s|#[^\r\n]*)*")


class Properties(Record):
    """Offsets into the text: of the value, of the anchor and the tag (start, end)."""

    value: int
    anchor: tuple[int, int] | None = None
    tag: tuple[int, int] | None = None


def properties(text: str, start: int, end: int) -> Properties:
    """Read from `start`; the value begins at `end` at the latest (there is none after `&a` at the end of a line)."""
    found: dict[str, tuple[int, int]] = {}
    at = start
    while match := _PROPERTY.match(text, at):
        if match.lastgroup in found or match.lastgroup is None:
            break
        found[match.lastgroup] = match.span()
        between = _BETWEEN.match(text, match.end())
        at = between.end() if between else match.end()
    return Properties(min(at, max(end, start)), found.get("anchor"), found.get("tag"))
