"""Two programs share one set of weights: theirs are randomized where that shows more, and read into ours."""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from archc.analyse.verify.entries import Entry
from archc.analyse.verify.reading import Reading
from archc.ir.graph import Graph, Node
from archc.ir.ops import BlurPool, Norm

FAR = 8.0
"""A value beyond the last bend of any activation: relu6 has its bend at 6, the hard ones at 3."""


@torch.no_grad()
def stir(tensors: Mapping[str, Tensor], entries: Sequence[Entry], seed: int, *, far: bool) -> None:
    """Give random values to the tensors that enter somewhere, so that none is neutral: no norm at one or zero, no bias at zero.

    Filters keep the variance of their inputs. With `far`, one number of each bias is FAR, so that activations which differ only
    beyond a bend (relu and relu6 are equal below 6) are told apart. Where norms take statistics of the batch, such a number
    would drown the image, and `far` must be off.
    """
    random = torch.Generator().manual_seed(seed)
    for entry in entries:
        tensor = tensors[entry.key]
        normal = torch.randn(tensor.shape, generator=random, dtype=torch.float64)
        match entry.role:
            case "filter":
                tensor.copy_(normal * math.sqrt(2 * entry.shape[0] / math.prod(entry.shape)))
            case "running_var":
                tensor.copy_(0.5 + normal.abs())
            case "bias" | "running_mean" | "threshold" | "other":
                tensor.copy_(0.1 * normal)
                if far and entry.role == "bias" and tensor.numel() > 1:
                    place = int(torch.randint(tensor.numel(), (), generator=random))
                    tensor[torch.unravel_index(torch.tensor(place), tensor.shape)] = FAR
            case "weight" | "gain":
                tensor.copy_(0.3 + 0.4 * torch.rand(tensor.shape, generator=random, dtype=torch.float64))


def shared(graph: Graph, ours: Sequence[Entry], theirs: Reading, pairs: Mapping[int, int]) -> dict[str, Tensor]:
    """Return our tensors in float64 by canonical key, with the numbers of their counterparts; unpaired ones are neutral."""
    paired = {ours[own].key: theirs.values[other] for own, other in pairs.items()}
    weights: dict[str, Tensor] = {}
    for key, node, shape, _ in graph.parameters():
        is_read = key in paired and not isinstance(node.op, BlurPool)
        weights[key] = paired[key].detach().double().reshape(shape).clone() if is_read else neutral(node, key, shape)
    return weights


def neutral(node: Node, key: str, shape: tuple[int, ...]) -> Tensor:
    """Return the value at which a tensor has no effect: a norm that does nothing, a bias of zero; of a blur pool, its filter."""
    parameter = key.rpartition(".")[2]
    match node.op:
        case BlurPool():
            row = torch.tensor([math.comb(node.op.kernel - 1, k) for k in range(node.op.kernel)], dtype=torch.float64)
            window = row / row.sum()
            for _ in range(node.op.axes - 1):
                window = window[..., None] * (row / row.sum())
            return window.expand(shape).clone()
        case Norm() if parameter == "running_var":
            return torch.full(shape, 1 - node.op.eps, dtype=torch.float64)
        case _:
            return torch.full(shape, float(parameter in ("weight", "gain")), dtype=torch.float64)
