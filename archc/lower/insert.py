"""What a network inserts into a block's branch: each step after or before a node, or the addition."""

from dataclasses import dataclass, field

from archc.document.nodes import Entry, Map, Scalar
from archc.lower.atoms import Atom, step_atoms
from archc.lower.context import Context, Failed
from archc.suggest import nearest


@dataclass(slots=True, eq=False)
class Rows:
    """The atoms of a branch and those after its addition. `latest` is the last insertion after each place: several at one
    place stay in the order written.
    """

    branch: list[Atom]
    after: list[Atom]
    latest: dict[str, str] = field(default_factory=dict)

    def put(self, where: str, target: str, made: list[Atom]) -> bool:
        """Puts atoms `after` or `before` a node or `add`; False if nothing is called so."""
        if target == "add":
            row, at = (self.branch, len(self.branch)) if where == "before" else (self.after, -1)
        else:
            row = self.branch if any(atom.name == target for atom in self.branch) else self.after
            at = next((i for i, atom in enumerate(row) if atom.name == target), -2)
        if at == -2:
            return False
        if where == "after":
            last = self.latest.get(target)
            at = 1 + next((i for i, atom in enumerate(row) if atom.name == last), at)
            self.latest[target] = made[-1].name
        row[at:at] = made
        return True

    def names(self) -> list[str]:
        return [atom.name for atom in (*self.branch, *self.after)] + ["add"]


def insert(context: Context, steps: Map, rows: Rows) -> None:
    """Puts every inserted step at its place; one without a place, or with an unknown one, is reported."""
    for entry in steps:
        step = entry.value
        places = [e for e in step if e.key in ("after", "before")] if isinstance(step, Map) else []
        if len(places) != 1 or not isinstance(places[0].value, Scalar):
            helped = "before: add, after: act2, …"
            context.report("E0347", f"`{entry.key}` does not say one place", entry.span, "after or before what?", help=helped)
            continue
        try:
            made = step_atoms(Entry(entry.key, entry.span, step), context, role="insert")
        except Failed:
            continue
        place = places[0]
        target = str(places[0].value.value)
        if not rows.put(str(place.key), target, made):
            known = rows.names()
            guess = nearest(target, known)
            helped = f"did you mean `{guess}`?" if guess else "its nodes: " + ", ".join(known)
            message = f"there is no `{target}` to insert `{entry.key}` {place.key}"
            context.report("E0348", message, place.value.span, help=helped)
