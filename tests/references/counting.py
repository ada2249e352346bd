"""Parameters and multiply-adds of a reference network, counted by torch while it runs without numbers."""

from dataclasses import dataclass

import torch
from references.forward import Forward
from references.networks import Network
from torch.utils.flop_counter import FlopCounterMode


@dataclass(slots=True)
class Tally:
    """Makes empty tensors, one for each request: a real network shares none."""

    parameters: int = 0

    def __call__(self, kind: str, attribute: str, shape: tuple[int, ...]) -> torch.Tensor:
        made = torch.empty(shape, device="meta")
        if not attribute.startswith("running_"):
            self.parameters += made.numel()
        return made


def count(network: Network, shape: tuple[int, int, int]) -> tuple[int, int]:
    """Learned parameters, and the multiply-adds of convolutions and matrix products for one image CxHxW."""
    tally = Tally()
    with FlopCounterMode(display=False) as counter:
        network(Forward(tally), torch.empty((1, *shape), device="meta"))
    return tally.parameters, counter.get_total_flops() // 2
