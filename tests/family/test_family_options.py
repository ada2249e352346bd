"""What the zoos' factories take as arguments, said as one changed value of a shipped spec: the same function again."""

from functools import partial
from typing import Any

import pytest
import torch
from family.zoo import build, distances, emitted, images, relative, stir
from rounding import allowed
from timm.layers import SEModule
from torch import nn
from torchvision.ops import FrozenBatchNorm2d

from archc.compile.pipeline import compile_spec
from archc.diagnostics import SpecError

ACTIVATIONS = ("relu6", "leaky_relu", "elu", "silu", "mish", "gelu", "gelu_tanh", "tanh", "hard_swish")
EXACT_NORM = partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01)
HARD_GATE = {"attn_layer": partial(SEModule, gate_layer="hard_sigmoid")}
DILATED = {"replace_stride_with_dilation": (False, False, True)}
OPTIONS: list[tuple[str, str, str, dict[str, Any]]] = [
    *(("resnet18", f"act={act}", "timm/resnet18", {"act_layer": act}) for act in ACTIVATIONS),
    ("resnet18", "norm=layer", "timm/resnet18", {"norm_layer": "layernorm2d"}),
    ("resnet18", "norm={kind: group, groups: 1}", "timm/resnet18", {"norm_layer": "groupnorm1"}),
    ("resnet18", "norm={kind: batch, frozen: true}", "torchvision/resnet18", {"norm_layer": FrozenBatchNorm2d}),
    ("resnet18", "norm={kind: batch, eps: 1e-3, momentum: 0.01}", "torchvision/resnet18", {"norm_layer": EXACT_NORM}),
    ("resnet18", "classes=7", "torchvision/resnet18", {"num_classes": 7}),
    ("resnet50", "output_stride=16", "torchvision/resnet50", DILATED),
    ("resnet50", "block.shortcut=D", "timm/resnet50", {"avg_down": True}),
    ("resnet50", "block.groups=2", "timm/resnet50", {"cardinality": 2, "base_width": 32}),
    ("seresnet18", "block.insert.attention.gate=hard_sigmoid", "timm/seresnet18", {"block_args": HARD_GATE}),
]


@pytest.mark.parametrize(
    ("spec", "change", "source", "options"), OPTIONS, ids=[f"{spec} {change}" for spec, change, _, _ in OPTIONS]
)
def test_one_value_is_one_argument(spec: str, change: str, source: str, options: dict[str, Any]) -> None:
    layout, _, _ = source.partition("/")
    found = distances(emitted(spec, layout, (change,)), build(source, **options))
    assert max(found.values()) <= 1


def test_layer_scale_is_a_last_norm_scaled() -> None:
    scaled = ("block.insert={scale: {op: scale, value: 0.1, before: add}}",)
    ours, theirs = emitted("resnet18", "torchvision", scaled).double().eval(), build("torchvision/resnet18").double().eval()
    stir(theirs)
    state = theirs.state_dict()
    factors = {key: value for key, value in ours.state_dict().items() if key.endswith("scale.weight")}
    ours.load_state_dict(state | factors, strict=True)
    with torch.no_grad():
        for key, factor in factors.items():
            for name in ("weight", "bias"):
                state[key.replace("scale.weight", f"bn2.{name}")].mul_(factor)
        assert relative(theirs(images(64)), ours(images(64))) <= allowed(theirs.parameters())


REFUSED = [
    ("norm={kind: group, group_size: 24}", "E0312", "groups of 24 do not divide 64 channels"),
    ("norm={kind: group, group_size: 16, groups: 4}", "E0201", "`group_size` beside `groups`"),
    ("norm=evonorm_s0", "E0202", "a norm `evonorm_s0` does not say its `groups`"),
    ("norm={kind: batch, linear: true}", "E0201", "unknown key `linear` in `norm`"),
]


@pytest.mark.parametrize(("change", "code", "message"), REFUSED, ids=[change for change, _, _ in REFUSED])
def test_a_norm_that_is_none_is_refused(change: str, code: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        compile_spec("resnet18", overrides=(change,))
    first = caught.value.diagnostics[0]
    assert (code, message) == (first.code, first.message)
