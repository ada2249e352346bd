"""What the golden files of small networks hold is right: the emitted modules compute their graphs, gradients included."""

import pytest
import torch
from rounding import differing
from small_networks import NAMES, small_network
from torch_backend.live import module_of, tensors_of

from archc.analyse.verify.interpreter import run_all


@pytest.mark.parametrize("name", NAMES)
def test_values(name: str) -> None:
    graph = small_network(name, layout="canonical").graph
    torch.manual_seed(0)
    model = module_of(graph).double().eval()
    with torch.no_grad():
        for tensor in (*model.parameters(), *model.buffers()):
            if tensor.is_floating_point():
                tensor.add_(torch.rand_like(tensor) / 2)
    tensors = tensors_of(model, graph)
    image = torch.randn(2, *graph.types[graph.input].shape, dtype=torch.float64)

    def values() -> dict[str, object]:
        computed = run_all(graph, tensors, image)
        names = graph.output_names or ("output",)
        return {name: computed[value] for name, value in zip(names, graph.outputs, strict=True)}

    def emitted() -> dict[str, object]:
        computed = model(image)
        return computed if isinstance(computed, dict) else {"output": computed}

    assert differing(values, emitted) == {}
