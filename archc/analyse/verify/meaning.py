"""The meaning in torch of the operations that take more than a line."""

from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

import torch
from torch import Tensor
from torch.nn import functional

from archc.ir import ops


def linear(op: ops.Linear, x: Tensor, own: Mapping[str, Tensor]) -> Tensor:
    """Apply a linear layer to the channels: the second axis of a map, the last of tokens and vectors."""
    if x.ndim == op.axes + 2:
        return functional.linear(x.movedim(1, -1), own["weight"], own.get("bias")).movedim(-1, 1)
    return functional.linear(x, own["weight"], own.get("bias"))


def space_to_depth(block: int, x: Tensor) -> Tensor:
    n, c, h, w = x.shape
    squares = x.reshape(n, c, h // block, block, w // block, block)
    return squares.permute(0, 3, 5, 1, 2, 4).reshape(n, -1, h // block, w // block)


def pixel_shuffle(block: int, x: Tensor) -> Tensor:
    n, _, h, w = x.shape
    squares = x.reshape(n, -1, block, block, h, w)
    return squares.permute(0, 1, 4, 2, 5, 3).reshape(n, -1, h * block, w * block)


def mix(along: str, x: Tensor, matrix: Tensor) -> Tensor:
    """Multiply by each channel's matrix, every entry of which stands for a multiple of the unit matrix of the block's size."""
    n, groups, size, _ = matrix.shape
    block = torch.eye(x.shape[2 if along == "height" else 3] // size, dtype=x.dtype)
    spread = torch.einsum("ngij,ab->ngiajb", matrix, block).reshape(n, groups, len(block) * size, len(block) * size)
    whole = spread.repeat_interleave(x.shape[1] // groups, 1)
    return whole @ x if along == "height" else x @ whole


def filters(op: ops.Conv, own: Mapping[str, Tensor]) -> Tensor:
    """Return the filters of a convolution: its weight as it is, or standardised."""
    weight = own["weight"]
    if op.weights == "plain":
        return weight
    rows = weight.flatten(1)
    variance, mean = torch.var_mean(rows, dim=1, correction=0, keepdim=True)
    rows = (rows - mean) / (variance + op.eps).sqrt()
    if op.weights == "scaled":
        rows = rows * own["gain"].flatten(1) * op.gamma / rows.shape[1] ** 0.5
    return rows.reshape(weight.shape)


def along_channels(vector: Tensor, x: Tensor, axes: int) -> Tensor:
    """Shape a vector to match the channels, the second axis of a map with this many axes; of tokens and vectors they are the
    last, and match as is.
    """
    return vector.reshape(-1, *[1] * axes) if x.ndim == axes + 2 and vector.ndim == 1 else vector


def norm(op: ops.Norm, x: Tensor, own: Mapping[str, Tensor], *, training: bool) -> Tensor:
    axes = tuple(range(2, x.ndim))

    def shaped(vector: Tensor) -> Tensor:
        return along_channels(vector, x, op.axes)

    match op.norm:
        case "batch" if training and not op.frozen:
            variance, mean = torch.var_mean(x, dim=(0, *axes), correction=0)
            count = x.numel() // x.shape[1]
            # torch keeps the unbiased variance and normalises by the biased one
            for name, new in (("running_mean", mean), ("running_var", variance * count / (count - 1))):
                own[name].mul_(1 - op.momentum).add_(op.momentum * new.detach())
            normed = _standard(x, shaped(mean), shaped(variance), op.eps)
        case "batch":
            normed = _standard(x, shaped(own["running_mean"]), shaped(own["running_var"]), op.eps)
        case "group" | "instance":
            parts = x.reshape(x.shape[0], op.groups if op.norm == "group" else op.channels, -1)
            variance, mean = torch.var_mean(parts, dim=2, correction=0, keepdim=True)
            normed = _standard(parts, mean, variance, op.eps).reshape(x.shape)
        case "evonorm_s0":
            parts = x.reshape(x.shape[0], op.groups, -1)
            deviation = (parts.var(2, correction=0) + op.eps).sqrt().repeat_interleave(op.channels // op.groups, 1)
            gate = torch.sigmoid(shaped(own["v"]) * x) if "v" in own else 1
            normed = x * gate / deviation.reshape(*deviation.shape, *[1] * len(axes))
        case "filter_response":
            normed = x / ((x * x).mean(axes, keepdim=True) + op.eps).sqrt()
        case "layer":
            axis = 1 if x.ndim == op.axes + 2 else -1
            variance, mean = torch.var_mean(x, dim=axis, correction=0, keepdim=True)
            normed = _standard(x, mean, variance, op.eps)
        case _:
            assert_never(op.norm)
    scaled = normed * shaped(own["weight"]) + shaped(own["bias"])
    return torch.maximum(scaled, shaped(own["tau"])) if "tau" in own else scaled


def _standard(x: Tensor, mean: Tensor, variance: Tensor, eps: float) -> Tensor:
    return (x - mean) / (variance + eps).sqrt()


SELU = (1.0507009873554804934193349852946, 1.6732632423543772848170429916717)
"""Scale and alpha (Klambauer et al. 2017, eq. 14)."""


def _expm1(x: Tensor) -> Tensor:
    """Return exp(x) - 1 below zero; above, where no one reads it, an overflow would turn the gradient of a `where` into NaN."""
    return torch.expm1(x.clamp(max=0))


ACTIVATIONS: dict[str, Callable[[Tensor, float], Tensor]] = {
    "relu": lambda x, _: x.clamp(min=0),
    "relu6": lambda x, _: x.clamp(0, 6),
    "leaky_relu": lambda x, slope: torch.where(x > 0, x, slope * x),
    "elu": lambda x, slope: torch.where(x > 0, x, slope * _expm1(x)),
    "celu": lambda x, slope: torch.where(x > 0, x, slope * _expm1(x / slope)),
    "selu": lambda x, _: SELU[0] * torch.where(x > 0, x, SELU[1] * _expm1(x)),
    "silu": lambda x, _: x * torch.sigmoid(x),
    "gelu": lambda x, _: x * 0.5 * (1 + torch.erf(x / 2**0.5)),
    "gelu_tanh": lambda x, _: x * 0.5 * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (x + 0.044715 * x**3))),
    "quick_gelu": lambda x, _: x * torch.sigmoid(1.702 * x),
    "mish": lambda x, _: x * torch.tanh(torch.logaddexp(x, torch.zeros_like(x))),
    "tanh": lambda x, _: torch.tanh(x),
    "sigmoid": lambda x, _: torch.sigmoid(x),
    "hard_sigmoid": lambda x, _: (x / 6 + 0.5).clamp(0, 1),
    "hard_swish": lambda x, _: x * (x / 6 + 0.5).clamp(0, 1),
    "hard_mish": lambda x, _: 0.5 * x * (x + 2).clamp(0, 2),
    "softplus": lambda x, _: torch.logaddexp(x, torch.zeros_like(x)),
    "softsign": lambda x, _: x / (1 + x.abs()),
}


def activation(op: ops.Act, x: Tensor) -> Tensor:
    return ACTIVATIONS[op.act](x, op.slope)


def softmax(op: ops.Softmax, x: Tensor) -> Tensor:
    if op.over == "space":
        return x.flatten(2).softmax(2).reshape(x.shape)
    return x.reshape(x.shape[0], op.parts, -1, *x.shape[2:]).softmax(1).reshape(x.shape)


def dropout(op: ops.Dropout, x: Tensor) -> Tensor:
    """Drop at random, and scale the rest so that the mean stays."""
    match op.what:
        case "elements":
            return functional.dropout(x, op.rate)
        case "path":
            keep = x.new_empty((x.shape[0],) + (1,) * (x.ndim - 1)).bernoulli_(1 - op.rate)
            return x * keep / (1 - op.rate)
        case "channels":
            per_channel = {3: functional.dropout1d, 4: functional.dropout2d, 5: functional.dropout3d}
            return per_channel[x.ndim](x, op.rate)
        case "block":
            return _drop_block(op, x)
        case _:
            assert_never(op.what)


def _drop_block(op: ops.Dropout, x: Tensor) -> Tensor:
    """Drop every pixel that a drawn square covers, and scale the rest by its share of the whole batch.

    By the paper's law (Ghiasi et al. 2018, algorithm 1) the corners of squares that lie in the map are drawn, for each channel.
    By timm's law centres are drawn anywhere, once for all channels; an even square reaches one less down and right.
    """
    n, c, h, w = x.shape
    tall, wide = min(op.size, h), min(op.size, w)
    corners = (h - tall + 1, w - wide + 1)
    gamma = op.rate * h * w / (tall * wide) / (corners[0] * corners[1])
    drawn = x.new_empty((n, c, *corners) if op.law == "paper" else (n, 1, h, w)).bernoulli_(gamma)
    square = x.new_ones((drawn.shape[1], 1, tall, wide))
    squares = functional.conv_transpose2d(drawn, square, groups=drawn.shape[1])
    if op.law == "timm":
        up, left = tall // 2, wide // 2
        squares = squares[:, :, up : up + h, left : left + w]
    keep = (squares < 0.5).to(x.dtype)
    return x * keep * (keep.numel() / keep.sum(dtype=torch.float64).clamp(min=1)).to(x.dtype)


def folded(op: Callable[[Tensor, Tensor], Tensor], inputs: Sequence[Tensor]) -> Tensor:
    """Combine the inputs from the left, so that rounding is that of a chain of `+`."""
    total = inputs[0]
    for other in inputs[1:]:
        total = op(total, other)
    return total


def attention(heads: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    def parted(tokens: Tensor) -> Tensor:
        return tokens.reshape(*tokens.shape[:2], heads, -1).transpose(1, 2)

    q, k, v = parted(query), parted(key), parted(value)
    weights = (q @ k.transpose(2, 3) / q.shape[-1] ** 0.5).softmax(-1)
    combined: Tensor = (weights @ v).transpose(1, 2).flatten(2)
    return combined
