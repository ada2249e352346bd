"""One class in the making: the expressions of its members' attributes, and the calls that make its modules."""

from archc.ir import ops
from archc.ir.norms import ACTIVATIONS
from archc.record import Record, field
from archc_torch.arguments import Arguments, Expr, Key
from archc_torch.body import Body, Member
from archc_torch.folding import Entry
from archc_torch.instances import Group
from archc_torch.library import Library
from archc_torch.modules import constructor
from archc_torch.plan import Plan
from archc_torch.printer import Doc, number, prefixed
from archc_torch.tree import Tree


class Writer(Record, frozen=False, eq=False):
    """Everything the constructor and forward of one class are written from. `plans` are the classes inside it, by part."""

    group: Group
    tree: Tree
    plans: dict[int, Plan]
    library: Library
    arguments: Arguments
    attributes: dict[tuple[int, str], Expr] = field(factory=dict)
    given: dict[int, list[tuple[Key, Expr]]] = field(factory=dict)
    flows: dict[int, Expr | None] = field(factory=dict)
    uses: dict[int, int] = field(factory=dict)
    makers: dict[int, int] = field(factory=dict)
    alias: dict[int, int] = field(factory=dict)
    once: dict[tuple[object, ...], tuple[list[tuple[Key, Expr]], Expr | None]] = field(factory=dict)
    _entries: dict[int, Entry] = field(factory=dict)

    @property
    def body(self) -> Body:
        return self.group.bodies[0]

    @property
    def members(self) -> list[Member]:
        return self.body.members

    def value(self, number: int) -> int:
        """The value an identity stands for."""
        while number in self.alias:
            number = self.alias[number]
        return number

    def safe(self, number: int) -> bool:
        """Whether a value may be written over: one use, and made by a convolution, norm, linear layer or addition.

        Anything else keeps its output for the backward pass, or passes a value on that others read. A layer norm or linear layer
        at each position ends in a permuted view, which torch.jit.script does not let be written over in training.
        """
        number = self.value(number)
        place = self.makers.get(number)
        if place is None or self.uses.get(number) != 1 or place in self.group.slots:
            return False
        member = self.members[place]
        if member.applied is None:
            return self.plans[member.part].safe
        return member.applied.op.is_spare(of_map=member.applied.reads == "map")

    def in_place(self, place: int) -> bool:
        """Whether an activation writes over its operand: a negative slope has no gradient then, as the sign is lost."""
        applied = [body.members[place].applied for body in self.group.bodies]
        acts = [each.op for each in applied if each is not None and isinstance(each.op, ops.Act)]
        fits = len(acts) == len(applied) and all(ACTIVATIONS[act.act].in_place != "no" and act.slope >= 0 for act in acts)
        return fits and self.safe(self.members[place].inputs[0])

    def entry(self, key: str, place: int) -> Entry:
        """A child as an entry of a container."""
        member = self.members[place]
        plan = self.plans[member.part]
        given = self.given[place]
        known = self._entries.get(id(given))  # calls alike share their list of arguments
        if known is not None:
            return Entry(key, known.doc, plan, known.given, known.text)
        whole = all(expr.literal for _, expr in given) and len(self.group.bodies) == 1
        filled = self.filled(member.part)
        loops = tuple(given) if whole and not filled else ()
        made = self._entries[id(given)] = Entry(key, plan.call(given, filled), plan, loops)
        return made

    def unpacked(self, place: int) -> Doc | None:
        """`*conv(64, 128)`: the call whose modules are those of the dissolved block that begins at a member."""
        member = self.members[place]
        plan = self.plans.get(member.block)
        if plan is None or not plan.is_function or plan.slots or member.start != place:
            return None
        given: list[tuple[Key, Expr]] = []
        for key, expr in plan.literals(member.block):
            flow = self.flows.get(member.inputs[0]) if key in plan.inputs else None
            given.append((key, flow if flow is not None and flow.values == expr.values else expr))
        return prefixed("*", plan.call(given, {}))

    def filled(self, part: int) -> dict[str, Doc]:
        """What an instance's shortcut is filled with, where its class leaves that open."""
        plan = self.plans[part]
        return {name: doc for place, name in plan.slots.items() if (doc := plan.fillings.get((part, place))) is not None}

    def module(self, place: int) -> Doc:
        """The call that makes a member's module."""
        member = self.members[place]
        if member.applied is None:
            return self.plans[member.part].call(self.given[place], self.filled(member.part))
        return constructor(member.applied, lambda name: self.attributes[place, name], self.library, in_place=self.in_place(place))

    def constant_module(self, body: Body, place: int) -> Doc:
        """The module of a member of one instance, its numbers as they are."""
        applied = body.members[place].applied
        assert applied is not None  # noqa: S101  a child has a plan instead

        def attribute(name: str) -> Expr:
            value = getattr(applied.op, name)
            return Expr(str(value), ()) if isinstance(value, tuple) else Expr(number(value), (value,))

        return constructor(applied, attribute, self.library, in_place=False)
