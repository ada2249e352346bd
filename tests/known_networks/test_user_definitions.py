"""A block and a module of a user's own, in YAML beside a spec or named by path: no Python, and the function they say."""

from functools import cache
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from golden_weights import fill, golden_input, golden_tensor
from references.counting import count
from references.forward import Forward
from references.networks import Network
from rounding import allowed
from torch import Tensor

import archc
from archc.compile.pipeline import compile_spec
from archc.cost import count as cost

USER = Path(__file__).parents[1] / "data" / "user"
STRIDES = {(8, 0): 1, (8, 1): 1, (16, 0): 2, (16, 1): 1}
"""Of the four blocks, by channels and index."""


def tiny_mobile(net: Forward, x: Tensor) -> Tensor:
    """tiny_mobile.yaml with its inverted.yaml and channel_gate.yaml, operation by operation."""
    x = F.relu6(net.norm(net.conv(x, 8, 3, 2)))
    for (out, _), stride in STRIDES.items():
        mid = 3 * x.shape[1]
        y = F.relu6(net.norm(net.conv(x, mid, 1)))
        y = F.relu6(net.norm(net.conv(y, mid, 3, stride, groups=mid)))
        y = y * torch.sigmoid(2 * net.conv(y.mean((2, 3), keepdim=True), mid, 1, bias=True))
        y = net.norm(net.conv(y, out, 1))
        x = x + y if y.shape == x.shape else y
    return net.classify(x, 5)


def by_path(net: Forward, x: Tensor) -> Tensor:
    """by_path.yaml with its parts/twin.yaml."""
    x = F.relu6(net.norm(net.conv(x, 8, 3, 2)))
    for (out, _), stride in STRIDES.items():
        left = F.relu6(net.norm(net.conv(x, out // 2, 3, stride)))
        right = F.relu6(net.norm(net.conv(left, out // 2, 5)))
        x = torch.cat([left, right], 1)
    return net.classify(x, 5)


NETWORKS: dict[str, Network] = {"tiny_mobile": tiny_mobile, "by_path": by_path}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_function_is_what_the_definitions_say(name: str) -> None:
    model = archc.torch_module(str(USER / f"{name}.yaml")).double().eval()
    fill(model)
    x = golden_input(3, 32, 32)
    with torch.no_grad():
        expected, actual = NETWORKS[name](Forward(cache(golden_tensor)), x), model(x)
    assert (expected - actual).abs().max() <= allowed(model.parameters()) * expected.std()


@pytest.mark.parametrize("name", NETWORKS)
def test_costs_follow_from_the_operations(name: str) -> None:
    graph = compile_spec(str(USER / f"{name}.yaml")).graph
    assert count(NETWORKS[name], (3, 32, 32)) == (cost.parameters(graph), cost.macs(graph))


def test_a_definition_beside_a_spec_is_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = [s.template for s in compile_spec(str(USER / "tiny_mobile.yaml")).graph.scopes if s.kind == "block"]
    assert blocks == ["inverted"] * 4
