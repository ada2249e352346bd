"""The zoos' own networks, built here and filled so that no part is at rest, and how far the emitted ones are from them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import timm
import torch
import torchvision
from rounding import allowed, bound
from torch import Tensor, nn

from archc.compile.pipeline import compile_spec
from archc.language.shipped import FOLDERS, shipped_root
from archc.live import load_module

SHIPPED: dict[str, Path] = {
    path.stem: path for path in sorted(shipped_root().glob("*/*.yaml")) if path.parent.name not in FOLDERS.values()
}
"""The networks in the families' folders of `specs/`."""

IMAGE_SIZE = 64


def build(source: str, /, **options: Any) -> nn.Module:
    """A network by `torchvision/NAME`, `timm/NAME` or `timm/NAME@option=number`, with random weights."""
    zoo, _, name = source.partition("/")
    name, _, option = name.partition("@")
    if option:
        key, _, value = option.partition("=")
        options[key] = int(value)
    made: nn.Module
    if zoo == "torchvision":
        made = torchvision.models.get_model(name, weights=None, **options)
    else:
        made = timm.create_model(name, pretrained=False, **options)
    return made


@torch.no_grad()
def stir(model: nn.Module) -> None:
    """Random values for what a fresh network has at zero or one: norms, biases, gains, running statistics."""
    random = torch.Generator().manual_seed(0)

    def uniform(like: Tensor, low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(like.shape, generator=random, dtype=like.dtype)

    for key, tensor in model.state_dict().items():
        match key.rpartition(".")[2]:
            case "num_batches_tracked":
                continue
            case "running_var":
                tensor.copy_(uniform(tensor, 0.5, 1.5))
            case "running_mean" | "bias":
                tensor.copy_(0.1 * torch.randn(tensor.shape, generator=random, dtype=tensor.dtype))
            case name if tensor.ndim <= 1 or name == "gain":
                tensor.copy_(uniform(tensor, 0.3, 0.7))


def without_dropping(model: nn.Module) -> nn.Module:
    """The same network with every dropout, drop path and drop block at zero; emitted ones are told by their class's name."""
    for module in model.modules():
        if isinstance(module, nn.Dropout | nn.Dropout2d):
            module.p = 0.0
        elif isinstance(module, timm.layers.DropPath | timm.layers.DropBlock2d):
            module.drop_prob = 0.0
        elif type(module).__name__ in ("DropPath", "DropBlock", "TimmDropBlock"):
            module.rate = 0.0
        if hasattr(module, "drop_rate"):
            module.drop_rate = 0.0
    return model


def emitted(target: str, layout: str, overrides: tuple[str, ...] = ()) -> nn.Module:
    """The network of a spec, as `archc build --layout` writes it."""
    compiled = compile_spec(target, layout=layout, overrides=overrides)
    made: nn.Module = getattr(load_module(compiled), compiled.graph.name)()
    return made


def images(size: int, count: int = 2) -> Tensor:
    return torch.randn(count, 3, size, size, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def distances(ours: nn.Module, theirs: nn.Module, size: int = IMAGE_SIZE) -> Mapping[str, float]:
    """The largest differences of outputs and of running statistics, with theirs' tensors in ours, by what rounding allows.

    Loading is strict: every key and shape is the zoo's. Float64; in training nothing is dropped. There each norm divides by what
    it measures of values that are rounded alike, so that roundings add up; beyond 1e-12 no network is called equal.
    """
    ours, theirs = without_dropping(ours.double()), without_dropping(theirs.double())
    stir(theirs)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    x = images(size)
    found = {}
    # timm takes the statistics of its EvoNorm and FRN in float32
    with torch.no_grad(), patch.object(torch.Tensor, "float", lambda tensor: tensor):
        for mode, training in (("evaluation", False), ("training", True)):
            expected, actual = theirs.train(training)(x), ours.train(training)(x)
            found[mode] = relative(expected, actual)
    after = ours.state_dict()
    kept = [(value, after[key]) for key, value in theirs.state_dict().items() if key.endswith(("running_mean", "running_var"))]
    found["statistics"] = max((relative(expected, actual) for expected, actual in kept), default=0.0)
    trained = min(bound(theirs.parameters()), 1e-12)
    limits = {"evaluation": allowed(theirs.parameters()), "training": trained, "statistics": trained}
    return {what: off / limits[what] for what, off in found.items()}


def relative(expected: Tensor, actual: Tensor) -> float:
    return float((expected - actual).abs().max() / expected.abs().max())
