"""State-dict keys under the layouts beside torchvision's: timm, Hugging Face, detectron2."""

import hashlib
import json
from pathlib import Path

import pytest
import timm
import torch
from references.residual_2015 import REPEATS

from archc.compile.pipeline import compile_spec
from archc.language.layouts.naming import state_keys
from archc.live import load_module

ZOO = json.loads((Path(__file__).parents[1] / "data" / "zoo_keys.json").read_text("utf-8"))
DEPTHS = list(REPEATS)
NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


def state(depth: int, layout: str) -> dict[str, torch.Tensor]:
    compiled = compile_spec(f"resnet{depth}", layout=layout)
    with torch.device("meta"):
        made: dict[str, torch.Tensor] = getattr(load_module(compiled), f"resnet{depth}")().state_dict()
    return made


@pytest.mark.parametrize("depth", DEPTHS)
def test_timm_s_keys_in_timm_s_order(depth: int) -> None:
    with torch.device("meta"):
        theirs = timm.create_model(f"resnet{depth}").state_dict()
    ours = state(depth, "timm")
    assert [(key, value.shape) for key, value in theirs.items()] == [(key, value.shape) for key, value in ours.items()]


@pytest.mark.parametrize("depth", DEPTHS)
def test_hugging_face_s_keys_and_shapes(depth: int) -> None:
    ours = state(depth, "huggingface")
    lines = sorted(f"{key}:{'x'.join(map(str, value.shape))}".encode() for key, value in ours.items())
    expected = ZOO["huggingface"]["state_dict_sha256"][f"resnet{depth}"]
    assert expected == hashlib.sha256(b"\n".join(lines)).hexdigest()


@pytest.mark.parametrize("depth", DEPTHS)
def test_detectron2_s_keys(depth: int) -> None:
    compiled = compile_spec(f"resnet{depth}", layout="detectron2")
    keys = state_keys(compiled.graph, compiled.layout, kept=["num_batches_tracked"])
    assert set(detectron2_keys(depth)) == set(keys.values())


def detectron2_keys(depth: int) -> list[str]:
    """Written down from detectron2/modeling/backbone/resnet.py: a convolution's norm is its own attribute."""

    def conv(path: str) -> list[str]:
        return [f"{path}.weight", *(f"{path}.norm.{name}" for name in NORM)]

    convolutions = 2 if depth < 50 else 3
    found = conv("stem.conv1")
    for stage, repeat in enumerate(REPEATS[depth], 2):
        for block in range(repeat):
            path = f"res{stage}.{block}"
            # projections where channels change: of basic blocks' stages, res2 begins with as many as the stem has
            if block == 0 and (stage > 2 or depth >= 50):
                found += conv(f"{path}.shortcut")
            for number in range(1, convolutions + 1):
                found += conv(f"{path}.conv{number}")
    return [*found, "linear.weight", "linear.bias"]
