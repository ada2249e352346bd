"""The tree of a YAML document has scalars, lists and maps, each with its place. It is immutable, and compared by identity."""

from collections.abc import Iterator
from typing import TypeAlias

from archc.diagnostics import Span
from archc.record import Record, field

Plain: TypeAlias = bool | int | float | str | None


class Scalar(Record, eq=False, compiled=True):
    """A value, resolved by YAML 1.2's core schema. `text` is kept for exact arithmetic, in which 0.1 is 1/10."""

    value: Plain
    text: str
    span: Span


class Entry(Record, eq=False, compiled=True):
    """A key of a map and its value. `key` is text or an integer, which the schema allows under `blocks` only."""

    key: str | int
    span: Span
    value: "Node"


class Map(Record, eq=False, compiled=True):
    """A map: entries in the order written, with unique keys."""

    entries: tuple[Entry, ...]
    span: Span
    _index: dict[str | int, Entry] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {entry.key: entry for entry in self.entries})

    def __contains__(self, key: str | int) -> bool:
        return key in self._index

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def entry(self, key: str | int) -> Entry | None:
        return self._index.get(key)

    def get(self, key: str | int) -> "Node | None":
        entry = self._index.get(key)
        return entry.value if entry else None


class Sequence(Record, eq=False):
    """A list: items in the order written."""

    items: tuple["Node", ...]
    span: Span


Node: TypeAlias = Scalar | Map | Sequence


def plain(node: Node) -> object:
    """Return the node as dicts, lists and scalars, for a JSON Schema validator. The loader's limits bound the recursion."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [plain(item) for item in node.items]
        case Map():
            return {entry.key: plain(entry.value) for entry in node.entries}
