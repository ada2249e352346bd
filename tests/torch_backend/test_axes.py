"""Emitted modules over maps of one, two and three axes are the graph."""

from collections.abc import Callable

import pytest
import torch
from graphs_of_axes import arranging, pooling
from torch_backend.live import module_of, source_of, tensors_of

from archc.analyse.verify.interpreter import run
from archc.ir.graph import Graph


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("made", [pooling, arranging])
def test_the_module_is_the_graph(made: Callable[[int], Graph], axes: int) -> None:
    graph = made(axes)
    torch.manual_seed(0)
    model = module_of(graph).double().eval()
    for tensor in model.parameters():
        with torch.no_grad():
            tensor.add_(torch.rand_like(tensor) / 2)
    image = torch.randn(2, *graph.types["x"].shape, dtype=torch.float64)
    torch.testing.assert_close(model(image), run(graph, tensors_of(model, graph), image))


@pytest.mark.parametrize("axes", [1, 3])
@pytest.mark.parametrize("made", [pooling, arranging])
def test_nothing_in_the_source_is_of_two_axes(made: Callable[[int], Graph], axes: int) -> None:
    assert "2d" not in source_of(made(axes))
