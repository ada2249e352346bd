"""The elementary operations of a node for one image, by class: what each kind of operation does to how many elements."""

from math import prod
from typing import Literal, TypeAlias, assert_never, get_args

from archc.cost.each import Types
from archc.ir import ops
from archc.ir.ops import Operation
from archc.ir.types import TensorType, pair

OpClass: TypeAlias = Literal["conv", "linear", "bias", "norm", "activation", "pooling", "addition", "multiplication", "attention"]
CLASSES: tuple[OpClass, ...] = get_args(OpClass)

_NORM = {"batch": 1, "group": 3, "layer": 3, "instance": 3, "evonorm_s0": 3, "filter_response": 2}
"""Operations an element: a multiply-add with the channel's two numbers, and one for each sum its statistics are made of."""
_GATE = {"evonorm_s0": 3, "filter_response": 1}
"""What the activation that is in it adds: v·x, sigmoid and product; a maximum."""


def size(type_: TensorType) -> int:
    """Elements of one image's value."""
    n = 1
    for length in type_.shape:
        n *= length
    return n


def work(op: Operation, inputs: Types, outputs: Types) -> dict[OpClass, int]:  # noqa: C901  a case an operation
    """Operations for one image: a multiply-add, an addition, a product, a comparison or a function of one element is one.

    Conv and linear are exactly their multiply-adds. What only moves or renames elements does none, nor does dropout outside of
    training. Work on weights alone (standardized convolutions) is the same for every batch and left out.
    """
    n = size(outputs[0])
    match op:
        case ops.Conv():
            return _with_bias({"conv": op.macs(inputs, outputs)}, n, biased=op.bias)
        case ops.Linear():
            return _with_bias({"linear": op.macs(inputs, outputs)}, n, biased=op.bias)
        case ops.ChannelConv():
            return {"attention": n * op.kernel}
        case ops.Norm():
            return {"norm": n * (_NORM[op.norm] + (0 if op.linear else _GATE.get(op.norm, 0)))}
        case ops.Act() | ops.Softmax():
            return {"activation": n}
        case ops.MaxPool() | ops.AvgPool() | ops.BlurPool():
            return {"pooling": n * prod(pair(op.kernel))}
        case ops.GlobalPool() | ops.Sum() | ops.Mean() | ops.Max():
            return {"pooling": size(inputs[0])}
        case ops.AdaptiveAvgPool() | ops.AdaptiveMaxPool():
            return {"pooling": outputs[0].shape[0] * prod(map(_covered, inputs[0].shape[1:], pair(op.size)))}
        case ops.Add():
            return {"addition": n * (len(inputs) - 1)}
        case ops.Position():
            return {"addition": n}
        case ops.Mul():
            return {"multiplication": n * (len(inputs) - 1)}
        case ops.Scale() | ops.Affine() | ops.Div():
            return {"multiplication": n}
        case ops.Mix():
            return {"attention": n * inputs[1].shape[1]}
        case ops.Attention():
            query, key, value = inputs
            pairs = query.shape[0] * key.shape[0]
            return {"attention": pairs * (query.channels + value.channels + op.heads)}
        case (
            ops.Dropout() | ops.Pad() | ops.Subsample() | ops.SpaceToDepth() | ops.PixelShuffle() | ops.Identity()
            | ops.Concat() | ops.Split()
            | ops.PadChannels() | ops.Shuffle() | ops.Flatten() | ops.Tokens() | ops.Take()
        ):  # fmt: skip
            return {}
        case _:
            assert_never(op)


def _with_bias(found: dict[OpClass, int], elements: int, *, biased: bool) -> dict[OpClass, int]:
    if biased:
        found["bias"] = elements
    return found


def _covered(length: int, parts: int) -> int:
    """The lengths of the windows `[floor(i·n / p), ceil((i + 1)·n / p))` of an adaptive pool, added up; they may overlap."""
    return sum(-(-(i + 1) * length // parts) - i * length // parts for i in range(parts))
