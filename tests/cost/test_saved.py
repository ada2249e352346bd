"""What training saves, of every operation and its odd forms: as autograd's hooks measure it, to the byte."""

import pytest
from cost.saved_cases import graphs
from hollow import emitted
from saved_tensors import saved_bytes

from archc.cost.saved import saved
from archc.ir.ops import OPERATIONS

SHAPES = [(4, 6, 9), (4, 1, 8), (4, 8, 1), (4, 1, 1)]
"""Of the image. An axis of one element lies in any order."""


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_saved_is_what_is_measured(shape: tuple[int, int, int]) -> None:
    found = {}
    for name, graph in graphs(shape).items():
        if shape == (4, 1, 1) and "instance" in name:
            continue  # torch refuses to train it
        told, measured = saved(graph).bytes(), saved_bytes(emitted(graph), shape)
        if told != measured:
            found[name] = f"{told}, measured {measured}"
    assert found == {}


def test_every_operation_is_measured() -> None:
    assert set(OPERATIONS) == {node.op.kind for graph in graphs(SHAPES[0]).values() for node in graph.nodes}
