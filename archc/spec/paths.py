"""The one rule for change: a dotted path replaces the value there and nothing else; null removes it."""

from archc.document.nodes import Entry, Map, Node, Scalar


class NothingThere(LookupError):
    """A path that is to be removed names nothing."""


def key_of(part: str) -> str | int:
    """The keys under `blocks` are numbers; no other key begins with a digit."""
    return int(part) if part.isascii() and part.isdigit() else part


def change(root: Map, path: str, entry: Entry) -> Map:
    """`root` with `entry.value` at `path`: followed as far as maps go, the rest written as one key but for an index.

    Whatever stood under the path goes with it. Raises NothingThere.
    """
    return _change(root, path.split("."), entry)


def _change(root: Map, parts: list[str], entry: Entry) -> Map:
    if len(parts) > 1:
        here = root.entry(key_of(parts[0]))
        if here is not None and isinstance(here.value, Map):
            inner = _change(here.value, parts[1:], entry)
            return _replaced(root, Entry(here.key, here.span, inner))
        if any(isinstance(key_of(part), int) for part in parts[:2]):  # `blocks.0.shortcut`: an index begins a map of its own
            inner = _change(Map((), entry.span), parts[1:], entry)
            return _replaced(root, Entry(key_of(parts[0]), entry.span, inner))
    key = key_of(parts[0]) if len(parts) == 1 else ".".join(parts)
    if not is_null(entry.value):
        return _replaced(_without_beneath(root, key), Entry(key, entry.span, entry.value))
    if key not in root and len(parts) == 1:
        raise NothingThere(str(key))
    if key not in root:  # to be removed from what a name stands for, where that is known
        return _replaced(root, Entry(key, entry.span, entry.value))
    left = tuple(old for old in _without_beneath(root, key) if old.key != key)
    return Map(left, root.span)


def is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _without_beneath(root: Map, key: str | int) -> Map:
    prefix = f"{key}."
    if not any(isinstance(old.key, str) and old.key.startswith(prefix) for old in root):
        return root
    return Map(tuple(old for old in root if not str(old.key).startswith(prefix)), root.span)


def _replaced(root: Map, entry: Entry) -> Map:
    if entry.key in root:
        return Map(tuple(entry if old.key == entry.key else old for old in root), root.span)
    return Map((*root.entries, entry), root.span)
