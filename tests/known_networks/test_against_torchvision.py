"""torchvision's models and ours with the same weights, bit for bit: outputs, gradients and running statistics."""

from dataclasses import dataclass

import pytest
import torch
import torchvision
from references.known import TORCHVISION
from torch import Tensor, nn

import archc

pytestmark = pytest.mark.no_cover


@dataclass(frozen=True, slots=True)
class Run:
    """What a forward and a backward pass leave; gradients and buffers by state-dict key, the input's gradient as `input`."""

    output: Tensor
    gradients: dict[str, Tensor]
    buffers: dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Side:
    keys: list[str]
    parameters: list[str]
    runs: dict[str, Run]


@dataclass(frozen=True, slots=True)
class Pair:
    theirs: Side
    ours: Side


@pytest.fixture(scope="module", params=TORCHVISION)
def pair(request: pytest.FixtureRequest) -> Pair:
    torch.manual_seed(0)
    theirs = torchvision.models.get_model(request.param, weights=None)
    ours = archc.torch_module(request.param)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    return Pair(side(theirs), side(ours))


@pytest.fixture(params=["eval", "train"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_keys_are_in_the_same_order(pair: Pair) -> None:
    assert pair.theirs.keys == pair.ours.keys


def test_parameters_are_in_the_same_order(pair: Pair) -> None:
    """Optimizers keep their state by position."""
    assert pair.theirs.parameters == pair.ours.parameters


def test_outputs_are_bit_equal(pair: Pair, mode: str) -> None:
    assert torch.equal(pair.theirs.runs[mode].output, pair.ours.runs[mode].output)


def test_gradients_are_bit_equal(pair: Pair, mode: str) -> None:
    assert differing(pair.theirs.runs[mode].gradients, pair.ours.runs[mode].gradients) == []


def test_running_statistics_are_bit_equal(pair: Pair, mode: str) -> None:
    assert differing(pair.theirs.runs[mode].buffers, pair.ours.runs[mode].buffers) == []


def side(model: nn.Module) -> Side:
    keys, parameters = list(model.state_dict()), [name for name, _ in model.named_parameters()]
    return Side(keys, parameters, {"eval": run(model.eval()), "train": run(model.train())})


def run(model: nn.Module) -> Run:
    """On two images of 64 pixels; dropout draws from the seed's stream, in order of execution."""
    torch.manual_seed(1)
    x = torch.randn(2, 3, 64, 64).requires_grad_()
    output = model(x)
    model.zero_grad(set_to_none=True)
    output.square().mean().backward()
    gradients = {name: gradient(parameter) for name, parameter in model.named_parameters()} | {"input": gradient(x)}
    return Run(output.detach(), gradients, {name: buffer.clone() for name, buffer in model.named_buffers()})


def gradient(tensor: Tensor) -> Tensor:
    assert tensor.grad is not None
    return tensor.grad


def differing(theirs: dict[str, Tensor], ours: dict[str, Tensor]) -> list[str]:
    """Keys with other values, or on one side only."""
    keys = theirs.keys() | ours.keys()
    return sorted(key for key in keys if key not in theirs or key not in ours or not torch.equal(theirs[key], ours[key]))
