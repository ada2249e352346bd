"""Golden logits of the graph itself, run operation by operation: what the emitted source is emitted from."""

import pytest
import torch
from golden_weights import golden_input, golden_tensors
from references.known import CIFAR, KNOWN, graph_of
from rounding import bound

from archc.analyse.verify.interpreter import run


@pytest.mark.parametrize("name", CIFAR)
def test_the_graph_s_logits_are_those_of_the_reference_code(name: str) -> None:
    golden = KNOWN[name]["golden"]
    graph = graph_of(name)
    with torch.no_grad():
        logits = run(graph, golden_tensors(graph), golden_input(3, 32, 32)).flatten()
    expected = (*golden["logits_first8"], golden["mean"], golden["std"], golden["n"])
    actual = (*logits[:8].tolist(), logits.mean().item(), logits.std().item(), logits.numel())
    assert expected == pytest.approx(actual, rel=0, abs=bound(golden_tensors(graph).values()) * golden["std"])
