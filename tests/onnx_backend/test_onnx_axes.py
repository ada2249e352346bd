"""ONNX models over maps of one, two and three axes are the graph, at the declared size and at others."""

from collections.abc import Callable

import onnx
import pytest
import torch
from golden_weights import golden_tensors
from graphs_of_axes import arranging, pooling
from onnx_models import Net, is_near, model_of, run_fast
from rounding import SINGLE

from archc.cost.resize import at_size
from archc.ir.graph import Graph


@pytest.mark.parametrize("opset", [13, 18])
@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("made", [pooling, arranging])
def test_onnxruntime_computes_the_graph(made: Callable[[int], Graph], axes: int, opset: int) -> None:
    graph = made(axes)
    tensors = golden_tensors(graph)
    model = model_of(Net(graph), tensors, opset=opset)
    onnx.checker.check_model(model, full_check=True)
    for grown in (graph, at_size(graph, *[length + 5 for length in graph.types["x"].spatial])):
        x = torch.randn(2, *grown.types["x"].shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
        assert is_near(run_fast(model, x.float()), grown, tensors, x, SINGLE)
