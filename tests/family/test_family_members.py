"""Members of the families that do not ship, said in YAML alone (tests/family/data): each is timm's function."""

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import timm
import torch
from family.zoo import build, distances, emitted, images, relative, stir
from rounding import allowed
from torch import nn

pytestmark = pytest.mark.no_cover

DATA = Path(__file__).parent / "data"
DEFINITIONS = ("one_branches", "mobileone", "cbam", "channel_gate", "spatial_gate", "cbam_layout", "bat_resnext26ts")

OTHERWISE: dict[str, tuple[str, dict[str, Any]]] = {
    "resnet18_os8": ("resnet18", {"output_stride": 8}),
    "resnet18d_os16": ("resnet18d", {"output_stride": 16}),
    "resnetv2_50_os8": ("resnetv2_50", {"output_stride": 8}),
    "regnety_002_os16": ("regnety_002", {"output_stride": 16}),
    "res2net50_os8": ("res2net50_26w_4s", {"output_stride": 8}),
    "resnest50d_os8": ("resnest50d", {"output_stride": 8}),
    "skresnet34_os16": ("skresnet34", {"output_stride": 16}),
    "nf_resnet26_os8": ("nf_resnet26", {"output_stride": 8}),
    "resnet18_ese": ("resnet18", {"block_args": {"attn_layer": "ese"}, "act_layer": "hard_swish"}),
    "bat_resnext26ts_2": ("bat_resnext26ts", {"attn_kwargs": {"block_size": 2}}),
    "resnet18_gca": (
        "resnet18",
        {
            "block_reduce_first": 2,
            "aa_layer": nn.AvgPool2d,
            "norm_layer": partial(timm.layers.GroupNorm, num_groups=8),
            "act_layer": "selu",
            "block_args": {"attn_layer": "gca"},
        },
    ),
    "resnet18_cbam": ("resnet18", {"block_args": {"attn_layer": "cbam"}}),
    "resnet18_catavgmax": ("resnet18", {"global_pool": "catavgmax", "act_layer": "quick_gelu"}),
    "resnet18_drops": ("resnet18d", {"drop_rate": 0.3, "drop_path_rate": 0.2, "drop_block_rate": 0.1}),
}
"""Networks of another name than timm's, and what its factory is told."""

MEMBERS = sorted(path.stem for path in DATA.glob("*.yaml") if path.stem not in DEFINITIONS)


@cache
def found(name: str) -> Mapping[str, float]:
    theirs, options = OTHERWISE.get(name, (name, {}))
    return distances(emitted(str(DATA / f"{name}.yaml"), "timm"), build(f"timm/{theirs}", **options))


@pytest.mark.parametrize("name", MEMBERS)
def test_evaluated_it_is_timm_s_function(name: str) -> None:
    assert found(name)["evaluation"] <= 1


@pytest.mark.parametrize("name", MEMBERS)
def test_trained_it_is_timm_s_function(name: str) -> None:
    assert found(name)["training"] <= 1


@pytest.mark.parametrize("name", MEMBERS)
def test_training_keeps_timm_s_statistics(name: str) -> None:
    assert found(name)["statistics"] <= 1


def test_bilinear_attention_of_eight_blocks_is_timm_s_function() -> None:
    """At the smallest image that has them in every stage."""
    ours, theirs = emitted(str(DATA / "bat_resnext26ts.yaml"), "timm"), build("timm/bat_resnext26ts")
    stir(theirs)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    x = images(256, count=1)
    with torch.no_grad():
        assert relative(theirs.double().eval()(x), ours.double().eval()(x)) <= allowed(theirs.parameters())
