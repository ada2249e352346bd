"""A document is converted for a validator, whose paths lead back to places in the text."""

from typing import TypeAlias

from archc.diagnostics import Diagnostic, Span
from archc.language.document.mends import of_index
from archc.language.document.nodes import Entry, Map, Node, Scalar, Sequence
from archc.record import Record

Path: TypeAlias = tuple[str | int, ...]


class Place(Record, compiled=True):
    """A value and the entry that it stands in; a list's items and the document itself have none."""

    node: Node
    entry: Entry | None

    @property
    def key_span(self) -> Span:
        """Return where to point for a problem of the whole value: its key, or its first key."""
        if self.entry is not None:
            return self.entry.span
        if isinstance(self.node, Map) and self.node.entries:
            return self.node.entries[0].span
        return self.node.span


def as_document(root: Map, problems: list[Diagnostic]) -> dict[str, object]:
    """Return dicts with keys of text, without `x-…`, lists and scalars. Numbers as keys are reported where none may be."""
    entries = tuple(entry for entry in root if not str(entry.key).startswith("x-"))
    return _as_dict(Map(entries, root.span), "", problems)


def _as_dict(node: Map, parent: str, problems: list[Diagnostic]) -> dict[str, object]:
    takes_indices = parent.rpartition(".")[2] == "blocks"
    values: dict[str, object] = {}
    for before, entry in zip((None, *node), node, strict=False):
        if not isinstance(entry.key, str) and not takes_indices:
            message = f"the key `{entry.key}` is a number"
            label = "only blocks are called by a number, under `blocks`"
            problems.append(Diagnostic("E0210", message, entry.span, label, help=_decimal(before, entry)))
        elif takes_indices and isinstance(entry.key, str) and _is_index(entry.key):
            advice = f"write {entry.key} without quotes"
            fix = of_index(entry.span, entry.key)
            problems.append(Diagnostic("E0210", f"the index `{entry.key}` is a text", entry.span, help=advice, fix=fix))
        if entry is entry_of(node, str(entry.key)):
            values[str(entry.key)] = _as_value(entry.value, str(entry.key), problems)
    return values


def _decimal(before: Entry | None, entry: Entry) -> str:
    """Return a help for `{rate: 0,5}`, which is two keys; "" elsewhere."""
    whole = before.value if before is not None else None
    empty = isinstance(entry.value, Scalar) and entry.value.value is None
    if before is None or not empty or not isinstance(whole, Scalar) or not isinstance(whole.value, int):
        return ""
    return f"a decimal has a point: `{before.key}: {whole.value}.{entry.key}`"


def _as_value(node: Node, parent: str, problems: list[Diagnostic]) -> object:
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [_as_value(item, "", problems) for item in node.items]
        case Map():
            return _as_dict(node, parent, problems)


def _is_index(key: str) -> bool:
    return key.isascii() and key.isdigit()


def place_of(root: Map, path: Path) -> Place:
    """Return the value at a path that a validator reports."""
    place = Place(root, None)
    for part in path:
        match place.node:
            case Map():
                entry = entry_of(place.node, str(part))
                place = Place(entry.value, entry)
            case Sequence():
                place = Place(place.node.items[int(part)], None)
            case Scalar():
                raise LookupError(path)
    return place


def entry_of(node: Map, key: str) -> Entry:
    """Return the entry of a text key, whose own key may be a number."""
    entry = node.entry(key) or (node.entry(int(key)) if _is_index(key.removeprefix("-")) else None)
    if entry is None:
        raise LookupError(key)
    return entry


def shown(path: Path) -> str:
    """Write a path as in `stages.layer1.blocks.0` or `of[1]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
