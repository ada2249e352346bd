"""A frame is a list or map that is still open. It takes in nodes, checks keys, and merges the entries that `<<` brings."""

import re
from collections.abc import Iterable
from enum import Enum
from typing import TypeAlias

from archc.diagnostics import Diagnostic, Note, Source, Span
from archc.language.document.nodes import Entry, Map, Node, Scalar, Sequence
from archc.limits import Limits
from archc.record import Record, field

Key: TypeAlias = str | int
_WHOLE = re.compile(r"-?[0-9]+")


class Merge(Enum):
    """The key `<<`."""

    KEY = "<<"


def key_of(node: Node, span: Span, limits: Limits) -> Key | Diagnostic:
    """Return the key that a node is: text, or a decimal number, by which stages give blocks. Else E0105; E0407 if too long."""
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
    """Return the entries that `<<: node` brings, of equal keys the first; None where the node is no map or list of maps."""
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


# A node in the place of an alias that could not be followed, about which nothing further is reported.
BROKEN = Scalar(None, "", Span(Source("", ""), 1, 1, 1, 1))


class Frame(Record, frozen=False, compiled=True):
    """A list or map while its content is read."""

    is_map: bool
    is_flow: bool
    """Whether it is written in brackets or braces."""
    line: int
    column: int
    anchor: str | None
    before: int
    """The expanded size of the document when it opened."""
    last: tuple[int, int]
    """Where its last child ends."""
    height: int = 1
    items: list[Node] = field(factory=list[Node])
    entries: dict[Key, Entry] = field(factory=dict[Key, Entry])
    inherited: set[Key] = field(factory=set[Key])
    """The keys that `<<` brought."""
    has_key: bool = False
    """Whether a key was read whose value comes next."""
    key: Key | Merge | None = None
    key_span: Span | None = None
    merged_at: Span | None = None
    """Where its `<<` stands."""
    opened: tuple[int, int, int] | None = None
    """The offset of a value with more `(` than `)`, the number of problems before it, and how many `(` are open."""

    def close(self, source: Source, end: tuple[int, int]) -> Node:
        """Return the finished node; `end` is where its bracket ends."""
        span = Span(source, self.line, self.column, *(end if self.is_flow else self.last))
        return Map(tuple(self.entries.values()), span) if self.is_map else Sequence(tuple(self.items), span)


def add(frame: Frame, node: Node, span: Span, height: int, limits: Limits, *, is_merge: bool) -> Diagnostic | None:
    """Add a finished node. `span` is its place here, which for an alias is not the node's own."""
    frame.height = max(frame.height, height + 1)
    frame.last = (span.end_line, span.end_column)
    if not frame.is_map:
        frame.items.append(node)
        return None
    if frame.has_key:
        frame.has_key = False
        return _pair(frame, node, span)
    if not frame.is_flow and frame.key_span is None:
        frame.line, frame.column = span.line, span.column  # a block map begins at its first key
    frame.has_key, frame.key_span = True, span
    key = Merge.KEY if is_merge else None if node is BROKEN else key_of(node, span, limits)
    if isinstance(key, Diagnostic):
        frame.key = None
        return key
    frame.key = key
    return None


def _pair(frame: Frame, node: Node, span: Span) -> Diagnostic | None:
    key, key_span = frame.key, frame.key_span
    if key is None or key_span is None:
        return None
    if isinstance(key, Merge):
        return _merge(frame, key_span, node, span)
    if key in frame.entries and key not in frame.inherited:
        return duplicate(str(key), key_span, frame.entries[key].span)
    frame.inherited.discard(key)
    frame.entries[key] = Entry(key, key_span, node)  # a merged entry is replaced in its place, as in PyYAML
    return None


def _merge(frame: Frame, key_span: Span, node: Node, span: Span) -> Diagnostic | None:
    if frame.merged_at:
        return duplicate("<<", key_span, frame.merged_at)
    frame.merged_at = key_span
    entries = () if node is BROKEN else merged(node)
    if entries is None:
        return Diagnostic("E0110", "`<<` takes a map or a list of maps", span, help="write `<<: *name` with an anchor on a map")
    for entry in entries:
        if entry.key not in frame.entries:
            frame.entries[entry.key] = entry
            frame.inherited.add(entry.key)
    return None
