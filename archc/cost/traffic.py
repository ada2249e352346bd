"""What a node moves between memory and arithmetic for one image, in elements, and which operations move nothing."""

from typing import TypeAlias, assert_never

from archc.cost.each import Types
from archc.cost.work import size
from archc.ir import ops
from archc.ir.ops import Operation

View: TypeAlias = ops.Identity | ops.Flatten | ops.Tokens | ops.Split | ops.Take | ops.Subsample


def is_view(op: Operation, inputs: int = 1) -> bool:
    """Whether the outputs are the input's memory under another shape: nothing is read, written or allocated.

    Dropout is the value itself outside of training; one operand alone is its own sum, product and concatenation, and channels in
    one group are in order.
    """
    match op:
        case ops.Identity() | ops.Flatten() | ops.Tokens() | ops.Split() | ops.Take() | ops.Subsample() | ops.Dropout():
            return True
        case ops.Add() | ops.Mul() | ops.Concat():
            return inputs == 1
        case ops.Shuffle():
            return op.groups == 1 or op.parts == 1
        case ops.SpaceToDepth() | ops.PixelShuffle():
            return op.block == 1
        case (
            ops.Conv() | ops.Linear() | ops.ChannelConv() | ops.Norm() | ops.Act() | ops.Softmax() | ops.Affine()
            | ops.Scale() | ops.MaxPool() | ops.AvgPool()
            | ops.BlurPool() | ops.GlobalPool() | ops.AdaptiveAvgPool() | ops.AdaptiveMaxPool() | ops.Sum() | ops.Mean()
            | ops.Max() | ops.Div() | ops.Mix() | ops.Pad()
            | ops.PadChannels() | ops.Position() | ops.Attention()
        ):  # fmt: skip
            return False
        case _:
            assert_never(op)


def moved(op: Operation, inputs: Types, outputs: Types) -> tuple[int, int]:
    """Elements read from the inputs and written to the outputs: each once, as if nothing stayed in a cache between two nodes."""
    if is_view(op, len(inputs)):
        return 0, 0
    return sum(map(size, inputs)), sum(map(size, outputs))
