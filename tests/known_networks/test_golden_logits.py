"""The emitted modules' functions: golden logits of other people's code, and state-dict keys."""

import hashlib

import pytest
import torch
from golden_weights import fill, golden_input
from references.known import KNOWN, MEASURED
from rounding import bound

import archc

pytestmark = pytest.mark.no_cover

HASHED = [name for name in MEASURED if KNOWN[name]["state_dict_sha256"]]


@pytest.mark.parametrize("name", MEASURED)
def test_logits_are_those_of_the_reference_code(name: str) -> None:
    golden = KNOWN[name]["golden"]
    model = archc.torch_module(name).double().eval()
    fill(model)
    with torch.no_grad():
        logits = model(golden_input(*KNOWN[name]["input"])).flatten()
    expected = (*golden["logits_first8"], golden["mean"], golden["std"], golden["n"])
    actual = (*logits[:8].tolist(), logits.mean().item(), logits.std().item(), logits.numel())
    assert expected == pytest.approx(actual, rel=0, abs=bound(model.parameters()) * golden["std"])


@pytest.mark.parametrize("name", HASHED)
def test_state_dict_keys_and_shapes_are_those_of_torchvision(name: str) -> None:
    with torch.device("meta"):
        state = archc.torch_module(name).state_dict()
    lines = sorted(f"{key}:{'x'.join(map(str, value.shape))}".encode() for key, value in state.items())
    assert KNOWN[name]["state_dict_sha256"] == hashlib.sha256(b"\n".join(lines)).hexdigest()
