"""What `extends` and `set` make of a document: its parent's keys, changed, beside the document's own."""

from collections.abc import Callable

from archc.diagnostics import Diagnostic, Note
from archc.language.document.nodes import Entry, Map, Scalar
from archc.language.spec.lost import lost
from archc.language.spec.paths import NothingThere, change, is_own
from archc.language.spec.places import Places


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
            report(lost(entry, nothing, root, kind))
    return root


def cycle(chain: list[tuple[str, Scalar]]) -> Diagnostic:
    """`extends` that comes back to where it began."""
    first = chain[0]
    notes = tuple(Note(f"which extends `{name}`", at.span) for name, at in chain[1:])
    return Diagnostic("E0304", f"`{first[0]}` extends itself", first[1].span, "this comes back here", notes)
