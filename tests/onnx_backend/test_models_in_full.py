"""ONNX models of small networks as text, in golden files: nodes, attributes, names, dimensions, metadata; what options change."""

import difflib
from collections.abc import Callable
from typing import Any

import onnx
import pytest
from onnx_models import listing, model_of
from small_networks import NAMES, small_network

OPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "features_functions": ("features", {"no_weights": True, "functions": True}),
    "features_folded_functions": ("features", {"no_weights": True, "fold_bn": True, "functions": True}),
    "drops_training": ("drops", {"no_weights": True, "training": True}),
    "orders_folded": ("orders", {"no_weights": True, "fold_bn": True}),
    "norms_opset13": ("norms", {"no_weights": True, "opset": 13}),
    "norms_opset21": ("norms", {"no_weights": True, "opset": 21}),
    "space_opset22_bfloat16": ("space", {"no_weights": True, "opset": 22, "dtype": "bfloat16"}),
    "activations_opset13_float16": ("activations", {"no_weights": True, "opset": 13, "dtype": "float16"}),
    "activations_opset22": ("activations", {"no_weights": True, "opset": 22}),
    "tokens_opset23_float64": ("tokens", {"no_weights": True, "opset": 23, "dtype": "float64"}),
    "activations_float64": ("activations", {"no_weights": True, "dtype": "float64"}),
    "space_float64": ("space", {"no_weights": True, "dtype": "float64"}),
    "windows_weights": ("windows", {}),
    "tokens_weights": ("tokens", {}),
    "norms_weights": ("norms", {"seed": 3}),
    "bottlenecks_weights": ("bottlenecks", {}),
    "features_weights_folded": ("features", {"fold_bn": True, "dtype": "float64"}),
    "pooled_weights_float16": ("pooled", {"dtype": "float16"}),
}
"""Of each golden file the network, and what it is written with."""


@pytest.mark.parametrize("name", NAMES)
def test_structure(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"golden/{name}.txt", listing(model_of(small_network(name, layout="canonical"), no_weights=True)))


@pytest.mark.parametrize("file", OPTIONS)
def test_what_options_change(file: str, golden: Callable[[str, str], None]) -> None:
    name, options = OPTIONS[file]
    network = small_network(name, layout="canonical")
    before, after = (listing(model_of(network, **said), notes=False).splitlines() for said in ({"no_weights": True}, options))
    difference = [line for line in difflib.unified_diff(before, after, n=0, lineterm="") if not line.startswith("@@")][2:]
    golden(f"golden/{file}.txt", "\n".join([*difference, ""]))


@pytest.mark.parametrize("name", NAMES)
def test_structures_are_valid(name: str) -> None:
    onnx.checker.check_model(model_of(small_network(name, layout="canonical"), no_weights=True), full_check=True)
