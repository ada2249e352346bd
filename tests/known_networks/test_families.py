"""The families of later papers: their costs, their keys in their zoos, and of each kind of block the function."""

import hashlib

import pytest
import torch
from golden_weights import fill, golden_input
from references.known import FAMILIES, KNOWN, graph_of
from rounding import bound

import archc
from archc.cost import count as cost

pytestmark = pytest.mark.no_cover

KINDS = [
    "cifar_resnext29_8x64d",
    "cifar_wrn16_8",
    "ecaresnet50d_pruned",
    "gcresnet33ts",
    "nf_resnet50",
    "regnet_y_400mf",
    "regnety_032",
    "res2net50_14w_8s",
    "resnest14d",
    "resnet50_clip",
    "resnet50_gn",
    "resnetaa50",
    "resnetblur50",
    "resnetrs50",
    "resnetv2_50t",
    "resnetv2_50x1_bit",
    "seresnext50_32x4d",
    "skresnet18",
]
"""One of each kind: attention, weights, pools, norms, stems."""


@pytest.mark.parametrize("name", FAMILIES)
def test_costs_are_those_measured(name: str) -> None:
    graph = graph_of(name)
    assert (KNOWN[name]["params"], KNOWN[name]["macs"]) == (cost.parameters(graph), cost.macs(graph))


@pytest.mark.parametrize("name", [name for name in FAMILIES if KNOWN[name]["state_dict_sha256"]])
def test_state_dict_keys_and_shapes_are_those_of_the_zoo(name: str) -> None:
    with torch.device("meta"):
        state = archc.torch_module(name).state_dict()
    lines = sorted(f"{key}:{'x'.join(map(str, value.shape))}".encode() for key, value in state.items())
    assert KNOWN[name]["state_dict_sha256"] == hashlib.sha256(b"\n".join(lines)).hexdigest()


@pytest.mark.parametrize("name", KINDS)
def test_logits_are_those_of_the_reference_code(name: str) -> None:
    golden = KNOWN[name]["golden"]
    model = archc.torch_module(name).double().eval()
    fill(model)
    with torch.no_grad():
        logits = model(golden_input(*KNOWN[name]["input"])).flatten()
    expected = (*golden["logits_first8"], golden["mean"], golden["std"], golden["n"])
    actual = (*logits[:8].tolist(), logits.mean().item(), logits.std().item(), logits.numel())
    assert expected == pytest.approx(actual, rel=0, abs=bound(model.parameters()) * golden["std"])
