"""Pools: what makes one value of a window, or of whole axes."""

from math import prod
from typing import Literal

from archc.ir.behaviour import Behaviour, Pooled, Resized, windowed
from archc.ir.op import AXES, KERNEL, OF_OPERAND, SIZE, SIZE_OR_NONE, Flags, Init, Kept, Op, Parameter, Types
from archc.ir.types import AxisName, Over, ShapeError, Sides, TensorType, along, feature_map
from archc.record import field


class MaxPool(
    Op, kind="max_pool", work="pooling", counted="max pool", saves="by rule", output="own", channels="kept", box="pool",
    row="pool", drawn="layer", words="{window} max pool",
):  # fmt: skip
    """The largest value of each window; padding is minus infinity."""

    kernel: Sides = field(metadata=KERNEL)
    stride: Sides = field(default=1, metadata=SIZE)
    padding: Sides = field(default=0, metadata=SIZE_OR_NONE)
    ceil: bool = False
    axes: int = field(default=2, metadata=AXES)

    def behaviour(self) -> Behaviour:
        return windowed(self.kernel, self.stride, self.padding, ceil=self.ceil)

    def check(self, *inputs: TensorType) -> None:
        _check_padding(self)

    def operations(self, inputs: Types, outputs: Types) -> int:
        return outputs[0].elements * prod(along(self.kernel, self.axes))

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        return Kept((0,), indices=outputs[0].elements) if needs[0] else Kept()


class AvgPool(
    Op, kind="avg_pool", work="pooling", counted="average pool", saves="input", output="own", channels="kept", box="pool",
    row="pool", drawn="layer", words="{window} average pool", figure="{window} avg pool",
):  # fmt: skip
    """The mean of each window; `count_include_pad` says whether padding counts in the divisor."""

    kernel: Sides = field(metadata=KERNEL)
    stride: Sides = field(default=1, metadata=SIZE)
    padding: Sides = field(default=0, metadata=SIZE_OR_NONE)
    ceil: bool = False
    count_include_pad: bool = True
    axes: int = field(default=2, metadata=AXES)

    def behaviour(self) -> Behaviour:
        return windowed(self.kernel, self.stride, self.padding, ceil=self.ceil)

    def check(self, *inputs: TensorType) -> None:
        _check_padding(self)

    def operations(self, inputs: Types, outputs: Types) -> int:
        return outputs[0].elements * prod(along(self.kernel, self.axes))


def _check_padding(pool: MaxPool | AvgPool) -> None:
    for padding, kernel in zip(along(pool.padding, pool.axes), along(pool.kernel, pool.axes), strict=True):
        if padding * 2 > kernel:
            raise ShapeError("E0309", f"padding {padding} is more than half of kernel {kernel}", "padding")


class BlurPool(
    Op, kind="blur_pool", work="pooling", counted="filter", saves="by rule", output="own", channels="kept", box="pool",
    row="pool", drawn="layer", words="{window} blur pool",
):  # fmt: skip
    """A fixed binomial filter per channel after reflection padding (Zhang 2019); its filter is a buffer."""

    channels: int = field(metadata=OF_OPERAND)
    kernel: int = field(default=3, metadata=KERNEL)
    stride: int = field(default=1, metadata=SIZE)
    axes: int = field(default=2, metadata=AXES)

    @property
    def padding(self) -> int:
        """On every side: half of what window and stride reach over."""
        return (self.stride + self.kernel - 2) // 2

    def behaviour(self) -> Behaviour:
        return windowed(self.kernel, self.stride, self.padding)

    def check(self, *inputs: TensorType) -> None:
        channels, *lengths = feature_map(inputs[0], "blur_pool")
        if channels != self.channels:
            raise ShapeError("", f"a blur pool of {self.channels} channels reads {channels}")
        if min(lengths) <= self.padding:
            raise ShapeError("E0311", f"reflection by {self.padding} does not fit a size of {min(lengths)}", "kernel")

    def parameters(self) -> tuple[Parameter, ...]:
        return (Parameter("filt", (self.channels, 1, *[self.kernel] * self.axes), "filter", Init("binomial"), trainable=False),)

    def operations(self, inputs: Types, outputs: Types) -> int:
        return outputs[0].elements * prod([self.kernel] * self.axes)

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        """The input before it is padded and after."""
        padded = inputs[0].channels * prod([length + 2 * self.padding for length in inputs[0].spatial])
        return Kept((0,), image=padded) if needs[0] else Kept()


class GlobalPool(
    Op, kind="global_pool", work="pooling", counted="adaptive average pool", saves="nothing", output="own", channels="kept",
    box="pool", row="layer", drawn="layer", words="average pool", figure="global avg pool", does=Pooled("space"),
):  # fmt: skip
    """The mean over all axes of a map: NxCxHxW to NxCx1x1."""

    axes: int = field(default=2, metadata=AXES)

    def operations(self, inputs: Types, outputs: Types) -> int:
        return inputs[0].elements


class AdaptiveAvgPool(
    Op, kind="adaptive_avg_pool", work="pooling", counted="adaptive average pool", saves="by rule", output="own", channels="kept",
    box="pool", row="layer", drawn="layer", words="average pool to {window}", figure="avg pool to {window}",
):  # fmt: skip
    """Means over `size` by `size` near-equal windows."""

    size: Sides = field(metadata=SIZE)
    axes: int = field(default=2, metadata=AXES)

    def behaviour(self) -> Behaviour:
        return Resized(self.size)

    def operations(self, inputs: Types, outputs: Types) -> int:
        return _covered(inputs[0], outputs[0])

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        return Kept((0,)) if needs[0] and self.size != 1 else Kept()


class AdaptiveMaxPool(
    Op, kind="adaptive_max_pool", work="pooling", counted="max pool", saves="by rule", output="own", channels="kept", box="pool",
    row="layer", drawn="layer", words="max pool to {window}",
):  # fmt: skip
    """The largest values of `size` by `size` near-equal windows."""

    size: Sides = field(metadata=SIZE)
    axes: int = field(default=2, metadata=AXES)

    def behaviour(self) -> Behaviour:
        return Resized(self.size)

    def operations(self, inputs: Types, outputs: Types) -> int:
        return _covered(inputs[0], outputs[0])

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        return Kept((0,), indices=outputs[0].elements) if needs[0] else Kept()


def _covered(read: TensorType, written: TensorType) -> int:
    """Elements in the windows `[floor(i·n / p), ceil((i + 1)·n / p))` of an adaptive pool, which may overlap."""
    lengths = zip(read.spatial, written.spatial, strict=True)
    return written.channels * prod([sum([-(-(i + 1) * n // p) - i * n // p for i in range(p)]) for n, p in lengths])


class Sum(
    Op, kind="sum", work="pooling", counted="none", saves="nothing", output="own", channels="kept", box="pool", row="none",
    drawn="box", words="sum over {over}",
):  # fmt: skip
    """The sum over some axes, which stay with length 1: over `space` NxCxHxW to NxCx1x1."""

    over: Over = "space"

    def behaviour(self) -> Behaviour:
        return Pooled(self.over)

    def operations(self, inputs: Types, outputs: Types) -> int:
        return inputs[0].elements

    def passes_channels(self) -> bool:
        return self.over != "channels"


class Mean(
    Op, kind="mean", work="pooling", counted="none", saves="nothing", output="own", channels="kept", box="pool", row="none",
    drawn="box", words="mean over {over}",
):  # fmt: skip
    """The mean over an axis, which stays with length 1; that over `space` is a GlobalPool."""

    over: Literal["channels", AxisName]

    def behaviour(self) -> Behaviour:
        return Pooled(self.over)

    def operations(self, inputs: Types, outputs: Types) -> int:
        return inputs[0].elements

    def passes_channels(self) -> bool:
        return self.over != "channels"


class Max(
    Op, kind="max", work="pooling", counted="none", saves="by rule", output="own", channels="kept", box="pool", row="none",
    drawn="box", words="max over {over}",
):  # fmt: skip
    """The largest value over some axes, which stay with length 1."""

    over: Over = "space"

    def behaviour(self) -> Behaviour:
        return Pooled(self.over)

    def operations(self, inputs: Types, outputs: Types) -> int:
        return inputs[0].elements

    def passes_channels(self) -> bool:
        return self.over != "channels"

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        return Kept((0,), output=True) if needs[0] else Kept()
