"""Operations on the spatial grid: pools, padding, subsampling."""

from itertools import pairwise
from math import prod
from typing import Literal, TypeAlias

from archc.ir.behaviour import Behaviour, Enlarged, Mixed, Pooled, Resized, Window, Windowed, windowed
from archc.ir.op import Flags, Kept, Op, Parameter, Types
from archc.ir.types import ShapeError, Sides, TensorType, feature_map, must_divide, pair

Over: TypeAlias = Literal["space", "channels", "height", "width"]
"""The axes that a sum, mean or maximum is taken over; `space` are height and width."""


class MaxPool(
    Op, kind="max_pool", work="pooling", counted="max pool", saves="by rule", view=False, channels="kept", box="pool",
    row="pool", words="{window} max pool",
):  # fmt: skip
    """The largest value of each window; padding is minus infinity."""

    kernel: Sides
    stride: Sides = 1
    padding: Sides = 0
    ceil: bool = False

    def behaviour(self) -> Behaviour:
        return windowed(self.kernel, self.stride, self.padding, ceil=self.ceil)

    def check(self, *inputs: TensorType) -> None:
        _check_padding(self)

    def operations(self, inputs: Types, outputs: Types) -> int:
        return outputs[0].elements * prod(pair(self.kernel))

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        return Kept((0,), indices=outputs[0].elements) if needs[0] else Kept()


class AvgPool(
    Op, kind="avg_pool", work="pooling", counted="average pool", saves="input", view=False, channels="kept", box="pool",
    row="pool", words="{window} average pool", figure="{window} avg pool",
):  # fmt: skip
    """The mean of each window; `count_include_pad` says whether padding counts in the divisor."""

    kernel: Sides
    stride: Sides = 1
    padding: Sides = 0
    ceil: bool = False
    count_include_pad: bool = True

    def behaviour(self) -> Behaviour:
        return windowed(self.kernel, self.stride, self.padding, ceil=self.ceil)

    def check(self, *inputs: TensorType) -> None:
        _check_padding(self)

    def operations(self, inputs: Types, outputs: Types) -> int:
        return outputs[0].elements * prod(pair(self.kernel))


def _check_padding(pool: MaxPool | AvgPool) -> None:
    for padding, kernel in zip(pair(pool.padding), pair(pool.kernel), strict=True):
        if padding * 2 > kernel:
            raise ShapeError("E0309", f"padding {padding} is more than half of kernel {kernel}", "padding")


class BlurPool(
    Op, kind="blur_pool", work="pooling", counted="filter", saves="by rule", view=False, channels="kept", box="pool",
    row="pool", words="{window} blur pool",
):  # fmt: skip
    """A fixed binomial filter per channel after reflection padding (Zhang 2019); its filter is a buffer."""

    channels: int
    kernel: int = 3
    stride: int = 1

    @property
    def padding(self) -> int:
        """On every side: half of what window and stride reach over."""
        return (self.stride + self.kernel - 2) // 2

    def behaviour(self) -> Behaviour:
        return windowed(self.kernel, self.stride, self.padding)

    def check(self, *inputs: TensorType) -> None:
        channels, height, width = feature_map(inputs[0], "blur_pool")
        if channels != self.channels:
            raise ShapeError("", f"a blur pool of {self.channels} channels reads {channels}")
        if min(height, width) <= self.padding:
            raise ShapeError("E0311", f"reflection by {self.padding} does not fit a size of {min(height, width)}", "kernel")

    def parameters(self) -> tuple[Parameter, ...]:
        return (Parameter("filt", (self.channels, 1, self.kernel, self.kernel), trainable=False),)

    def operations(self, inputs: Types, outputs: Types) -> int:
        return outputs[0].elements * self.kernel**2

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        """The input before it is padded and after."""
        channels, height, width = inputs[0].shape
        padded = channels * (height + 2 * self.padding) * (width + 2 * self.padding)
        return Kept((0,), image=padded) if needs[0] else Kept()


class GlobalPool(
    Op, kind="global_pool", work="pooling", counted="adaptive average pool", saves="nothing", view=False, channels="kept",
    box="pool", row="layer", words="average pool", figure="global avg pool", does=Pooled((2, 3)),
):  # fmt: skip
    """The mean over H and W: NxCxHxW to NxCx1x1."""

    def operations(self, inputs: Types, outputs: Types) -> int:
        return inputs[0].elements


class AdaptiveAvgPool(
    Op, kind="adaptive_avg_pool", work="pooling", counted="adaptive average pool", saves="by rule", view=False, channels="kept",
    box="pool", row="layer", words="average pool to {window}", figure="avg pool to {window}",
):  # fmt: skip
    """Means over `size` by `size` near-equal windows."""

    size: Sides

    def behaviour(self) -> Behaviour:
        return Resized(pair(self.size))

    def operations(self, inputs: Types, outputs: Types) -> int:
        return _covered(inputs[0], outputs[0])

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        return Kept((0,)) if needs[0] and self.size != 1 else Kept()


class AdaptiveMaxPool(
    Op, kind="adaptive_max_pool", work="pooling", counted="max pool", saves="by rule", view=False, channels="kept", box="pool",
    row="layer", words="max pool to {window}",
):  # fmt: skip
    """The largest values of `size` by `size` near-equal windows."""

    size: Sides

    def behaviour(self) -> Behaviour:
        return Resized(pair(self.size))

    def operations(self, inputs: Types, outputs: Types) -> int:
        return _covered(inputs[0], outputs[0])

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        return Kept((0,), indices=outputs[0].elements) if needs[0] else Kept()


def _covered(read: TensorType, written: TensorType) -> int:
    """Elements in the windows `[floor(i·n / p), ceil((i + 1)·n / p))` of an adaptive pool, which may overlap."""
    lengths = zip(read.shape[1:], written.shape[1:], strict=True)
    return written.channels * prod([sum([-(-(i + 1) * n // p) - i * n // p for i in range(p)]) for n, p in lengths])


class Sum(
    Op, kind="sum", work="pooling", counted="none", saves="nothing", view=False, channels="kept", box="pool", row="none",
    words="sum over {over}",
):  # fmt: skip
    """The sum over some axes, which stay with length 1: over `space` NxCxHxW to NxCx1x1."""

    over: Over = "space"

    def behaviour(self) -> Behaviour:
        return Pooled(AXES[self.over])

    def operations(self, inputs: Types, outputs: Types) -> int:
        return inputs[0].elements

    def passes_channels(self) -> bool:
        return self.over != "channels"


class Mean(
    Op, kind="mean", work="pooling", counted="none", saves="nothing", view=False, channels="kept", box="pool", row="none",
    words="mean over {over}",
):  # fmt: skip
    """The mean over an axis, which stays with length 1; that over `space` is a GlobalPool."""

    over: Literal["channels", "height", "width"]

    def behaviour(self) -> Behaviour:
        return Pooled(AXES[self.over])

    def operations(self, inputs: Types, outputs: Types) -> int:
        return inputs[0].elements

    def passes_channels(self) -> bool:
        return self.over != "channels"


class Max(
    Op, kind="max", work="pooling", counted="none", saves="by rule", view=False, channels="kept", box="pool", row="none",
    words="max over {over}",
):  # fmt: skip
    """The largest value over some axes, which stay with length 1."""

    over: Over = "space"

    def behaviour(self) -> Behaviour:
        return Pooled(AXES[self.over])

    def operations(self, inputs: Types, outputs: Types) -> int:
        return inputs[0].elements

    def passes_channels(self) -> bool:
        return self.over != "channels"

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        return Kept((0,), output=True) if needs[0] else Kept()


AXES: dict[Over, tuple[int, ...]] = {"space": (2, 3), "channels": (1,), "height": (2,), "width": (3,)}
"""The axes of NxCxHxW that `over` stands for."""


class Pad(
    Op, kind="pad", work=None, counted="none", saves="nothing", view=False, channels="kept", box="reshape", row="none",
    words="pad {left}, {right}, {top}, {bottom}", figure="pad with zeros",
):  # fmt: skip
    """Zeros around the map."""

    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0

    def behaviour(self) -> Behaviour:
        return Windowed((Window(before=self.top, after=self.bottom), Window(before=self.left, after=self.right)))


class Subsample(
    Op, kind="subsample", work=None, counted="none", saves="nothing", view=True, channels="kept", box="pool", row="pool"
):
    """Every `stride`-th row and column, from the first."""

    stride: int

    def behaviour(self) -> Behaviour:
        return windowed(1, self.stride)


class SpaceToDepth(
    Op, kind="space_to_depth", work=None, counted="none", saves="nothing", view=False, channels="own", box="reshape",
    row="pool", figure="space to depth, {block}×{block}",
):  # fmt: skip
    """Squares of `block` by `block` pixels become channels, position first: channel `(dy · block + dx) · C + c`."""

    block: int

    def behaviour(self) -> Behaviour:
        return Windowed((Window(self.block, self.block, exact=True), Window(self.block, self.block, exact=True)))

    def check(self, *inputs: TensorType) -> None:
        _, height, width = feature_map(inputs[0], "space_to_depth")
        if height % self.block or width % self.block:
            raise ShapeError("E0314", f"squares of {self.block} do not divide {height}x{width}", "block")

    def width(self, channels: int) -> int:
        return channels * self.block**2

    def is_view(self, operands: int = 1) -> bool:
        return self.block == 1


class PixelShuffle(
    Op, kind="pixel_shuffle", work=None, counted="none", saves="nothing", view=False, channels="own", box="reshape", row="none",
    figure="pixel shuffle, {block}×{block}",
):  # fmt: skip
    """Channels become squares of `block` by `block` pixels, a position's side by side: channel `c · block² + dy · block + dx`
    (Shi et al. 2016).
    """

    block: int

    def behaviour(self) -> Behaviour:
        return Enlarged(self.block)

    def check(self, *inputs: TensorType) -> None:
        channels, area = inputs[0].channels, self.block**2
        if channels % area:
            raise ShapeError(
                "E0312", f"squares of {self.block} take {area} channels each, which do not divide {channels}", "block"
            )

    def width(self, channels: int) -> int:
        return channels // self.block**2

    def is_view(self, operands: int = 1) -> bool:
        return self.block == 1


class Mix(
    Op, kind="mix", work="attention", counted="product", saves="by rule", view=False, channels="kept", box="linear", row="none",
    figure="mix along the {along}", operands=2,
):  # fmt: skip
    """Blocks of rows (`along` the height) or of columns mixed by a KxK matrix M for each group of channels: with I the unit
    matrix of a block's size, (M ⊗ I) x along the height, x (M ⊗ I) along the width (Chi et al. 2020, section 3.2).
    """

    along: Literal["height", "width"]

    def behaviour(self) -> Behaviour:
        return Mixed(("height", "width").index(self.along))

    def check(self, *inputs: TensorType) -> None:
        channels, *size = feature_map(inputs[0], "mix")
        groups, rows, columns = feature_map(inputs[1], "mix")
        if rows != columns:
            raise ShapeError("E0315", f"`mix` needs square matrices, not {inputs[1]}")
        must_divide(groups, channels, "channels", "matrices")
        length = size[0] if self.along == "height" else size[1]
        if length % rows:
            raise ShapeError("E0314", f"{rows} blocks do not divide a {self.along} of {length}")

    def operations(self, inputs: Types, outputs: Types) -> int:
        return outputs[0].elements * inputs[1].shape[1]

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        """Either factor for the other's gradient. A map whose rows or columns do not lie as the product reads is copied."""
        (channels, height, width), (groups, blocks, _) = inputs[0].shape, inputs[1].shape
        deep = channels // groups
        down, across, through = (width * channels, channels, 1) if rows[0] else (width, 1, height * width)
        if self.along == "height":
            copied = not _lies_flat((deep, through), (height // blocks * width, across))
        else:
            copied = not _lies_flat((deep, through), (height, down), (width // blocks, across))
        held = [place for place, other in ((0, 1), (1, 0)) if needs[other] and not (place == 0 and copied)]
        return Kept(tuple(held), image=inputs[0].elements if needs[1] and copied else 0)


def _lies_flat(*axes: tuple[int, int]) -> bool:
    """Whether axes, each a length and a stride, are one axis without a copy."""
    several = [axis for axis in axes if axis[0] > 1]
    return all(outer[1] == inner[0] * inner[1] for outer, inner in pairwise(several))
