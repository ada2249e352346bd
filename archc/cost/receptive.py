"""The receptive field of a value is the rows and columns of the image that one of its positions depends on.

Through residual branches it is the hull of all of them. The recurrences are those of Araujo et al. 2019, Computing Receptive
Fields of Convolutional Neural Networks.
"""

from typing import NamedTuple, TypeAlias, assert_never

from archc.ir import behaviour as does
from archc.ir.graph import Graph, Node
from archc.ir.ops import Operation
from archc.ir.types import pair


class Axis(NamedTuple):
    """The receptive field along one axis of the image."""

    start: int
    end: int
    """Position i of a map depends on pixels from `start + i · stride` to `end + i · stride`, which may lie outside the image."""
    stride: int
    everywhere: bool = False
    """Whether every position depends on `start` to `end`, within the image; `stride` is then the distance of positions alone."""

    @property
    def size(self) -> int:
        return self.end - self.start + 1

    @property
    def offset(self) -> float:
        """Return the middle of position 0's field, in pixels of the image; 0 is the middle of the first pixel."""
        return (self.start + self.end) / 2

    def at(self, position: int) -> tuple[int, int]:
        """Return the first and the last pixel that a position depends on."""
        shift = 0 if self.everywhere else position * self.stride
        return self.start + shift, self.end + shift


class Field(NamedTuple):
    """The receptive field of a value, along the height and the width."""

    height: Axis
    width: Axis
    whole: bool
    """Whether every position depends on all of the image."""

    @property
    def size(self) -> tuple[int, int]:
        """Return rows and columns, with those outside the image that padding stands for."""
        return self.height.size, self.width.size

    @property
    def stride(self) -> tuple[int, int]:
        """Return the effective stride: pixels of the image from one position to the next, 0 where there is only one."""
        return self.height.stride, self.width.stride


_Axes: TypeAlias = tuple[Axis, Axis]


def receptive_fields(graph: Graph) -> dict[str, Field]:
    """Return the field of each value, the image's first. Tokens keep the stride of the map whose positions they are."""
    image = graph.types[graph.input].shape[1:]
    lengths = (image[0], image[1])
    fields: dict[str, _Axes] = {graph.input: (Axis(0, 0, 1), Axis(0, 0, 1))}
    grids: dict[str, tuple[int, int]] = {graph.input: lengths}
    for node in graph.nodes:
        axes = _rule(node.op, [fields[name] for name in node.inputs], [grids[name] for name in node.inputs], lengths)
        for name in node.outputs:
            type_ = graph.types[name]
            fields[name] = axes
            # Tokens and vectors have no grid of their own; they are spread over that of the map they were.
            grids[name] = (type_.shape[1], type_.shape[2]) if type_.is_map else _kept(node, grids)
    return {name: Field(*axes, _whole(axes, lengths)) for name, axes in fields.items()}


def _kept(node: Node, grids: dict[str, tuple[int, int]]) -> tuple[int, int]:
    behaviour = node.op.behaviour()
    is_point = isinstance(behaviour, does.Taken) or behaviour == does.Collected(channels=True)
    return (1, 1) if is_point else grids[node.inputs[0]]


def _whole(axes: _Axes, lengths: tuple[int, int]) -> bool:
    return all(axis.everywhere and axis.start <= 0 and axis.end >= n - 1 for axis, n in zip(axes, lengths, strict=True))


def _rule(op: Operation, inputs: list[_Axes], grids: list[tuple[int, int]], lengths: tuple[int, int]) -> _Axes:
    first = inputs[0]
    match op.behaviour():
        case does.Windowed(windows):
            return _slid(first[0], windows[0]), _slid(first[1], windows[1])
        case does.Resized(sizes):
            if all(n % size == 0 for n, size in zip(grids[0], sizes, strict=True)):
                steps = [n // size for n, size in zip(grids[0], sizes, strict=True)]
                return _slid(first[0], does.Window(steps[0], steps[0])), _slid(first[1], does.Window(steps[1], steps[1]))
            return _spread(first, grids[0], lengths)
        case does.Collected(channels=True) | does.Taken():
            high, wide = _spread(first, grids[0], lengths)
            return high._replace(stride=0), wide._replace(stride=0)
        case does.Pooled(over):
            spread = _spread(first, grids[0], lengths)
            return _one(first[0], spread[0], reduced=2 in over), _one(first[1], spread[1], reduced=3 in over)
        case does.Enlarged(factor):
            spread, factors = _spread(first, grids[0], lengths), pair(factor)
            return spread[0]._replace(stride=spread[0].stride // factors[0]), spread[1]._replace(
                stride=spread[1].stride // factors[1]
            )
        case does.Mixed(axis):
            spread = _spread(first, grids[0], lengths)
            mixed = (first[0], spread[1]) if axis else (spread[0], first[1])
            high, wide = _joined([mixed, _spread(inputs[1], grids[1], lengths)], grids, lengths)
            return high._replace(stride=first[0].stride), wide._replace(stride=first[1].stride)
        case does.Beside() | does.Attended():
            return _joined([_spread(axes, grid, lengths) for axes, grid in zip(inputs, grids, strict=True)], grids, lengths)
        case does.Joined():
            return _joined(inputs, grids, lengths)
        case does.Pointwise(spread=True):
            return _spread(first, grids[0], lengths)
        case does.Pointwise() | does.Collected() | does.Fixed():
            return first
        case _ as never:
            assert_never(never)


def _one(axis: Axis, spread: Axis, *, reduced: bool) -> Axis:
    """Return an axis that may be reduced to one position."""
    return spread._replace(stride=0) if reduced else axis


def _slid(axis: Axis, window: does.Window) -> Axis:
    if axis.everywhere:
        return axis._replace(stride=axis.stride * window.stride)
    start = axis.start - window.before * axis.stride
    end = axis.end + (window.reach - window.before) * axis.stride
    return Axis(start, end, axis.stride * window.stride)


def _spread(axes: _Axes, grid: tuple[int, int], lengths: tuple[int, int]) -> _Axes:
    """Return what all positions together depend on, as the field of each."""
    return _all(axes[0], grid[0], lengths[0]), _all(axes[1], grid[1], lengths[1])


def _all(axis: Axis, positions: int, length: int) -> Axis:
    if axis.everywhere:
        return axis
    return Axis(max(axis.start, 0), min(axis.end + (positions - 1) * axis.stride, length - 1), axis.stride, everywhere=True)


def _joined(inputs: list[_Axes], grids: list[tuple[int, int]], lengths: tuple[int, int]) -> _Axes:
    high, wide = (_hull([axes[at] for axes in inputs], [grid[at] for grid in grids], lengths[at]) for at in (0, 1))
    return high, wide


def _hull(axes: list[Axis], positions: list[int], length: int) -> Axis:
    """Return the hull of several operands' fields; where their strides differ, it is the same for all positions."""
    stride = max(axis.stride for axis in axes)
    if any(axis.everywhere or axis.stride != stride for axis in axes):
        axes = [_all(axis, n, length) for axis, n in zip(axes, positions, strict=True)]
        return Axis(min(axis.start for axis in axes), max(axis.end for axis in axes), stride, everywhere=True)
    return Axis(min(axis.start for axis in axes), max(axis.end for axis in axes), stride)
