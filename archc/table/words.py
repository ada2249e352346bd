"""An operation in the words papers print: `3×3, 64, stride 2`."""

from typing import assert_never

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
from archc.ir.types import Sides, by_axis, shown


def words(op: Operation) -> str:  # noqa: C901  a case for each kind of operation
    """The operation without its stride, which belongs to a place in the network."""
    match op:
        case Conv():
            return f"{by_axis(op.kernel)}, {op.out_channels}" + _grouped(op) + _dilated(op)
        case Linear():
            return f"{op.out_channels}-d fc"
        case ChannelConv():
            return f"{op.kernel}, along channels"
        case MaxPool():
            return f"{by_axis(op.kernel)} max pool"
        case AvgPool():
            return f"{by_axis(op.kernel)} average pool"
        case BlurPool():
            return f"{op.kernel}×{op.kernel} blur pool"
        case AdaptiveAvgPool():
            return f"average pool to {by_axis(op.size)}"
        case AdaptiveMaxPool():
            return f"max pool to {by_axis(op.size)}"
        case Sum() | Mean() | Max():
            return f"{op.kind} over {op.over}"
        case GlobalPool():
            return "average pool"
        case Norm():
            return f"{op.norm.replace('_', ' ')} norm" + (f", {op.groups} groups" if op.groups > 1 else "")
        case Act():
            return op.act.replace("_", " ")
        case Softmax():
            return f"softmax over {op.over}"
        case Pad():
            return f"pad {op.left}, {op.right}, {op.top}, {op.bottom}"
        case PadChannels():
            return f"pad channels {op.before}, {op.after}"
        case Split():
            return f"split in {op.parts}"
        case Attention():
            return f"attention, {op.heads} heads"
        case Dropout():
            return f"dropout of {op.what}, {op.rate:g}"
        case Affine():
            return f"affine, {op.scale:g}, {op.shift:g}"
        case (
            Scale() | Subsample() | SpaceToDepth() | PixelShuffle() | Identity() | Add() | Mul() | Div() | Mix() | Concat()
            | Shuffle() | Flatten() | Tokens() | Position() | Take()
        ):  # fmt: skip
            return op.kind.replace("_", " ")
        case _:
            assert_never(op)


def stride(op: Operation) -> Sides:
    """1 where an operation has none."""
    return op.stride if isinstance(op, Conv | MaxPool | AvgPool | BlurPool | Subsample) else 1


def with_stride(text: str, step: Sides) -> str:
    """The paper's `, stride 2`; nothing for 1."""
    return text if step == 1 else f"{text}, stride {shown(step)}"


def printed(op: Operation) -> bool:
    """Whether papers give an operation a line: what has weights of its own to learn but norms, and what pools."""
    return pools(op) or isinstance(op, Conv | Linear | ChannelConv | AdaptiveAvgPool | AdaptiveMaxPool | GlobalPool | Attention)


def pools(op: Operation) -> bool:
    """Whether it only makes a map smaller."""
    return isinstance(op, MaxPool | AvgPool | BlurPool | Subsample | SpaceToDepth)


def spoken(name: str) -> str:
    """The name of a definition as words: `squeeze_excite`."""
    return name.replace("_", " ")


def _grouped(op: Conv) -> str:
    """Cardinality in the notation of Xie et al. 2017, Table 1."""
    return f", C={op.groups}" if op.groups > 1 else ""


def _dilated(op: Conv) -> str:
    return "" if op.dilation == 1 else f", dilation {shown(op.dilation)}"
