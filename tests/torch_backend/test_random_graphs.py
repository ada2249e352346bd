"""The emitted module of a random graph is the graph: its values, its gradients, and the input as it was."""

import warnings
from collections.abc import Callable, Mapping
from random import Random

import pytest
import torch
from graph_builder import Builder
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from random_graphs import KINDS, random_graph
from rounding import Values, differing
from torch import Tensor, fx
from torch_backend.contiguous import contiguous
from torch_backend.live import module_of, source_of, tensors_of

from archc.analyse.verify.interpreter import run, run_all
from archc.ir import ops
from archc.ir.graph import Graph

SEEDS = st.integers(0, 2**32)


def runs_in_torch(graph: Graph) -> bool:
    """torch refuses an instance norm of one position."""
    norms = [node for node in graph.nodes if isinstance(node.op, ops.Norm) and node.op.norm == "instance"]
    return all(graph.types[node.inputs[0]].shape[1:] != (1, 1) for node in norms)


def graph_of(seed: int) -> Graph:
    graph = contiguous(random_graph(Random(seed)))
    assume(runs_in_torch(graph))
    return graph


def graph_with(kind: str) -> Graph:
    """The first random graph that holds an operation of that kind."""
    graphs = (contiguous(random_graph(Random(seed), 6)) for seed in range(1000))
    return next(graph for graph in graphs if runs_in_torch(graph) and any(node.op.kind == kind for node in graph.nodes))


def made(graph: Graph, seed: int) -> tuple[torch.nn.Module, dict[str, Tensor], Tensor]:
    """The module in double precision with no tensor at its beginning, its tensors by canonical key, and two images."""
    torch.manual_seed(seed)
    model: torch.nn.Module = module_of(graph).double().eval()
    for tensor in (*model.parameters(), *model.buffers()):
        if tensor.is_floating_point():
            with torch.no_grad():
                tensor.add_(torch.rand_like(tensor) / 2)
    return model, tensors_of(model, graph), torch.randn(2, *graph.types[graph.input].shape, dtype=torch.float64)


@settings(deadline=None, max_examples=120)
@given(SEEDS)
def test_values(seed: int) -> None:
    graph = graph_of(seed)
    model, tensors, image = made(graph, seed)
    assert differing(lambda: {"output": run(graph, tensors, image)}, lambda: {"output": model(image)}) == {}


def gradients(program: Callable[[], Tensor], leaves: Mapping[str, Tensor]) -> Values:
    """Of the sum of a program's outputs, by what it is the gradient of."""
    program().sum().backward()
    found = {key: leaf.grad for key, leaf in leaves.items()}
    for leaf in leaves.values():
        leaf.grad = None
    return found


@settings(deadline=None, max_examples=60)
@given(SEEDS)
@example(1348781)  # a hard sigmoid, whose derivative torch has to eight digits
def test_gradients(seed: int) -> None:
    graph = graph_of(seed)
    model, tensors, image = made(graph, seed)
    leaves = {**tensors, "input": image.requires_grad_()}
    ours, theirs = (lambda: run(graph, tensors, image)), (lambda: model(image))
    assert differing(lambda: gradients(ours, leaves), lambda: gradients(theirs, leaves)) == {}


@settings(deadline=None, max_examples=40)
@given(SEEDS)
def test_the_input_stays(seed: int) -> None:
    graph = graph_of(seed)
    model, _, image = made(graph, seed)
    before = image.clone()
    model(image)
    assert torch.equal(before, image)


@settings(deadline=None, max_examples=15)
@given(SEEDS)
def test_script_and_trace(seed: int) -> None:
    graph = graph_of(seed)
    model, _, image = made(graph, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # torch.jit is deprecated, and still used
        scripted = torch.jit.script(model)
    for other in (scripted, fx.symbolic_trace(model)):
        assert differing(lambda other=other: {"output": other(image)}, lambda: {"output": model(image)}) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_every_operation(kind: str) -> None:
    graph = graph_with(kind)
    model, tensors, image = made(graph, 0)
    assert differing(lambda: {"output": run(graph, tensors, image)}, lambda: {"output": model(image)}) == {}


def test_source_is_the_same_every_time() -> None:
    graph = contiguous(random_graph(Random(7), 40))
    assert source_of(graph) == source_of(graph)


def test_several_outputs_are_a_dict_by_name() -> None:
    """Values inside a scope that a class would hide are reached all the same."""
    builder = Builder()
    builder.inside("part", "module", "unit")
    first = builder.add(ops.Conv(3, 4, 1), name="conv")
    builder.add(ops.Act("relu"), name="act")
    last = builder.add(ops.Conv(4, 2, 3), name="conv2")
    graph = builder.graph(first, last)
    model, tensors, image = made(graph, 0)

    def values() -> Values:
        found = run_all(graph, tensors, image)
        return {name: found[name] for name in (first, last)}

    assert differing(values, lambda: model(image)) == {}
