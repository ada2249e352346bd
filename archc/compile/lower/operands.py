"""What `of:` names: a step's value, `list.i`, `list.last`; else the value before the step."""

import re

from archc.compile.lower.builder import Ref
from archc.compile.lower.faults import part_of
from archc.compile.lower.frame import POISON, Frame, Result
from archc.compile.lower.tracing import settled
from archc.compile.lower.values import whole
from archc.language.document.nodes import Map, Node, Scalar, Sequence
from archc.suggest import advice

_OPERAND = re.compile(r"([A-Za-z][A-Za-z0-9_]*)(?:\.(.+))?\Z", re.DOTALL)


def operands(frame: Frame, step: Map, current: Result) -> list[Ref]:
    """Every operand of a step, lists unfolded."""
    of = step.get("of")
    if of is None:
        return flat(current)
    items = of.items if isinstance(of, Sequence) else (of,)
    return [ref for item in items for ref in flat(operand(frame, item))]


def first_operand(frame: Frame, step: Map, current: Result) -> Result:
    """What passes where a step is not there."""
    of = step.get("of")
    if isinstance(of, Sequence):
        return operand(frame, of.items[0]) if of.items else current
    return current if of is None else operand(frame, of)


def flat(value: Result) -> list[Ref]:
    return value if isinstance(value, list) else [value]


def outside(value: Result) -> Result:
    """A value of an enclosing scope: what its channels are called there says nothing in this one."""
    return [Ref(ref.name, ref.type) for ref in value] if isinstance(value, list) else Ref(value.name, value.type)


def operand(frame: Frame, node: Node) -> Result:
    """The value of one name; reported where it stands."""
    text = node.value if isinstance(node, Scalar) else None
    found = _OPERAND.match(text) if isinstance(text, str) else None
    if found is None or not isinstance(text, str):
        raise frame.context.fail("E0330", "an operand is the name of a step, or `list.i`", node.span)
    name, index = found.groups()
    value = _named(frame, name, node)
    if index is None:
        return value
    if not isinstance(value, list):
        if value.type is None:
            return POISON
        raise frame.context.fail("E0330", f"`{name}` is one value, not a list", node.span)
    if index == "last":
        place = len(value) - 1
    else:
        at = part_of(node.span, text, len(name) + 1, len(text))
        place = whole(Scalar(index, index, at), frame.names, f"the index of `{name}`", 0)
        place = settled(place, frame.context.tracing, f"the index of `{name}`")
    if not 0 <= place < len(value):
        message = f"`{name}` has {len(value)} values, none at {place}" if value else f"`{name}` is an empty list"
        raise frame.context.fail("E0330", message, node.span)
    return value[place]


def _named(frame: Frame, name: str, node: Node) -> Result:
    known: list[str] = []
    at: Frame | None = frame
    while at is not None:
        if name in at.values:
            found = at.values[name]
            return found if at is frame else outside(found)
        known += at.values
        at = at.outer
    helped = advice(name, known, "operand", "values so far: " + ", ".join(known))
    raise frame.context.fail("E0330", f"there is no value `{name}` before this step", node.span, help=helped)
