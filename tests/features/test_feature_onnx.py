"""ONNX models of features: outputs by the features' names, the numbers of the torch module, weights of the whole network."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx_models import inferred, model_of, save
from rounding import SINGLE, allowed
from small_specs import spec
from torch import Tensor
from torch_backend.live import tensors_of

from archc.compile.pipeline import Changes, Compiled, compile_spec
from archc.ir.hash import weights_hash
from archc.language.layouts.naming import state_keys
from archc.live import load_module
from archc.weights.errors import WeightsError
from archc.weights.origin import provenance
from archc.weights.safetensors import write_safetensors

FEATURES = ("stem.act", "layer1.0.conv2", "layer1", "layer1.1", "layer2.1.norm1", "head.pool")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("net") / "small.yaml"
    found.write_text(spec("{kind: basic, order: post, shortcut: B}"), encoding="utf-8")
    return found


def asked(path: Path, *features: str, **changes: bool) -> Compiled:
    return compile_spec(str(path), changes=Changes(features, **changes))


@pytest.fixture(scope="module")
def whole(path: Path) -> dict[str, Tensor]:
    """Every tensor of the whole network by canonical key."""
    torch.manual_seed(0)
    compiled = compile_spec(str(path))
    return dict(tensors_of(load_module(compiled).small(), compiled.graph))


@pytest.fixture(scope="module")
def weights(path: Path, whole: dict[str, Tensor], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file of the whole network's weights that says whose they are."""
    compiled = compile_spec(str(path))
    arrays = {key: tensor.detach().numpy() for key, tensor in whole.items()}
    listed = [(key, "F32", tuple(array.shape)) for key, array in arrays.items()]
    head, order = write_safetensors(listed, provenance("small", compiled.graph, compiled.layout))
    file = tmp_path_factory.mktemp("weights") / "whole.safetensors"
    file.write_bytes(head + b"".join(arrays[key].tobytes() for key in order))
    return str(file)


def run(model: onnx.ModelProto, image: Tensor) -> dict[str, np.ndarray[Any, Any]]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, {session.get_inputs()[0].name: image.numpy()}), strict=True))


@pytest.mark.parametrize("options", [{}, {"functions": True}, {"fold_bn": True}], ids=["plain", "functions", "folded"])
def test_numbers_are_torchs(path: Path, whole: dict[str, Tensor], weights: str, options: dict[str, bool]) -> None:
    compiled = asked(path, *FEATURES)
    module = load_module(compiled).small().eval()
    module.load_state_dict(whole, strict=False)
    image = torch.randn(2, 3, 20, 24)
    found = run(model_of(compiled, weights=weights, **options), image)
    assert list(found) == list(FEATURES)
    for name, expected in module(image).items():
        tolerance = float(expected.detach().abs().max()) * allowed(module.parameters(), SINGLE)
        torch.testing.assert_close(torch.from_numpy(found[name]), expected.detach(), rtol=0, atol=tolerance)


def test_shapes_are_inferred(path: Path) -> None:
    shapes = inferred(model_of(asked(path, "layer1", "layer2")), (1, 3, 32, 32))
    assert (shapes["layer1"], shapes["layer2"]) == ((1, 16, 32, 32), (1, 32, 16, 16))


def test_metadata(path: Path) -> None:
    compiled = asked(path, "layer1", "layer2")
    words = {entry.key: entry.value for entry in model_of(compiled, no_weights=True).metadata_props}
    assert (words["archc.weights_hash"], json.loads(words["archc.features"])) == (
        weights_hash(compile_spec(str(path)).graph),
        {"layer1": {"channels": 16, "stride": 1}, "layer2": {"channels": 32, "stride": 2}},
    )


def test_without_a_head(path: Path, weights: str) -> None:
    model = model_of(asked(path, without_head=True), weights=weights)
    assert [(output.name, len(output.type.tensor_type.shape.dim)) for output in model.graph.output] == [("layer2.1.act_out", 4)]


def test_frozen_norms_stay_so_in_training_form(path: Path, weights: str) -> None:
    model = model_of(asked(path, frozen_norm=True), weights=weights, training=True)
    norms = [node for node in model.graph.node if node.op_type == "BatchNormalization"]
    assert [
        attribute for node in norms for attribute in node.attribute if attribute.name == "training_mode" and attribute.i
    ] == []


def test_another_networks_weights_are_refused(path: Path, weights: str, tmp_path: Path) -> None:
    other = tmp_path / "small.yaml"
    other.write_text(path.read_text().replace("order: post", "order: post, act: silu"))
    with pytest.raises(WeightsError) as caught:
        model_of(asked(other, "layer1"), weights=weights)
    assert [d.code for d in caught.value.diagnostics] == ["E0585"]


def test_weights_of_the_features_alone_fit_too(path: Path, whole: dict[str, Tensor], tmp_path: Path) -> None:
    compiled = asked(path, "layer1")
    save({key: whole[key] for key in state_keys(compiled.graph, compiled.layout)}, tmp_path / "part.safetensors")
    assert [output.name for output in model_of(compiled, weights=str(tmp_path / "part.safetensors")).graph.output] == ["layer1"]
