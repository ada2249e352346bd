"""A zoo whose layout does not ship: pycls' ResNet-50, its names from one YAML file beside the spec."""

from pathlib import Path

import torch
from family.zoo import emitted

SPEC = Path(__file__).parent / "layouts" / "pycls_r50.yaml"
NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
REPEATS = {"s2": 3, "s3": 4, "s4": 6, "s5": 3}


def pycls_keys() -> set[str]:
    """Written down from pycls/models/resnet.py: `a`, `b`, `c` are the transform's convolutions, each with its norm beside it."""
    found = {"s1.conv.weight", *(f"s1.bn.{name}" for name in NORM), "head.fc.weight", "head.fc.bias"}
    for stage, repeat in REPEATS.items():
        for block in range(1, repeat + 1):
            path = f"{stage}.b{block}"
            for letter in "abc":
                found |= {f"{path}.f.{letter}.weight", *(f"{path}.f.{letter}_bn.{name}" for name in NORM)}
            if block == 1:
                found |= {f"{path}.proj.weight", *(f"{path}.bn.{name}" for name in NORM)}
    return found


def test_keys_are_those_of_pycls() -> None:
    with torch.device("meta"):
        assert pycls_keys() == set(emitted(str(SPEC), "pycls").state_dict())
