"""A network built for timm does what timm's users ask of a model, and says so where it cannot."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest
import timm
import torch
from rounding import SINGLE, allowed, of_terms
from timm.models import group_parameters
from timm.optim import param_groups_layer_decay
from timm_backend.models import emitted, imported

from archc.backend import BackendError

PARENT = "cifar_resnet20"
NUMBERS = count()
DROPPING = "block.insert: {drop_path: {op: drop_path, rate: 0.2 * block_index / (block_count - 1), before: add}}"
LAYERS = "fc1: {op: linear, out: 32}, drop: {op: dropout, rate: 0.5}, fc2: {op: linear, out: classes}"
TWO_LAYERS = f"head: {{pool: {{op: global_pool}}, flat: {{op: flatten}}, {LAYERS}}}"
PREACT = "cifar_preact_resnet110"
RESNET = "resnet18"


def made(folder: Path, *changes: str, parent: str = PARENT, features: tuple[str, ...] = (), **given: Any) -> Any:
    """A model of a network of its own, which timm makes."""
    name = f"net_{next(NUMBERS)}"
    small = () if parent == RESNET else ("vars.n: 1",)
    imported(folder, name, emitted(folder, name, parent, *small, *changes, features=features))
    return timm.create_model(name, **given)


@pytest.fixture
def image() -> torch.Tensor:
    return torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def test_its_configuration_is_the_spec_s(tmp_path: Path) -> None:
    model = made(tmp_path, "preprocess: {mean: [0.4, 0.5, 0.6], std: [0.1, 0.2, 0.3], crop: 0.9}")
    keys = ("input_size", "mean", "std", "crop_pct", "num_classes", "first_conv", "classifier", "pool_size", "fixed_input_size")
    expected = ((3, 32, 32), (0.4, 0.5, 0.6), (0.1, 0.2, 0.3), 0.9, 10, "stem.conv", "head.fc", (8, 8), False)
    assert expected == tuple(model.default_cfg[key] for key in keys)


@pytest.mark.parametrize(
    ("given", "shape"),
    [
        ({}, (2, 10)),
        ({"num_classes": 4}, (2, 4)),
        ({"num_classes": 0}, (2, 64)),
        ({"num_classes": 0, "global_pool": ""}, (2, 64, 8, 8)),
        ({"global_pool": "max"}, (2, 10)),
        ({"global_pool": "catavgmax", "num_classes": 3}, (2, 3)),
    ],
)
def test_heads(given: dict[str, Any], shape: tuple[int, ...], tmp_path: Path, image: torch.Tensor) -> None:
    assert shape == tuple(made(tmp_path, **given)(image).shape)


@pytest.mark.parametrize("parent", [PARENT, PREACT])
def test_a_new_classifier(parent: str, tmp_path: Path, image: torch.Tensor) -> None:
    model = made(tmp_path, parent=parent)
    model.reset_classifier(7)
    assert (7, 7, (2, 7)) == (model.num_classes, model.get_classifier().out_features, tuple(model(image).shape))


def test_more_channels(tmp_path: Path) -> None:
    model = made(tmp_path, in_chans=5)
    assert (2, 10) == tuple(model(torch.rand(2, 5, 32, 32)).shape)


def test_a_head_of_the_spec_s_own_drops_at_drop_rate(tmp_path: Path) -> None:
    assert made(tmp_path, TWO_LAYERS, drop_rate=0.25).head.drop.p == 0.25


def test_a_head_of_the_spec_s_own_without_classes_ends_before_them(tmp_path: Path, image: torch.Tensor) -> None:
    assert (2, 32) == tuple(made(tmp_path, TWO_LAYERS, num_classes=0)(image).shape)


def test_pre_logits_of_a_head_of_the_spec_s_own(tmp_path: Path, image: torch.Tensor) -> None:
    model = made(tmp_path, TWO_LAYERS).eval()
    pre_logits = model.forward_head(model.forward_features(image), pre_logits=True)
    assert torch.equal(model.get_classifier()(pre_logits), model(image))


def test_drop_path_rate_is_the_greatest(tmp_path: Path) -> None:
    model = made(tmp_path, DROPPING, drop_path_rate=0.4)
    rates = [module.rate for module in model.modules() if type(module).__name__ == "DropPath"]
    assert [0, 0.2, 0.4] == [round(rate, 9) for rate in rates]


def test_checkpointed_stages_have_the_same_gradients(tmp_path: Path, image: torch.Tensor) -> None:
    model = made(tmp_path).double()
    gradients = []
    for enable in (False, True):
        model.set_grad_checkpointing(enable)
        model.zero_grad()
        model(image.double()).square().sum().backward()
        gradients.append([parameter.grad.clone() for parameter in model.parameters()])
    assert all(torch.equal(*each) for each in zip(*gradients, strict=True))


def test_layers_for_layer_decay(tmp_path: Path) -> None:
    model = made(tmp_path, parent=RESNET)
    fine, coarse = (group_parameters(model, model.group_matcher(coarse=each)) for each in (False, True))
    assert (10, 6, 10) == (len(fine), len(coarse), len({group["lr_scale"] for group in param_groups_layer_decay(model)}))


def test_features_are_those_of_forward_features(tmp_path: Path, image: torch.Tensor) -> None:
    model = made(tmp_path).eval()
    last, maps = model.forward_intermediates(image, indices=[0, 2])
    shapes = [tuple(value.shape) for value in maps]
    assert ([(2, 16, 32, 32), (2, 64, 8, 8)], True) == (shapes, torch.equal(last, model.forward_features(image)))


LATE_CONV = "conv: {kernel: 1, out: 48}, pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}"
POOLED_LOGITS = "conv: {kernel: 1, out: classes}, pool: {op: global_pool}, flat: {op: flatten}"


@pytest.mark.parametrize("head", [LATE_CONV, POOLED_LOGITS, POOLED_LOGITS.replace("classes", "classes, norm: none, act: none")])
def test_what_a_head_of_the_spec_s_own_convolves_is_no_feature(head: str, tmp_path: Path, image: torch.Tensor) -> None:
    change = f"head: {{{head}}}"
    shapes = [tuple(value.shape[1:]) for value in made(tmp_path, change, features_only=True)(image)]
    expected = ([(16, 32, 32), (32, 16, 16), (64, 8, 8)], (2, 10))
    assert expected == (shapes, tuple(made(tmp_path, change)(image).shape))


def test_a_feature_of_the_head_is_told(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match=r"^`head.pool` is made in the head, after the features of a model of timm") as raised:
        emitted(tmp_path, "late", PARENT, "vars.n: 1", features=("layer1", "head.pool"))
    assert raised.value.code == "E0572"


def test_features_that_the_command_line_names(tmp_path: Path, image: torch.Tensor) -> None:
    model = made(tmp_path, features=("stem.act", "layer2.0", "layer3"), features_only=True)
    info = model.feature_info
    shapes = [tuple(value.shape[1:]) for value in model(image)]
    assert ([16, 32, 64], [1, 2, 4], [(16, 32, 32), (32, 16, 16), (64, 8, 8)]) == (info.channels(), info.reduction(), shapes)


def test_scripted(tmp_path: Path, image: torch.Tensor) -> None:
    model = made(tmp_path, scriptable=True).eval()
    expected, actual = model(image), torch.jit.script(model)(image)
    assert (expected - actual).abs().max() <= allowed(model.parameters(), SINGLE) * expected.abs().max()


@pytest.mark.parametrize("given", [{"drop_path_rate": 0.1}, {"bn_momentum": 0.1}, {"output_stride": 8}, {"img_size": 64}])
def test_a_keyword_it_has_no_use_for(given: dict[str, Any], tmp_path: Path) -> None:
    [keyword] = given
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{keyword}'"):
        made(tmp_path, **given)


def test_a_fixed_size(tmp_path: Path) -> None:
    fixed = "input: {channels: 3, height: 32, width: 32, fixed: true}"
    head = "head: {flat: {op: flatten}, fc: {op: linear, out: classes}}"
    with pytest.raises(ValueError, match=r"net_\d+ works at 32x32 alone, not at \(64, 64\)"):
        made(tmp_path, fixed, head, img_size=(64, 64))


def test_pretrained_says_that_there_are_no_weights(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="No pretrained weights exist for net_"):
        made(tmp_path, pretrained=True)


def test_pretrained_from_a_file_adapts_classifier_and_channels(tmp_path: Path) -> None:
    torch.save(made(tmp_path).state_dict(), tmp_path / "ten.pth")
    overlay = {"file": str(tmp_path / "ten.pth")}
    model = made(tmp_path, pretrained=True, pretrained_cfg_overlay=overlay, num_classes=3, in_chans=1)
    saved = torch.load(tmp_path / "ten.pth", weights_only=True)
    summed = saved["stem.conv.weight"].sum(dim=1, keepdim=True)
    assert (summed - model.stem.conv.weight).abs().max() <= of_terms(3, SINGLE) * summed.abs().max()


def test_a_network_without_classifier(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="has no classifier"):
        emitted(tmp_path, "trunk", PARENT, "head.fc: null")


def test_the_last_feature_is_not_written_over(tmp_path: Path, image: torch.Tensor) -> None:
    head = "head: {act: {op: act}, pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}}"
    model = made(tmp_path, "block.order: linear_out", head).eval()
    last, maps = model.forward_intermediates(image)
    assert (True, False) == ((last >= 0).all().item(), (maps[-1] >= 0).all().item())


def test_reductions_are_products_of_strides(tmp_path: Path) -> None:
    model = made(tmp_path, "input: {channels: 3, height: 176, width: 176}", parent=RESNET, features_only=True)
    assert [2, 4, 8, 16, 32] == model.feature_info.reduction()
