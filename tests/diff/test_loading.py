"""What becomes of one network's weights in another."""

import pytest
import torch

from archc.analyse.diff.model import Loading
from archc.analyse.diff.read import difference
from archc.live import torch_module


def loading(old: str, new: str, *changes: str) -> Loading:
    return difference(old, new, new_overrides=changes).loading[0]


FITS = [
    ("resnet50", "resnet50", "", "strict", True),
    ("resnet50", "resnet50_v1", "", "strict", False),
    ("resnet50", "resnet101", "", "partly", False),
    ("resnet50", "resnet50", "classes=10", "partly", False),
    ("resnet18", "resnet18", "input.height=128", "strict", True),
    ("resnet18", "cifar_resnet20", "", "none", False),
]


@pytest.mark.parametrize(("old", "new", "change", "fit", "same"), FITS)
def test_fit(old: str, new: str, change: str, fit: str, *, same: bool) -> None:
    found = loading(old, new, *([change] if change else []))
    assert (found.fit, found.same_meaning) == (fit, same)


MEANINGS = [
    ("resnet50_v1", "", "stride position: `conv2` of `bottleneck` → `conv1` of `bottleneck`"),
    ("resnet50", "norm={kind: batch, eps: 0.001}", "eps: 1e-05 in norms → 0.001 in norms"),
    ("resnet50", "act=silu", "activation: relu → silu"),
    (
        "resnet50",
        "stem.pool.ceil=true",
        "pool rounding: max_pool of 3, padding 1, rounding down → max_pool of 3, padding 1, rounding up",
    ),
    ("resnet50", "stages.layer2.stride=1", "layer2: stride 2 → 1"),
]


@pytest.mark.parametrize(("new", "change", "meaning"), MEANINGS)
def test_weights_that_load_strictly_and_mean_something_else(new: str, change: str, meaning: str) -> None:
    found = loading("resnet50", new, *([change] if change else []))
    assert (found.fit, found.meaning) == ("strict", (meaning,))


def state(name: str, layout: str) -> dict[str, tuple[int, ...]]:
    """Of the live network, the counts of batches that norms have seen left out."""
    with torch.device("meta"):
        tensors = torch_module(name, layout=layout).state_dict()
    return {key: tuple(tensor.shape) for key, tensor in tensors.items() if not key.endswith("num_batches_tracked")}


PAIRS = [
    ("resnet18", "resnetblur18", "timm"),
    ("resnetblur18", "seresnet18", "timm"),
    ("preact_resnet18", "resnet18", "torchvision"),
    ("cifar_plain20", "cifar_resnet20", "canonical"),
]


@pytest.mark.parametrize(("old", "new", "layout"), PAIRS)
def test_what_is_told_is_what_torch_s_state_dicts_say(old: str, new: str, layout: str) -> None:
    before, after = state(old, layout), state(new, layout)
    found = next(one for one in difference(old, new).loading if one.layout == layout)
    assert (found.missing, found.extra, found.reshaped, found.wanted) == (
        tuple(key for key in after if key not in before),
        tuple(key for key in before if key not in after),
        tuple((key, before[key], shape) for key, shape in after.items() if before.get(key, shape) != shape),
        len(after),
    )


def test_keys_are_those_of_the_layout_both_have() -> None:
    found = loading("resnet18", "resnet18", "classes=10")
    assert (found.layout, found.reshaped) == ("torchvision", (("fc.weight", (1000, 512), (10, 512)), ("fc.bias", (1000,), (10,))))


def test_missing_and_left_over() -> None:
    found = loading("resnet18", "resnet18", "head.fc.bias=false")
    assert (found.missing, found.extra, found.matching) == ((), ("fc.bias",), found.wanted)


def test_another_layout() -> None:
    found = difference("resnet50", "resnet101", layout="huggingface").loading[0]
    assert (found.layout, found.missing[0]) == ("huggingface", "resnet.encoder.stages.2.layers.6.layer.0.convolution.weight")


def test_canonical_names_where_no_layout_is_shared() -> None:
    found = difference("resnet18", "resnet18", new_overrides=["layouts=null"])
    assert [one.layout for one in found.loading] == ["canonical"]
