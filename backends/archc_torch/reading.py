"""The attributes of a class's members, resolved in order of execution: each an expression over the constructor's arguments."""

from archc.ir import ops
from archc_torch.arguments import Expr, Key, Value, literal, minus, times
from archc_torch.body import Member, input_names, short
from archc_torch.flow import channels_after
from archc_torch.writer import Writer

CHANNELS = ("in_channels", "out_channels", "channels")


def read(writer: Writer) -> Writer:
    """Resolves every attribute in order of execution, following the channels from value to value."""
    body = writer.body
    for place, member in enumerate(body.members):
        if _passes_on(member) and place not in writer.group.slots and not writer.tree.in_chain(member.levels):
            writer.alias[member.outputs[0]] = member.inputs[0]
    for number in (*(n for m in body.members for n in m.inputs if m.outputs[0] not in writer.alias), *body.outputs):
        writer.uses[writer.value(number)] = writer.uses.get(writer.value(number), 0) + 1
    first = body.scope.inputs[0] if body.scope.inputs else body.input_names[0]
    channels = writer.arguments.of_scope("in")
    if channels is not None and first in body.input_names:
        read = body.inputs[body.input_names.index(first)]
        writer.flows[read] = writer.arguments.param(("argument", "in"), "in", channels, channels=True)
    for place, member in enumerate(body.members):
        writer.makers.update(dict.fromkeys(member.outputs, place))
        flow = _resolve(writer, place, member)
        for number in member.outputs:
            writer.flows[number] = flow
    return writer


def _passes_on(member: Member) -> bool:
    """Whether a member's value is the very tensor it reads, as of an identity, or of a sum, product or concatenation of one."""
    op = member.applied.op if member.applied else None
    return isinstance(op, ops.Identity) or (isinstance(op, ops.Add | ops.Mul | ops.Concat) and len(member.inputs) == 1)


def _resolve(writer: Writer, place: int, member: Member) -> Expr | None:
    inputs = [writer.flows.get(number) for number in member.inputs]
    if place in writer.group.slots:
        return _out(writer) if writer.arguments.of_scope("out") else inputs[0]
    if member.applied is None:
        return _child_once(writer, place, inputs)
    op = member.applied.op
    made: dict[str, Expr] = {}
    for name in op.record_fields:
        sides = getattr(op, name)
        if isinstance(sides, tuple):  # the same in every instance: that is part of what makes them one class
            made[name] = Expr(str(sides), ())
            continue
        values = _values(writer, place, name)
        if values is not None:
            made[name] = _attribute(writer, place, name, values, inputs[0], made)
    if isinstance(op, ops.PadChannels):
        made.update(_padded(writer, place, inputs[0]))
    writer.attributes.update({(place, name): found for name, found in made.items()})
    return channels_after(member.applied, inputs, made)


def _out(writer: Writer) -> Expr | None:
    values = writer.arguments.of_scope("out")
    return writer.arguments.param(("argument", "out"), "out", values, channels=True) if values else None


def _values(writer: Writer, place: int, name: str) -> tuple[Value, ...] | None:
    """An attribute in every instance; None if it is not a number."""
    applied = [body.members[place].applied for body in writer.group.bodies]
    found = tuple(getattr(each.op, name) for each in applied if each is not None)
    return None if isinstance(found[0], bool | str | tuple) else found


def _named(writer: Writer, place: int, name: str) -> str | None:
    """Which argument of the class an attribute is recorded to come from, in all instances alike."""
    found = {dict(body.members[place].arguments).get(name) for body in writer.group.bodies}
    return found.pop() if len(found) == 1 else None


def _attribute(
    writer: Writer, place: int, name: str, values: tuple[Value, ...], flow: Expr | None, made: dict[str, Expr]
) -> Expr:
    member = writer.members[place]
    channels = name in CHANNELS
    op = member.applied.op if member.applied else None
    if isinstance(op, ops.Conv) and name == "padding" and literal(values) is None:
        return _padding(writer, place, values, made)
    fallback: tuple[Key, str] = (("member", place, name), f"{short(member)}_{name}")
    if name in ("in_channels", "channels") and flow is None and member.inputs[0] in writer.body.inputs:
        number = writer.body.inputs.index(member.inputs[0])
        fallback = (("channels", number), f"{input_names(writer.body)[number]}_channels")
    reads = name in ("in_channels", "channels")
    argument = _named(writer, place, name)
    flow = flow if reads or (channels and argument is None) else None
    return writer.arguments.resolve(
        values,
        named=argument,
        flow=flow,
        fallback=fallback,
        channels=channels,
        reads=reads,
        field={"out_channels": "out"}.get(name, name),
    )


def _padding(writer: Writer, place: int, values: tuple[Value, ...], made: dict[str, Expr]) -> Expr:
    """A convolution's padding is dilation · (kernel - 1) / 2 unless it says: written so where it holds in every instance."""
    kernel, dilation = _values(writer, place, "kernel"), _values(writer, place, "dilation")
    fallback: tuple[Key, str] = (("member", place, "padding"), f"{short(writer.members[place])}_padding")
    if kernel is None or dilation is None or tuple(d * (k - 1) // 2 for d, k in zip(dilation, kernel, strict=True)) != values:
        return writer.arguments.resolve(
            values, named=_named(writer, place, "padding"), flow=None, fallback=fallback, channels=False
        )
    first = literal(kernel)
    dilated = _attribute(writer, place, "dilation", dilation, None, made)
    if first is not None:
        return times(dilated, (int(kernel[0]) - 1) // 2)
    sized = _attribute(writer, place, "kernel", kernel, None, made)
    if dilated.literal and dilated.text == "1":
        return Expr(f"{sized.inner} // 2", values, literal=False, atom=False)
    return Expr(f"{dilated.inner} * ({sized.text} - 1) // 2", values, literal=False, atom=False)


def _padded(writer: Writer, place: int, flow: Expr | None) -> dict[str, Expr]:
    """Zero channels as the difference of two arguments, where it is that in every instance."""
    before, after, out = _values(writer, place, "before"), _values(writer, place, "after"), writer.arguments.of_scope("out")
    if flow is None or flow.literal or before is None or after is None or out is None:
        return {}
    if out != tuple(b + c + a for b, c, a in zip(before, flow.values, after, strict=True)):
        return {}
    wanted = _out(writer)
    if wanted is None or any(before) or literal(after) is not None:
        return {"out": wanted} if wanted is not None else {}
    return {"out": wanted, "after": minus(wanted, flow)}


def _child_once(writer: Writer, place: int, inputs: list[Expr | None]) -> Expr | None:
    """In a class of one instance, as the network is, children of one part are called alike."""
    if len(writer.group.bodies) > 1:
        return _child(writer, place, inputs)
    key = (writer.members[place].part, *[flow.text if flow is not None and not flow.literal else "" for flow in inputs])
    if key in writer.once:
        writer.given[place], flow = writer.once[key]
        return flow
    flow = _child(writer, place, inputs)
    writer.once[key] = (writer.given[place], flow)
    return flow


def _child(writer: Writer, place: int, inputs: list[Expr | None]) -> Expr | None:
    """The arguments of a child, and the channels of its value."""
    member, plan = writer.members[place], writer.plans[writer.members[place].part]
    given: list[tuple[Key, Expr]] = []
    for param in plan.params:
        values = tuple(plan.value(param, body.members[place].part) for body in writer.group.bodies)
        flow = None
        if param.key in plan.inputs:
            flow = inputs[plan.inputs[param.key]]
        argument = _named(writer, place, str(param.key[1])) if param.key[0] == "argument" else None
        fallback: tuple[Key, str] = (("member", place, *param.key), f"{short(member)}_{param.name}")
        found = writer.arguments.resolve(values, named=argument, flow=flow, fallback=fallback, channels=param.channels)
        given.append((param.key, found))
    writer.given[place] = given
    if plan.out_key is not None:
        return dict(given).get(plan.out_key)
    values = (
        tuple(plan.out_values[plan.places[body.members[place].part]] for body in writer.group.bodies) if plan.out_values else ()
    )
    return literal(values) if values else None
