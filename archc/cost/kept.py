"""What each operation keeps for the backward pass: the tensors autograd saves for it where the emitted module runs on a CPU."""

from math import prod
from typing import assert_never

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
from archc.ir.types import pair
from archc.record import Record


class Kept(Record):
    """What one operation saves: operands by place, its output, and tensors of its own (`image`: elements for each image, `fixed`:
    for any batch, `indices`: of 8 bytes, for each image).
    """

    operands: tuple[int, ...] = ()
    output: bool = False
    image: int = 0
    fixed: int = 0
    indices: int = 0


_OF_OUTPUT = frozenset(("relu", "tanh", "sigmoid"))
"""Activations that save what they put out; the others what they read, unless they write over it."""


_COMPOSED = {"quick_gelu": 1, "hard_mish": 3}
"""Activations that torch has no operator for, and how many factors and arguments of their own they save."""


def kept(op: Operation, inputs: Types, outputs: Types, needs: tuple[bool, ...], *, in_place: bool, rows: bool) -> Kept:  # noqa: C901  a case an operation
    """`needs`: which operands a gradient flows to. `rows`: whether a position's channels lie side by side in the first."""
    n = size(outputs[0])
    match op:
        case Conv():
            return Kept((0,), fixed=_derived(op))
        case Linear():
            copied = len(inputs[0].shape) > 1 and not rows and op.in_channels > 1
            return Kept(image=size(inputs[0])) if copied else Kept((0,))
        case ChannelConv():
            return Kept((0,))
        case Norm():
            return _norm(op, inputs[0].shape, rows=rows)
        case Scale():
            return Kept((0,))
        case Act() if needs[0]:
            if op.act == "relu6" and in_place:
                return Kept(image=n)  # a copy of the input: of its output the gradient is not taken
            if op.act in _COMPOSED:
                return Kept((0,) if op.act == "quick_gelu" else (), image=_COMPOSED[op.act] * n)
            own = op.act in _OF_OUTPUT or in_place
            return Kept(() if own else (0,), output=own)
        case Softmax() if needs[0]:
            return Kept(output=True)
        case Dropout() if needs[0] and op.rate > 0:
            return _dropout(op, inputs[0].shape)
        case MaxPool() | AdaptiveMaxPool() if needs[0]:
            return Kept((0,), indices=n)
        case Max() if needs[0]:
            return Kept((0,), output=True)
        case AvgPool() if needs[0]:
            return Kept((0,))
        case AdaptiveAvgPool() if needs[0]:
            return Kept((0,) if op.size != 1 else ())
        case BlurPool() if needs[0]:
            channels, height, width = inputs[0].shape
            return Kept((0,), image=channels * (height + 2 * op.padding) * (width + 2 * op.padding))
        case Mul() if len(inputs) > 1:
            return _product(inputs, needs)
        case Div() if any(needs):
            return Kept((0, 1) if needs[1] else (1,))
        case Mix() if any(needs):
            return _mix(inputs, needs, turned=op.along == "width")
        case Attention() if any(needs):
            return _attention(op, inputs, rows=rows)
        case (
            Act() | Softmax() | Dropout() | MaxPool() | AvgPool() | AdaptiveAvgPool() | AdaptiveMaxPool() | BlurPool() | Mul()
            | Div() | Mix() | Attention() | GlobalPool() | Sum() | Mean() | Max() | Pad() | Subsample() | SpaceToDepth()
            | PixelShuffle() | Affine() | Identity() | Add() | Concat() | Split() | PadChannels() | Shuffle() | Flatten()
            | Tokens() | Position() | Take()
        ):  # fmt: skip
            return Kept()
        case _:
            assert_never(op)


def _derived(op: Conv) -> int:
    """Tensors made of the weights alone: the filters that are applied, and what they are made of."""
    weights = op.out_channels * (op.in_channels // op.groups) * prod(pair(op.kernel))
    match op.weights:
        case "plain":
            return 0
        case "standardized":
            return 2 * weights + op.out_channels
        case "scaled":
            return 3 * weights + 2 * op.out_channels
        case _:
            assert_never(op.weights)


def _norm(op: Norm, shape: tuple[int, ...], *, rows: bool) -> Kept:
    """The input, and statistics: two numbers for each set of elements that is normalised together."""
    channels, n = op.channels, 1
    for length in shape:
        n *= length
    match op.norm:
        case "batch":
            return Kept((0,), fixed=0 if op.frozen else 2 * channels)
        case "group":
            return Kept((0,), image=2 * op.groups)
        case "layer":
            return Kept((0,), image=2 * (n // channels))
        case "instance":
            return Kept(image=3 * channels + n) if rows and n > channels else Kept((0,), image=3 * channels)
        case "evonorm_s0":
            # the quotient, the deviation at every element if there are groups; where it is gated v·x, its sigmoid, the product
            return Kept((0,), image=((1 if op.linear else 3) + (op.groups > 1)) * n + op.groups)
        case "filter_response":
            return Kept((0,), image=(1 if op.linear else 2) * n + channels)
        case _:
            assert_never(op.norm)


def _dropout(op: Dropout, shape: tuple[int, ...]) -> Kept:
    n = 1
    for length in shape:
        n *= length
    match op.what:
        case "elements":
            return Kept(image=n)
        case "path":
            return Kept(image=1)
        case "channels":
            return Kept(image=shape[0])
        case "block":
            return Kept(image=n, fixed=1)
        case _:
            assert_never(op.what)


def _product(inputs: Types, needs: tuple[bool, ...]) -> Kept:
    """From the left, two at a time: each factor is kept for the other's gradient, partial products as well."""
    operands: set[int] = set()
    partial = 0
    flows = needs[0]
    for place in range(1, len(inputs)):
        if flows:
            operands.add(place)
        if needs[place]:
            if place == 1:
                operands.add(0)
            else:
                partial += max(size(type_) for type_ in inputs[:place])
        flows = flows or needs[place]
    return Kept(tuple(sorted(operands)), image=partial)


def _mix(inputs: Types, needs: tuple[bool, ...], *, turned: bool) -> Kept:
    """Either factor for the other's gradient; the rows of several channels are copied side by side, and columns as rows."""
    copied = turned or inputs[0].channels > inputs[1].channels
    held = [place for place, other in ((0, 1), (1, 0)) if needs[other] and not (place == 0 and copied)]
    return Kept(tuple(held), image=size(inputs[0]) if needs[1] and copied else 0)


def _attention(op: Attention, inputs: Types, *, rows: bool) -> Kept:
    """In order, the kernel that keeps its output and a number a query instead of the weights; else scaled queries and keys, and
    the weights.
    """
    query, key, _ = inputs
    if rows:
        return Kept((0, 1, 2), output=True, image=query.shape[0] * op.heads)
    return Kept((2,), image=size(query) + size(key) + op.heads * query.shape[0] * key.shape[0])
