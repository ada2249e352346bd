"""A list or map that is still open: what it takes in, and what it says about keys on the way."""

from archc.diagnostics import Diagnostic, Source, Span
from archc.language.document.keys import Key, Merge, duplicate, key_of, merged
from archc.language.document.nodes import Entry, Map, Node, Scalar, Sequence
from archc.limits import Limits
from archc.record import Record, field

# Stands where an alias could not be followed: no further complaint is made about it.
BROKEN = Scalar(None, "", Span(Source("", ""), 1, 1, 1, 1))


class Frame(Record, frozen=False, compiled=True):
    """First place, end of the last child, content. `before` is the expanded size of the document when it opened."""

    is_map: bool
    is_flow: bool
    line: int
    column: int
    anchor: str | None
    before: int
    last: tuple[int, int]
    height: int = 1
    items: list[Node] = field(factory=list[Node])
    entries: dict[Key, Entry] = field(factory=dict[Key, Entry])
    inherited: set[Key] = field(factory=set[Key])
    has_key: bool = False
    key: Key | Merge | None = None
    key_span: Span | None = None
    merged_at: Span | None = None
    # offset of a value with more `(` than `)`, how much was found before it, how many are open
    opened: tuple[int, int, int] | None = None

    def close(self, source: Source, end: tuple[int, int]) -> Node:
        """The finished node; `end` is where its bracket does."""
        span = Span(source, self.line, self.column, *(end if self.is_flow else self.last))
        return Map(tuple(self.entries.values()), span) if self.is_map else Sequence(tuple(self.items), span)


def add(frame: Frame, node: Node, span: Span, height: int, limits: Limits, *, is_merge: bool) -> Diagnostic | None:
    """Take a finished node in; `span` is where it stands here, for an alias not the node's own."""
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
    frame.entries[key] = Entry(key, key_span, node)  # over a merged one in its place, as in PyYAML
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
