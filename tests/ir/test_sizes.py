"""Single networks and the sizes they work at: each operation, joins, and what is said of the first that fails."""

import pytest
from graph_builder import Builder

from archc.ir.graph import Graph
from archc.ir.ops import (
    Act,
    AdaptiveAvgPool,
    Add,
    Attention,
    AvgPool,
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
