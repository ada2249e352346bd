"""The calls and expressions of a class in order of execution, each over operands that are still to be named."""

import re
from collections.abc import Callable
from typing import TypeAlias

from archc.ir import ops
from archc.record import Record
from archc_torch.arguments import Expr
from archc_torch.functional import expression
from archc_torch.modules import names_of
from archc_torch.printer import Bracket, Doc, call, flat
from archc_torch.writer import Writer

Write: TypeAlias = Callable[[list[Doc]], Doc]
"""An expression over its operands."""

_UNIT = frozenset(("conv", "norm", "act", "linear", "dropout", "global_pool"))
DEPTH = 3


class Step(Record, frozen=False, eq=False):
    """One call or expression: its values, and how it is written over operands. `unit` holds the numbers of its unit's name."""

    place: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    write: Write
    unit: frozenset[str] | None = None
    is_call: bool = True
    depth: int = 1
    target: int = -1
    """The operand an addition is written over."""
    name: str = ""
    """What a sequential level is called."""
    loop: "Loop | None" = None


class Loop(Record):
    """A loop over the modules of a sequence; `taps` are the places whose values are read elsewhere, `item` what one is called."""

    sequence: str
    taps: tuple[int, ...]
    item: str


def steps_of(writer: Writer, attribute: Callable[[int, str], Expr]) -> list[Step]:
    """The calls in order of execution; a sequential level is one."""
    steps: list[Step] = []
    skip = -1
    for place, member in enumerate(writer.members):
        if place <= skip or member.outputs[0] in writer.alias:
            continue
        inputs = tuple(writer.value(number) for number in member.inputs)
        path = writer.tree.chains.get(place) or writer.tree.tapped.get(place)
        if path is not None:
            level = writer.tree.level(path)
            skip = level.last
            outputs = writer.members[skip].outputs
            access = writer.tree.access(path, place)
            if place in writer.tree.tapped:
                taps = writer.tree.taps(level)
                item = "layer" if writer.members[place].applied else "block"
                loop = Loop(access, tuple(at for at, _ in taps), item)
                made = (*(value for _, value in taps), *outputs)
                steps.append(Step(place, inputs, made, _called(access), name=path[-1], loop=loop))
            else:
                steps.append(Step(place, inputs, outputs, _called(access), _unit_of(writer, place, skip), name=path[-1]))
            continue
        steps.append(_step(writer, place, inputs, attribute))
    return steps


def _unit_of(writer: Writer, first: int, last: int) -> frozenset[str] | None:
    """A convolution with its norm and activation is one unit wherever they are kept."""
    members = writer.members[first : last + 1]
    if len(members) > DEPTH or any(m.applied is None or m.applied.op.kind not in ("conv", "norm", "act") for m in members):
        return None
    return frozenset(re.findall(r"\d+$", members[0].name.rpartition(".")[2]))


def _called(access: str) -> Write:
    return lambda operands: call(access, *operands)


def _step(writer: Writer, place: int, inputs: tuple[int, ...], attribute: Callable[[int, str], Expr]) -> Step:
    member = writer.members[place]
    applied = member.applied
    if applied is None or place in writer.group.slots:
        return Step(place, inputs, member.outputs, _called(writer.tree.access(member.levels, place)))
    op = applied.op
    numbers = frozenset(re.findall(r"\d+$", member.name.rpartition(".")[2]))
    unit = numbers if op.kind in _UNIT else None
    own: Callable[[str], Expr] = lambda name: attribute(place, name)  # noqa: E731
    if isinstance(op, ops.Act) and place in writer.tree.inline:
        return Step(place, inputs, member.outputs, _activation(writer, place, op, own), unit)
    if member.bare:
        access = writer.tree.access(member.levels, place)
        sign = "+" if op.kind == "position" else "*"
        is_spread = isinstance(op, ops.Scale) and op.channels and applied.reads == "map"
        index = writer.library.of_axes("[:, None, None]") if is_spread else ""
        return Step(place, inputs, member.outputs, lambda d: f"{flat(d[0])} {sign} {access}{index}", is_call=False)
    written = expression(applied, ["x"] * len(inputs), own, writer.library)
    if written is None:
        access = writer.tree.access(member.levels, place)
        return Step(place, inputs, member.outputs, _called(access), unit)
    target = _overwritten(writer, place, inputs) if isinstance(op, ops.Add) else -1

    def write(operands: list[Doc]) -> Doc:
        made = expression(applied, operands, own, writer.library)
        return made if made is not None else ""

    return Step(place, inputs, member.outputs, write, is_call=isinstance(written, Bracket), target=target)


def _activation(writer: Writer, place: int, op: ops.Act, own: Callable[[str], Expr]) -> Write:
    names = names_of(op.act, writer.library, layer=False)
    given = [own("slope").text] if names.slope else [names.given] if names.given else []
    if writer.in_place(place):
        given.append("inplace=True")
    return lambda operands: call(names.function, *operands, *given)


def _overwritten(writer: Writer, place: int, inputs: tuple[int, ...]) -> int:
    """Which operand of an addition may be written over: the residual rather than the shortcut, never one that is broadcast."""
    member = writer.members[place]
    small = member.applied.count if member.applied else 0
    if len(inputs) != 2:
        return -1
    fit = [at for at, number in enumerate(inputs) if writer.safe(number) and not small >> at & 1]
    fit.sort(key=lambda at: writer.members[writer.makers[inputs[at]]].role == "shortcut")
    return fit[0] if fit else -1
