"""One class in the making: the expressions of its members' attributes, and the calls that make its modules."""

from dataclasses import dataclass, field

from archc.ir.ops import Conv, PadChannels
from archc_torch.arguments import Arguments, Expr, Key, Value, literal, minus, times
from archc_torch.body import Body, Member
from archc_torch.folding import Entry
from archc_torch.flow import channels_after
from archc_torch.instances import Group
from archc_torch.library import Library
from archc_torch.modules import IN_PLACE, constructor
from archc_torch.plan import Plan
from archc_torch.printer import Doc, number, prefixed
from archc_torch.tree import Tree

CHANNELS = ("in_channels", "out_channels", "channels")


@dataclass(slots=True, eq=False)
class Writer:
    """Everything the constructor and forward of one class are written from. `plans` are the classes inside it, by part."""

    group: Group
    tree: Tree
    plans: dict[int, Plan]
    library: Library
    arguments: Arguments
    attributes: dict[tuple[int, str], Expr] = field(default_factory=dict)
    given: dict[int, list[tuple[Key, Expr]]] = field(default_factory=dict)
    flows: dict[int, Expr | None] = field(default_factory=dict)
    uses: dict[int, int] = field(default_factory=dict)
    makers: dict[int, int] = field(default_factory=dict)
    alias: dict[int, int] = field(default_factory=dict)

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

    def read(self) -> "Writer":
        """Resolves every attribute in order of execution, following the channels from value to value."""
        body = self.body
        for place, member in enumerate(body.members):
            if place not in self.group.slots and member.applied and member.applied.op.kind == "identity" and not self._in_chain(place):
                self.alias[member.outputs[0]] = member.inputs[0]
        for number in (*(n for m in body.members for n in m.inputs if m.outputs[0] not in self.alias), *body.outputs):
            self.uses[self.value(number)] = self.uses.get(self.value(number), 0) + 1
        first = body.scope.inputs[0] if body.scope.inputs else body.input_names[0]
        channels = self.arguments.of_scope("in")
        if channels is not None and first in body.input_names:
            self.flows[body.inputs[body.input_names.index(first)]] = self.arguments.param(("argument", "in"), "in", channels, channels=True)
        for place, member in enumerate(body.members):
            self.makers.update(dict.fromkeys(member.outputs, place))
            flow = self._resolve(place, member)
            for number in member.outputs:
                self.flows[number] = flow
        return self

    def _in_chain(self, place: int) -> bool:
        levels = self.members[place].levels
        return self.tree.is_chain or any(levels[: len(path)] == path for path in self.tree.chains.values())

    def _resolve(self, place: int, member: Member) -> Expr | None:
        inputs = [self.flows.get(number) for number in member.inputs]
        if place in self.group.slots:
            return self._out() if self.arguments.of_scope("out") else inputs[0]
        if member.applied is None:
            return self._child(place, inputs)
        op = member.applied.op
        made: dict[str, Expr] = {}
        for name in op.record_fields:
            values = self._values(place, name)
            if values is not None:
                made[name] = self._attribute(place, name, values, inputs[0], made)
        if isinstance(op, PadChannels):
            made.update(self._padded(place, inputs[0], made))
        self.attributes.update({(place, name): found for name, found in made.items()})
        return channels_after(member.applied, inputs, made)

    def _out(self) -> Expr | None:
        values = self.arguments.of_scope("out")
        return self.arguments.param(("argument", "out"), "out", values, channels=True) if values else None

    def _values(self, place: int, name: str) -> tuple[Value, ...] | None:
        """An attribute in every instance; None if it is not a number."""
        found = tuple(getattr(body.members[place].applied.op, name) for body in self.group.bodies)  # type: ignore[union-attr]
        return None if isinstance(found[0], bool | str) else found

    def named(self, place: int, name: str) -> str | None:
        """Which argument of the class an attribute is recorded to come from, in all instances alike."""
        found = {dict(body.members[place].arguments).get(name) for body in self.group.bodies}
        return found.pop() if len(found) == 1 else None

    def _attribute(self, place: int, name: str, values: tuple[Value, ...], flow: Expr | None, made: dict[str, Expr]) -> Expr:
        member = self.members[place]
        channels = name in CHANNELS
        op = member.applied.op if member.applied else None
        if isinstance(op, Conv) and name == "padding" and literal(values) is None:
            return self._padding(place, values, made)
        fallback: tuple[Key, str] = (("member", place, name), f"{short(member)}_{name}")
        if name in ("in_channels", "channels") and flow is None and member.inputs[0] in self.body.inputs:
            number = self.body.inputs.index(member.inputs[0])
            fallback = (("channels", number), f"{self.input_names()[number]}_channels")
        reads = name in ("in_channels", "channels")
        named = self.named(place, name)
        flow = flow if reads or (channels and named is None) else None
        return self.arguments.resolve(values, named=named, flow=flow, fallback=fallback, channels=channels, reads=reads)

    def _padding(self, place: int, values: tuple[Value, ...], made: dict[str, Expr]) -> Expr:
        """A convolution's padding is dilation · (kernel - 1) / 2 unless it says: written so where it holds in every instance."""
        kernel = self._values(place, "kernel") or ()
        dilation = self._values(place, "dilation") or ()
        usual = tuple(d * (k - 1) // 2 for d, k in zip(dilation, kernel, strict=True))
        fallback: tuple[Key, str] = (("member", place, "padding"), f"{short(self.members[place])}_padding")
        if usual != values:
            return self.arguments.resolve(values, named=self.named(place, "padding"), flow=None, fallback=fallback, channels=False)
        first = literal(kernel)
        dilated = self._attribute(place, "dilation", dilation, None, made)
        if first is not None:
            return times(dilated, (int(kernel[0]) - 1) // 2)
        sized = self._attribute(place, "kernel", kernel, None, made)
        if dilated.literal and dilated.text == "1":
            return Expr(f"{sized.inner} // 2", values, literal=False, atom=False)
        return Expr(f"{dilated.inner} * ({sized.text} - 1) // 2", values, literal=False, atom=False)

    def _padded(self, place: int, flow: Expr | None, made: dict[str, Expr]) -> dict[str, Expr]:
        """Zero channels as the difference of two arguments, where it is that in every instance."""
        before, after, out = self._values(place, "before"), self._values(place, "after"), self.arguments.of_scope("out")
        if flow is None or flow.literal or before is None or after is None or out is None:
            return {}
        if out != tuple(b + c + a for b, c, a in zip(before, flow.values, after, strict=True)):
            return {}
        wanted = self._out()
        if wanted is None or any(before) or literal(after) is not None:
            return {"out": wanted} if wanted is not None else {}
        return {"out": wanted, "after": minus(wanted, flow)}

    def _child(self, place: int, inputs: list[Expr | None]) -> Expr | None:
        """The arguments of a child, and the channels of its value."""
        member, plan = self.members[place], self.plans[self.members[place].part]
        given: list[tuple[Key, Expr]] = []
        for param in plan.params:
            values = tuple(plan.value(param, body.members[place].part) for body in self.group.bodies)
            flow = None
            if param.key in plan.inputs:
                flow = inputs[plan.inputs[param.key]]
            named = self.named(place, str(param.key[1])) if param.key[0] == "argument" else None
            fallback: tuple[Key, str] = (("member", place, *param.key), f"{short(member)}_{param.name}")
            given.append((param.key, self.arguments.resolve(values, named=named, flow=flow, fallback=fallback, channels=param.channels)))
        self.given[place] = given
        if plan.out_key is not None:
            return dict(given).get(plan.out_key)
        values = tuple(plan.out_values[plan.places[body.members[place].part]] for body in self.group.bodies) if plan.out_values else ()
        return literal(values) if values else None

    def input_names(self) -> list[str]:
        """What forward calls its inputs."""
        return input_names(self.body)

    def safe(self, number: int) -> bool:
        """Whether a value may be written over: one use, and made by a convolution, norm, linear layer or addition.

        Anything else keeps its output for the backward pass, or passes a value on that others read.
        """
        number = self.value(number)
        place = self.makers.get(number)
        if place is None or self.uses.get(number) != 1 or place in self.group.slots:
            return False
        member = self.members[place]
        if member.applied is None:
            return self.plans[member.part].safe
        return member.applied.op.kind in ("conv", "norm", "linear", "add")

    def in_place(self, place: int) -> bool:
        member = self.members[place]
        op = member.applied.op if member.applied else None
        return op is not None and getattr(op, "act", "") in IN_PLACE and self.safe(member.inputs[0])

    def entry(self, key: str, place: int) -> Entry:
        """A child as an entry of a container."""
        member = self.members[place]
        plan = self.plans[member.part]
        given = self.given[place]
        whole = all(expr.literal for _, expr in given) and len(self.group.bodies) == 1
        filled = self.filled(member.part)
        return Entry(key, plan.call(given, filled), plan, tuple(given) if whole and not filled else ())

    def unpacked(self, place: int) -> Doc | None:
        """`*conv(64, 128)`: the call whose modules are those of the dissolved block that begins at a member."""
        member = self.members[place]
        plan = self.plans.get(member.block)
        if plan is None or not plan.is_function or plan.slots or member.start != place:
            return None
        given: list[tuple[Key, Expr]] = []
        for param, (key, expr) in zip(plan.params, plan.literals(member.block), strict=True):
            flow = self.flows.get(member.inputs[0]) if key in plan.inputs else None
            given.append((key, flow if flow is not None and flow.values == expr.values else expr))
            assert param.key == key  # noqa: S101  one list made from the other
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
            return Expr(number(value), (value,))

        return constructor(applied, attribute, self.library, in_place=False)


def short(member: Member) -> str:
    """What a member is called in the name of an argument: the last name of its attribute path."""
    last = member.levels[-1] if member.levels else member.name
    return last if not last.isdigit() else member.name.replace(".", "_")


def input_names(body: Body) -> list[str]:
    """Names for the values a scope reads: `x` from outside the scope around it, `shortcut`, `residual`, else the step's."""
    if len(body.inputs) == 1:
        return ["x"]
    around = body.scope.parent
    found: list[str] = []
    for name in body.input_names:
        inside = name.startswith(around + ".") if around else True
        step = name[len(around) + 1 :].split(".")[0].replace(":", "_") if inside and around else "x" if not inside else name
        if step not in ("x", "shortcut") and body.scope.path.endswith(".add"):
            step = "residual"
        step = "".join(c if c.isalnum() else "_" for c in step)
        found.append(step if step not in found else f"{step}{len(found)}")
    return found
