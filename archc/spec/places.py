"""Where a step stands that a change adds to inherited ones: before or after one of them."""

from collections.abc import Callable

from archc.diagnostics import Diagnostic
from archc.document.nodes import Entry, Map, Scalar
from archc.suggest import advice

PLACES = ("before", "after")


def placed(root: Map, entry: Entry, kind: str, report: Callable[[Diagnostic], None]) -> Map:
    """`root` after a change, its step moved to where it says `before:` or `after:` which other one it stands."""
    home, _, name = str(entry.key).partition(".")
    step, steps = entry.value, root.get(home)
    homes = ("stem", "head") if kind == "network" else ("steps",)
    if home not in homes or not isinstance(step, Map) or not isinstance(steps, Map) or name not in steps:
        return root
    places = [place for place in step if place.key in PLACES]
    if not places:
        return root
    bare = Entry(name, entry.span, Map(tuple(e for e in step if e.key not in PLACES), step.span))
    others = [other for other in steps if other.key != name]
    at = _index(places, name, others, report)
    others.insert(len(others) if at is None else at, bare)
    made = Map(tuple(others), steps.span)
    return Map(tuple(Entry(e.key, e.span, made) if e.key == home else e for e in root), root.span)


def _index(places: list[Entry], name: str, others: list[Entry], report: Callable[[Diagnostic], None]) -> int | None:
    """The place among the other steps; E0201 for two places, E0348 for a step that is not there."""
    place = places[0]
    if len(places) > 1:
        label = "a step stands `after` one or `before` one, not both"
        report(Diagnostic("E0201", f"`{places[1].key}` has no meaning here", places[1].span, label))
        return None
    target = place.value.value if isinstance(place.value, Scalar) else None
    known = [str(other.key) for other in others]
    if target not in known:
        helped = " ".join(filter(None, (advice(str(target), known, "operand"), "its steps: " + ", ".join(known))))
        message = f"there is no step `{target}` for `{name}` to stand {place.key}"
        report(Diagnostic("E0348", message, place.value.span, help=helped))
        return None
    return known.index(str(target)) + (place.key == "after")
