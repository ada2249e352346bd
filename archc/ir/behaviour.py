"""What an operation does to the axes of its operands, stated once for each operation.

Sizes, their proof at every size, the receptive field and the dimensions of an ONNX model are read off a `Behaviour`.
"""

from typing import Literal, TypeAlias

from archc.ir.types import Sides, pair
from archc.record import Record


class Window(Record):
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


class Windowed(Record):
    """A window slides along the height and one along the width."""

    axes: tuple[Window, Window]


class Enlarged(Record):
    """Height and width become `factor` times as long."""

    factor: int


class Pooled(Record):
    """Some axes of NxCxHxW, by their place, become one position."""

    over: tuple[int, ...]


class Resized(Record):
    """Height and width become these lengths, whatever they were."""

    sizes: tuple[int, int]


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
    """Maps stand side by side along an axis: 0 is the height, 1 the width."""

    axis: int


class Mixed(Record):
    """Blocks of positions along an axis, 0 the height and 1 the width, are weighted by the second operand's matrices."""

    axis: int


class Attended(Record):
    """Each token of the first operand reads all tokens of the others."""


class Collected(Record):
    """All positions stand in a row; with `channels`, all channels of all positions."""

    channels: bool


class Taken(Record):
    """One token of many."""


class Fixed(Record):
    """The shape stays, and must not change with the image's size."""


Behaviour: TypeAlias = (
    Windowed | Enlarged | Pooled | Resized | Pointwise | Joined | Beside | Mixed | Attended | Collected | Taken | Fixed
)


def windowed(kernel: Sides, stride: Sides, padding: Sides = 0, dilation: Sides = 1, *, ceil: bool = False) -> Windowed:
    """Windows with as much padding after an axis as before it."""
    sides = zip(pair(kernel), pair(stride), pair(padding), pair(dilation), strict=True)
    high, wide = (Window(size, step, room, room, spacing, ceil) for size, step, room, spacing in sides)
    return Windowed((high, wide))
