# ruff: noqa: E501  a case is a line
"""Operations on shapes that fit and that do not: a table for golden files of what is said and counted of each."""

import math
from collections.abc import Iterator

from archc.ir.op import Op, stated
from archc.ir.ops import (
    Act,
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    Add,
    Affine,
    Attention,
    AvgPool,
    BlurPool,
    ChannelConv,
    Concat,
    Conv,
    Div,
    Dropout,
    Flatten,
    GlobalPool,
    Identity,
    Linear,
    Max,
    MaxPool,
    Mean,
    Mix,
    Mul,
    Norm,
    Operation,
    Pad,
    PadChannels,
    PixelShuffle,
    Position,
    Scale,
    Shuffle,
    Softmax,
    SpaceToDepth,
    Split,
    Subsample,
    Sum,
    Take,
    Tokens,
)
from archc.ir.types import TensorType

Shapes = tuple[tuple[int, ...], ...]

MAP, TOKENS, VECTOR = (4, 8, 6), (5, 4), (4,)
ONE: list[Operation] = [
    Conv(4, 6, 3), Conv(4, 6, 3, 2, 1), Conv(4, 6, (3, 1), (2, 1), (1, 0), (1, 2)), Conv(4, 6, 3, dilation=2), Conv(4, 6, 9),
    Conv(4, 6, 3, groups=2, bias=True), Conv(4, 6, 3, groups=3), Conv(6, 4, 3, groups=4), Conv(3, 4, 1), Conv(4, 5, 1, groups=4),
    Conv(4, 6, 3, weights="standardized"), Conv(4, 6, 3, bias=True, weights="scaled"), Conv(4, 6, 3, padding=4), Conv(4, 4, 8),
    Linear(4, 6), Linear(4, 6, bias=False), Linear(3, 6), ChannelConv(3), ChannelConv(4),
    Norm("batch", 4), Norm("batch", 4, frozen=True), Norm("group", 4, groups=2), Norm("group", 4, groups=3), Norm("layer", 4),
    Norm("instance", 4), Norm("evonorm_s0", 4, groups=2), Norm("evonorm_s0", 4, groups=2, linear=True), Norm("evonorm_s0", 4, groups=3),
    Norm("filter_response", 4), Norm("filter_response", 4, frozen=True), Norm("batch", 3), Act("relu"), Act("leaky_relu", 0.1),
    Softmax("space"), Softmax("parts", 2), Softmax("parts", 3), Affine(2.0, 1.0), Scale(4), Scale(0), Scale(3),
    Dropout(0.5), Dropout(0.0), Dropout(1.0), Dropout(-0.1), Dropout(math.nan), Dropout(0.5, "path"), Dropout(0.5, "channels"), Dropout(0.5, "block"),
    MaxPool(3, 2, 1), MaxPool(3, 2, 1, ceil=True), MaxPool(2, 3, ceil=True), MaxPool(3, padding=2), MaxPool((3, 1), padding=(1, 1)), MaxPool(9),
    MaxPool((3, 2), (2, 1), (1, 0)), MaxPool(2, padding=1), AvgPool(3, 2, 1), AvgPool(2, 2, ceil=True), AvgPool(1, padding=1), AvgPool(9, padding=4),
    AvgPool(3, 4, ceil=True), AvgPool(8, ceil=True), BlurPool(4), BlurPool(4, 3, 2), BlurPool(4, 5, 2), BlurPool(3), BlurPool(4, 13, 2), BlurPool(4, 14, 2),
    GlobalPool(), AdaptiveAvgPool(2), AdaptiveAvgPool((3, 1)), AdaptiveMaxPool(2), AdaptiveMaxPool((3, 1)), Sum(), Sum("channels"), Sum("height"),
    Sum("width"), Mean("channels"), Mean("height"), Mean("width"), Max(), Max("channels"), Pad(1, 2, 3, 4), Pad(left=1), Pad(top=-1), Subsample(2),
    Subsample(3), Subsample(1), SpaceToDepth(2), SpaceToDepth(1), SpaceToDepth(4), SpaceToDepth(3), PixelShuffle(2), PixelShuffle(1), PixelShuffle(3),
    Identity(), Add(), Mul(), Concat(), Split(1), Split(2), Split(4), Split(3), Split(8), PadChannels(1, 2), PadChannels(), Shuffle(2, 2),
    Shuffle(2, 1), Shuffle(2, 3), Shuffle(4, 2), Flatten(), Tokens(), Position(5, 4), Position(4, 5), Take(), Take(4), Take(5), Take(-1), Attention(1),
]  # fmt: skip
POOLED: list[Operation] = [
    Norm("instance", 4),
    Linear(4, 6),
    ChannelConv(3),
    ChannelConv(4),
    Conv(4, 6, 1),
    MaxPool(1),
    Flatten(),
    Tokens(),
    SpaceToDepth(2),
    BlurPool(4),
]
JOINED: list[tuple[Operation, tuple[tuple[int, ...], ...]]] = [
    (op, shapes)
    for op in (Add(), Mul(), Div(), Concat(), Concat("height"), Concat("width"))
    for shapes in (
        ((4, 8, 6), (4, 8, 6)), ((4, 8, 6), (4, 1, 1)), ((4, 1, 1), (4, 8, 6)), ((4, 1, 1), (4, 1, 1)), ((4, 8, 6), (1, 8, 6)), ((1, 8, 6), (4, 1, 1)),
        ((4, 8, 6), (1, 1, 1)), ((4, 8, 6), (2, 8, 6)), ((4, 8, 6), (4, 8, 1)), ((4, 8, 6), (4, 1, 6)), ((4, 8, 6), (4, 6, 8)), ((4, 8, 6), (4,)),
        ((5, 4), (5, 4)), ((5, 4), (3, 4)), ((5, 4), (5, 3)), ((4,), (4,)), ((4,), (3,)), ((4,), (1,)), ((4, 8, 6), (4, 8, 6), (4, 8, 6)),
        ((4, 8, 6), (4, 7, 6), (4, 1, 6)), ((4, 8, 6), (4, 1, 1), (4, 8, 6)), ((2, 8, 6), (4, 1, 1)),
    )
]  # fmt: skip
OTHERS: list[tuple[Operation, tuple[tuple[int, ...], ...]]] = [
    (Attention(2), ((3, 4), (5, 4), (5, 8))), (Attention(1), ((3, 4), (5, 6), (5, 8))), (Attention(1), ((3, 4), (5, 4), (6, 8))),
    (Attention(3), ((3, 4), (5, 4), (5, 8))), (Attention(4), ((3, 4), (5, 4), (5, 6))), (Attention(1), ((4,), (4,), (4,))),
    (Attention(1), ((3, 4), (5, 4), (4, 1, 1))), (Linear(1, 3), ((1, 8, 6),)), (Linear(2, 3), ((2, 8, 6),)), (Norm("layer", 1), ((1, 8, 6),)),
    (Mix("height"), ((4, 8, 6), (2, 4, 4))), (Mix("width"), ((4, 8, 6), (2, 3, 3))), (Mix("width"), ((4, 8, 6), (2, 4, 4))),
    (Mix("height"), ((4, 8, 6), (2, 3, 3))), (Mix("height"), ((4, 8, 6), (3, 4, 4))), (Mix("height"), ((4, 8, 6), (2, 4, 2))),
    (Mix("height"), ((4, 8, 6), (2,))), (Mix("height"), ((4,), (2, 4, 4))),
]  # fmt: skip


def cases() -> Iterator[tuple[Operation, Shapes]]:
    """Each operation of one operand on a map, tokens and a vector, and those of several."""
    yield from ((op, (shape,)) for op in ONE if op.kind != "attention" for shape in (MAP, TOKENS, VECTOR))
    yield from ((op, ((4, 1, 1),)) for op in POOLED)
    yield from (*JOINED, *OTHERS)


def called(op: Op, shapes: tuple[tuple[int, ...], ...]) -> str:
    said = ", ".join(f"{name}={value}" for name, value in stated(op))
    return f"{op.kind}({said}) on {' and '.join(str(TensorType(shape)) for shape in shapes)}"
