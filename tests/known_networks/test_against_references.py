"""The emitted modules against constructions written from the papers, in float64: the same function, evaluated and trained."""

import pytest
import torch
from golden_weights import fill, golden_input, module_kind
from references.forward import Forward, TensorOf
from references.known import KNOWN, SHIPPED
from references.networks import REFERENCES
from rounding import bound
from torch import Tensor, nn

import archc

pytestmark = pytest.mark.no_cover

UNMEASURED = [name for name in SHIPPED if name not in KNOWN]
"""No code of others' is known for these; He et al. 2016 describe them in section 3.1 and Table 2."""


def test_every_shipped_network_has_a_construction() -> None:
    assert set(SHIPPED) == set(REFERENCES)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_function_is_the_construction_s(name: str) -> None:
    """Relative to the logits' deviation: the deepest networks' golden logits reach 1e52."""
    model = archc.torch_module(name).double().eval()
    fill(model)
    x = image(name)
    with torch.no_grad():
        expected = REFERENCES[name](Forward(weights_of(model)), x)
        actual = model(x)
    assert (expected - actual).abs().max() <= bound(model.parameters()) * expected.std()


@pytest.mark.parametrize("name", UNMEASURED)
def test_the_function_in_training_is_the_construction_s(name: str) -> None:
    """Dropout draws from the seed's stream, in order of execution: evaluation cannot see it."""
    model = archc.torch_module(name).double().train()
    fill(model)
    x = torch.cat([image(name), image(name).flip(3)])
    with torch.no_grad():
        torch.manual_seed(0)
        expected = REFERENCES[name](Forward(weights_of(model), training=True), x)
        torch.manual_seed(0)
        actual = model(x)
    assert (expected - actual).abs().max() <= bound(model.parameters()) * expected.std()


@pytest.mark.parametrize("name", ["cifar_resnet110_exclusive_gating", "cifar_resnet110_shortcut_only_gating"])
def test_gates_begin_nearly_closed(name: str) -> None:
    """Table 1: biases begin at -6. The gates are the only biased convolutions."""
    biases = [m.bias for m in archc.torch_module(name).modules() if isinstance(m, nn.Conv2d) and m.bias is not None]
    assert [bias.unique().tolist() for bias in biases] == [[-6.0]] * 54


def image(name: str) -> Tensor:
    """CIFAR's 32 pixels, or 64 for the ImageNet networks."""
    size = 32 if name.startswith("cifar") else 64
    return golden_input(3, size, size)


def weights_of(model: nn.Module) -> TensorOf:
    """The golden weights, taken from a model filled with them rather than made twice."""
    found: dict[tuple[str, str, tuple[int, ...]], Tensor] = {}
    for module in model.modules():
        for attribute, tensor in (*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)):
            found[module_kind(module), attribute, tuple(tensor.shape)] = tensor
    return lambda kind, attribute, shape: found[kind, attribute, shape]
