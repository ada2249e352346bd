"""What other programs count of an operation of the module archc emits, by class: each a rule of its own, read off the program.

The module is torchvision's where torchvision has the network. The programs count by the type of a module (ptflops, thop) or by
the operator that is called (fvcore, ptflops with its aten back end); what none of their rules is for they count as nothing, and
so do these. docs/costs.md says the rules in words.
"""

from typing import assert_never

from archc.cost.each import Types
from archc.cost.work import OpClass, size
from archc.ir import ops
from archc.ir.ops import Operation
from archc.ir.types import pair


def fvcore(op: Operation, inputs: Types, outputs: Types, *, training: bool) -> dict[OpClass, int]:
    """By operator, a multiply-add is one. Batch norm in training and other norms are five an element, at rest two."""
    match op:
        case ops.Conv():
            return {"conv": op.macs(inputs, outputs)}
        case ops.Linear():
            return {"linear": op.macs(inputs, outputs)}
        case ops.ChannelConv():
            return {"attention": size(outputs[0]) * op.kernel}
        case ops.BlurPool():
            return {"pooling": size(outputs[0]) * op.kernel**2}
        case ops.Norm():
            return _norm_of_fvcore(op, size(inputs[0]), training=training)
        case ops.GlobalPool() | ops.AdaptiveAvgPool():
            return {"pooling": size(inputs[0])}
        case ops.Mix():
            return {"attention": size(outputs[0]) * inputs[1].shape[1]}
        case (
            ops.Act() | ops.Softmax() | ops.Affine() | ops.Scale() | ops.Dropout() | ops.MaxPool() | ops.AvgPool()
            | ops.AdaptiveMaxPool() | ops.Sum() | ops.Mean()
            | ops.Max() | ops.Pad() | ops.Subsample() | ops.SpaceToDepth() | ops.PixelShuffle() | ops.Identity()
            | ops.Add() | ops.Mul() | ops.Div() | ops.Concat()
            | ops.Split() | ops.PadChannels() | ops.Shuffle() | ops.Flatten() | ops.Tokens() | ops.Position()
            | ops.Attention() | ops.Take()
        ):  # fmt: skip
            return {}
        case _:
            assert_never(op)


def _norm_of_fvcore(op: ops.Norm, elements: int, *, training: bool) -> dict[OpClass, int]:
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
        case ops.Conv():
            if op.weights != "plain":
                return {}
            return {"conv": op.macs(inputs, outputs), "bias": n if op.bias else 0}
        case ops.Linear():
            if len(inputs[0].shape) == 3:
                return {}
            return {"linear": op.macs(inputs, outputs), "bias": n if op.bias else 0}
        case ops.Norm():
            return {"norm": size(inputs[0]) * _norm_of_ptflops(op, len(inputs[0].shape))}
        case ops.Act():
            return {"activation": n * (2 if op.act in _TWICE else op.act in _ONCE)}
        case ops.MaxPool() | ops.AvgPool() | ops.GlobalPool() | ops.AdaptiveAvgPool() | ops.AdaptiveMaxPool():
            return {"pooling": 2 * size(inputs[0])}
        case ops.Mix():
            return {"attention": n * inputs[1].shape[1]}
        case (
            ops.ChannelConv() | ops.BlurPool() | ops.Softmax() | ops.Affine() | ops.Scale() | ops.Dropout() | ops.Sum()
            | ops.Mean() | ops.Max() | ops.Pad()
            | ops.Subsample() | ops.SpaceToDepth() | ops.PixelShuffle() | ops.Identity() | ops.Add() | ops.Mul()
            | ops.Div() | ops.Concat() | ops.Split()
            | ops.PadChannels() | ops.Shuffle() | ops.Flatten() | ops.Tokens() | ops.Position() | ops.Attention() | ops.Take()
        ):  # fmt: skip
            return {}
        case _:
            assert_never(op)


def _norm_of_ptflops(op: ops.Norm, rank: int) -> int:
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
        case ops.Conv():
            return {"conv": op.macs(inputs, outputs), "bias": n if op.bias else 0}
        case ops.Linear():
            # at each position of a map the bias is added by another operator
            biased = op.bias and len(inputs[0].shape) != 3
            return {"linear": op.macs(inputs, outputs), "bias": n if biased else 0}
        case ops.ChannelConv():
            return {"attention": n * op.kernel}
        case ops.BlurPool():
            return {"pooling": n * op.kernel**2}
        case ops.Mix():
            return {"attention": n * inputs[1].shape[1]}
        case (
            ops.Norm() | ops.Act() | ops.Softmax() | ops.Affine() | ops.Scale() | ops.Dropout() | ops.MaxPool()
            | ops.AvgPool() | ops.GlobalPool()
            | ops.AdaptiveAvgPool() | ops.AdaptiveMaxPool() | ops.Sum() | ops.Mean() | ops.Max() | ops.Pad()
            | ops.Subsample() | ops.SpaceToDepth()
            | ops.PixelShuffle() | ops.Identity() | ops.Add() | ops.Mul() | ops.Div() | ops.Concat() | ops.Split()
            | ops.PadChannels() | ops.Shuffle() | ops.Flatten()
            | ops.Tokens() | ops.Position() | ops.Attention() | ops.Take()
        ):  # fmt: skip
            return {}
        case _:
            assert_never(op)


def thop(op: Operation, inputs: Types, outputs: Types) -> dict[OpClass, int]:
    """By the exact type of a module, at rest: norms four an element, average pools one an output, adaptive ones their windows."""
    match op:
        case ops.Conv():
            return {"conv": op.macs(inputs, outputs)} if op.weights == "plain" else {}
        case ops.Linear():
            return {"linear": op.macs(inputs, outputs)} if len(inputs[0].shape) != 3 else {}
        case ops.Norm():
            return {"norm": size(inputs[0]) * _norm_of_thop(op, len(inputs[0].shape))}
        case ops.AvgPool():
            return {"pooling": size(outputs[0])}
        case ops.GlobalPool():
            return {"pooling": size(inputs[0]) + size(outputs[0])}
        case ops.AdaptiveAvgPool():
            # in floating point as thop does it, which may come out one below
            (_, height, width), (high, wide) = inputs[0].shape, pair(op.size)
            window = height / high * (width / wide)
            return {"pooling": int((window + 1) * size(outputs[0]))}
        case (
            ops.ChannelConv() | ops.BlurPool() | ops.Act() | ops.Softmax() | ops.Affine() | ops.Scale() | ops.Dropout()
            | ops.MaxPool() | ops.AdaptiveMaxPool()
            | ops.Sum() | ops.Mean() | ops.Max() | ops.Pad() | ops.Subsample() | ops.SpaceToDepth() | ops.PixelShuffle()
            | ops.Identity() | ops.Add() | ops.Mul()
            | ops.Div() | ops.Mix() | ops.Concat() | ops.Split() | ops.PadChannels() | ops.Shuffle() | ops.Flatten()
            | ops.Tokens() | ops.Position() | ops.Attention()
            | ops.Take()
        ):  # fmt: skip
            return {}
        case _:
            assert_never(op)


def _norm_of_thop(op: ops.Norm, rank: int) -> int:
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
