"""Operations on the spatial grid: pools, padding, subsampling."""

from typing import ClassVar, Literal, TypeAlias

from archc.ir.op import Op, Parameter
from archc.ir.types import ShapeError, Sides, TensorType, feature_map, must_divide, pair, window, windows

Over: TypeAlias = Literal["space", "channels", "height", "width"]
"""The axes that a sum, mean or maximum is taken over; `space` are height and width."""


class MaxPool(Op):
    """The largest value of each window; padding is minus infinity."""

    kind: ClassVar[str] = "max_pool"
    kernel: Sides
    stride: Sides = 1
    padding: Sides = 0
    ceil: bool = False

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (_pooled(inputs[0], self),)


class AvgPool(Op):
    """The mean of each window; `count_include_pad` says whether padding counts in the divisor."""

    kind: ClassVar[str] = "avg_pool"
    kernel: Sides
    stride: Sides = 1
    padding: Sides = 0
    ceil: bool = False
    count_include_pad: bool = True

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (_pooled(inputs[0], self),)


def _pooled(type_: TensorType, pool: MaxPool | AvgPool) -> TensorType:
    channels, *size = feature_map(type_, pool.kind)
    for padding, kernel in zip(pair(pool.padding), pair(pool.kernel), strict=True):
        if padding * 2 > kernel:
            raise ShapeError("E0309", f"padding {padding} is more than half of kernel {kernel}", "padding")
    return TensorType((channels, *windows(size, pool.kernel, pool.stride, pool.padding, ceil=pool.ceil)))


class BlurPool(Op):
    """A fixed binomial filter per channel after reflection padding (Zhang 2019); its filter is a buffer."""

    kind: ClassVar[str] = "blur_pool"
    channels: int
    kernel: int = 3
    stride: int = 1

    @property
    def padding(self) -> int:
        """On every side: half of what window and stride reach over."""
        return (self.stride + self.kernel - 2) // 2

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        channels, height, width = feature_map(inputs[0], "blur_pool")
        padding = self.padding
        if channels != self.channels:
            raise ShapeError("", f"a blur pool of {self.channels} channels reads {channels}")
        if min(height, width) <= padding:
            raise ShapeError("E0311", f"reflection by {padding} does not fit a size of {min(height, width)}", "kernel")
        return (TensorType((channels, *(window(n, self.kernel, self.stride, padding) for n in (height, width)))),)

    def parameters(self) -> tuple[Parameter, ...]:
        return (Parameter("filt", (self.channels, 1, self.kernel, self.kernel), trainable=False),)


class GlobalPool(Op):
    """The mean over H and W: NxCxHxW to NxCx1x1."""

    kind: ClassVar[str] = "global_pool"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (TensorType((feature_map(inputs[0], "global_pool")[0], 1, 1)),)


class AdaptiveAvgPool(Op):
    """Means over `size` by `size` near-equal windows."""

    kind: ClassVar[str] = "adaptive_avg_pool"
    size: Sides

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (TensorType((feature_map(inputs[0], "adaptive_avg_pool")[0], *pair(self.size))),)


class AdaptiveMaxPool(Op):
    """The largest values of `size` by `size` near-equal windows."""

    kind: ClassVar[str] = "adaptive_max_pool"
    size: Sides

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (TensorType((feature_map(inputs[0], "adaptive_max_pool")[0], *pair(self.size))),)


class Sum(Op):
    """The sum over some axes, which stay with length 1: over `space` NxCxHxW to NxCx1x1."""

    kind: ClassVar[str] = "sum"
    over: Over = "space"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (_reduced(inputs[0], self),)


class Mean(Op):
    """The mean over an axis, which stays with length 1; that over `space` is a GlobalPool."""

    kind: ClassVar[str] = "mean"
    over: Literal["channels", "height", "width"]

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (_reduced(inputs[0], self),)


class Max(Op):
    """The largest value over some axes, which stay with length 1."""

    kind: ClassVar[str] = "max"
    over: Over = "space"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (_reduced(inputs[0], self),)


AXES: dict[Over, tuple[int, ...]] = {"space": (2, 3), "channels": (1,), "height": (2,), "width": (3,)}
"""The axes of NxCxHxW that `over` stands for."""


def _reduced(type_: TensorType, op: Sum | Mean | Max) -> TensorType:
    shape = feature_map(type_, op.kind)
    return TensorType(tuple([1 if axis in AXES[op.over] else length for axis, length in enumerate(shape, 1)]))


class Pad(Op):
    """Zeros around the map."""

    kind: ClassVar[str] = "pad"
    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        channels, height, width = feature_map(inputs[0], "pad")
        return (TensorType((channels, height + self.top + self.bottom, width + self.left + self.right)),)


class Subsample(Op):
    """Every `stride`-th row and column, from the first."""

    kind: ClassVar[str] = "subsample"
    stride: int

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        channels, height, width = feature_map(inputs[0], "subsample")
        return (TensorType((channels, -(-height // self.stride), -(-width // self.stride))),)


class SpaceToDepth(Op):
    """Squares of `block` by `block` pixels become channels, position first: channel `(dy · block + dx) · C + c`."""

    kind: ClassVar[str] = "space_to_depth"
    block: int

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        channels, height, width = feature_map(inputs[0], "space_to_depth")
        if height % self.block or width % self.block:
            raise ShapeError("E0314", f"squares of {self.block} do not divide {height}x{width}", "block")
        return (TensorType((channels * self.block**2, height // self.block, width // self.block)),)


class PixelShuffle(Op):
    """Channels become squares of `block` by `block` pixels, a position's side by side: channel `c · block² + dy · block + dx`
    (Shi et al. 2016).
    """

    kind: ClassVar[str] = "pixel_shuffle"
    block: int

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        channels, height, width = feature_map(inputs[0], "pixel_shuffle")
        if channels % self.block**2:
            raise ShapeError(
                "E0312", f"squares of {self.block} take {self.block**2} channels each, which do not divide {channels}", "block"
            )
        return (TensorType((channels // self.block**2, height * self.block, width * self.block)),)


class Mix(Op):
    """Blocks of rows (`along` the height) or of columns mixed by a KxK matrix M for each group of channels: with I the unit
    matrix of a block's size, (M ⊗ I) x along the height, x (M ⊗ I) along the width (Chi et al. 2020, section 3.2).
    """

    kind: ClassVar[str] = "mix"
    along: Literal["height", "width"]

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        channels, *size = feature_map(inputs[0], "mix")
        groups, rows, columns = feature_map(inputs[1], "mix")
        if rows != columns:
            raise ShapeError("E0315", f"`mix` needs square matrices, not {inputs[1]}")
        must_divide(groups, channels, "channels", "matrices")
        length = size[0] if self.along == "height" else size[1]
        if length % rows:
            raise ShapeError("E0314", f"{rows} blocks do not divide a {self.along} of {length}")
        return (inputs[0],)
