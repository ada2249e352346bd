"""The language says the family: networks that do not ship, in tests/data/family, against other people's code."""

import hashlib
from pathlib import Path

import pytest
import torch
from golden_weights import fill, golden_input
from references.known import KNOWN

import archc
from archc import cost
from archc.pipeline import compile_spec

FOLDER = Path(__file__).parents[1] / "data" / "family"
FAMILY = sorted(path.stem for path in FOLDER.glob("*.yaml"))
HASHED = [name for name in FAMILY if KNOWN[name]["state_dict_sha256"] and compile_spec(str(FOLDER / f"{name}.yaml")).layout]


@pytest.mark.parametrize("name", FAMILY)
def test_costs_are_those_measured(name: str) -> None:
    graph = compile_spec(str(FOLDER / f"{name}.yaml")).graph
    assert (KNOWN[name]["params"], KNOWN[name]["macs"]) == (cost.parameters(graph), cost.macs(graph))


@pytest.mark.parametrize("name", [name for name in FAMILY if KNOWN[name]["golden"]])
def test_logits_are_those_of_the_reference_code(name: str) -> None:
    golden = KNOWN[name]["golden"]
    model = archc.torch_module(str(FOLDER / f"{name}.yaml")).double().eval()
    fill(model)
    with torch.no_grad():
        logits = model(golden_input(*KNOWN[name]["input"])).flatten()
    expected = (*golden["logits_first8"], golden["mean"], golden["std"], golden["n"])
    actual = (*logits[:8].tolist(), logits.mean().item(), logits.std().item(), logits.numel())
    assert expected == pytest.approx(actual, rel=0, abs=1e-6 * golden["std"])


@pytest.mark.parametrize("name", HASHED)
def test_state_dict_keys_and_shapes_are_those_of_the_zoo(name: str) -> None:
    with torch.device("meta"):
        state = archc.torch_module(str(FOLDER / f"{name}.yaml")).state_dict()
    lines = sorted(f"{key}:{'x'.join(map(str, value.shape))}".encode() for key, value in state.items())
    assert KNOWN[name]["state_dict_sha256"] == hashlib.sha256(b"\n".join(lines)).hexdigest()
