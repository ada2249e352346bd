"""The network that the guide to new blocks arrives at is the one a PyTorch user would write."""

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from howto.pages import FILE, blocks
from rounding import allowed
from torch import nn

import archc

WIDTHS = ((64, 24, 2, 1), (24, 40, 2, 2), (40, 80, 3, 2), (80, 160, 2, 2))
"""Channels in and out, blocks and stride of each stage."""


class Gate(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.mix = nn.Conv2d(channels, channels, 1, groups=channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * F.hardsigmoid(self.mix(x.mean((2, 3), keepdim=True)))


class Inverted(nn.Module):
    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        middle = 3 * after
        self.branch = nn.Sequential(
            nn.Conv2d(before, middle, 1, bias=False),
            nn.BatchNorm2d(middle),
            nn.ReLU(),
            nn.Conv2d(middle, middle, 3, stride, 1, groups=middle, bias=False),
            nn.BatchNorm2d(middle),
            nn.ReLU(),
            nn.Conv2d(middle, after, 1, bias=False),
            nn.BatchNorm2d(after),
            Gate(after),
        )
        projected = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))
        self.shortcut = nn.Identity() if stride == 1 and before == after else projected

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.branch(x) + self.shortcut(x)


def reference() -> nn.Module:
    layers: list[nn.Module] = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    for before, after, repeat, stride in WIDTHS:
        layers += [Inverted(before if i == 0 else after, after, stride if i == 0 else 1) for i in range(repeat)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(160, 10))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The module of the page's files, with the changes it makes to them."""
    folder = tmp_path_factory.mktemp("mine")
    for _, body in blocks("howto/new-block"):
        if name := FILE.match(body):
            text = body.replace("sigmiod", "hard_sigmoid").replace("23528522", "461306")
            (folder / name[1]).write_text(text, encoding="utf-8")
    return archc.torch_module(str(folder / "mine.yaml"))


@pytest.mark.parametrize("training", [False, True])
def test_it_is_the_same_function(ours: Any, training: bool) -> None:
    theirs = reference()
    generator = torch.Generator().manual_seed(0)
    for mine, their in zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True):
        if mine.is_floating_point():
            mine.copy_(torch.rand(mine.shape, generator=generator) + (0.5 if mine.ndim < 2 else -0.5))
        their.copy_(mine)
    image = torch.rand(2, 3, 40, 40, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        expected, actual = (model.double().train(training)(image) for model in (theirs, ours))
    assert (actual - expected).abs().max() <= allowed(theirs.parameters()) * expected.abs().max()
