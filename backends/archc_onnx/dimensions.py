"""The shapes of values where the caller chooses height and width: each axis is a number, or a formula in
the letter of an axis of the input.
"""

from collections.abc import Mapping
from typing import TypeAlias, assert_never

from archc.ir import behaviour as does
from archc.ir.graph import Graph, Node
from archc.ir.lengths import Length, length, through, widened
from archc.ir.types import TensorType, along, places

Dimension: TypeAlias = int | str
Dimensions: TypeAlias = tuple[Dimension, ...]
"""A value's shape without the batch."""

_Axis: TypeAlias = int | Length | str
"""An axis while it is followed through the graph: constant, a function of the input's size along that axis, or a formula."""

BATCH = "N"
_LETTERS = {1: "L", 2: "HW", 3: "DHW"}
"""The axes of the input, by their number."""


def dimensions(graph: Graph) -> dict[str, Dimensions]:
    """Return the shape of every value."""
    types = graph.types
    if not graph.any_size:
        return {name: type_.shape for name, type_ in types.items()}
    side = length(1, 0, graph.multiple)
    axes: dict[str, tuple[_Axis, ...]] = {graph.input: (types[graph.input].channels, *[side] * len(types[graph.input].spatial))}
    letters = _LETTERS[len(types[graph.input].spatial)]
    named: dict[str, Dimensions] = {}
    for node in graph.nodes:
        moved = _moved(node, types[node.inputs[0]], axes, graph.multiple, letters)
        for name in node.outputs:
            shape = types[name].shape
            # An operation that does not touch an axis keeps its formula, whatever the channels are.
            axes[name] = tuple(size if isinstance(axis, int) else axis for size, axis in zip(shape, moved or shape, strict=True))
    for name, value_axes in axes.items():
        named[name] = tuple(_text(axis, letters, place) for place, axis in enumerate(value_axes))
    return named


def is_constant(shape: Dimensions) -> bool:
    """Return whether a shape is the same at every size of the input."""
    return all(isinstance(dimension, int) for dimension in shape)


def _moved(
    node: Node, type_: TensorType, axes: Mapping[str, tuple[_Axis, ...]], multiple: int, letters: str
) -> tuple[_Axis, ...]:
    """Return the axes of a node's outputs, () where all are numbers. A number stands for the one that the graph states."""
    first = axes[node.inputs[0]]
    match node.op.behaviour():
        case does.Windowed(windows):
            slid = zip(first[1:], along(windows, len(letters)), strict=True)
            return (0, *(_slid(axis, window, multiple) for axis, window in slid))
        case does.Enlarged(factor, extra):
            sides = zip(first[1:], along(factor, len(letters)), along(extra, len(letters)), strict=True)
            return (0, *(widened(a, by, multiple, more) or a if isinstance(a, tuple) else a for a, by, more in sides))
        case does.Pooled(over):
            return tuple(0 if place in places(over, len(letters)) else axis for place, axis in enumerate(first, 1))
        case does.Resized() | does.Taken() | does.Fixed():
            return ()
        case does.Joined(stacked=True) if not type_.is_map:
            return (_joined("+", [axes[name][0] for name in node.inputs]), *first[1:])
        case does.Joined(stacked=False):
            return tuple(_whole(operands) for operands in zip(*(axes[name] for name in node.inputs), strict=True))
        case does.Pointwise(parts=parts, split=True) if isinstance(first[0], str):
            return (f"({first[0]})//{parts}",)
        case does.Collected(channels=True):
            return (_joined("*", [_text(axis, letters, place) for place, axis in enumerate(first)]),)
        case does.Collected():
            return (_joined("*", [_text(axis, letters, place) for place, axis in enumerate(first) if place]), 0)
        case does.Joined() | does.Beside() | does.Mixed() | does.Attended() | does.Pointwise():
            return first
        case _ as never:
            assert_never(never)


def _slid(axis: _Axis, window: does.Window, multiple: int) -> _Axis:
    return through(axis, window.stride, window.offset, multiple) if isinstance(axis, tuple) else axis


def _whole(operands: tuple[_Axis, ...]) -> _Axis:
    """Return the axis of broadcast operands: one that varies, if any does."""
    return next((axis for axis in operands if not isinstance(axis, int)), operands[0])


def _joined(sign: str, axes: list[_Axis]) -> _Axis:
    """Write a sum or product as a formula; 0 stands for the graph's number where nothing varies."""
    if all(isinstance(axis, int) for axis in axes):
        return 0
    if sign == "+":
        return "+".join(map(str, axes))
    return "*".join(str(axis) if str(axis).isalnum() else f"({axis})" for axis in axes if axis != 1)


def _text(axis: _Axis, letters: str, place: int) -> Dimension:
    if not isinstance(axis, tuple):
        return axis
    stride, offset = axis
    letter = letters[place - 1]
    top = f"{letter}{offset:+}" if offset else letter
    if stride == 1:
        return top
    return f"({top})//{stride}" if offset else f"{top}//{stride}"
