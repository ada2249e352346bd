"""Parts that can be one class: alike in operations, wiring and attribute names, unlike in numbers only."""

from archc.ir.arrange import Identity
from archc.ir.ops import Operation
from archc.record import Record, field
from archc_torch.body import Bodies, Body, Member
from archc_torch.tree import MODULES

Shape = tuple[object, ...]


class Group(Record, frozen=False, eq=False):
    """The parts of one class, in order of first use. `slots` are the members that are filled from outside: unlike shortcuts."""

    parts: list[int]
    bodies: list[Body]
    uses: int = 0
    slots: set[int] = field(factory=set)


def group(bodies: Bodies) -> tuple[list[Group], dict[int, int]]:
    """The groups, inner ones first, and each part's."""
    groups: list[Group] = []
    of_part: dict[int, int] = {}
    by_shape: dict[Shape, int] = {}
    for index, body in bodies.bodies.items():
        shape = (
            body.scope.kind,
            body.scope.template,
            body.inputs,
            body.outputs,
            *(_shape(m, body, of_part) for m in body.members),
        )
        number = by_shape.setdefault(shape, len(groups))
        if number == len(groups):
            groups.append(Group([], []))
        groups[number].parts.append(index)
        groups[number].bodies.append(body)
        groups[number].uses += bodies.parts.counts[index]
        of_part[index] = number
    order = _inner_first(groups, of_part)
    groups = [groups[number] for number in order]
    of_part = {part: order.index(number) for part, number in of_part.items()}
    for found in groups:
        found.slots = {place for place in range(len(found.bodies[0].members)) if _is_open(found, place, of_part)}
    return groups, of_part


def _inner_first(groups: list[Group], of_part: dict[int, int]) -> list[int]:
    """An order in which every class stands after those of its children, shortcuts it is filled with among them."""
    order: list[int] = []
    seen: set[int] = set()

    def visit(number: int) -> None:
        if number in seen:
            return
        seen.add(number)
        inside = {of_part[m.part]: None for body in groups[number].bodies for m in body.members if m.applied is None}
        for inner in inside:
            visit(inner)
        order.append(number)

    for number in range(len(groups)):
        visit(number)
    return order


def is_slot(member: Member, body: Body) -> bool:
    """Whether a member is its block's shortcut, whatever it is: one value in, one out, and no tensors of its own."""
    if (
        body.scope.kind != "block"
        or member.role != "shortcut"
        or member.block >= 0
        or len(member.inputs) != 1
        or len(member.outputs) != 1
    ):
        return False
    if member.applied is None:
        return True
    op = member.applied.op
    return isinstance(op, Identity) or (op.kind in MODULES and not op.parameters())


def static(op: Operation) -> tuple[object, ...]:
    """What the emitted text of an operation depends on besides numbers."""
    fixed = (getattr(op, name) for name in op.record_fields)
    return (op.kind, *(value for value in fixed if isinstance(value, bool | str | tuple)))


def _shape(member: Member, body: Body, of_part: dict[int, int]) -> Shape:
    wiring = (member.name, member.levels, member.inputs, member.outputs)
    if is_slot(member, body):
        return ("slot", *wiring)
    if member.applied is None:
        return (of_part[member.part], *wiring)
    numbers = [
        getattr(member.applied.op, name)
        for name in ("parts", "groups")
        if member.applied.op.kind in ("split", "shuffle", "softmax") and name in member.applied.op.record_fields
    ]
    return (static(member.applied.op), member.applied.reads, member.applied.count, *numbers, member.init, member.bare, *wiring)


def _is_open(found: Group, place: int, of_part: dict[int, int]) -> bool:
    """Whether the instances of a class have unlike shortcuts."""
    members = [body.members[place] for body in found.bodies]
    if not is_slot(members[0], found.bodies[0]):
        return False
    kinds = {of_part[m.part] if m.applied is None else (static(m.applied.op), m.applied.reads, m.applied.count) for m in members}
    return len(kinds) > 1
