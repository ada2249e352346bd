"""One set of weights for two programs: what theirs has is made random where that shows more, and read into ours."""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from archc.analyse.verify.entries import Entry
from archc.analyse.verify.reading import Reading
from archc.ir.graph import Graph, Node
from archc.ir.ops import BlurPool, Norm

FAR = 8.0
"""Beyond the last bend of any activation: relu6 and the hard ones have theirs at 6 and 3."""


@torch.no_grad()
def stir(tensors: Mapping[str, Tensor], entries: Sequence[Entry], seed: int, *, far: bool) -> None:
    """Random values for the tensors that enter somewhere, none at rest: norms neither at one nor at zero, no constant zero.

    Filters keep the variance of what they read. With `far` one number of each bias is FAR, so that where a function bends shows:
    relu and relu6, say, are one below 6. Where norms take statistics of the batch that would drown what comes from the image.
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
    """Our tensors in float64 by canonical key, with theirs' numbers; what is not paired is as if it were not there."""
    given = {ours[one].key: theirs.values[other] for one, other in pairs.items()}
    found: dict[str, Tensor] = {}
    for key, node, shape, _ in graph.parameters():
        constant = isinstance(node.op, BlurPool)
        found[key] = (
            given[key].detach().double().reshape(shape).clone() if key in given and not constant else neutral(node, key, shape)
        )
    return found


def neutral(node: Node, key: str, shape: tuple[int, ...]) -> Tensor:
    """A norm that does nothing, a bias of zero, the filter that a blur pool always has."""
    parameter = key.rpartition(".")[2]
    match node.op:
        case BlurPool():
            row = torch.tensor([math.comb(node.op.kernel - 1, k) for k in range(node.op.kernel)], dtype=torch.float64)
            square: Tensor = torch.outer(row, row) * 4.0 ** (1 - node.op.kernel)
            return square.expand(shape).clone()
        case Norm() if parameter == "running_var":
            return torch.full(shape, 1 - node.op.eps, dtype=torch.float64)
        case _:
            return torch.full(shape, float(parameter in ("weight", "gain")), dtype=torch.float64)
