"""Keys of maps: what may be one, which are said twice, and how `<<` brings in another map's."""

import re
from collections.abc import Iterable
from enum import Enum
from typing import TypeAlias

from archc.diagnostics import Diagnostic, Note, Span
from archc.language.document.nodes import Entry, Map, Node, Scalar, Sequence
from archc.limits import Limits

Key: TypeAlias = str | int
_WHOLE = re.compile(r"-?[0-9]+")


class Merge(Enum):
    """The key `<<`."""

    KEY = "<<"


def key_of(node: Node, span: Span, limits: Limits) -> Key | Diagnostic:
    """The key a node is: text, or a whole number in decimal (stages give blocks by index). Else E0105; E0407 if too long."""
    match node:
        case Scalar(value=str(text)) if len(text) <= limits.key:
            return text
        case Scalar(value=str()):
            return Diagnostic(
                "E0407", f"a key of more than {limits.key} characters", span, help="raise the limit with `--limit key=N`"
            )
        case Scalar(value=int(number), text=text) if not isinstance(number, bool) and _WHOLE.fullmatch(text):
            return number
        case Scalar(text=""):
            return Diagnostic("E0105", "a key is missing", span, "expected a name before the `:`")
        case Scalar(text=text):
            return Diagnostic("E0105", f"a key must be text, not `{text}`", span, help=f'write "{text}"')
        case Map():
            return Diagnostic("E0105", "a key must be text, not a map", span, help="quote it if the braces belong to a text")
        case Sequence():
            return Diagnostic("E0105", "a key must be text, not a list", span, help="quote it if the brackets belong to a text")


def duplicate(key: str, second: Span, first: Span) -> Diagnostic:
    return Diagnostic("E0104", f"duplicate key `{key}`", second, notes=(Note("first defined here", first),))


def merged(node: Node) -> Iterable[Entry] | None:
    """The entries that `<<: node` brings, of several with one key the first; None where the node is no map or list of maps."""
    match node:
        case Map():
            return node.entries
        case Sequence(items=items) if all(isinstance(item, Map) for item in items):
            entries: dict[Key, Entry] = {}
            for item in items:
                if isinstance(item, Map):
                    for entry in item.entries:
                        entries.setdefault(entry.key, entry)
            return entries.values()
        case _:
            return None
