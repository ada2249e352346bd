"""Random graphs of all operations, in every operator set: onnxruntime and onnx's evaluator against the interpreter."""

from random import Random

import onnx
import pytest
import torch
from golden_weights import golden_tensors
from graph_builder import Builder
from onnx_models import Net, distance, inferred, is_near, model_of, named_by_numbers, run_exactly, run_fast
from random_graphs import random_graph
from rounding import SINGLE, UNIT

from archc.analyse.verify.interpreter import run
from archc.ir import ops
from archc.ir.graph import Graph
from archc.ir.ops import Operation
from archc_onnx.opsets import IR_VERSIONS

SEEDS = range(96)
OPSETS = tuple(IR_VERSIONS)


def graph_of(seed: int) -> Graph:
    return named_by_numbers(random_graph(Random(seed)))


def images(graph: Graph, seed: int) -> torch.Tensor:
    return torch.randn(2, *graph.types[graph.input].shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def opset_of(seed: int) -> int:
    return OPSETS[seed % len(OPSETS)]


@pytest.mark.parametrize("seed", SEEDS)
def test_onnxruntime_computes_the_graph(seed: int) -> None:
    graph = graph_of(seed)
    tensors, x = golden_tensors(graph), images(graph, seed)
    model = model_of(Net(graph), tensors, opset=opset_of(seed), functions=seed % 3 == 0)
    onnx.checker.check_model(model, full_check=True)
    assert is_near(run_fast(model, x.float()), graph, tensors, x, SINGLE)


def evaluates(op: Operation) -> bool:
    """Whether onnx's evaluator computes it: Erf is in float32, and a transposed convolution has no groups."""
    return not (isinstance(op, ops.Act) and op.act == "gelu") and not (isinstance(op, ops.ConvTranspose) and op.groups > 1)


# Before opset 14 onnx's evaluator computes batch norm in training form.
EXACT = [seed for seed in SEEDS if opset_of(seed) >= 14 and all(evaluates(node.op) for node in graph_of(seed).nodes)]


@pytest.mark.parametrize("seed", EXACT)
def test_in_float64_the_model_is_the_graph(seed: int) -> None:
    graph = graph_of(seed)
    tensors, x = golden_tensors(graph), images(graph, seed)
    model = model_of(Net(graph), tensors, opset=opset_of(seed), dtype="float64")
    assert is_near(run_exactly(model, x), graph, tensors, x, UNIT)


# onnx does not follow a computed shape into Reshape before opset 14, nor through GroupNormalization, which came with opset 21.
@pytest.mark.parametrize("seed", [seed for seed in SEEDS if 14 <= opset_of(seed) < 21])
def test_inferred_shapes_are_the_graph_s(seed: int) -> None:
    graph = graph_of(seed)
    model = model_of(Net(graph), opset=opset_of(seed), no_weights=True)
    shapes = inferred(model, (2, *graph.types["x"].shape))
    names = [value.name for value in (*model.graph.value_info, *model.graph.output)]
    assert {name: (2, *graph.types[name].shape) for name in names} == {name: shapes[name] for name in names}


@pytest.mark.parametrize("opset", [13, 17, 18])
def test_two_splits_of_one_value_are_two(opset: int) -> None:
    """onnxruntime takes nodes for one that differ in the number of their outputs alone."""
    builder = Builder(8, 6, 6)
    halves = builder.add_all(ops.Split(2), "x", name="halves")
    quarters = builder.add_all(ops.Split(4), "x", name="quarters")
    builder.add(ops.Concat(), halves[1], quarters[1], name="ends")
    graph, x = builder.graph(), torch.randn(2, 8, 6, 6)
    assert distance(run(graph, {}, x), run_fast(model_of(Net(graph), {}, opset=opset), x)) == 0
