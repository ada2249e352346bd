"""How tensors begin in an emitted module: the network's policy, zero norms, and what a step says itself."""

from pathlib import Path
from typing import Any

import draws
import pytest
import torch
from small_specs import spec
from torch import Tensor, nn

from archc.compile.pipeline import compile_spec
from archc.live import load_module

BASIC = "{kind: basic, order: post, shortcut: B}"


def network(folder: Path, block: str = BASIC, more: str = "", **parts: str) -> Any:
    path = folder / "small.yaml"
    path.write_text(spec(block, more=more, **parts), encoding="utf-8")
    torch.manual_seed(0)
    return load_module(compile_spec(str(path))).small()


def deviation(tensor: Tensor) -> float:
    return float(tensor.detach().std())


def test_convolutions_by_what_they_make(tmp_path: Path) -> None:
    """He et al. 2015 (arXiv:1502.01852), eq. 14: variance 2 / (kernel area times filters)."""
    weight = network(tmp_path).layer2[1].conv1.weight
    assert deviation(weight) == pytest.approx((2 / (9 * 32)) ** 0.5, rel=draws.sampling(weight.numel()))


def test_convolutions_by_what_they_read(tmp_path: Path) -> None:
    weight = network(tmp_path, more="init: {conv: kaiming_normal_fan_in}").layer2[0].conv1.weight
    assert deviation(weight) == pytest.approx((2 / (9 * 16)) ** 0.5, rel=draws.sampling(weight.numel()))


def test_convolutions_as_torch_does(tmp_path: Path) -> None:
    """Uniform within 1 / sqrt(fan in)."""
    weight = network(tmp_path, more="init: {conv: torch}").layer2[1].conv1.weight.detach()
    assert (2 * float(weight.abs().max()) > (9 * 32) ** -0.5, float(weight.abs().max()) <= (9 * 32) ** -0.5) == (True, True)


def test_biases_of_convolutions_are_zero(tmp_path: Path) -> None:
    model = network(tmp_path, more="conv: {bias: true}")
    biases = [m.bias for m in model.modules() if isinstance(m, nn.Conv2d)]
    assert [bias for bias in biases if bias is None or bias.any()] == []


def test_norms_begin_at_one(tmp_path: Path) -> None:
    assert bool((network(tmp_path).layer1[0].norm2.weight == 1).all())


def test_last_norms_at_zero(tmp_path: Path) -> None:
    model = network(tmp_path, more="init: {last_norm: zeros}")
    assert [bool((block.norm2.weight == 0).all()) for block in (*model.layer1, *model.layer2)] == [True] * 4


def test_only_last_norms_at_zero(tmp_path: Path) -> None:
    assert bool((network(tmp_path, more="init: {last_norm: zeros}").layer1[0].norm1.weight == 1).all())


def test_linear_layers(tmp_path: Path) -> None:
    layer = network(tmp_path, more="init: {linear: {kind: normal, std: 0.01}}").head.fc
    assert deviation(layer.weight) == pytest.approx(0.01, rel=draws.sampling(layer.weight.numel()))


def test_a_gates_bias(tmp_path: Path) -> None:
    """It is set after the policy's loop, which would put it at zero."""
    model = network(tmp_path, "{kind: basic, order: post, shortcut: exclusive_gating}")
    biases = {float(value) for block in (*model.layer1, *model.layer2) for value in block.add.g.bias.detach()}
    assert biases == {-6.0}


def test_a_convolution_of_its_own(tmp_path: Path) -> None:
    stem = "{conv: {kernel: 3, out: 16, init: {weight: ones}}}"
    assert bool((network(tmp_path, stem=stem).stem.conv.weight == 1).all())


def test_a_layer_scale(tmp_path: Path) -> None:
    block = "{kind: basic, order: post, shortcut: B, insert: {gain: {op: scale, value: 0.25, before: add}}}"
    assert bool((network(tmp_path, block).layer1[0].gain.weight == 0.25).all())
