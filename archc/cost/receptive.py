"""The receptive field of a value is the part of the image that one of its positions depends on.

Through residual branches it is the hull of all of them. The recurrences are those of Araujo et al. 2019, Computing Receptive
Fields of Convolutional Neural Networks.
"""

from typing import NamedTuple, TypeAlias, assert_never

from archc.ir import behaviour as does
from archc.ir.graph import Graph, Node
from archc.ir.ops import Operation
from archc.ir.types import along, places


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
    """The receptive field of a value, along each axis."""

    axes: tuple[Axis, ...]
    whole: bool
    """Whether every position depends on all of the image."""

    @property
    def size(self) -> tuple[int, ...]:
        """Return rows and columns, with those outside the image that padding stands for."""
        return tuple([axis.size for axis in self.axes])

    @property
    def stride(self) -> tuple[int, ...]:
        """Return the effective stride: pixels of the image from one position to the next, 0 where there is only one."""
        return tuple([axis.stride for axis in self.axes])


_Axes: TypeAlias = tuple[Axis, ...]


def receptive_fields(graph: Graph) -> dict[str, Field]:
    """Return the field of each value, the image's first. Tokens keep the stride of the map whose positions they are."""
    lengths = graph.types[graph.input].spatial
    fields: dict[str, _Axes] = {graph.input: (Axis(0, 0, 1),) * len(lengths)}
    grids: dict[str, tuple[int, ...]] = {graph.input: lengths}
    for node in graph.nodes:
        axes = _rule(node.op, [fields[name] for name in node.inputs], [grids[name] for name in node.inputs], lengths)
        for name in node.outputs:
            type_ = graph.types[name]
            fields[name] = axes
            # Tokens and vectors have no grid of their own; they are spread over that of the map they were.
            grids[name] = type_.spatial if type_.is_map else _kept(node, grids)
    return {name: Field(axes, _whole(axes, lengths)) for name, axes in fields.items()}


def _kept(node: Node, grids: dict[str, tuple[int, ...]]) -> tuple[int, ...]:
    behaviour = node.op.behaviour()
    is_point = isinstance(behaviour, does.Taken) or behaviour == does.Collected(channels=True)
    grid = grids[node.inputs[0]]
    return (1,) * len(grid) if is_point else grid


def _whole(axes: _Axes, lengths: tuple[int, ...]) -> bool:
    return all(axis.everywhere and axis.start <= 0 and axis.end >= n - 1 for axis, n in zip(axes, lengths, strict=True))


def _rule(op: Operation, inputs: list[_Axes], grids: list[tuple[int, ...]], lengths: tuple[int, ...]) -> _Axes:
    first = inputs[0]
    match op.behaviour():
        case does.Windowed(windows):
            return tuple(map(_slid, first, along(windows, len(lengths))))
        case does.Resized(sizes):
            parts = list(zip(grids[0], along(sizes, len(lengths)), strict=True))
            if any(n % size for n, size in parts):
                return _spread(first, grids[0], lengths)
            return tuple([_slid(axis, does.Window(n // size, n // size)) for axis, (n, size) in zip(first, parts, strict=True)])
        case does.Collected(channels=True) | does.Taken():
            return tuple([axis._replace(stride=0) for axis in _spread(first, grids[0], lengths)])
        case does.Pooled(over):
            pooled = [place - 2 for place in places(over, len(lengths))]
            spread = _spread(first, grids[0], lengths)
            return tuple([spread[at]._replace(stride=0) if at in pooled else axis for at, axis in enumerate(first)])
        case does.Enlarged(factor):
            factors = along(factor, len(lengths))
            spread = _spread(first, grids[0], lengths)
            return tuple([axis._replace(stride=axis.stride // by) for axis, by in zip(spread, factors, strict=True)])
        case does.Mixed(name):
            (place,) = places(name, len(lengths))
            spread = _spread(first, grids[0], lengths)
            mixed = tuple([spread[at] if at == place - 2 else axis for at, axis in enumerate(first)])
            joined = _joined([mixed, _spread(inputs[1], grids[1], lengths)], grids, lengths)
            return tuple([axis._replace(stride=before.stride) for axis, before in zip(joined, first, strict=True)])
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


def _slid(axis: Axis, window: does.Window) -> Axis:
    if axis.everywhere:
        return axis._replace(stride=axis.stride * window.stride)
    start = axis.start - window.before * axis.stride
    end = axis.end + (window.reach - window.before) * axis.stride
    return Axis(start, end, axis.stride * window.stride)


def _spread(axes: _Axes, grid: tuple[int, ...], lengths: tuple[int, ...]) -> _Axes:
    """Return what all positions together depend on, as the field of each."""
    return tuple(map(_all, axes, grid, lengths))


def _all(axis: Axis, positions: int, length: int) -> Axis:
    if axis.everywhere:
        return axis
    return Axis(max(axis.start, 0), min(axis.end + (positions - 1) * axis.stride, length - 1), axis.stride, everywhere=True)


def _joined(inputs: list[_Axes], grids: list[tuple[int, ...]], lengths: tuple[int, ...]) -> _Axes:
    each = range(len(lengths))
    return tuple([_hull([axes[at] for axes in inputs], [grid[at] for grid in grids], lengths[at]) for at in each])


def _hull(axes: list[Axis], positions: list[int], length: int) -> Axis:
    """Return the hull of several operands' fields; where their strides differ, it is the same for all positions."""
    stride = max(axis.stride for axis in axes)
    if any(axis.everywhere or axis.stride != stride for axis in axes):
        axes = [_all(axis, n, length) for axis, n in zip(axes, positions, strict=True)]
        return Axis(min(axis.start for axis in axes), max(axis.end for axis in axes), stride, everywhere=True)
    return Axis(min(axis.start for axis in axes), max(axis.end for axis in axes), stride)
