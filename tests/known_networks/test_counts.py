"""Parameters, multiply-adds, depth and shapes of every shipped network."""

import re

import pytest
from references.counting import count
from references.known import KNOWN, MEASURED, SHIPPED, graph_of
from references.networks import REFERENCES

from archc.cost import count as cost
from archc.ir.graph import Graph


@pytest.mark.parametrize("name", MEASURED)
def test_parameters_are_those_measured(name: str) -> None:
    assert KNOWN[name]["params"] == cost.parameters(graph_of(name))


@pytest.mark.parametrize("name", MEASURED)
def test_multiply_adds_are_those_measured(name: str) -> None:
    assert KNOWN[name]["macs"] == cost.macs(graph_of(name))


@pytest.mark.parametrize("name", SHIPPED)
def test_counts_are_those_of_the_papers_construction(name: str) -> None:
    graph = graph_of(name)
    shape = graph.types[graph.input].shape
    assert count(REFERENCES[name], shape) == (cost.parameters(graph), cost.macs(graph))


@pytest.mark.parametrize("name", SHIPPED)
def test_depth_is_in_the_name(name: str) -> None:
    (depth,) = re.findall(r"(?:net|plain|vgg)(\d+)", name)
    assert int(depth) == cost.depth(graph_of(name))


@pytest.mark.parametrize("name", MEASURED)
def test_shapes_are_those_measured(name: str) -> None:
    expected = {key: tuple(shape[1:]) for key, shape in KNOWN[name]["shapes"].items()}
    assert expected == shapes_by_reference_name(graph_of(name), list(expected))


def shapes_by_reference_name(graph: Graph, wanted: list[str]) -> dict[str, tuple[int, ...]]:
    """Our shapes under torchvision's, pycls' or Torch7's names; Torch7 numbers stem steps, stages and head steps."""
    stages = {path: type_.shape for path, type_ in cost.stage_shapes(graph).items() if path != "stem"}
    steps = {node.name: graph.types[node.outputs[0]].shape for node in graph.nodes}
    stem = [shape for name, shape in steps.items() if name.startswith("stem.")]
    head = [shape for name, shape in steps.items() if name.startswith("head.")]
    found = {str(number): shape for number, shape in enumerate([*stem, *stages.values(), *head], 1)}
    found |= stages
    found |= {f"s{number}": shape for number, shape in enumerate(stages.values(), 1)}
    found |= {"features": list(stages.values())[-1], "avgpool": steps["head.pool"]}
    found |= {"conv1": stem[0], "stem": stem[-1], "maxpool": stem[-1]} if stem else {}
    output = graph.types[graph.outputs[0]].shape
    found |= {"head": output, "output": output}
    return {name: found[name] for name in wanted}
