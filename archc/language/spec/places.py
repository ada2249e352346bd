"""Where a step stands that a change adds to inherited ones: before or after one of them."""

from collections.abc import Callable

from archc.diagnostics import Diagnostic
from archc.language.document.nodes import Entry, Map, Scalar
from archc.record import Record, field
from archc.suggest import advice, nearest

PLACES = ("before", "after")


class Places(Record):
    """The places that the changes of one `set` give to steps of a document of a kind. `latest` is the last step put after each:
    several after one stand in the order written, as inserted ones do.
    """

    kind: str
    report: Callable[[Diagnostic], None]
    latest: dict[tuple[str, str], str] = field(factory=dict)

    def placed(self, root: Map, entry: Entry) -> Map:
        """`root` after a change, its step moved to where it says `before:` or `after:` which other one it stands."""
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
        at = self._index(places, home, name, others)
        if at is None:  # nothing follows from where it stands instead
            nothing = Map((Entry("op", entry.span, Scalar("identity", "identity", entry.span)),), step.span)
            bare, at = Entry(name, entry.span, nothing), len(others)
        others.insert(at, bare)
        made = Map(tuple(others), steps.span)
        return Map(tuple(Entry(e.key, e.span, made) if e.key == home else e for e in root), root.span)

    def _index(self, places: list[Entry], home: str, name: str, others: list[Entry]) -> int | None:
        """The place among the other steps, None where it is not known; E0201, E0203, E0348."""
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
            helped = " ".join(filter(None, (part, "its steps: " + ", ".join(known))))
            message = f"there is no step `{target}` for `{name}` to stand {place.key}"
            self.report(Diagnostic("E0348", message, place.value.span, help=helped))
            target = unit if unit in known else nearest(target, known)
        if target is None:
            return None
        if place.key == "before":
            return known.index(target)
        last = self.latest.get((home, target), target)
        behind = [target, *(before for (at, before), step in self.latest.items() if at == home and step == target)]
        self.latest.update({(home, before): name for before in behind})
        return 1 + known.index(last if last in known else target)
