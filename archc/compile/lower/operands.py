"""Operands of a step: the values that `of:` names (a step, `list.i`, `list.last`), else the value before the step."""

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
    """Return every operand of a step, lists unfolded."""
    of = step.get("of")
    if of is None:
        return flat(current)
    items = of.items if isinstance(of, Sequence) else (of,)
    return [ref for item in items for ref in flat(operand(frame, item))]


def first_operand(frame: Frame, step: Map, current: Result) -> Result:
    """Return the value that takes the place of a step that is left out."""
    of = step.get("of")
    if isinstance(of, Sequence):
        return operand(frame, of.items[0]) if of.items else current
    return current if of is None else operand(frame, of)


def flat(value: Result) -> list[Ref]:
    return value if isinstance(value, list) else [value]


def outside(value: Result) -> Result:
    """Return a value of an enclosing scope without the name of its channels, which is none of the inner scope's."""
    return [Ref(ref.name, ref.type) for ref in value] if isinstance(value, list) else Ref(value.name, value.type)


def operand(frame: Frame, node: Node) -> Result:
    """Return the value of a name; a problem is reported where the name stands."""
    text = node.value if isinstance(node, Scalar) else None
    match = _OPERAND.match(text) if isinstance(text, str) else None
    if match is None or not isinstance(text, str):
        raise frame.context.fail("E0330", "an operand is the name of a step, or `list.i`", node.span)
    name, index = match.groups()
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
        span = part_of(node.span, text, len(name) + 1, len(text))
        place = whole(Scalar(index, index, span), frame.names, f"the index of `{name}`", 0)
        place = settled(place, frame.context.tracing, f"the index of `{name}`")
    if not 0 <= place < len(value):
        message = f"`{name}` has {len(value)} values, none at {place}" if value else f"`{name}` is an empty list"
        raise frame.context.fail("E0330", message, node.span)
    return value[place]


def _named(frame: Frame, name: str, node: Node) -> Result:
    known: list[str] = []
    scope: Frame | None = frame
    while scope is not None:
        if name in scope.values:
            value = scope.values[name]
            return value if scope is frame else outside(value)
        known += scope.values
        scope = scope.outer
    helped = advice(name, known, "operand", "values so far: " + ", ".join(known))
    raise frame.context.fail("E0330", f"there is no value `{name}` before this step", node.span, help=helped)
