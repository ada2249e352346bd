"""What a node moves between memory and arithmetic for one image, in elements, and which operations move nothing."""

from typing import TypeAlias, assert_never

from archc.cost.each import Types
from archc.cost.work import size
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

View: TypeAlias = Identity | Flatten | Tokens | Split | Take | Subsample


def is_view(op: Operation, inputs: int = 1) -> bool:
    """Whether the outputs are the input's memory under another shape: nothing is read, written or allocated.

    Dropout is the value itself outside of training; one operand alone is its own sum, product and concatenation, and channels in
    one group are in order.
    """
    match op:
        case Identity() | Flatten() | Tokens() | Split() | Take() | Subsample() | Dropout():
            return True
        case Add() | Mul() | Concat():
            return inputs == 1
        case Shuffle():
            return op.groups == 1 or op.parts == 1
        case SpaceToDepth() | PixelShuffle():
            return op.block == 1
        case (
            Conv() | Linear() | ChannelConv() | Norm() | Act() | Softmax() | Affine() | Scale() | MaxPool() | AvgPool()
            | BlurPool() | GlobalPool() | AdaptiveAvgPool() | AdaptiveMaxPool() | Sum() | Mean() | Max() | Div() | Mix() | Pad()
            | PadChannels() | Position() | Attention()
        ):  # fmt: skip
            return False
        case _:
            assert_never(op)


def moved(op: Operation, inputs: Types, outputs: Types) -> tuple[int, int]:
    """Elements read from the inputs and written to the outputs: each once, as if nothing stayed in a cache between two nodes."""
    if is_view(op, len(inputs)):
        return 0, 0
    return sum(map(size, inputs)), sum(map(size, outputs))
