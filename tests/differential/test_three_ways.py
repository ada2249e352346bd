"""Random valid specs: the interpreter, the emitted torch module and onnxruntime compute one function."""

import json
from pathlib import Path
from typing import Any

import draws
import pytest
import torch
from golden_weights import golden_tensors
from hypothesis import HealthCheck, given, seed, settings
from onnx_models import is_near, model_bytes, run_fast
from rounding import SINGLE, UNIT
from valid_specs import Tree, networks

from archc.compile.pipeline import Compiled, compile_spec
from archc.live import load_module

pytestmark = pytest.mark.no_cover


def compiled(root: Tree, folder: Path) -> Compiled:
    path = folder / "drawn.yaml"
    path.write_text(json.dumps(root), encoding="utf-8")  # every JSON document is a YAML document
    return compile_spec(str(path))


def live(network: Compiled, tensors: dict[str, torch.Tensor]) -> Any:
    """The emitted module with these tensors, in float64."""
    model = load_module(network).drawn().double().eval()
    missing, unexpected = model.load_state_dict(
        {key: value for key, value in tensors.items() if not key.endswith(".filt")}, strict=False
    )
    assert {key.rpartition(".")[2] for key in missing} <= {"num_batches_tracked"}
    assert unexpected == []
    return model


@pytest.mark.parametrize("part", range(8))
def test_interpreter_torch_and_onnxruntime_agree(part: int, tmp_path: Path) -> None:
    @seed(draws.seed(part))
    @settings(max_examples=draws.examples(250), suppress_health_check=list(HealthCheck))
    @given(networks())
    def agree(root: Tree) -> None:
        network = compiled(root, tmp_path)
        graph = network.graph
        tensors = golden_tensors(graph)
        x = torch.randn(2, *graph.types[graph.input].shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
        with torch.no_grad():
            made = live(network, tensors)(x)
            assert is_near(made.numpy(), graph, tensors, x, UNIT)
            assert is_near(run_fast(model_bytes(network, tensors), x.float()), graph, tensors, x, SINGLE)

    agree()
