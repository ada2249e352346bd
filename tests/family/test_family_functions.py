"""Every shipped network that a zoo builds is the same function with the same weights, evaluated and trained, in float64."""

from collections.abc import Mapping
from functools import cache

import pytest
import torch
from family.zoo import IMAGE_SIZE, SHIPPED, build, distances, emitted
from golden_weights import fill, golden_input
from references.known import KNOWN
from rounding import bound

import archc

pytestmark = pytest.mark.no_cover

LARGEST = 100_000_000
"""Parameters: what is beyond is compared in counts and keys alone."""

ZOOS = ("torchvision", "timm")
BUILT = [name for name in SHIPPED if name in KNOWN and KNOWN[name]["source"].split("/")[0] in ZOOS]
COMPARED = [name for name in BUILT if KNOWN[name]["params"] < LARGEST]
GOLDEN = [name for name in SHIPPED if name in KNOWN and KNOWN[name]["golden"] and name not in BUILT]
"""Those that no installed zoo builds: by the logits of their own code."""


@cache
def found(name: str) -> Mapping[str, float]:
    source = KNOWN[name]["source"]
    fixed = name.endswith("_clip")  # a learned table of positions: built for one size
    sizes = (f"input.height={IMAGE_SIZE}", f"input.width={IMAGE_SIZE}") if fixed else ()
    theirs = build(source, **({"img_size": IMAGE_SIZE} if fixed else {}))
    return distances(emitted(name, source.split("/")[0], sizes), theirs)


@pytest.mark.parametrize("name", COMPARED)
def test_evaluated_it_is_the_zoo_s_function(name: str) -> None:
    assert found(name)["evaluation"] <= 1


@pytest.mark.parametrize("name", COMPARED)
def test_trained_it_is_the_zoo_s_function(name: str) -> None:
    assert found(name)["training"] <= 1


@pytest.mark.parametrize("name", COMPARED)
def test_training_keeps_the_zoo_s_statistics(name: str) -> None:
    assert found(name)["statistics"] <= 1


@pytest.mark.parametrize("name", GOLDEN)
def test_logits_are_those_of_the_reference_code(name: str) -> None:
    golden = KNOWN[name]["golden"]
    model = archc.torch_module(name).double().eval()
    fill(model)
    with torch.no_grad():
        logits = model(golden_input(*KNOWN[name]["input"])).flatten()
    expected = (*golden["logits_first8"], golden["mean"], golden["std"], golden["n"])
    actual = (*logits[:8].tolist(), logits.mean().item(), logits.std().item(), logits.numel())
    assert expected == pytest.approx(actual, rel=0, abs=bound(model.parameters()) * golden["std"])
