"""An operation in the words papers print: `3×3, 64, stride 2`."""

from typing import assert_never

from archc.ir import ops
from archc.ir.ops import Operation
from archc.ir.types import Sides, by_axis, shown


def words(op: Operation) -> str:  # noqa: C901  a case for each kind of operation
    """The operation without its stride, which belongs to a place in the network."""
    match op:
        case ops.Conv():
            return f"{by_axis(op.kernel)}, {op.out_channels}" + _grouped(op) + _dilated(op)
        case ops.Linear():
            return f"{op.out_channels}-d fc"
        case ops.ChannelConv():
            return f"{op.kernel}, along channels"
        case ops.MaxPool():
            return f"{by_axis(op.kernel)} max pool"
        case ops.AvgPool():
            return f"{by_axis(op.kernel)} average pool"
        case ops.BlurPool():
            return f"{op.kernel}×{op.kernel} blur pool"
        case ops.AdaptiveAvgPool():
            return f"average pool to {by_axis(op.size)}"
        case ops.AdaptiveMaxPool():
            return f"max pool to {by_axis(op.size)}"
        case ops.Sum() | ops.Mean() | ops.Max():
            return f"{op.kind} over {op.over}"
        case ops.GlobalPool():
            return "average pool"
        case ops.Norm():
            return f"{op.norm.replace('_', ' ')} norm" + (f", {op.groups} groups" if op.groups > 1 else "")
        case ops.Act():
            return op.act.replace("_", " ")
        case ops.Softmax():
            return f"softmax over {op.over}"
        case ops.Pad():
            return f"pad {op.left}, {op.right}, {op.top}, {op.bottom}"
        case ops.PadChannels():
            return f"pad channels {op.before}, {op.after}"
        case ops.Split():
            return f"split in {op.parts}"
        case ops.Attention():
            return f"attention, {op.heads} heads"
        case ops.Dropout():
            return f"dropout of {op.what}, {op.rate:g}"
        case ops.Affine():
            return f"affine, {op.scale:g}, {op.shift:g}"
        case (
            ops.Scale() | ops.Subsample() | ops.SpaceToDepth() | ops.PixelShuffle() | ops.Identity() | ops.Add()
            | ops.Mul() | ops.Div() | ops.Mix() | ops.Concat()
            | ops.Shuffle() | ops.Flatten() | ops.Tokens() | ops.Position() | ops.Take()
        ):  # fmt: skip
            return op.kind.replace("_", " ")
        case _:
            assert_never(op)


def stride(op: Operation) -> Sides:
    """1 where an operation has none."""
    return op.stride if isinstance(op, ops.Conv | ops.MaxPool | ops.AvgPool | ops.BlurPool | ops.Subsample) else 1


def with_stride(text: str, step: Sides) -> str:
    """The paper's `, stride 2`; nothing for 1."""
    return text if step == 1 else f"{text}, stride {shown(step)}"


def printed(op: Operation) -> bool:
    """Whether papers give an operation a line: what has weights of its own to learn but norms, and what pools."""
    return pools(op) or isinstance(
        op, ops.Conv | ops.Linear | ops.ChannelConv | ops.AdaptiveAvgPool | ops.AdaptiveMaxPool | ops.GlobalPool | ops.Attention
    )


def pools(op: Operation) -> bool:
    """Whether it only makes a map smaller."""
    return isinstance(op, ops.MaxPool | ops.AvgPool | ops.BlurPool | ops.Subsample | ops.SpaceToDepth)


def spoken(name: str) -> str:
    """The name of a definition as words: `squeeze_excite`."""
    return name.replace("_", " ")


def _grouped(op: ops.Conv) -> str:
    """Cardinality in the notation of Xie et al. 2017, Table 1."""
    return f", C={op.groups}" if op.groups > 1 else ""


def _dilated(op: ops.Conv) -> str:
    return "" if op.dilation == 1 else f", dilation {shown(op.dilation)}"
