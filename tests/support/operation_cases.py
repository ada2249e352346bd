# ruff: noqa: E501  a case is a line
"""Operations on shapes that fit and that do not: a table for golden files of what is said and counted of each."""

import math
from collections.abc import Iterator

from graph_builder import typed

from archc.ir import ops
from archc.ir.op import Op, stated
from archc.ir.ops import Operation

Shapes = tuple[tuple[int, ...], ...]

MAP, TOKENS, VECTOR = (4, 8, 6), (5, 4), (4,)
ONE: list[Operation] = [
    ops.Conv(4, 6, 3), ops.Conv(4, 6, 3, 2, 1), ops.Conv(4, 6, (3, 1), (2, 1), (1, 0), (1, 2)), ops.Conv(4, 6, 3, dilation=2), ops.Conv(4, 6, 9),
    ops.Conv(4, 6, 3, groups=2, bias=True), ops.Conv(4, 6, 3, groups=3), ops.Conv(6, 4, 3, groups=4), ops.Conv(3, 4, 1), ops.Conv(4, 5, 1, groups=4),
    ops.Conv(4, 6, 3, weights="standardized"), ops.Conv(4, 6, 3, bias=True, weights="scaled"), ops.Conv(4, 6, 3, padding=4), ops.Conv(4, 4, 8),
    ops.ConvTranspose(4, 6, 4, 2, 1), ops.ConvTranspose(4, 6, 3, (2, 1), (1, 0), (1, 0), (1, 2)), ops.ConvTranspose(4, 6, 2, 3, bias=True), ops.ConvTranspose(4, 6, 1, 2, groups=2),
    ops.ConvTranspose(4, 6, 3, 1, 1), ops.ConvTranspose(4, 6, 2, 2, groups=4), ops.ConvTranspose(3, 6, 2), ops.ConvTranspose(4, 6, 2, 2, 0, 2), ops.ConvTranspose(4, 6, 2, 1, 4),
    ops.Linear(4, 6), ops.Linear(4, 6, bias=False), ops.Linear(3, 6), ops.ChannelConv(3), ops.ChannelConv(4),
    ops.Norm("batch", 4), ops.Norm("batch", 4, frozen=True), ops.Norm("group", 4, groups=2), ops.Norm("group", 4, groups=3), ops.Norm("layer", 4),
    ops.Norm("instance", 4), ops.Norm("evonorm_s0", 4, groups=2), ops.Norm("evonorm_s0", 4, groups=2, linear=True), ops.Norm("evonorm_s0", 4, groups=3),
    ops.Norm("filter_response", 4), ops.Norm("filter_response", 4, frozen=True), ops.Norm("batch", 3), ops.Act("relu"), ops.Act("leaky_relu", 0.1),
    ops.Softmax("space"), ops.Softmax("parts", 2), ops.Softmax("parts", 3), ops.Affine(2.0, 1.0), ops.Scale(4), ops.Scale(0), ops.Scale(3),
    ops.Dropout(0.5), ops.Dropout(0.0), ops.Dropout(1.0), ops.Dropout(-0.1), ops.Dropout(math.nan), ops.Dropout(0.5, "path"), ops.Dropout(0.5, "channels"), ops.Dropout(0.5, "block"),
    ops.MaxPool(3, 2, 1), ops.MaxPool(3, 2, 1, ceil=True), ops.MaxPool(2, 3, ceil=True), ops.MaxPool(3, padding=2), ops.MaxPool((3, 1), padding=(1, 1)), ops.MaxPool(9),
    ops.MaxPool((3, 2), (2, 1), (1, 0)), ops.MaxPool(2, padding=1), ops.AvgPool(3, 2, 1), ops.AvgPool(2, 2, ceil=True), ops.AvgPool(1, padding=1), ops.AvgPool(9, padding=4),
    ops.AvgPool(3, 4, ceil=True), ops.AvgPool(8, ceil=True), ops.BlurPool(4), ops.BlurPool(4, 3, 2), ops.BlurPool(4, 5, 2), ops.BlurPool(3), ops.BlurPool(4, 13, 2), ops.BlurPool(4, 14, 2),
    ops.GlobalPool(), ops.AdaptiveAvgPool(2), ops.AdaptiveAvgPool((3, 1)), ops.AdaptiveMaxPool(2), ops.AdaptiveMaxPool((3, 1)), ops.Sum(), ops.Sum("channels"), ops.Sum("height"),
    ops.Sum("width"), ops.Mean("channels"), ops.Mean("height"), ops.Mean("width"), ops.Max(), ops.Max("channels"), ops.Pad(1, 2, 3, 4), ops.Pad(left=1), ops.Pad(top=-1), ops.Subsample(2),
    ops.Subsample(3), ops.Subsample(1), ops.SpaceToDepth(2), ops.SpaceToDepth(1), ops.SpaceToDepth(4), ops.SpaceToDepth(3), ops.PixelShuffle(2), ops.PixelShuffle(1), ops.PixelShuffle(3),
    ops.Identity(), ops.Add(), ops.Mul(), ops.Concat(), ops.Split(1), ops.Split(2), ops.Split(4), ops.Split(3), ops.Split(8), ops.PadChannels(1, 2), ops.PadChannels(), ops.Shuffle(2, 2),
    ops.Shuffle(2, 1), ops.Shuffle(2, 3), ops.Shuffle(4, 2), ops.Flatten(), ops.Tokens(), ops.Position(5, 4), ops.Position(4, 5), ops.Take(), ops.Take(4), ops.Take(5), ops.Take(-1), ops.Attention(1),
]  # fmt: skip
POOLED: list[Operation] = [
    ops.Norm("instance", 4),
    ops.Linear(4, 6),
    ops.ChannelConv(3),
    ops.ChannelConv(4),
    ops.Conv(4, 6, 1),
    ops.MaxPool(1),
    ops.Flatten(),
    ops.Tokens(),
    ops.SpaceToDepth(2),
    ops.BlurPool(4),
]
JOINED: list[tuple[Operation, tuple[tuple[int, ...], ...]]] = [
    (op, shapes)
    for op in (ops.Add(), ops.Mul(), ops.Div(), ops.Concat(), ops.Concat("height"), ops.Concat("width"))
    for shapes in (
        ((4, 8, 6), (4, 8, 6)), ((4, 8, 6), (4, 1, 1)), ((4, 1, 1), (4, 8, 6)), ((4, 1, 1), (4, 1, 1)), ((4, 8, 6), (1, 8, 6)), ((1, 8, 6), (4, 1, 1)),
        ((4, 8, 6), (1, 1, 1)), ((4, 8, 6), (2, 8, 6)), ((4, 8, 6), (4, 8, 1)), ((4, 8, 6), (4, 1, 6)), ((4, 8, 6), (4, 6, 8)), ((4, 8, 6), (4,)),
        ((5, 4), (5, 4)), ((5, 4), (3, 4)), ((5, 4), (5, 3)), ((4,), (4,)), ((4,), (3,)), ((4,), (1,)), ((4, 8, 6), (4, 8, 6), (4, 8, 6)),
        ((4, 8, 6), (4, 7, 6), (4, 1, 6)), ((4, 8, 6), (4, 1, 1), (4, 8, 6)), ((2, 8, 6), (4, 1, 1)),
    )
]  # fmt: skip
OTHERS: list[tuple[Operation, tuple[tuple[int, ...], ...]]] = [
    (ops.Attention(2), ((3, 4), (5, 4), (5, 8))), (ops.Attention(1), ((3, 4), (5, 6), (5, 8))), (ops.Attention(1), ((3, 4), (5, 4), (6, 8))),
    (ops.Attention(3), ((3, 4), (5, 4), (5, 8))), (ops.Attention(4), ((3, 4), (5, 4), (5, 6))), (ops.Attention(1), ((4,), (4,), (4,))),
    (ops.Attention(1), ((3, 4), (5, 4), (4, 1, 1))), (ops.Linear(1, 3), ((1, 8, 6),)), (ops.Linear(2, 3), ((2, 8, 6),)), (ops.Norm("layer", 1), ((1, 8, 6),)),
    (ops.Mix("height"), ((4, 8, 6), (2, 4, 4))), (ops.Mix("width"), ((4, 8, 6), (2, 3, 3))), (ops.Mix("width"), ((4, 8, 6), (2, 4, 4))),
    (ops.Mix("height"), ((4, 8, 6), (2, 3, 3))), (ops.Mix("height"), ((4, 8, 6), (3, 4, 4))), (ops.Mix("height"), ((4, 8, 6), (2, 4, 2))),
    (ops.Mix("height"), ((4, 8, 6), (2,))), (ops.Mix("height"), ((4,), (2, 4, 4))),
]  # fmt: skip


def cases() -> Iterator[tuple[Operation, Shapes]]:
    """Each operation of one operand on a map, tokens and a vector, and those of several."""
    yield from ((op, (shape,)) for op in ONE if op.kind != "attention" for shape in (MAP, TOKENS, VECTOR))
    yield from ((op, ((4, 1, 1),)) for op in POOLED)
    yield from (*JOINED, *OTHERS)


def called(op: Op, shapes: tuple[tuple[int, ...], ...]) -> str:
    said = ", ".join(f"{name}={value}" for name, value in stated(op))
    return f"{op.kind}({said}) on {' and '.join(str(typed(shape)) for shape in shapes)}"
