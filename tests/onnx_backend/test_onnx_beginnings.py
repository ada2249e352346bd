"""Weights that an ONNX model begins with: drawn from a seed, as the network declares."""

import math

import draws
import numpy as np
import onnx
import pytest
import torch
from golden_weights import golden_tensors
from graph_builder import Builder
from onnx_models import Net, distance, model_bytes, model_of, run_exactly
from onnx_residual import GRAPH, X
from rounding import allowed
from torch import nn

from archc.analyse.verify.interpreter import run
from archc.backend import BackendError
from archc.compile.pipeline import compile_spec
from archc.ir import ops
from archc.ir.graph import InitPolicy
from archc.ir.op import Init
from archc.ir.ops import Operation
from archc.record import replace


def arrays(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    return {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def test_same_seed_same_bytes() -> None:
    assert model_bytes(Net(GRAPH), seed=5) == model_bytes(Net(GRAPH), seed=5)


def test_another_seed_other_weights() -> None:
    first, second = arrays(model_of(Net(GRAPH), seed=5)), arrays(model_of(Net(GRAPH), seed=6))
    differing = {key.rpartition(".")[2] for key in first if not np.array_equal(first[key], second[key])}
    assert differing == {"weight", "bias"}


def test_the_layout_changes_names_and_no_values() -> None:
    models = [arrays(model_of(compile_spec("cifar_resnet20", layout=layout))) for layout in ("canonical", None)]
    assert [value.tobytes() for value in models[0].values()] == [value.tobytes() for value in models[1].values()]


def test_folding_keeps_the_function_of_a_seed() -> None:
    first, second = (model_of(Net(GRAPH), seed=5, dtype="float64", fold_bn=fold) for fold in (False, True))
    assert distance(torch.from_numpy(run_exactly(first, X)), run_exactly(second, X)) < allowed(golden_tensors(GRAPH).values())


def test_float16_is_float64_rounded() -> None:
    wide, narrow = (arrays(model_of(Net(GRAPH), seed=5, dtype=dtype)) for dtype in ("float64", "float16"))
    assert all(np.array_equal(wide[key].astype(np.float16), narrow[key]) for key in wide)


def begun(op: Operation, policy: InitPolicy | None = None, **init: Init) -> dict[str, np.ndarray]:
    """The tensors of an operation on a map of 64 channels, in float64, by parameter."""
    builder = Builder(64, 1, 1)
    builder.add(op, name="op", init=tuple(init.items()))
    graph = replace(builder.graph(), init=policy or InitPolicy())
    found = arrays(model_of(Net(graph), dtype="float64"))
    return {key.rpartition(".")[2]: array for key, array in found.items()}


def deviation(array: np.ndarray) -> float:
    return float(array.std())


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("kaiming_normal_fan_out", math.sqrt(2 / (256 * 9))),
        ("kaiming_normal_fan_in", math.sqrt(2 / (16 * 9))),
        ("xavier_uniform", math.sqrt(2 / ((256 + 16) * 9))),
        ("torch", math.sqrt(1 / (3 * 16 * 9))),
    ],
)
def test_deviation_of_a_grouped_convolution(kind: str, expected: float) -> None:
    found = begun(ops.Conv(64, 256, 3, padding=1, groups=4, bias=True), InitPolicy(conv=Init(kind)))
    assert deviation(found["weight"]) == pytest.approx(expected, rel=draws.sampling(found["weight"].size))
    assert (deviation(found["bias"]) > 0) == (kind == "torch")


@pytest.mark.parametrize("kind", ["kaiming_normal_fan_out", "kaiming_normal_fan_in", "xavier_uniform", "torch"])
def test_a_transposed_convolution_begins_as_torch_s(kind: str) -> None:
    found = begun(ops.ConvTranspose(64, 256, 3, padding=1, groups=4, bias=True), InitPolicy(conv=Init(kind)))
    module = nn.ConvTranspose2d(64, 256, 3, groups=4)
    match kind:
        case "xavier_uniform":
            nn.init.xavier_uniform_(module.weight)
        case "kaiming_normal_fan_out" | "kaiming_normal_fan_in":
            nn.init.kaiming_normal_(module.weight, mode=kind.removeprefix("kaiming_normal_"))  # type: ignore[arg-type]
    expected = float(module.weight.detach().std())
    assert deviation(found["weight"]) == pytest.approx(expected, rel=2 * draws.sampling(found["weight"].size))
    assert (deviation(found["bias"]) > 0) == (kind == "torch")


@pytest.mark.parametrize(
    ("op", "parameter", "expected"),
    [
        (ops.Norm("batch", 64), "weight", 1.0),
        (ops.Norm("batch", 64), "bias", 0.0),
        (ops.Norm("batch", 64), "running_mean", 0.0),
        (ops.Norm("batch", 64), "running_var", 1.0),
        (ops.Norm("filter_response", 64), "tau", 0.0),
        (ops.Norm("evonorm_s0", 64, groups=8), "v", 1.0),
        (ops.Scale(64, 0.25), "weight", 0.25),
        (ops.Scale(0, 0.5), "weight", 0.5),
        (ops.Conv(64, 64, 1, weights="scaled"), "gain", 1.0),
    ],
)
def test_constants(op: Operation, parameter: str, expected: float) -> None:
    assert set(begun(op)[parameter].ravel().tolist()) == {expected}


def test_a_step_s_own_beginning() -> None:
    found = begun(ops.Linear(64, 512), weight=Init("normal", 0.01), bias=Init("constant", -6.0))
    assert (deviation(found["weight"]), set(found["bias"].tolist())) == (
        pytest.approx(0.01, rel=draws.sampling(64 * 512)),
        {-6.0},
    )


def test_bound_of_torch_s_own_linear_layer() -> None:
    found = begun(ops.Linear(64, 4096))
    largest = max(float(np.abs(array).max()) for array in found.values())
    assert 0.124 < largest < 0.125


def test_positions_begin_by_their_channels() -> None:
    builder = Builder(64, 8, 8)
    builder.add(ops.Tokens(), name="tokens")
    builder.add(ops.Position(64, 64), name="position")
    [found] = arrays(model_of(Net(builder.graph()), dtype="float64")).values()
    assert deviation(found) == pytest.approx(1 / 8, rel=draws.sampling(found.size))


def test_a_scheme_for_matrices_on_a_vector() -> None:
    with pytest.raises(BackendError) as error:
        begun(ops.Linear(64, 4), bias=Init("xavier_uniform"))
    assert (error.value.code, error.value.message) == (
        "E0566",
        "`op.bias` of 4 numbers cannot begin as xavier_uniform, which is for matrices",
    )


def test_a_random_model_computes_the_graph() -> None:
    model = model_of(Net(GRAPH), seed=2, dtype="float64")
    tensors = {key: torch.from_numpy(array.copy()) for key, array in arrays(model).items()}
    assert distance(run(GRAPH, tensors, X), run_exactly(model, X)) < allowed(golden_tensors(GRAPH).values())
