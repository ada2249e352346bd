"""What an operation does to the axes of its operands, stated once for each operation.

Sizes, their proof at every size, the receptive field and the dimensions of an ONNX model are read off a `Behaviour`.
"""

from math import prod
from typing import Literal, TypeAlias, assert_never

from archc.ir.types import AxisName, Over, ShapeError, Sides, TensorType, along, places
from archc.record import Record


class Window(Record, compiled=True):
    """A sliding window along one axis, with padding before and after it."""

    kernel: int = 1
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    ceil: bool = False
    """Whether a last window may reach past the end, as long as it begins in the input or in the padding before it."""
    exact: bool = False
    """Whether the windows must cover the axis without a rest."""

    @property
    def reach(self) -> int:
        """How far the last element of a window lies behind its first."""
        return self.dilation * (self.kernel - 1)

    @property
    def offset(self) -> int:
        """The a of `floor((n + a) / stride)`, the number of windows over n elements."""
        room = self.before + self.after - self.reach - 1
        if not self.ceil:
            return room + self.stride
        return min(room + 2 * self.stride - 1, self.before + self.stride - 1)

    def size(self, length: int) -> int:
        """The number of windows over an axis of this length. Raises ShapeError E0311 where none fits."""
        number = (length + self.offset) // self.stride
        if number < 1:
            message = f"a window of {self.reach + 1} does not fit a size of {length} with padding {self.before}"
            raise ShapeError("E0311", message, "kernel")
        return number


class Windowed(Record, compiled=True):
    """A window slides along each axis of a map: one for all axes, or one for each."""

    windows: Window | tuple[Window, ...]


class Enlarged(Record):
    """Every axis of a map becomes `factor` times as long, and `extra` longer or, where it is negative, shorter."""

    factor: Sides
    extra: Sides = 0

    def sizes(self, lengths: tuple[int, ...]) -> list[int]:
        """How long the axes are afterwards."""
        axes = zip(lengths, along(self.factor, len(lengths)), along(self.extra, len(lengths)), strict=True)
        return [length * factor + extra for length, factor, extra in axes]


class Pooled(Record):
    """Some axes become one position."""

    over: Over


class Resized(Record):
    """The axes of a map become this long, whatever they were."""

    sizes: Sides


class Pointwise(Record):
    """The shape stays, but for channels.

    `spread`: each position depends on all of them. `bound`: there are numbers for each channel, so that a vector's length must
    not change with the image's size. `parts`: the channels are so many equal parts, which `split` makes outputs of.
    """

    spread: bool = False
    bound: bool = False
    parts: int = 1
    split: bool = False


class Joined(Record):
    """Operands meet position by position, or channels are stacked.

    Shapes may differ where one operand is spread over the other: by no axis, for maps of one pixel (`pixels`), or along each axis
    of length one (`axes`).
    """

    spread: Literal["nowhere", "pixels", "axes"]
    stacked: bool = False


class Beside(Record):
    """Maps stand side by side along an axis."""

    axis: AxisName


class Mixed(Record):
    """Blocks of positions along an axis are weighted by the second operand's matrices."""

    axis: AxisName


class Attended(Record):
    """Each token of the first operand reads all tokens of the others."""


class Collected(Record):
    """All positions stand in a row; with `channels`, all channels of all positions."""

    channels: bool


class Taken(Record):
    """One token of many."""


class Fixed(Record):
    """The shape stays, and must not change with the image's size."""


OF_MAPS = (Windowed, Enlarged, Pooled, Resized)
"""What speaks of the axes of a map."""
Behaviour: TypeAlias = (
    Windowed | Enlarged | Pooled | Resized | Pointwise | Joined | Beside | Mixed | Attended | Collected | Taken | Fixed
)


def windowed(kernel: Sides, stride: Sides, padding: Sides = 0, dilation: Sides = 1, *, ceil: bool = False) -> Windowed:
    """Windows with as much padding after an axis as before it."""
    if isinstance(kernel, int) and isinstance(stride, int) and isinstance(padding, int) and isinstance(dilation, int):
        return Windowed(Window(kernel, stride, padding, padding, dilation, ceil))
    axes = max(len(along(sides, 1)) for sides in (kernel, stride, padding, dilation))
    by_axis = zip(*(along(sides, axes) for sides in (kernel, stride, padding, dilation)), strict=True)
    return Windowed(tuple([Window(size, step, room, room, spacing, ceil) for size, step, room, spacing in by_axis]))


def output_types(behaviour: Behaviour, type_: TensorType, channels: int) -> tuple[TensorType, ...]:
    """The types of what comes of the first operand, a map where its axes are spoken of.

    `channels` is the number afterwards. An operation whose other operands decide the shape too has a rule of its own.
    """
    shape, axes = type_.shape, len(type_.spatial)
    match behaviour:
        case Windowed(windows):
            slid = zip(along(windows, axes), shape[1:], strict=True)
            return (TensorType((channels, *[window.size(length) for window, length in slid])),)
        case Pointwise(parts=parts, split=True):
            return (type_.with_channels(channels // parts),) * parts
        case Pointwise() | Joined() | Beside() | Mixed() | Attended() | Fixed():
            return (type_.with_channels(channels),)
        case Enlarged():
            return (TensorType((channels, *behaviour.sizes(shape[1:]))),)
        case Pooled(over):
            pooled = places(over, axes)
            return (TensorType(tuple([1 if place in pooled else length for place, length in enumerate(shape, 1)])),)
        case Resized(sizes):
            return (TensorType((channels, *along(sizes, axes))),)
        case Collected(channels=True):
            return (TensorType((prod(shape),), "vector"),)
        case Collected():
            return (TensorType((prod(shape[1:]), channels), "tokens"),)
        case Taken():
            return (TensorType((channels,), "vector"),)
        case _ as never:
            assert_never(never)
