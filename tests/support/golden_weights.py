"""Weights and an input that depend on kind, attribute name and shape alone, so that any two programs can make the same ones.

Every tensor is one call of a PCG64 stream whose seed is the sha256 of `kind.attribute:shape`; float64.
"""

import hashlib
import math

import numpy as np
import torch
from torch import Tensor, nn

from archc.ir import ops
from archc.ir.graph import Graph
from archc.ir.ops import Op

KINDS = {nn.Conv1d: "conv1d", nn.Conv2d: "conv2d", nn.Conv3d: "conv3d", nn.ConvTranspose2d: "conv2d", nn.Linear: "linear"}


def golden_tensor(kind: str, attribute: str, shape: tuple[int, ...]) -> Tensor:
    """`kind`: conv1d, conv2d, conv3d, linear, norm or other; `attribute`: weight, bias, running_mean, running_var or any."""
    name = f"{kind}.{attribute}:{'x'.join(map(str, shape))}"
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    random = np.random.Generator(np.random.PCG64(seed))
    count = math.prod(shape)
    match kind, attribute:
        case _, "running_var":
            values = random.uniform(0.5, 1.5, count)
        case _, "running_mean" | "bias":
            values = 0.1 * random.standard_normal(count)
        case "conv1d" | "conv2d" | "conv3d", "weight":
            values = random.standard_normal(count) * math.sqrt(2 / math.prod(shape[1:]))
        case "linear", "weight":
            values = random.standard_normal(count) / math.sqrt(shape[-1])
        case _:
            values = random.uniform(0.3, 0.7, count)
    return torch.from_numpy(values.reshape(shape))


def golden_input(channels: int, height: int, width: int) -> Tensor:
    """1xCxHxW: sin(0.1 h + 0.7 c) cos(0.07 w) + 0.3 sin(0.013 h w + c)."""
    c, h, w = np.ogrid[:channels, :height, :width]
    return torch.from_numpy(np.sin(0.1 * h + 0.7 * c) * np.cos(0.07 * w) + 0.3 * np.sin(0.013 * h * w + c))[None]


def module_kind(module: nn.Module) -> str:
    """What a torch module is: a convolution or linear layer by its class, a norm by its class's name."""
    for cls, kind in KINDS.items():
        if isinstance(module, cls):
            return kind
    named = any("Norm" in cls.__name__ for cls in type(module).__mro__)
    return "norm" if named and module._parameters.keys() | module._buffers.keys() >= {"weight", "bias"} else "other"


def fill(model: nn.Module) -> None:
    """Fills every floating-point parameter and buffer in place; constant filters stay."""
    with torch.no_grad():
        for module in model.modules():
            kind = module_kind(module)
            own = [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]
            for attribute, tensor in own:
                constant = kind == "other" and attribute in module._buffers
                if tensor.is_floating_point() and not constant:
                    tensor.copy_(golden_tensor(kind, attribute, tuple(tensor.shape)))


def kind_of(op: Op) -> str:
    """What an operation of the graph is."""
    match op:
        case ops.Conv():
            return "conv2d"
        case ops.ChannelConv():
            return "conv1d"
        case ops.Linear():
            return "linear"
        case ops.Norm():
            return "norm"
        case _:
            return "other"


def binomial_filter(channels: int, kernel: int, axes: int = 2) -> Tensor:
    """Zhang 2019: row `kernel - 1` of Pascal's triangle in each direction, of sum one; channels x 1 x kernel x kernel."""
    row = torch.tensor([math.comb(kernel - 1, k) for k in range(kernel)], dtype=torch.float64) / 2 ** (kernel - 1)
    window = row
    for _ in range(axes - 1):
        window = window[..., None] * row
    return window.expand(channels, 1, *window.shape).clone()


def golden_tensors(graph: Graph) -> dict[str, Tensor]:
    """By canonical key, every parameter and buffer of a graph."""
    found = {}
    for key, node, shape, _ in graph.parameters():
        if isinstance(node.op, ops.BlurPool):
            found[key] = binomial_filter(node.op.channels, node.op.kernel, node.op.axes)
        else:
            found[key] = golden_tensor(kind_of(node.op), key.rpartition(".")[2], shape)
    return found
