"""What a network inserts into a block's branch: each step after or before a node, or the addition."""

from archc.compile.lower.atoms import Atom, no_map, step_atoms
from archc.compile.lower.context import Context, Failed
from archc.language.document.nodes import Entry, Map, Scalar
from archc.record import Record, field
from archc.suggest import advice


class Rows(Record, frozen=False, eq=False):
    """The atoms of a branch and those after its addition. `latest` is the last insertion after each place, or after one there:
    several at one place stay in the order written.
    """

    branch: list[Atom]
    after: list[Atom]
    latest: dict[str, str] = field(factory=dict)

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
            followed = [target, *(place for place, name in self.latest.items() if name == target)]
            self.latest |= dict.fromkeys(followed, made[-1].name)
        row[at:at] = made
        return True

    def names(self) -> list[str]:
        return [*(atom.name for atom in self.branch), "add", *(atom.name for atom in self.after)]


def insert(context: Context, steps: Map, rows: Rows) -> None:
    """Puts every inserted step at its place; one without a place, or with an unknown one, is reported."""
    for entry in steps:
        try:
            place = _place(context, entry, steps)
            made = step_atoms(entry, context, role="insert")
        except Failed:
            context.guessed = True
            continue
        target = place.value.value if isinstance(place.value, Scalar) else None
        if not isinstance(target, str) or not rows.put(str(place.key), target, made):
            known = rows.names()
            helped = " ".join(filter(None, (advice(str(target), known, "operand"), "its nodes: " + ", ".join(known))))
            message = f"there is no `{target}` to insert `{entry.key}` {place.key}"
            context.report("E0348", message, place.value.span, help=helped)
            context.guessed = True


def _place(context: Context, entry: Entry, steps: Map) -> Entry:
    """The `after` or `before` of an inserted step; E0305 for a path into a step that is not there."""
    name, dot, _ = str(entry.key).partition(".")
    if dot:
        helped = advice(name, [str(other.key) for other in steps if other is not entry])
        message = f"nothing to change at `insert.{entry.key}`"
        raise context.fail("E0305", message, entry.span, f"no `{name}` is inserted", help=helped)
    step = entry.value
    if not isinstance(step, Map):
        raise no_map(context, entry)
    places = [e for e in step if e.key in ("after", "before")]
    if not places:
        helped = "`after:` or `before:` a node of the branch, or `before: add`"
        raise context.fail("E0202", f"`{name}` does not say where it stands", entry.span, help=helped)
    if len(places) > 1:
        label = "a step stands `after` one node or `before` one, not both"
        raise context.fail("E0201", f"`{places[1].key}` has no meaning here", places[1].span, label)
    return places[0]
