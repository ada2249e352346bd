"""Problems of paths that lead nowhere, and of maps that stand where a path was meant."""

import re
from collections.abc import Iterable, Iterator

from archc.diagnostics import Diagnostic, Span
from archc.language.document.edits import text_of
from archc.language.document.mends import of_key
from archc.language.document.nodes import Entry, Map, Node, Scalar
from archc.language.spec.paths import NothingThere, change, is_own, key_of
from archc.record import replace
from archc.suggest import advice, meant, nearest, spelled

_SEPARATORS = re.compile(r"[\[\]/.]+")
"""Characters that other programs write between the parts of a path."""
_REPLACED = ("E0202", "E0340", "E0331", "E0208")
"""Codes of the problems of a whole map where a path into the parent's was meant."""
_OF_WORDS = {"order": ("each", "first", "last", "after_add"), "shortcut": ("same", "change", "join")}
"""Parts of the maps that words of `block` are short for, each of which a path can change."""


def removes_nothing(diagnostic: Diagnostic) -> bool:
    """Return whether the problem is a change that leaves its definition as it is."""
    return diagnostic.code == "E0305" and diagnostic.message.startswith("nothing to remove ")


def lost(entry: Entry, nothing: NothingThere, root: Map, kind: str = "settings") -> Diagnostic:
    """Return E0305 for a path into `root`, with the first part of it that is missing, and the path that was probably meant."""
    path, part = str(entry.key), nothing.part
    before = "".join(f"{name}." for name in nothing.at)
    rest = path[len(before) + len(part) :] if path.startswith(before) else ""
    place = f"in `{'.'.join(nothing.at)}`" if nothing.at else "here"
    message = f"nothing to {'remove' if nothing.is_removed else 'change'} at `{path}`"
    if part in nothing.known and rest:
        help_text = f"it is one value: `{before}{part}: …` replaces it"
        return Diagnostic("E0305", message, entry.span, f"`{before}{part}` has no parts", help=help_text)
    if not nothing.at and is_own(part):
        own = f"`{part}: {{{rest[1:]}: …}}`" if part in ("source", "expect") else f"`{part}: …`"
        help_text = f"write it beside `extends`: {own}" if rest else "it is not inherited: leave this out"
        return Diagnostic("E0305", message, entry.span, f"`{part}` is the document's own", help=help_text)
    guess = _path_meant(path, entry, nothing, root, kind)
    known = "there are: " + ", ".join(nothing.known) if nothing.known else ""
    suggestion = "" if nothing.is_removed else advice(part, (), _place(nothing))
    help_text = f"did you mean `{guess}`?" if guess else suggestion or known
    fix = of_key(entry.span, part, () if nothing.at else nothing.known, (), ()) if guess else ()
    return Diagnostic("E0305", message, entry.span, f"there is no `{part}` {place}", help=help_text, fix=fix)


def _place(nothing: NothingThere) -> str:
    return "keys step" if nothing.at else "keys network"


def _path_meant(path: str, entry: Entry, nothing: NothingThere, root: Map, kind: str) -> str | None:
    """Return a path near `path` that exists in `root`: part by part the nearest, or the only one that ends so."""
    for _ in path.split("."):
        parts = path.split(".")
        depth, part = len(nothing.at), nothing.part
        guess = nearest(part, nothing.known) if nothing.is_removed else meant(part, nothing.known, _place(nothing))
        if guess is not None and depth < len(parts) and parts[depth] == part:
            path = ".".join((*parts[:depth], guess, *parts[depth + 1 :]))
        elif (dotted := _SEPARATORS.sub(".", path).strip(".")) != path:
            path = dotted
        elif not depth and (home := _home(part, root)):
            path = f"{home}.{path}"
        else:
            return None
        try:
            change(root, path, entry, kind)
        except NothingThere as further:
            nothing = further
        else:
            return _spelled_end(path, root)
    return None


def _spelled_end(path: str, root: Map) -> str:
    """Return the path with its last part as the map there spells it."""
    *before, last = path.split(".")
    node: Node | None = root
    for part in before:
        node = node.get(key_of(part)) if isinstance(node, Map) else None
    return ".".join((*before, (isinstance(node, Map) and spelled(last, (str(inner.key) for inner in node))) or last))


def _home(part: str, root: Map) -> str:
    """Return the path of the only map in `root` that has the part, "" where there are none or several."""
    homes = [path for path, inner in _maps(root, "") if key_of(part) in inner]
    return homes[0] if len(homes) == 1 else ""


def _maps(root: Map, path: str) -> Iterator[tuple[str, Map]]:
    for entry in root:
        if isinstance(entry.value, Map) and (path or not is_own(entry.key)):
            inner = f"{path}.{entry.key}" if path else str(entry.key)
            yield inner, entry.value
            yield from _maps(entry.value, inner)


def by_path(diagnostic: Diagnostic, entries: Iterable[Entry], root: Map) -> Diagnostic:
    """Add the path that was meant to a diagnostic of a change of the parent's `root`.

    The change names something that is elsewhere in `root`, or is a whole map that lacks keys of the parent's map.
    """
    if diagnostic.span is None or diagnostic.code not in (*_REPLACED, "E0201", "E0207"):
        return diagnostic
    for entry in entries:
        if not _holds(entry, diagnostic.span):
            continue
        path = str(entry.key)
        if diagnostic.code == "E0201":
            if entry.span != diagnostic.span or diagnostic.help:
                continue
            guess = _path_meant(path, entry, NothingThere(path, is_removed=False), root, "network")
            paths = _paths(replace(entry, key=guess), root) if guess else []
            return replace(diagnostic, help=f"did you mean {paths[0] if paths else f'`{guess}`'}?") if guess else diagnostic
        paths = _paths(entry, root)
        if paths and _wants_path(diagnostic, entry, root):
            more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
            help_text = f"a map replaces the whole of `{path}`; a part of it is changed by its path: {', '.join(paths[:3])}{more}"
            return replace(diagnostic, help=help_text, fix=())
    return diagnostic


def _wants_path(diagnostic: Diagnostic, entry: Entry, root: Map) -> bool:
    """Return whether a change's map is a part of the parent's: a path stands in it, or it lacks a key of the parent's."""
    match diagnostic.code:
        case "E0207":
            return diagnostic.span is not None and "." in str(_key_at(entry.value, diagnostic.span))
        case "E0208":
            node = root.get(entry.key)
            return isinstance(node, Map) and isinstance(entry.value, Map) and any(inner.key not in entry.value for inner in node)
        case _:
            return True


def _paths(entry: Entry, root: Map) -> list[str]:
    """Return each difference of a map from the map of `root` at its place, by its path; none where `root` has no map there."""
    path = str(entry.key)
    node: Node | None = root
    for part in path.split("."):
        node = node.get(key_of(part)) if isinstance(node, Map) else None
    in_block = path.startswith(("block.", "stages.")) and not isinstance(node, Map)
    last, value = path.rpartition(".")[2], entry.value
    if in_block and isinstance(value, Map) and all(key in _OF_WORDS.get(last, ()) for key in (inner.key for inner in value)):
        node = Map((), entry.span)  # a word, here or further out, is short for a map
    return list(_leaves(path, value, node)) if isinstance(value, Map) and isinstance(node, Map) else []


def _leaves(path: str, node: Node, inherited: Node | None) -> Iterator[str]:
    """Yield the paths of a map's values, as far as there are maps before them, but for equal values."""
    if isinstance(node, Map) and isinstance(inherited, Map):
        for entry in node:
            key = entry.key
            if key not in inherited and "." not in str(key):
                key = meant(str(key), (str(other.key) for other in inherited), "keys step") or key
            yield from _leaves(f"{path}.{key}", entry.value, inherited.get(key))
    elif not (isinstance(node, Scalar) and isinstance(inherited, Scalar) and node.value == inherited.value):
        yield f"`{path}: {text_of(node.span) if node.span.line == node.span.end_line else '…'}`"


def _key_at(node: Node, span: Span) -> str | int:
    """Return the key that stands at a span, "" where none does."""
    for entry in node if isinstance(node, Map) else ():
        if entry.span == span:
            return entry.key
        if key := _key_at(entry.value, span):
            return key
    return ""


def _holds(entry: Entry, span: Span) -> bool:
    if entry.span == span:
        return True
    value = entry.value.span
    inside = (value.line, value.column) <= (span.line, span.column) <= (value.end_line, value.end_column)
    return inside and value.source is span.source
