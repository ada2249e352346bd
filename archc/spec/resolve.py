"""What `extends` and `set` make of a document: its parent's keys, changed, beside the document's own."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from archc.diagnostics import Diagnostic, Note, Span
from archc.document.mends import of_key
from archc.document.nodes import Entry, Map, Node, Scalar
from archc.spec.paths import NothingThere, change, key_of
from archc.spec.places import Places
from archc.suggest import advice, meant

OWN = ("archc", "name", "title", "source", "expect")
"""Keys that are the document's own, never inherited; of a definition also the key that says what it is."""


def is_own(key: str | int, kind: str = "network") -> bool:
    return key in OWN or (key == kind != "network") or str(key).startswith("x-")


def merge(child: Map, parent: Map, kind: str, report: Callable[[Diagnostic], None]) -> Map:
    """The full document of `child`, which extends the resolved `parent` of the same kind."""
    own = Map(tuple(entry for entry in child if is_own(entry.key, kind)), child.span)
    inherited = Map(tuple(entry for entry in parent if not is_own(entry.key, kind)), child.span)
    changes = child.get("set")
    if isinstance(changes, Map):
        own = apply_all(own, tuple(entry for entry in changes if is_own(entry.key, kind)), report, kind)
        inherited = apply_all(inherited, tuple(entry for entry in changes if not is_own(entry.key, kind)), report, kind)
    proof = [entry for entry in own if entry.key == "expect"]  # where a reader looks for it: at the end
    return Map((*(entry for entry in own if entry.key != "expect"), *inherited.entries, *proof), child.span)


def apply_all(root: Map, entries: tuple[Entry, ...], report: Callable[[Diagnostic], None], kind: str = "network") -> Map:
    """Every path of `set` (or of the command line) applied in the order written, to a document of a kind."""
    places = Places(kind, report)
    for entry in entries:
        try:
            root = places.placed(change(root, str(entry.key), entry, kind), entry)
        except NothingThere as nothing:
            report(lost(entry, nothing))
    return root


def lost(entry: Entry, nothing: NothingThere) -> Diagnostic:
    """E0305 for a path: the first part of it that is missing, and the nearest that is there."""
    path, part = str(entry.key), nothing.part
    before = "".join(f"{name}." for name in nothing.at)
    rest = path[len(before) + len(part) :] if path.startswith(before) else ""
    around = f"in `{'.'.join(nothing.at)}`" if nothing.at else "here"
    message = f"nothing to {'remove' if nothing.is_removed else 'change'} at `{path}`"
    if part in nothing.known and rest:
        helped = f"it is one value: `{before}{part}: …` replaces it"
        return Diagnostic("E0305", message, entry.span, f"`{before}{part}` has no parts", help=helped)
    if not nothing.at and is_own(part):
        helped = f"write it beside `extends`: `{part}: {{{rest[1:]}: …}}`" if rest else "it is not inherited: leave this out"
        return Diagnostic("E0305", message, entry.span, f"`{part}` is the document's own", help=helped)
    place = "keys network" if not nothing.at else "keys step"
    guess = meant(part, nothing.known, place)
    listed = "there are: " + ", ".join(nothing.known) if nothing.known else ""
    helped = f"did you mean `{before}{guess}{rest}`?" if guess else advice(part, nothing.known, place, listed)
    keys = () if nothing.at else nothing.known
    fix = of_key(entry.span, part, keys, (), ()) if guess else ()
    return Diagnostic("E0305", message, entry.span, f"there is no `{part}` {around}", help=helped, fix=fix)


def by_path(diagnostic: Diagnostic, entries: Iterable[Entry], root: Map) -> Diagnostic:
    """With the path that was meant, where a whole map lacks what the parent's `root` says at its place."""
    if diagnostic.code not in ("E0202", "E0340", "E0331") or diagnostic.span is None:
        return diagnostic
    for entry in entries:
        there: Node | None = root
        for part in str(entry.key).split("."):
            there = there.get(key_of(part)) if isinstance(there, Map) else None
        if isinstance(entry.value, Map) and isinstance(there, Map) and _holds(entry, diagnostic.span):
            paths = list(_leaves(str(entry.key), entry.value, there))
            helped = f"a map replaces the whole of `{entry.key}`; a part of it is changed by its path: {', '.join(paths[:3])}"
            return replace(diagnostic, help=helped)
    return diagnostic


def _holds(entry: Entry, span: Span) -> bool:
    if entry.span == span:
        return True
    value = entry.value.span
    inside = (value.line, value.column) <= (span.line, span.column) <= (value.end_line, value.end_column)
    return inside and value.source is span.source


def _leaves(path: str, node: Node, there: Node | None) -> Iterator[str]:
    """The paths of what a map says, as far as there are maps at their beginnings."""
    if isinstance(node, Map) and isinstance(there, Map):
        for entry in node:
            yield from _leaves(f"{path}.{entry.key}", entry.value, there.get(entry.key))
    else:
        yield f"`{path}: {node.text if isinstance(node, Scalar) else '…'}`"


def cycle(chain: list[tuple[str, Scalar]]) -> Diagnostic:
    """`extends` that comes back to where it began."""
    first = chain[0]
    notes = tuple(Note(f"which extends `{name}`", at.span) for name, at in chain[1:])
    return Diagnostic("E0304", f"`{first[0]}` extends itself", first[1].span, "this comes back here", notes)
