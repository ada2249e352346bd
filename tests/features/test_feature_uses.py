"""What people do with a backbone, done with emitted ones: scripted, traced, exported, compiled, copied, trained under a head."""

import copy
import pickle
import warnings
from collections import OrderedDict
from typing import Any

import pytest
import torch
from rounding import SINGLE, of_terms
from small_specs import spec
from torch import Tensor, fx, nn
from torchvision.ops import FeaturePyramidNetwork

import archc
from archc.compile.pipeline import Changes, compile_spec
from archc.live import load_module

pytestmark = pytest.mark.no_cover

BLOCK = "{kind: basic, order: post, shortcut: B}"
STAGES = "{layer1: {out: 16, repeat: 5}, layer2: {out: 32, repeat: 2, stride: 2}}"
FEATURES = ("stem.act", "layer1.0", "layer1.3", "layer2.0.act1", "layer2.1.norm2", "layer2")
"""Of a step, of blocks in the middle of a sequence, of steps in a block, of a stage."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("net") / "small.yaml"
    path.write_text(spec(BLOCK, stages=STAGES), encoding="utf-8")
    torch.manual_seed(0)
    compiled = compile_spec(str(path), changes=Changes(FEATURES, frozen_norm=True))
    return load_module(compiled).small().eval()


@pytest.fixture(scope="module")
def image() -> Tensor:
    return torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))


def same(ours: dict[str, Tensor], theirs: dict[str, Tensor]) -> None:
    """Beside numbers about one; no network here sums more terms."""
    tolerance = of_terms(100_000, SINGLE)
    torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance)


def test_script(model: nn.Module, image: Tensor) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        same(torch.jit.script(model)(image), model(image))


def test_fx(model: nn.Module, image: Tensor) -> None:
    same(fx.symbolic_trace(model)(image), model(image))


def test_export(model: nn.Module, image: Tensor) -> None:
    same(torch.export.export(model, (image,)).module()(image), model(image))


def test_compile(model: nn.Module, image: Tensor) -> None:
    same(torch.compile(model, fullgraph=True, backend="aot_eager")(image), model(image))


def test_deepcopy(model: nn.Module, image: Tensor) -> None:
    same(copy.deepcopy(model)(image), model(image))


def test_pickle(model: nn.Module, image: Tensor) -> None:
    same(pickle.loads(pickle.dumps(model))(image), model(image))  # noqa: S301  what was just written


def test_channels_are_those_of_the_maps(model: Any, image: Tensor) -> None:
    assert {name: value.shape[1] for name, value in model(image).items()} == model.feature_channels


def test_strides_are_those_of_the_maps(model: Any, image: Tensor) -> None:
    assert {name: 16 // value.shape[2] for name, value in model(image).items()} == model.feature_strides


def test_a_feature_pyramid_takes_it(image: Tensor) -> None:
    """torchvision's, whose lateral convolutions are as wide as the features say."""
    backbone: Any = archc.torch_module("resnet18", features=["layer2", "layer3", "layer4"], frozen_norm=True)
    pyramid = FeaturePyramidNetwork(list(backbone.feature_channels.values()), 64)
    maps = pyramid(OrderedDict(backbone(torch.zeros(1, 3, 64, 64))))
    assert {name: tuple(value.shape[1:]) for name, value in maps.items()} == {
        "layer2": (64, 8, 8),
        "layer3": (64, 4, 4),
        "layer4": (64, 2, 2),
    }
