"""`extends` and `set` are resolved here: a document takes over its parent's keys, changed, and places the steps it adds."""

from collections.abc import Callable

from archc.diagnostics import Diagnostic, Note
from archc.language.document.nodes import Entry, Map, Scalar
from archc.language.spec.lost import lost
from archc.language.spec.paths import NothingThere, change, is_own
from archc.record import Record, field
from archc.suggest import advice, nearest

PLACES = ("before", "after")


class Places(Record):
    """Places the steps that the changes of one `set` add to a document."""

    kind: str
    """The kind of the document."""
    report: Callable[[Diagnostic], None]
    latest: dict[tuple[str, str], str] = field(factory=dict)
    """Maps each target to the last step inserted after it, so that later ones follow in the order written."""

    def placed(self, root: Map, entry: Entry) -> Map:
        """Return `root` after a change, with the step that it adds moved `before:` or `after:` the step that it names."""
        home, _, name = str(entry.key).partition(".")
        step, steps = entry.value, root.get(home)
        homes = ("stem", "head") if self.kind == "network" else ("steps",)
        if home not in homes or not isinstance(step, Map) or not isinstance(steps, Map) or name not in steps:
            return root
        places = [place for place in step if place.key in PLACES]
        if not places or isinstance(steps.get("module"), Scalar):
            return root
        bare = Entry(name, entry.span, Map(tuple(e for e in step if e.key not in PLACES), step.span))
        others = [other for other in steps if other.key != name]
        index = self._index(places, home, name, others)
        if index is None:  # an identity has no effect, wherever it stands
            nothing = Map((Entry("op", entry.span, Scalar("identity", "identity", entry.span)),), step.span)
            bare, index = Entry(name, entry.span, nothing), len(others)
        others.insert(index, bare)
        moved = Map(tuple(others), steps.span)
        return Map(tuple(Entry(e.key, e.span, moved) if e.key == home else e for e in root), root.span)

    def _index(self, places: list[Entry], home: str, name: str, others: list[Entry]) -> int | None:
        """Return the place among the other steps, None where it is not known. Reports E0201, E0203, E0348."""
        place, known = places[0], [str(other.key) for other in others]
        if len(places) > 1:
            label = "a step stands `after` one or `before` one, not both"
            self.report(Diagnostic("E0201", f"`{places[1].key}` has no meaning here", places[1].span, label))
        target = place.value.value if isinstance(place.value, Scalar) else None
        if not isinstance(target, str):
            message = f"`{home}.{name}.{place.key}` must be the name of a step"
            self.report(Diagnostic("E0203", message, place.value.span, help="its steps: " + ", ".join(known)))
            return None
        if target not in known:
            unit = f"conv{target[4:] if target.startswith('norm') else target[3:]}" if target.startswith(("norm", "act")) else ""
            part = f"`{target}` is a part of the unit `{unit}`, which is one step." if unit in known else advice(target, known)
            help_text = " ".join(filter(None, (part, "its steps: " + ", ".join(known))))
            message = f"there is no step `{target}` for `{name}` to stand {place.key}"
            self.report(Diagnostic("E0348", message, place.value.span, help=help_text))
            target = unit if unit in known else nearest(target, known)
        if target is None:
            return None
        if place.key == "before":
            return known.index(target)
        last = self.latest.get((home, target), target)
        targets = [
            target,
            *(before for (latest_home, before), step in self.latest.items() if latest_home == home and step == target),
        ]
        self.latest.update({(home, before): name for before in targets})
        return 1 + known.index(last if last in known else target)


def merge(child: Map, parent: Map, kind: str, report: Callable[[Diagnostic], None]) -> Map:
    """Return the full document of `child`, which extends the resolved `parent` of the same kind."""
    own = Map(tuple(entry for entry in child if is_own(entry.key, kind)), child.span)
    inherited = Map(tuple(entry for entry in parent if not is_own(entry.key, kind)), child.span)
    changes = child.get("set")
    if isinstance(changes, Map):
        own = apply_all(own, tuple(entry for entry in changes if is_own(entry.key, kind)), report, kind)
        inherited = apply_all(inherited, tuple(entry for entry in changes if not is_own(entry.key, kind)), report, kind)
    proof = [entry for entry in own if entry.key == "expect"]  # it goes to the end, where readers look for it
    return Map((*(entry for entry in own if entry.key != "expect"), *inherited.entries, *proof), child.span)


def apply_all(root: Map, entries: tuple[Entry, ...], report: Callable[[Diagnostic], None], kind: str = "network") -> Map:
    """Apply every path of `set` (or of the command line) in the order written to a document of a kind."""
    places = Places(kind, report)
    for entry in entries:
        try:
            root = places.placed(change(root, str(entry.key), entry, kind), entry)
        except NothingThere as nothing:
            report(lost(entry, nothing, root, kind))
    return root


def cycle(chain: list[tuple[str, Scalar]]) -> Diagnostic:
    """Return E0304 for a chain of `extends` that comes back to its beginning."""
    first = chain[0]
    notes = tuple(Note(f"which extends `{name}`", parent.span) for name, parent in chain[1:])
    return Diagnostic("E0304", f"`{first[0]}` extends itself", first[1].span, "this comes back here", notes)
