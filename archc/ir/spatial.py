"""Operations on the spatial grid: pools, padding, subsampling."""

from typing import ClassVar

from archc.ir.op import Op, Parameter
from archc.ir.types import ShapeError, TensorType, feature_map, window


class MaxPool(Op):
    """The largest value of each window; padding is minus infinity."""

    kind: ClassVar[str] = "max_pool"
    kernel: int
    stride: int = 1
    padding: int = 0
    ceil: bool = False

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (_pooled(inputs[0], self),)


class AvgPool(Op):
    """The mean of each window; `count_include_pad` says whether padding counts in the divisor."""

    kind: ClassVar[str] = "avg_pool"
    kernel: int
    stride: int = 1
    padding: int = 0
    ceil: bool = False
    count_include_pad: bool = True

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (_pooled(inputs[0], self),)


def _pooled(type_: TensorType, pool: MaxPool | AvgPool) -> TensorType:
    channels, height, width = feature_map(type_, pool.kind)
    if pool.padding * 2 > pool.kernel:
        raise ShapeError("E0309", f"padding {pool.padding} is more than half of kernel {pool.kernel}", "padding")
    size = (window(n, pool.kernel, pool.stride, pool.padding, ceil=pool.ceil) for n in (height, width))
    return TensorType((channels, *size))


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
    size: int

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (TensorType((feature_map(inputs[0], "adaptive_avg_pool")[0], self.size, self.size)),)


class Sum(Op):
    """The sum over H and W: NxCxHxW to NxCx1x1."""

    kind: ClassVar[str] = "sum"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (TensorType((feature_map(inputs[0], "sum")[0], 1, 1)),)


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
