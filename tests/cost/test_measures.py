"""Work by class, activations, traffic and arithmetic intensity: by hand, and as laws of generated graphs."""

from fractions import Fraction
from math import prod
from random import Random

import pytest
from graph_builder import Builder
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import random_graph

from archc.compile.pipeline import compile_spec
from archc.cost import count
from archc.cost.batched import Batched
from archc.cost.conventions import CONVENTIONS
from archc.cost.measures import Measures, by_scope, measure, node_measures, scope_measures, total
from archc.cost.parts import LEVELS, Level, parts
from archc.cost.resize import SizeError, at_size
from archc.ir import ops
from archc.ir.graph import Graph
from archc.ir.ops import Act, Add, Attention, Concat, Conv, Linear, MaxPool, Norm, Operation, Tokens
from archc.record import replace

MAP = 4 * 8 * 8
"""Elements of what each operation below reads."""

WORK: list[tuple[dict[str, int], Operation]] = [
    ({"conv": 6 * 16 * 2 * 9, "bias": 6 * 16}, Conv(4, 6, 3, 2, 1, groups=2, bias=True)),
    ({"linear": 64 * 4 * 6}, Linear(4, 6, bias=False)),
    ({"norm": MAP}, Norm("batch", 4)),
    ({"norm": 3 * MAP}, Norm("group", 4, groups=2)),
    ({"norm": 6 * MAP}, Norm("evonorm_s0", 4, groups=2)),
    ({"norm": 2 * MAP}, Norm("filter_response", 4, linear=True)),
    ({"activation": MAP}, Act("gelu")),
    ({"activation": MAP}, ops.Softmax("space")),
    ({"pooling": 4 * 16 * 9}, MaxPool(3, 2, 1)),
    ({"pooling": 4 * 16 * 9}, ops.BlurPool(4, 3, 2)),
    ({"pooling": MAP}, ops.GlobalPool()),
    ({"pooling": 4 * 10 * 10}, ops.AdaptiveAvgPool(3)),
    ({"multiplication": MAP}, ops.Scale(4)),
    ({"multiplication": MAP}, ops.Affine(0.5, 1.0)),
    ({}, ops.Shuffle(2, 2)),
    ({}, ops.Dropout(0.5)),
]


def alone(op: Operation, *operands: str) -> Measures:
    builder = Builder(4, 8, 8)
    builder.add(op, *operands)
    graph = builder.graph()
    node = graph.nodes[-1]
    inputs, outputs = (tuple([graph.types[name] for name in names]) for names in (node.inputs, node.outputs))
    return measure(node.op, inputs, outputs)


@pytest.mark.parametrize(("expected", "op"), WORK)
def test_work_by_class(expected: dict[str, int], op: Operation) -> None:
    assert expected == alone(op).by_class


@pytest.mark.parametrize(
    ("expected", "op"), [({"addition": 2 * MAP}, Add()), ({"multiplication": 2 * MAP}, ops.Mul()), ({}, Concat())]
)
def test_work_of_three_operands(expected: dict[str, int], op: Operation) -> None:
    assert expected == alone(op, "x", "x", "x").by_class


def test_work_of_attention() -> None:
    """64 queries by 64 keys: two products over 4 channels, a softmax for each of 2 heads."""
    builder = Builder(4, 8, 8)
    builder.add(Tokens(), name="t")
    builder.add(Attention(2), "t", "t", "t")
    assert total(builder.graph()).by_class == {"attention": 64 * 64 * (4 + 4 + 2)}


def test_traffic_and_intensity() -> None:
    """A convolution reads its input and weights and writes its output; a batch reads the weights once."""
    found = alone(Conv(4, 6, 3, 2, 1))
    weights, read, written = 6 * 4 * 9, MAP, 6 * 16
    assert (found.read, found.written) == (Batched(weights, read), Batched(0, written))
    assert found.bytes_read(2, batch=3) == 2 * (weights + 3 * read)
    assert found.intensity(2, batch=3) == Fraction(2 * 3 * found.macs, 2 * (weights + 3 * (read + written)))


def test_views_move_nothing() -> None:
    assert (alone(ops.Split(2)).read, alone(Tokens()).written) == (Batched(), Batched())


def test_activations_are_what_convolutions_and_linear_layers_put_out() -> None:
    """pycls prints 11.11 M for ResNet-50 (Radosavovic et al. 2020)."""
    graph = compile_spec("resnet50").graph
    made = [node.outputs[0] for node in graph.nodes if isinstance(node.op, Conv | Linear)]
    assert sum(prod(graph.types[name].shape) for name in made) == total(graph).activations == 11_114_984


LAW = settings(max_examples=30, deadline=None)


@LAW
@given(st.integers(0, 2**32), st.integers(0, 4))
def test_sums_by_scope_add_up_to_the_total(seed: int, level: int) -> None:
    graph = random_graph(Random(seed))
    assert sum(by_scope(graph, level).values(), Measures()) == total(graph) == scope_measures(graph)[""]


@LAW
@given(st.integers(0, 2**32))
def test_counts_are_those_of_the_graph(seed: int) -> None:
    graph = random_graph(Random(seed))
    found = total(graph)
    assert count.total(graph) == count.Cost(found.parameters, found.buffers, found.macs)


@LAW
@given(st.integers(0, 2**32))
def test_conv_and_linear_work_is_the_multiply_adds(seed: int) -> None:
    graph = random_graph(Random(seed))
    assert [found.macs for found in node_measures(graph).values()] == [
        found.by_class.get("conv", 0) + found.by_class.get("linear", 0) for found in node_measures(graph).values()
    ]


@LAW
@given(st.integers(0, 2**32), st.sampled_from(LEVELS), st.booleans())
def test_rows_add_up_to_the_total(seed: int, level: Level, fold: bool) -> None:
    graph = random_graph(Random(seed))
    rows = parts(graph, level, CONVENTIONS["macs"], fold=fold)
    assert sum((row.measures for row in rows), Measures()) == total(graph)


def test_equal_blocks_are_one_row() -> None:
    rows = parts(compile_spec("resnet50").graph, "block", CONVENTIONS["macs"])
    assert [row.times for row in rows] == [1, 1, 2, 1, 3, 1, 5, 1, 2, 1]


def test_unfolded_every_layer_has_a_row() -> None:
    graph = compile_spec("resnet18").graph
    rows = parts(graph, "layer", CONVENTIONS["macs"], fold=False)
    assert [row.path for row in rows] == [node.name for node in graph.nodes]


def resized(name: str, height: int, width: int) -> Graph:
    return at_size(compile_spec(name).graph, height, width)


def test_another_size_is_what_a_spec_of_that_size_has() -> None:
    declared = compile_spec("resnet18", overrides=("input.height=200", "input.width=96")).graph
    assert total(declared) == total(resized("resnet18", 200, 96))


def test_a_size_that_is_too_small_is_refused() -> None:
    with pytest.raises(
        SizeError, match=r"`stage5\.3\.pool` does not work at an input of 20x20: a window of 2 does not fit a size of 1"
    ):
        resized("vgg19", 20, 20)


def test_a_network_of_one_size_is_refused_another() -> None:
    with pytest.raises(SizeError, match="works at 224x224 only, as its `input` says, not at 256x256"):
        resized("resnet50_clip", 256, 256)


def test_a_size_that_is_no_multiple_is_refused() -> None:
    with pytest.raises(SizeError, match="works at multiples of 32 only, as its `input` says, not at 100x96"):
        at_size(replace(compile_spec("resnet18").graph, multiple=32), 100, 96)


@pytest.mark.parametrize(("expected", "number"), [("3", Batched(3)), ("4 N", Batched(0, 4)), ("1,000 + 2 N", Batched(1000, 2))])
def test_a_number_is_symbolic_in_the_batch(expected: str, number: Batched) -> None:
    assert (expected, number.fixed + 5 * number.image) == (str(number), number.at(5))
