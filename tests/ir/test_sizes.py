"""The proof of input sizes, against trying them one by one."""

from math import gcd, prod
from random import Random

import pytest
from graph_builder import Builder
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import random_graph

from archc.ir.graph import Graph
from archc.ir.lengths import at, window_offset
from archc.ir.ops import (
    Act,
    AdaptiveAvgPool,
    Add,
    Attention,
    AvgPool,
    BlurPool,
    ChannelConv,
    Concat,
    Conv,
    Flatten,
    GlobalPool,
    Linear,
    MaxPool,
    Mul,
    Norm,
    Operation,
    Pad,
    Position,
    Scale,
    Softmax,
    SpaceToDepth,
    Split,
    Subsample,
    Take,
    Tokens,
)
from archc.ir.sizes import SizeProblem, prove_sizes
from archc.ir.types import ShapeError, TensorType, window


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
        Conv(2, 2, kernel, stride, padding, random.choice((1, 2))),
        MaxPool(kernel, stride, padding, ceil),
        AvgPool(kernel, stride, padding, ceil, count_include_pad=False),
        BlurPool(2, max(kernel, 2), stride),
        Subsample(stride),
        Pad(random.randint(0, 1), random.randint(0, 1), random.randint(0, 1), random.randint(0, 1)),
        AdaptiveAvgPool(2),
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
        builder.add(random.choice((Add(), Mul(), Concat())), *ends)
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
    assert expected == at((stride, window_offset(kernel, stride, padding, dilation, ceil=ceil)), size)


def chain(*ops: Operation, channels: int = 4, height: int = 8, width: int = 8) -> Graph:
    builder = Builder(channels, height, width)
    for op in ops:
        builder.add(op)
    return builder.graph()


ANY_SIZE = [
    chain(Conv(4, 4, 3, 2, 1), GlobalPool(), Flatten(), Linear(4, 2)),
    chain(AdaptiveAvgPool(2), Conv(4, 4, 2), Flatten(), Linear(4, 2)),
    chain(Tokens(), Linear(4, 8), Norm("layer", 8)),
    chain(Flatten(), Act("relu")),
    chain(Flatten(), Scale(0)),
    chain(Flatten(), Softmax("parts", 2), Split(4), Flatten()),
    chain(Tokens(), Take(0), Linear(4, 2)),
    chain(GlobalPool(), Tokens(), Position(1, 4)),
    chain(GlobalPool(), ChannelConv(3)),
    chain(GlobalPool(), SpaceToDepth(1)),
    chain(AdaptiveAvgPool(4), SpaceToDepth(2)),
    chain(Linear(4, 2), Norm("layer", 2), Softmax("space")),
]


@pytest.mark.parametrize("graph", ANY_SIZE, ids=lambda graph: "-".join(node.op.kind for node in graph.nodes))
def test_these_work_at_any_size(graph: Graph) -> None:
    assert prove_sizes(graph) is None


FIXED = [
    ("linear1", (9, 8), chain(Flatten(), Linear(256, 2))),
    ("linear2", (10, 8), chain(MaxPool(2, 2), Flatten(), Linear(64, 2))),
    ("norm1", (9, 8), chain(Flatten(), Norm("layer", 256))),
    ("scale1", (9, 8), chain(Flatten(), Scale(256))),
    ("softmax1", (9, 8), chain(Flatten(), Softmax("parts", 64))),
    ("split1", (9, 8), chain(Flatten(), Split(64))),
    ("split1", (9, 9), chain(Flatten(), Split(8))),
    ("linear2", (9, 8), chain(Flatten(), Split(4), Linear(64, 2))),
    ("position1", (9, 8), chain(Tokens(), Position(64, 4))),
    ("linear2", (9, 8), chain(Tokens(), Flatten(), Linear(256, 2))),
    ("channel_conv1", (16, 8), chain(AvgPool(8, 8), ChannelConv(3))),
    ("channel_conv1", (16, 8), chain(AvgPool(8, 8), ChannelConv(3), height=15)),
]


@pytest.mark.parametrize(("name", "size", "graph"), FIXED)
def test_these_work_at_one_size_only(name: str, size: tuple[int, int], graph: Graph) -> None:
    problem = prove_sizes(graph)
    assert problem is not None
    expected = (name, size, True, None)
    assert expected == (problem.name, problem.size, problem.fixed, problem.multiple)


def joined(op: Operation, *branches: tuple[Operation, ...], height: int = 8, width: int = 8) -> Graph:
    builder = Builder(4, height, width)
    ends = []
    for branch in branches:
        end = "x"
        for step in branch:
            end = builder.add(step, end)
        ends.append(end)
    builder.add(op, *ends, name="join")
    return builder.graph()


HALF, QUARTER = Conv(4, 4, 3, 2, 1), Conv(4, 4, 3, 4, 1)
FLOORED = AvgPool(2, 2)
LATER = [
    # a projection's stride rounds up, a pool's down: equal at even sizes
    (joined(Add(), (HALF,), (FLOORED,)), SizeProblem("join", "", (9, 8), fixed=False, multiple=2)),
    (joined(Add(), (HALF, HALF), (FLOORED, FLOORED)), SizeProblem("join", "", (9, 8), fixed=False, multiple=4)),
    (joined(Concat(), (HALF,), (FLOORED,), height=10), SizeProblem("join", "", (11, 8), fixed=False, multiple=2)),
    (joined(Mul(), (HALF,), (FLOORED,), width=14), SizeProblem("join", "", (9, 14), fixed=False, multiple=2)),
    # the declared size is odd, so no multiple helps
    (joined(Add(), (HALF,), (Pad(right=1, bottom=1), FLOORED), height=7, width=7), None),
    (joined(Add(), (QUARTER, Pad(1, 1, 1, 1)), (FLOORED,)), SizeProblem("join", "", (9, 8), fixed=True, multiple=None)),
    # one pixel at the declared size is no pooled map
    (joined(Add(), (AvgPool(8, 8),), ()), SizeProblem("join", "", (16, 8), fixed=True, multiple=None)),
    (joined(Mul(), (AvgPool(8, 8),), ()), SizeProblem("join", "", (16, 8), fixed=True, multiple=None)),
    (joined(Mul(), (GlobalPool(),), ()), None),
    (joined(Add(), (GlobalPool(),), (HALF,)), None),
    (joined(Mul(), (AdaptiveAvgPool(8),), ()), SizeProblem("join", "", (9, 8), fixed=True, multiple=None)),
    (joined(Add(), (Tokens(),), (Tokens(),)), None),
    (joined(Add(), (HALF, Tokens()), (FLOORED, Tokens())), SizeProblem("join", "", (9, 8), fixed=False, multiple=2)),
    (joined(Add(), (Flatten(),), (Flatten(),)), None),
    (joined(Attention(1), (Tokens(),), (HALF, Tokens()), (HALF, Tokens())), None),
    (
        joined(Attention(1), (Tokens(),), (HALF, Tokens()), (FLOORED, Tokens())),
        SizeProblem("join", "", (9, 8), fixed=False, multiple=2),
    ),
    (joined(Add(), (Tokens(),), (AdaptiveAvgPool(8), Tokens())), SizeProblem("join", "", (9, 8), fixed=True, multiple=None)),
]


@pytest.mark.parametrize(("graph", "expected"), LATER)
def test_joins(graph: Graph, expected: SizeProblem | None) -> None:
    """All but the message."""
    problem = prove_sizes(graph)
    actual = problem and SizeProblem(problem.name, "", problem.size, problem.fixed, problem.multiple)
    assert expected == actual


MESSAGES = [
    ("`add` of unlike heights 5 and 4 at an input of 9x8", joined(Add(), (HALF,), (FLOORED,))),
    ("`concat` of unlike widths 4 and 5 at an input of 8x8", joined(Concat(), (HALF,), (Pad(right=1), HALF), width=7)),
    ("squares of 2 do not divide a height of 9 at an input of 9x8", chain(SpaceToDepth(2))),
    ("`linear` reads a shape that depends on the input's size and is another one at an input of 9x8", FIXED[0][2]),
]


@pytest.mark.parametrize(("message", "graph"), MESSAGES)
def test_the_message_says_what_is_unlike(message: str, graph: Graph) -> None:
    problem = prove_sizes(graph)
    assert problem is not None
    assert message == problem.message


def test_the_first_failing_node_is_named() -> None:
    assert prove_sizes(chain(SpaceToDepth(2), SpaceToDepth(2), Flatten(), Linear(256, 2))).name == "space_to_depth0"


def test_a_multiple_that_mends_every_node_is_found() -> None:
    """The first wants even sizes, the second multiples of four."""
    assert prove_sizes(chain(SpaceToDepth(2), SpaceToDepth(2))).multiple == 4


def test_no_multiple_mends_a_later_node_that_is_fixed() -> None:
    assert prove_sizes(chain(SpaceToDepth(2), Flatten(), Linear(256, 2))).fixed


@pytest.mark.parametrize(("multiple", "works"), [(1, False), (2, False), (4, True), (8, True)])
def test_a_stated_multiple_is_what_is_proven(multiple: int, works: bool) -> None:
    graph = joined(Add(), (HALF, HALF), (FLOORED, FLOORED))
    assert works == (prove_sizes(graph, multiple) is None)


def test_what_is_not_proven_is_named_at_the_next_size() -> None:
    """A product of two even lengths is divided by four: the proof looks at each term's factor only."""
    problem = prove_sizes(chain(Flatten(), Split(4), channels=1), 2)
    assert (problem.size, problem.fixed) == ((10, 8), True)


def test_large_strides_take_no_longer() -> None:
    """A product of strides of 3**20: nothing is counted through."""
    steps = [Subsample(3)] * 20
    graph = joined(Add(), (*steps,), (*steps, Conv(4, 4, 1, 3)), height=4, width=4)
    assert prove_sizes(graph).fixed
