"""Shipped networks as ONNX: what onnx's checker and shape inference say of every one, and what one of each family computes."""

from pathlib import Path

import ml_dtypes
import onnx
import pytest
import torch
from golden_weights import golden_tensors
from onnx.reference import ReferenceEvaluator
from onnx_models import distance, inferred, model_of, run_exactly, run_fast
from rounding import BRAIN, SINGLE, allowed

import archc
from archc.analyse.verify.interpreter import run
from archc.compile.pipeline import Compiled, compile_spec, shipped
from archc_onnx import OnnxBackend

pytestmark = pytest.mark.no_cover

ALL = [name for name, _ in shipped()]

DOUBLE = (
    "cifar_resnet20",
    "cifar_preact_resnet110",
    "cifar_resnet110_exclusive_gating",
    "cifar_wrn16_8",
    "ecaresnext26t_32x4d",
    "gcresnext26ts",
    "nf_resnet50",
    "regnety_002",
    "res2net50_14w_8s",
    "resnest14d",
    "resnet14t",
    "resnet50_clip",
    "resnetblur18",
    "resnetv2_18",
    "resnext50_32x4d",
    "seresnet18",
    "skresnet18",
)
"""One network of each family."""


def images(network: Compiled, *sizes: tuple[int, int, int]) -> list[torch.Tensor]:
    """Batches of (N, H, W); at the declared size where the network takes no other."""
    channels, *declared = network.graph.types[network.graph.input].shape
    random = torch.Generator().manual_seed(0)
    wanted = [(n, channels, *((h, w) if network.graph.any_size else declared)) for n, h, w in sizes]
    return [torch.randn(size, dtype=torch.float64, generator=random) for size in wanted]


@pytest.mark.parametrize("name", ALL)
def test_onnx_finds_nothing_wrong_and_infers_the_same_shapes(name: str) -> None:
    network = compile_spec(name)
    types = network.graph.types
    model = model_of(network, no_weights=True)
    onnx.checker.check_model(model, full_check=True)
    shapes = inferred(model, (2, *types[network.graph.input].shape))
    names = [value.name for value in (*model.graph.value_info, *model.graph.output)]
    assert {value: (2, *types[value].shape) for value in names} == {value: shapes[value] for value in names}


@pytest.mark.parametrize("name", DOUBLE)
def test_in_float64_the_model_is_the_network(name: str) -> None:
    network = compile_spec(name)
    tensors = golden_tensors(network.graph)
    [x] = images(network, (1, 32, 32))
    assert distance(run(network.graph, tensors, x), run_exactly(model_of(network, tensors, dtype="float64"), x)) < allowed(
        tensors.values()
    )


def test_in_bfloat16_the_model_is_the_network_to_two_digits() -> None:
    network = compile_spec("cifar_resnet20")
    tensors = golden_tensors(network.graph)
    [x] = images(network, (1, 32, 32))
    model = model_of(network, tensors, dtype="bfloat16", opset=22)
    [made] = ReferenceEvaluator(model).run(None, {"input": x.numpy().astype(ml_dtypes.bfloat16)})
    assert distance(run(network.graph, tensors, x), made.astype("float64")) < allowed(tensors.values(), BRAIN)


@pytest.mark.parametrize("name", ["cifar_resnet20", "preact_resnet18", "regnety_002", "seresnet18"])
def test_the_state_dict_of_the_emitted_module_fits(name: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = archc.torch_module(name).eval()
    torch.save(model.state_dict(), tmp_path / "weights.pt")
    network = compile_spec(name)
    data = b"".join(OnnxBackend(weights=str(tmp_path / "weights.pt")).emit(network).files[0].chunks)
    [x] = images(network, (2, 64, 64))
    with torch.no_grad():
        assert distance(model(x.float()), run_fast(data, x.float())) < allowed(model.parameters(), SINGLE)


@pytest.mark.parametrize("name", ["resnet18", "resnext50_32x4d", "regnet_y_400mf", "vgg19_bn"])
def test_initializers_are_the_state_dict(name: str) -> None:
    network = compile_spec(name)
    with torch.device("meta"):
        state = archc.torch_module(name).state_dict()
    model = model_of(network, no_weights=True)
    shapes = {value.name: tuple(axis.dim_value for axis in value.type.tensor_type.shape.dim) for value in model.graph.input[1:]}
    assert {key: tuple(tensor.shape) for key, tensor in state.items() if not key.endswith("num_batches_tracked")} == shapes
