"""A change follows one rule: a dotted path replaces the value there and nothing else; null removes it."""

from archc.language.document.nodes import Entry, Map, Node, Scalar
from archc.language.spec.defaults import WORDS, opened
from archc.record import Record

OWN = ("archc", "name", "title", "source", "expect")
"""Keys that are the document's own, never inherited; in a definition the key that states its kind is so too."""
_BEGUN = {
    "network": ("init", "vars", "layouts", "allow", "preprocess", "block"),
    "layout": ("stem", "block", "head", "modules", "batch_norm"),
    "block": ("parameters",),
    "module": ("parameters",),
    "shortcut": ("parameters",),
}
"""Maps at the top of a document that a path into them creates where they are missing."""
_STEPS = (("stem",), ("head",), ("steps",))
"""Maps whose keys are names of steps, which no path creates."""
_OF_STEP = (*WORDS, "init")
"""Keys of a step that a path into them creates, or opens where a word is short for a map."""


class NothingThere(Record, LookupError, frozen=False, eq=False):
    """A path names nothing: one of its parts is missing, or is a value without parts."""

    part: str
    """The part that is missing, or has no parts."""
    at: tuple[str, ...] = ()
    """The parts before it, which exist."""
    known: tuple[str, ...] = ()
    """The keys of the map there."""
    is_removed: bool = True
    """Whether the change was to remove it."""

    def __str__(self) -> str:
        return self.part


class _Place(Record, compiled=True):
    """The map that a path has reached in a document of a kind; in lowering the kind is `steps`, `settings` or `policy`."""

    kind: str
    at: tuple[str, ...] = ()

    def inside(self, part: str) -> "_Place":
        return _Place(self.kind, (*self.at, part))

    @property
    def keeps_paths(self) -> bool:
        """Return whether a key may be a path here: in `block` and stages it changes what a word stands for, or names a node."""
        if self.kind == "settings":
            return self.at[:1] != ("insert",) or len(self.at) < 2
        if self.kind in ("layout", "policy"):
            return bool(self.at) == (self.kind == "layout")
        match self.at:
            case ("block",) | ("stages", _) | ("stages", _, "blocks", _) | ("expect", "outputs"):
                return self.kind == "network"
            case _:
                return False

    def begun(self, root: Map, part: str, entry: Entry) -> Map | None:
        """Return the map in which a path goes on: the one there, the one that a word is short for, or a new one."""
        node = root.get(key_of(part))
        if isinstance(node, Map):
            return node
        if self.kind != "layout" and self.at in _STEPS and "module" not in root:
            return None
        if self.keeps_paths and not (self.kind == "layout" and (part == "parameters" or self.at == ("modules",))):
            return None
        top = not self.at and self.kind not in ("steps", "policy")
        if part in WORDS and (not top or self.kind == "network"):
            word = Scalar(WORDS[part], WORDS[part], entry.span) if node is None and top else node
            return Map((), entry.span) if word is None else opened(word) if isinstance(word, Scalar) else None
        begins = part in _BEGUN.get(self.kind, ()) or part.startswith("x-") if top else part in _OF_STEP or self.kind == "layout"
        return Map((), entry.span) if node is None and begins else None


def is_own(key: str | int, kind: str = "network") -> bool:
    return key in OWN or (key == kind != "network") or str(key).startswith("x-")


def key_of(part: str) -> str | int:
    """Return a part as a key; the keys under `blocks` are numbers, and no other key begins with a digit."""
    return int(part) if part.isascii() and part.isdigit() else part


def change(root: Map, path: str, entry: Entry, kind: str = "settings") -> Map:
    """Return `root`, a document of a kind, with `entry.value` at `path`, and without whatever stood under the path.

    The path is followed as far as there are maps, including maps that words are short for or that are left out. In `block` and
    in stages the rest of it is one key, but for an index. Raises NothingThere.
    """
    return _change(root, path.split("."), entry, _Place(kind))


def _change(root: Map, parts: list[str], entry: Entry, place: _Place) -> Map:
    if len(parts) > 1:
        key = key_of(parts[0])
        here = root.entry(key)
        inner = place.begun(root, parts[0], entry)
        index = parts[1] if parts[0] == "blocks" else parts[0] if place.at[-1:] == ("blocks",) else ""
        if inner is None and isinstance(key_of(index), int):
            inner = Map((), entry.span)  # `blocks.0.shortcut`: an index begins a map of its own
        if inner is not None:
            changed = _change(inner, parts[1:], entry, place.inside(parts[0]))
            return _replaced(root, Entry(key, here.span if here else entry.span, changed))
        if not place.keeps_paths:
            begun = () if place.at else (*(WORDS if place.kind == "network" else ()), *_BEGUN.get(place.kind, ()))
            known = dict.fromkeys((*(str(other.key) for other in root), *begun))
            raise NothingThere(parts[0], place.at, tuple(known), is_removed=False)
    key = key_of(parts[0]) if len(parts) == 1 else ".".join(parts)
    if not is_null(entry.value):
        return _replaced(_without_beneath(root, key), Entry(key, entry.span, entry.value))
    if key not in root and len(parts) == 1:
        raise NothingThere(str(key), place.at, tuple(str(other.key) for other in root))
    if key not in root:  # lowering removes it from the definition that a name stands for
        return _replaced(root, Entry(key, entry.span, entry.value))
    kept = tuple(old for old in _without_beneath(root, key) if old.key != key)
    return Map(kept, root.span)


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
