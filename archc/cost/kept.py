"""What each operation keeps for the backward pass: the tensors autograd saves for it where the emitted module runs on a CPU."""

from itertools import pairwise
from math import prod
from typing import TypeAlias, assert_never

from archc.cost.each import Types
from archc.cost.work import size
from archc.ir import ops
from archc.ir.ops import Operation
from archc.ir.types import pair
from archc.record import Record

Flags: TypeAlias = tuple[bool, ...]
"""One for each operand."""


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


def kept(op: Operation, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:  # noqa: C901  a case an operation
    """`needs`: which operands a gradient flows to. `rows`: of which a position's channels lie side by side."""
    n = size(outputs[0])
    match op:
        case ops.Conv():
            return Kept((0,), fixed=_derived(op))
        case ops.Linear():
            copied = len(inputs[0].shape) > 1 and not rows[0] and op.in_channels > 1
            return Kept(image=size(inputs[0])) if copied else Kept((0,))
        case ops.ChannelConv():
            return Kept((0,))
        case ops.Norm():
            return _norm(op, inputs[0].shape, flows=needs[0], rows=rows[0])
        case ops.Scale():
            return Kept((0,))
        case ops.Act() if needs[0]:
            if op.act == "relu6" and in_place:
                return Kept(image=n)  # a copy of the input: of its output the gradient is not taken
            if op.act in _COMPOSED:
                return Kept((0,) if op.act == "quick_gelu" else (), image=_COMPOSED[op.act] * n)
            own = op.act in _OF_OUTPUT or in_place
            return Kept(() if own else (0,), output=own)
        case ops.Softmax() if needs[0]:
            return Kept(output=True)
        case ops.Dropout() if needs[0] and op.rate > 0:
            return _dropout(op, inputs[0].shape)
        case ops.MaxPool() | ops.AdaptiveMaxPool() if needs[0]:
            return Kept((0,), indices=n)
        case ops.Max() if needs[0]:
            return Kept((0,), output=True)
        case ops.AvgPool() if needs[0]:
            return Kept((0,))
        case ops.AdaptiveAvgPool() if needs[0]:
            return Kept((0,) if op.size != 1 else ())
        case ops.BlurPool() if needs[0]:
            channels, height, width = inputs[0].shape
            return Kept((0,), image=channels * (height + 2 * op.padding) * (width + 2 * op.padding))
        case ops.Mul() if len(inputs) > 1:
            return _product(inputs, needs)
        case ops.Div() if any(needs):
            return Kept((0, 1) if needs[1] else (1,))
        case ops.Mix() if any(needs):
            return _mix(op, inputs, needs, rows=rows[0])
        case ops.Attention() if any(needs):
            return _attention(op, inputs, needs, rows)
        case (
            ops.Act() | ops.Softmax() | ops.Dropout() | ops.MaxPool() | ops.AvgPool() | ops.AdaptiveAvgPool()
            | ops.AdaptiveMaxPool() | ops.BlurPool() | ops.Mul()
            | ops.Div() | ops.Mix() | ops.Attention() | ops.GlobalPool() | ops.Sum() | ops.Mean() | ops.Max() | ops.Pad()
            | ops.Subsample() | ops.SpaceToDepth()
            | ops.PixelShuffle() | ops.Affine() | ops.Identity() | ops.Add() | ops.Concat() | ops.Split()
            | ops.PadChannels() | ops.Shuffle() | ops.Flatten()
            | ops.Tokens() | ops.Position() | ops.Take()
        ):  # fmt: skip
            return Kept()
        case _:
            assert_never(op)


def _derived(op: ops.Conv) -> int:
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


def _norm(op: ops.Norm, shape: tuple[int, ...], *, flows: bool, rows: bool) -> Kept:
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
            return _evonorm(op, n, flows=flows)
        case "filter_response":
            # what the weight scales, and what is compared with tau; for the input's gradient itself and its root mean square
            return Kept((0,) if flows else (), image=((not op.frozen) + (not op.linear)) * n + (channels if flows else 0))
        case _:
            assert_never(op.norm)


def _dropout(op: ops.Dropout, shape: tuple[int, ...]) -> Kept:
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
            return Kept(image=n if op.law == "paper" else n // shape[0])
        case _:
            assert_never(op.what)


def _product(inputs: Types, needs: Flags) -> Kept:
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


def _evonorm(op: ops.Norm, n: int, *, flows: bool) -> Kept:
    """What the weight scales; where it is gated the sigmoid and the product with it; the deviation, at every element where a
    group is several channels and not all.
    """
    copied = 1 < op.groups < op.channels
    image = (0 if op.frozen else n) + (0 if op.linear else n) + (n if flows and not op.linear else 0)
    if flows:
        image += op.groups + (n if copied else 0)
    elif not op.linear:
        image += n if copied else op.groups
    return Kept((0,) if flows or not op.linear else (), image=image)


def _mix(op: ops.Mix, inputs: Types, needs: Flags, *, rows: bool) -> Kept:
    """Either factor for the other's gradient; a map whose rows, or columns, do not lie as the product reads them is copied."""
    (channels, height, width), (groups, blocks, _) = inputs[0].shape, inputs[1].shape
    deep = channels // groups
    down, across, through = (width * channels, channels, 1) if rows else (width, 1, height * width)
    if op.along == "height":
        copied = not _lies_flat((deep, through), (height // blocks * width, across))
    else:
        copied = not _lies_flat((deep, through), (height, down), (width // blocks, across))
    held = [place for place, other in ((0, 1), (1, 0)) if needs[other] and not (place == 0 and copied)]
    return Kept(tuple(held), image=size(inputs[0]) if needs[1] and copied else 0)


def _lies_flat(*axes: tuple[int, int]) -> bool:
    """Whether axes, each a length and a stride, are one axis without a copy."""
    several = [axis for axis in axes if axis[0] > 1]
    return all(outer[1] == inner[0] * inner[1] for outer, inner in pairwise(several))


def _attention(op: ops.Attention, inputs: Types, needs: Flags, rows: Flags) -> Kept:
    """The kernel that keeps its output and a number for each query in the place of the weights, where all lies in order and a
    value is as wide as a query; else the weights, and scaled queries and keys.
    """
    query, key, value = inputs
    if all(rows) and query.channels == value.channels:
        return Kept((0, 1, 2), output=True, image=query.shape[0] * op.heads)
    compared = needs[0] or needs[1]
    weights = op.heads * query.shape[0] * key.shape[0]
    scaled = (size(key) if needs[0] else 0) + (size(query) if needs[1] else 0)
    copied = rows[2] and op.heads > 1
    return Kept((2,) if compared and not copied else (), image=weights + scaled + (size(value) if compared and copied else 0))
