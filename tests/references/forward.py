"""One forward pass written operation by operation, whose weights are known by kind, attribute and shape alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import torch.nn.functional as F
from torch import Tensor

TensorOf: TypeAlias = Callable[[str, str, tuple[int, ...]], Tensor]
"""Kind (`conv2d`, `linear`, `norm`), attribute (`weight`, `running_mean`) and shape, to a tensor."""


@dataclass(frozen=True, slots=True)
class Forward:
    """What a reference network is built of. Two layers of one kind and shape have one weight, so no name is needed."""

    tensor: TensorOf
    training: bool = False

    def conv(self, x: Tensor, out: int, kernel: int, stride: int = 1, groups: int = 1, *, bias: bool = False) -> Tensor:
        """A convolution padded so that stride 1 keeps the size: NxCxHxW to N x out x ceil(H / stride) x ceil(W / stride)."""
        weight = self.tensor("conv2d", "weight", (out, x.shape[1] // groups, kernel, kernel))
        shift = self.tensor("conv2d", "bias", (out,)) if bias else None
        return F.conv2d(x, weight, shift, stride=stride, padding=kernel // 2, groups=groups)

    def norm(self, x: Tensor) -> Tensor:
        """Batch normalisation with eps 1e-5; in training by the batch's own statistics."""
        shape = (x.shape[1],)
        mean, var = (self.tensor("norm", name, shape).clone() for name in ("running_mean", "running_var"))
        weight, bias = self.tensor("norm", "weight", shape), self.tensor("norm", "bias", shape)
        return F.batch_norm(x, mean, var, weight, bias, training=self.training)

    def dropout(self, x: Tensor, rate: float) -> Tensor:
        return F.dropout(x, rate, training=self.training)

    def linear(self, x: Tensor, out: int) -> Tensor:
        return F.linear(x, self.tensor("linear", "weight", (out, x.shape[1])), self.tensor("linear", "bias", (out,)))

    def classify(self, x: Tensor, classes: int) -> Tensor:
        """Global average pooling and the fully connected layer: NxCxHxW to N x classes."""
        return self.linear(x.mean((2, 3)), classes)
