"""What other programs count of an operation of the module archc emits, by class: each a rule of its own, read off the program.

The module is torchvision's where torchvision has the network. The programs count by the type of a module (ptflops, thop) or by
the operator that is called (fvcore, ptflops with its aten back end); what none of their rules is for they count as nothing, and
so do these. docs/costs.md says the rules in words.
"""

from typing import assert_never

from archc.cost.each import Types
from archc.cost.work import OpClass, size
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


def fvcore(op: Operation, inputs: Types, outputs: Types, *, training: bool) -> dict[OpClass, int]:
    """By operator, a multiply-add is one. Batch norm in training and other norms are five an element, at rest two."""
    match op:
        case Conv():
            return {"conv": op.macs(inputs, outputs)}
        case Linear():
            return {"linear": op.macs(inputs, outputs)}
        case ChannelConv():
            return {"attention": size(outputs[0]) * op.kernel}
        case BlurPool():
            return {"pooling": size(outputs[0]) * op.kernel**2}
        case Norm():
            return _norm_of_fvcore(op, size(inputs[0]), training=training)
        case GlobalPool() | AdaptiveAvgPool():
            return {"pooling": size(inputs[0])}
        case Mix():
            return {"attention": size(outputs[0]) * inputs[1].shape[1]}
        case (
            Act() | Softmax() | Affine() | Scale() | Dropout() | MaxPool() | AvgPool() | AdaptiveMaxPool() | Sum() | Mean()
            | Max() | Pad() | Subsample() | SpaceToDepth() | PixelShuffle() | Identity() | Add() | Mul() | Div() | Concat()
            | Split() | PadChannels() | Shuffle() | Flatten() | Tokens() | Position() | Attention() | Take()
        ):  # fmt: skip
            return {}
        case _:
            assert_never(op)


def _norm_of_fvcore(op: Norm, elements: int, *, training: bool) -> dict[OpClass, int]:
    match op.norm:
        case "batch":
            return {"norm": elements * (5 if training and not op.frozen else 2)}
        case "group" | "layer" | "instance":
            return {"norm": elements * 5}
        case "evonorm_s0" | "filter_response":
            return {}
        case _:
            assert_never(op.norm)


_TWICE = frozenset(("relu", "elu", "gelu", "gelu_tanh"))
"""Activations that ptflops counts as a module and again as the function the module calls."""
_ONCE = frozenset(("relu6", "leaky_relu", "silu"))


def ptflops(op: Operation, inputs: Types, outputs: Types) -> dict[OpClass, int]:
    """The default back end: by the exact type of a module, and by function. Pools and some activations are counted twice."""
    n = size(outputs[0])
    match op:
        case Conv():
            if op.weights != "plain":
                return {}
            return {"conv": op.macs(inputs, outputs), "bias": n if op.bias else 0}
        case Linear():
            if len(inputs[0].shape) == 3:
                return {}
            return {"linear": op.macs(inputs, outputs), "bias": n if op.bias else 0}
        case Norm():
            return {"norm": size(inputs[0]) * _norm_of_ptflops(op, len(inputs[0].shape))}
        case Act():
            return {"activation": n * (2 if op.act in _TWICE else op.act in _ONCE)}
        case MaxPool() | AvgPool() | GlobalPool() | AdaptiveAvgPool() | AdaptiveMaxPool():
            return {"pooling": 2 * size(inputs[0])}
        case Mix():
            return {"attention": n * inputs[1].shape[1]}
        case (
            ChannelConv() | BlurPool() | Softmax() | Affine() | Scale() | Dropout() | Sum() | Mean() | Max() | Pad()
            | Subsample() | SpaceToDepth() | PixelShuffle() | Identity() | Add() | Mul() | Div() | Concat() | Split()
            | PadChannels() | Shuffle() | Flatten() | Tokens() | Position() | Attention() | Take()
        ):  # fmt: skip
            return {}
        case _:
            assert_never(op)


def _norm_of_ptflops(op: Norm, rank: int) -> int:
    """Two an element where the module says `affine`, which a layer norm does not."""
    match op.norm:
        case "batch":
            return 0 if op.frozen else 2
        case "group" | "instance":
            return 2
        case "layer":
            return 0 if rank == 3 else 1
        case "evonorm_s0" | "filter_response":
            return 0
        case _:
            assert_never(op.norm)


def ptflops_aten(op: Operation, inputs: Types, outputs: Types) -> dict[OpClass, int]:
    """The aten back end: convolutions and matrix products by operator, with the bias they are given."""
    n = size(outputs[0])
    match op:
        case Conv():
            return {"conv": op.macs(inputs, outputs), "bias": n if op.bias else 0}
        case Linear():
            # at each position of a map the bias is added by another operator
            biased = op.bias and len(inputs[0].shape) != 3
            return {"linear": op.macs(inputs, outputs), "bias": n if biased else 0}
        case ChannelConv():
            return {"attention": n * op.kernel}
        case BlurPool():
            return {"pooling": n * op.kernel**2}
        case Mix():
            return {"attention": n * inputs[1].shape[1]}
        case (
            Norm() | Act() | Softmax() | Affine() | Scale() | Dropout() | MaxPool() | AvgPool() | GlobalPool()
            | AdaptiveAvgPool() | AdaptiveMaxPool() | Sum() | Mean() | Max() | Pad() | Subsample() | SpaceToDepth()
            | PixelShuffle() | Identity() | Add() | Mul() | Div() | Concat() | Split() | PadChannels() | Shuffle() | Flatten()
            | Tokens() | Position() | Attention() | Take()
        ):  # fmt: skip
            return {}
        case _:
            assert_never(op)


def thop(op: Operation, inputs: Types, outputs: Types) -> dict[OpClass, int]:
    """By the exact type of a module, at rest: norms four an element, average pools one an output, adaptive ones their windows."""
    match op:
        case Conv():
            return {"conv": op.macs(inputs, outputs)} if op.weights == "plain" else {}
        case Linear():
            return {"linear": op.macs(inputs, outputs)} if len(inputs[0].shape) != 3 else {}
        case Norm():
            return {"norm": size(inputs[0]) * _norm_of_thop(op, len(inputs[0].shape))}
        case AvgPool():
            return {"pooling": size(outputs[0])}
        case GlobalPool():
            return {"pooling": size(inputs[0]) + size(outputs[0])}
        case AdaptiveAvgPool():
            # in floating point as thop does it, which may come out one below
            (_, height, width), (high, wide) = inputs[0].shape, pair(op.size)
            window = height / high * (width / wide)
            return {"pooling": int((window + 1) * size(outputs[0]))}
        case (
            ChannelConv() | BlurPool() | Act() | Softmax() | Affine() | Scale() | Dropout() | MaxPool() | AdaptiveMaxPool()
            | Sum() | Mean() | Max() | Pad() | Subsample() | SpaceToDepth() | PixelShuffle() | Identity() | Add() | Mul()
            | Div() | Mix() | Concat() | Split() | PadChannels() | Shuffle() | Flatten() | Tokens() | Position() | Attention()
            | Take()
        ):  # fmt: skip
            return {}
        case _:
            assert_never(op)


def _norm_of_thop(op: Norm, rank: int) -> int:
    match op.norm:
        case "batch":
            return 0 if op.frozen else 4
        case "instance":
            return 4
        case "layer":
            return 0 if rank == 3 else 4
        case "group" | "evonorm_s0" | "filter_response":
            return 0
        case _:
            assert_never(op.norm)
