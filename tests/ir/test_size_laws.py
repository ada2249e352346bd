"""Laws of the proof of input sizes: random networks work exactly where it says, tried one size after the other."""

from math import gcd, prod
from random import Random

from graph_builder import Builder
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import random_graph
from windows import window

from archc.ir import ops
from archc.ir.behaviour import Window
from archc.ir.graph import Graph
from archc.ir.lengths import at
from archc.ir.ops import Operation
from archc.ir.sizes import prove_sizes
from archc.ir.types import ShapeError, TensorType


def works_at(graph: Graph, height: int, width: int) -> bool:
    """Whether every operation takes what it gets at this input size."""
    types = {graph.input: TensorType((graph.types[graph.input].shape[0], height, width))}
    for node in graph.nodes:
        try:
            made = node.op.infer(*(types[name] for name in node.inputs))
        except ShapeError:
            return False
        types.update(zip(node.outputs, made, strict=True))
    return True


def works_at_multiples(graph: Graph, multiple: int) -> bool:
    """At every one from the declared size up, along each axis for itself, for two periods of all strides."""
    _, height, width = graph.types[graph.input].shape
    strides = prod(getattr(node.op, "stride", getattr(node.op, "block", 1)) for node in graph.nodes)
    steps = range(0, 2 * strides * multiple + 1, multiple)
    return all(works_at(graph, height + step, width) and works_at(graph, height, width + step) for step in steps)


def smallest_multiple(graph: Graph) -> int | None:
    """Of those that divide the declared size."""
    _, height, width = graph.types[graph.input].shape
    common = gcd(height, width)
    return next((m for m in range(1, common + 1) if common % m == 0 and works_at_multiples(graph, m)), None)


def spatial(random: Random) -> Operation:
    """An operation that changes a map of two channels in size only."""
    kernel, stride = random.choice((1, 2, 3, 3, 4, 5)), random.choice((1, 1, 2, 2, 3))
    padding, ceil = random.randint(0, kernel // 2), random.random() < 0.5
    choices = (
        ops.Conv(2, 2, kernel, stride, padding, random.choice((1, 2))),
        ops.MaxPool(kernel, stride, padding, ceil),
        ops.AvgPool(kernel, stride, padding, ceil, count_include_pad=False),
        ops.BlurPool(2, max(kernel, 2), stride),
        ops.Subsample(stride),
        ops.Pad(random.randint(0, 1), random.randint(0, 1), random.randint(0, 1), random.randint(0, 1)),
        ops.AdaptiveAvgPool(2),
    )
    return random.choices(choices, (6, 3, 3, 2, 2, 1, 1))[0]


def residual(random: Random) -> Graph | None:
    """Two chains of one input whose outputs are added; None where they do not meet at the declared size."""
    builder = Builder(2, random.randint(12, 24), random.randint(12, 24))
    ends = []
    for _ in range(2):
        end = "x"
        for _ in range(random.randint(0, 3)):
            try:
                end = builder.add(spatial(random), end)
            except ShapeError:
                return None
        ends.append(end)
    try:
        builder.add(random.choice((ops.Add(), ops.Mul(), ops.Concat())), *ends)
    except ShapeError:
        return None
    return builder.graph()


def drawn(seed: int) -> Graph:
    random = Random(seed)
    return next(graph for _ in iter(int, 1) if (graph := residual(random)))


SEEDS = st.integers(0, 2**32)
LAW = settings(max_examples=60, deadline=None)


@LAW
@given(SEEDS)
def test_what_is_proven_is_what_works_everywhere(seed: int) -> None:
    graph = drawn(seed)
    assert works_at_multiples(graph, 1) == (prove_sizes(graph) is None)


@LAW
@given(SEEDS)
def test_what_is_proven_of_multiples_works_at_all_of_them(seed: int) -> None:
    graph = drawn(seed)
    _, height, width = graph.types["x"].shape
    multiple = gcd(height, width)
    assert works_at_multiples(graph, multiple) == (prove_sizes(graph, multiple) is None)


@LAW
@given(SEEDS)
def test_it_fails_at_the_size_that_is_named(seed: int) -> None:
    graph = drawn(seed)
    problem = prove_sizes(graph)
    assert problem is None or not works_at(graph, *problem.size)


@LAW
@given(SEEDS)
def test_no_nearer_size_fails(seed: int) -> None:
    """Along the axis that is named; the graphs have one join, so there is one place to fail."""
    graph = drawn(seed)
    problem = prove_sizes(graph)
    _, height, width = graph.types["x"].shape
    high, wide = problem.size if problem else (height, width)
    nearer = [(h, width) for h in range(height, high)] + [(height, w) for w in range(width, wide)]
    assert all(works_at(graph, *size) for size in nearer)


@LAW
@given(SEEDS)
def test_the_multiple_is_the_smallest_at_which_it_works(seed: int) -> None:
    graph = drawn(seed)
    problem = prove_sizes(graph)
    expected = smallest_multiple(graph)
    assert expected == (1 if problem is None else problem.multiple)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_random_graphs_work_where_they_are_proven_to(seed: int) -> None:
    """Any operations: proven or not, never an exception, and no false proof."""
    graph = random_graph(Random(seed), 10)
    _, height, width = graph.types["x"].shape
    steps = range(7)
    assert prove_sizes(graph) or all(works_at(graph, height + step, width + other) for step in steps for other in steps)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 40), st.integers(1, 6), st.integers(1, 5), st.integers(0, 3), st.integers(1, 2), st.booleans())
def test_a_window_is_one_form_at_every_size(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil: bool) -> None:
    """Rounding up is a pool's, which has no dilation and padding of at most half its kernel."""
    if ceil:
        dilation, padding = 1, min(padding, kernel // 2)
    size += dilation * kernel
    expected = window(size, kernel, stride, padding, dilation, ceil=ceil)
    assert expected == at((stride, Window(kernel, stride, padding, padding, dilation, ceil).offset), size)
