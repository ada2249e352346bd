"""What a graph means, operation by operation, in torch: written from the operations alone, to compare any backend with."""

from collections.abc import Mapping
from typing import assert_never

import torch
import torch.nn.functional as F
from torch import Tensor

from archc.ir.graph import Graph
from archc.ir.ops import (
    Act,
    AdaptiveAvgPool,
    Add,
    Affine,
    Attention,
    AvgPool,
    BlurPool,
    ChannelConv,
    Concat,
    Conv,
    Dropout,
    Flatten,
    GlobalPool,
    Identity,
    Linear,
    MaxPool,
    Mul,
    Norm,
    Operation,
    Pad,
    PadChannels,
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


def run(graph: Graph, tensors: Mapping[str, Tensor], x: Tensor, *, training: bool = False) -> Tensor:
    """The graph's first output for a batch NxCxHxW. `tensors` is by canonical key; in training running statistics are updated
    in place."""
    return run_all(graph, tensors, x, training=training)[graph.outputs[0]]


def run_all(graph: Graph, tensors: Mapping[str, Tensor], x: Tensor, *, training: bool = False) -> dict[str, Tensor]:
    """Every value by name."""
    values = {graph.input: x}
    for node in graph.nodes:
        own = {parameter.name: tensors[f"{node.name}.{parameter.name}"] for parameter in node.op.parameters()}
        made = apply(node.op, [values[name] for name in node.inputs], own, training=training)
        values.update(zip(node.outputs, made, strict=True))
    return values


def apply(op: Operation, inputs: list[Tensor], own: Mapping[str, Tensor], *, training: bool = False) -> list[Tensor]:
    """The outputs of one operation; `own` are its parameters and buffers by their own names."""
    x = inputs[0]
    match op:
        case Conv():
            return [F.conv2d(x, _weight(op, own), own.get("bias"), op.stride, op.padding, op.dilation, op.groups)]
        case Linear():
            if x.ndim == 4:
                return [F.linear(x.movedim(1, -1), own["weight"], own.get("bias")).movedim(-1, 1)]
            return [F.linear(x, own["weight"], own.get("bias"))]
        case ChannelConv():
            row = F.conv1d(x.flatten(1).unsqueeze(1), own["weight"], padding=op.kernel // 2)
            return [row.reshape(x.shape)]
        case Norm():
            return [_norm(op, x, own, training=training)]
        case Act():
            return [_activation(op, x)]
        case Softmax():
            return [_softmax(op, x)]
        case Affine():
            return [op.scale * x + op.shift]
        case Scale():
            return [x * _along_channels(own["weight"], x)]
        case Dropout():
            return [_dropout(op, x) if training and op.rate > 0 else x]
        case MaxPool():
            return [F.max_pool2d(x, op.kernel, op.stride, op.padding, ceil_mode=op.ceil)]
        case AvgPool():
            return [F.avg_pool2d(x, op.kernel, op.stride, op.padding, op.ceil, op.count_include_pad)]
        case BlurPool():
            edge = (op.stride - 1 + op.kernel - 1) // 2
            padded = F.pad(x, (edge, edge, edge, edge), mode="reflect")
            return [F.conv2d(padded, own["filt"], stride=op.stride, groups=op.channels)]
        case GlobalPool():
            return [x.mean((2, 3), keepdim=True)]
        case AdaptiveAvgPool():
            return [F.adaptive_avg_pool2d(x, op.size)]
        case Sum():
            return [x.sum((2, 3), keepdim=True)]
        case Pad():
            return [F.pad(x, (op.left, op.right, op.top, op.bottom))]
        case Subsample():
            return [x[:, :, :: op.stride, :: op.stride]]
        case SpaceToDepth():
            n, c, h, w = x.shape
            squares = x.reshape(n, c, h // op.block, op.block, w // op.block, op.block)
            return [squares.permute(0, 3, 5, 1, 2, 4).reshape(n, -1, h // op.block, w // op.block)]
        case Identity():
            return [x]
        case Add():
            return [_folded(torch.add, inputs)]
        case Mul():
            return [_folded(torch.mul, inputs)]
        case Concat():
            return [torch.cat(inputs, dim=1)]
        case Split():
            return list(x.chunk(op.parts, dim=1))
        case PadChannels():
            return [F.pad(x, (0, 0, 0, 0, op.before, op.after))]
        case Shuffle():
            n, c, h, w = x.shape
            return [x.reshape(n, op.groups, op.parts, -1, h, w).transpose(1, 2).reshape(n, c, h, w)]
        case Flatten():
            return [x.flatten(1)]
        case Tokens():
            return [x.flatten(2).transpose(1, 2)]
        case Position():
            return [x + own["weight"]]
        case Attention():
            return [_attention(op.heads, *inputs)]
        case Take():
            return [x[:, op.index]]
        case _:
            assert_never(op)


def _weight(op: Conv, own: Mapping[str, Tensor]) -> Tensor:
    weight = own["weight"]
    if op.weights == "plain":
        return weight
    rows = weight.flatten(1)
    variance, mean = torch.var_mean(rows, dim=1, correction=0, keepdim=True)
    rows = (rows - mean) / (variance + op.eps).sqrt()
    if op.weights == "scaled":
        rows = rows * own["gain"].flatten(1) * op.gamma / rows.shape[1] ** 0.5
    return rows.reshape(weight.shape)


def _along_channels(vector: Tensor, x: Tensor) -> Tensor:
    """Shaped to meet the channels of a map, its second axis, or of tokens and vectors, their last; one number as it is."""
    return vector[:, None, None] if x.ndim == 4 and vector.ndim == 1 else vector


def _norm(op: Norm, x: Tensor, own: Mapping[str, Tensor], *, training: bool) -> Tensor:
    match op.norm:
        case "batch" if training and not op.frozen:
            variance, mean = torch.var_mean(x, dim=(0, 2, 3), correction=0)
            count = x.numel() // x.shape[1]
            # torch keeps the unbiased variance and normalises by the biased one
            for name, new in (("running_mean", mean), ("running_var", variance * count / (count - 1))):
                own[name].mul_(1 - op.momentum).add_(op.momentum * new.detach())
            normed = _standard(x, mean[:, None, None], variance[:, None, None], op.eps)
        case "batch":
            normed = _standard(x, own["running_mean"][:, None, None], own["running_var"][:, None, None], op.eps)
        case "group" | "instance":
            parts = x.reshape(x.shape[0], op.groups if op.norm == "group" else op.channels, -1)
            variance, mean = torch.var_mean(parts, dim=2, correction=0, keepdim=True)
            normed = _standard(parts, mean, variance, op.eps).reshape(x.shape)
        case "evonorm_s0":
            parts = x.reshape(x.shape[0], op.groups, -1)
            deviation = (parts.var(2, correction=0) + op.eps).sqrt().repeat_interleave(op.channels // op.groups, 1)
            gate = torch.sigmoid(_along_channels(own["v"], x) * x) if "v" in own else 1
            normed = x * gate / deviation[:, :, None, None]
        case "filter_response":
            normed = x / ((x * x).mean((2, 3), keepdim=True) + op.eps).sqrt()
        case "layer":
            axis = 1 if x.ndim == 4 else -1
            variance, mean = torch.var_mean(x, dim=axis, correction=0, keepdim=True)
            normed = _standard(x, mean, variance, op.eps)
        case _:
            assert_never(op.norm)
    scaled = normed * _along_channels(own["weight"], x) + _along_channels(own["bias"], x)
    return torch.maximum(scaled, _along_channels(own["tau"], x)) if "tau" in own else scaled


def _standard(x: Tensor, mean: Tensor, variance: Tensor, eps: float) -> Tensor:
    return (x - mean) / (variance + eps).sqrt()


ACTIVATIONS = {
    "relu": lambda x, slope: x.clamp(min=0),
    "relu6": lambda x, slope: x.clamp(0, 6),
    "leaky_relu": lambda x, slope: torch.where(x > 0, x, slope * x),
    "elu": lambda x, slope: torch.where(x > 0, x, slope * torch.expm1(x)),
    "silu": lambda x, slope: x * torch.sigmoid(x),
    "gelu": lambda x, slope: x * 0.5 * (1 + torch.erf(x / 2**0.5)),
    "gelu_tanh": lambda x, slope: x * 0.5 * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (x + 0.044715 * x**3))),
    "mish": lambda x, slope: x * torch.tanh(torch.logaddexp(x, torch.zeros_like(x))),
    "tanh": lambda x, slope: torch.tanh(x),
    "sigmoid": lambda x, slope: torch.sigmoid(x),
    "hard_sigmoid": lambda x, slope: (x / 6 + 0.5).clamp(0, 1),
    "hard_swish": lambda x, slope: x * (x / 6 + 0.5).clamp(0, 1),
    "softplus": lambda x, slope: torch.logaddexp(x, torch.zeros_like(x)),
}


def _activation(op: Act, x: Tensor) -> Tensor:
    return ACTIVATIONS[op.act](x, op.slope)


def _softmax(op: Softmax, x: Tensor) -> Tensor:
    if op.over == "space":
        return x.flatten(2).softmax(2).reshape(x.shape)
    return x.reshape(x.shape[0], op.parts, -1, *x.shape[2:]).softmax(1).reshape(x.shape)


def _dropout(op: Dropout, x: Tensor) -> Tensor:
    """What is kept is scaled so that the mean stays."""
    match op.what:
        case "elements":
            return F.dropout(x, op.rate)
        case "path":
            keep = x.new_empty((x.shape[0],) + (1,) * (x.ndim - 1)).bernoulli_(1 - op.rate)
            return x * keep / (1 - op.rate)
        case "block":
            return _drop_block(op, x)
        case _:
            assert_never(op.what)


def _drop_block(op: Dropout, x: Tensor) -> Tensor:
    """Ghiasi et al. 2018, algorithm 1, one mask for all channels; an even square reaches one less up and left (timm)."""
    n, _, h, w = x.shape
    tall, wide = min(op.size, h), min(op.size, w)
    gamma = op.rate * h * w / (tall * wide) / ((h - tall + 1) * (w - wide + 1))
    centres = x.new_empty((n, 1, h, w)).bernoulli_(gamma)
    dropped = F.max_pool2d(centres, (tall, wide), 1, (tall // 2, wide // 2))
    keep = 1 - dropped[:, :, (tall + 1) % 2 :, (wide + 1) % 2 :]
    return x * keep * keep.numel() / (keep.sum() + 1e-7)


def _folded(op, inputs: list[Tensor]) -> Tensor:
    """From the left, so that rounding is that of a chain of `+`."""
    total = inputs[0]
    for other in inputs[1:]:
        total = op(total, other)
    return total


def _attention(heads: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    def parted(tokens: Tensor) -> Tensor:
        return tokens.unflatten(2, (heads, -1)).transpose(1, 2)

    q, k, v = parted(query), parted(key), parted(value)
    weights = (q @ k.transpose(2, 3) / q.shape[-1] ** 0.5).softmax(-1)
    return (weights @ v).transpose(1, 2).flatten(2)
