"""Operations on the spatial grid that are no pools: padding, subsampling, rearranging, mixing."""

from itertools import pairwise
from typing import Literal

from archc.ir.behaviour import Behaviour, Enlarged, Mixed, Window, Windowed, windowed
from archc.ir.op import AXES, SIZE, Flags, Kept, Op, Types
from archc.ir.types import ShapeError, TensorType, image_map, must_divide
from archc.record import field


class Pad(
    Op, kind="pad", work=None, counted="none", saves="nothing", output="own", channels="kept", box="reshape", row="none",
    drawn="words", figure="pad with zeros",
):  # fmt: skip
    """Zeros around the map: `left` and `right` of its last axis, `top` and `bottom` of the one before, `front` and `back` of the
    first of three.
    """

    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0
    front: int = 0
    back: int = 0
    axes: int = field(default=2, metadata=AXES)

    @property
    def sides(self) -> dict[str, int]:
        """How many zeros are where, the last axis first, as torch takes them."""
        return {name: getattr(self, name) for name in ("left", "right", "top", "bottom", "front", "back")[: 2 * self.axes]}

    def words(self, medium: Literal["table", "figure"] = "table") -> str:
        return super().words(medium) if medium == "figure" else f"pad {', '.join(map(str, self.sides.values()))}"

    def behaviour(self) -> Behaviour:
        ends = [*self.sides.values()]
        return Windowed(tuple([Window(before=ends[end - 2], after=ends[end - 1]) for end in range(len(ends), 0, -2)]))


class Subsample(
    Op, kind="subsample", work=None, counted="none", saves="nothing", output="view", channels="kept", box="pool", row="pool",
    drawn="box",
):  # fmt: skip
    """Every `stride`-th row and column, from the first."""

    stride: int = field(metadata=SIZE)

    def behaviour(self) -> Behaviour:
        return windowed(1, self.stride)


class SpaceToDepth(
    Op, kind="space_to_depth", work=None, counted="none", saves="nothing", output="own", channels="own", box="reshape",
    row="pool", drawn="layer", figure="space to depth, {block}×{block}",
):  # fmt: skip
    """Squares of `block` by `block` pixels become channels, position first: channel `(dy · block + dx) · C + c`."""

    block: int = field(metadata=SIZE)

    def behaviour(self) -> Behaviour:
        return Windowed(Window(self.block, self.block, exact=True))

    def check(self, *inputs: TensorType) -> None:
        _, height, width = image_map(inputs[0], "space_to_depth")
        if height % self.block or width % self.block:
            raise ShapeError("E0314", f"squares of {self.block} do not divide {height}x{width}", "block")

    def width(self, channels: int) -> int:
        return channels * self.block**2

    def is_view(self, operands: int = 1) -> bool:
        return self.block == 1


class PixelShuffle(
    Op, kind="pixel_shuffle", work=None, counted="none", saves="nothing", output="own", channels="own", box="reshape", row="none",
    drawn="layer", figure="pixel shuffle, {block}×{block}", enlarges=True,
):  # fmt: skip
    """Channels become squares of `block` by `block` pixels, a position's side by side: channel `c · block² + dy · block + dx`
    (Shi et al. 2016).
    """

    block: int = field(metadata=SIZE)

    def behaviour(self) -> Behaviour:
        return Enlarged(self.block)

    def check(self, *inputs: TensorType) -> None:
        (channels, _, _), area = image_map(inputs[0], "pixel_shuffle"), self.block**2
        if channels % area:
            raise ShapeError(
                "E0312", f"squares of {self.block} take {area} channels each, which do not divide {channels}", "block"
            )

    def width(self, channels: int) -> int:
        return channels // self.block**2

    def is_view(self, operands: int = 1) -> bool:
        return self.block == 1


class Mix(
    Op, kind="mix", work="attention", counted="product", saves="by rule", output="own", channels="kept", box="linear", row="none",
    drawn="layer", figure="mix along the {along}", operands=2,
):  # fmt: skip
    """Blocks of rows (`along` the height) or of columns mixed by a KxK matrix M for each group of channels: with I the unit
    matrix of a block's size, (M ⊗ I) x along the height, x (M ⊗ I) along the width (Chi et al. 2020, section 3.2).
    """

    along: Literal["height", "width"]

    def behaviour(self) -> Behaviour:
        return Mixed(self.along)

    def check(self, *inputs: TensorType) -> None:
        channels, *size = image_map(inputs[0], "mix")
        groups, rows, columns = image_map(inputs[1], "mix")
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
        (channels, height, width), (groups, blocks, _) = image_map(inputs[0], "mix"), image_map(inputs[1], "mix")
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
