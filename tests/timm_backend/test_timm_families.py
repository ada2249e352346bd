"""For a shipped network of each family, timm's own model and ours with its weights are one function, whole and in parts."""

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import torch
from rounding import allowed
from timm_backend.models import created, emitted, imported, randomized

pytestmark = pytest.mark.no_cover  # the emitter is measured elsewhere

FAMILIES = ("resnet18d", "regnety_002", "resnetv2_18", "gcresnet33ts", "skresnet18", "resnetblur18")


@cache
def pair(name: str) -> tuple[Any, Any]:
    """Ours, which has read timm's checkpoint, and timm's."""
    with TemporaryDirectory() as folder:
        path = Path(folder)
        imported(path, f"our_{name}", emitted(path, f"our_{name}", name))
        theirs = created(name)
        theirs.load_state_dict(randomized(theirs))
        torch.save({"state_dict": theirs.state_dict()}, path / "weights.pth")
        ours = created(f"our_{name}", checkpoint_path=str(path / "weights.pth"))
    return ours.double().eval(), theirs.double().eval()


@cache
def backbones(name: str) -> tuple[Any, Any]:
    """The same, made with `features_only`."""
    whole, _ = pair(name)
    ours, theirs = (created(each, features_only=True).double().eval() for each in (f"our_{name}", name))
    state = whole.state_dict()
    ours.model.load_state_dict(state)
    plain = {re.sub(r"\W", "_", key): value for key, value in state.items()}  # timm's own dissolves its containers
    theirs.load_state_dict({key: plain[re.sub(r"\W", "_", key)] for key in theirs.state_dict()})
    return ours, theirs


def apart(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    """The greatest difference, by the greatest value."""
    assert ours.shape == theirs.shape
    return ((ours - theirs).abs().max() / theirs.abs().max()).item()


@cache
def distances(name: str) -> dict[str, float]:
    """Of what the two give for one image, in parts and in whole."""
    image = torch.rand(1, 3, 48, 48, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    with torch.no_grad():
        found: list[dict[str, torch.Tensor]] = []
        for model, backbone in zip(pair(name), backbones(name), strict=True):
            features = model.forward_features(image)
            maps = {f"map {place}": value for place, value in enumerate(backbone(image))}
            pre_logits = model.forward_head(features, pre_logits=True)
            found.append({"features": features, "pre_logits": pre_logits, "logits": model.forward_head(features), **maps})
    ours, theirs = found
    assert list(ours) == list(theirs)
    return {part: apart(ours[part], theirs[part]) for part in ours}


@pytest.mark.parametrize("name", FAMILIES)
def test_keys(name: str) -> None:
    ours, theirs = pair(name)
    assert sorted(theirs.state_dict()) == sorted(ours.state_dict())


@pytest.mark.parametrize("part", ["features", "pre_logits", "logits"])
@pytest.mark.parametrize("name", FAMILIES)
def test_function(name: str, part: str) -> None:
    assert distances(name)[part] <= allowed(pair(name)[1].parameters())


@pytest.mark.parametrize("name", FAMILIES)
def test_features_only(name: str) -> None:
    assert max(distance for part, distance in distances(name).items() if part.startswith("map")) <= allowed(
        pair(name)[1].parameters()
    )


@pytest.mark.parametrize("name", FAMILIES)
def test_feature_info(name: str) -> None:
    ours, theirs = (backbone.feature_info for backbone in backbones(name))
    assert (theirs.channels(), theirs.reduction()) == (ours.channels(), ours.reduction())
