"""What `extends` and `set` make of a document: its parent's keys, changed, beside the document's own."""

from collections.abc import Callable

from archc.diagnostics import Diagnostic, Note
from archc.document.nodes import Entry, Map, Node, Scalar
from archc.spec.paths import NothingThere, change
from archc.suggest import advice

OWN = ("archc", "name", "title", "source", "expect")
"""Keys that are the document's own, never inherited; of a definition also the key that says what it is."""


def is_own(key: str | int, kind: str = "network") -> bool:
    return key in OWN or (key == kind != "network") or str(key).startswith("x-")


def merge(child: Map, parent: Map, kind: str, report: Callable[[Diagnostic], None]) -> Map:
    """The full document of `child`, which extends the resolved `parent` of the same kind."""
    own = [entry for entry in child if is_own(entry.key, kind)]
    inherited = Map(tuple(entry for entry in parent if not is_own(entry.key, kind)), child.span)
    changes = child.get("set")
    if isinstance(changes, Map):
        inherited = apply_all(inherited, changes.entries, report)
    proof = [entry for entry in own if entry.key == "expect"]  # where a reader looks for it: at the end
    return Map((*(entry for entry in own if entry.key != "expect"), *inherited.entries, *proof), child.span)


def apply_all(root: Map, entries: tuple[Entry, ...], report: Callable[[Diagnostic], None]) -> Map:
    """Every path of `set` (or of the command line) applied in the order written."""
    for entry in entries:
        try:
            root = change(root, str(entry.key), entry)
        except NothingThere as nothing:
            report(_nothing_there(root, entry, str(nothing)))
    return root


def _nothing_there(root: Map, entry: Entry, name: str) -> Diagnostic:
    here: Node | None = root
    for part in str(entry.key).split(".")[:-1]:
        here = here.get(part) if isinstance(here, Map) else None
    known = [str(e.key) for e in here] if isinstance(here, Map) else []
    return Diagnostic(
        "E0305",
        f"nothing to remove at `{entry.key}`",
        entry.span,
        f"there is no `{name}` here",
        help=advice(name, known, otherwise="there are: " + ", ".join(known) if known else ""),
    )


def cycle(chain: list[tuple[str, Scalar]]) -> Diagnostic:
    """`extends` that comes back to where it began."""
    first = chain[0]
    notes = tuple(Note(f"which extends `{name}`", at.span) for name, at in chain[1:])
    return Diagnostic("E0304", f"`{first[0]}` extends itself", first[1].span, "this comes back here", notes)
