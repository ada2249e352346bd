"""Parameters, multiply-adds, depth and stage shapes of small graphs, and the laws of their sums."""

from collections.abc import Callable
from random import Random

import pytest
from graph_builder import Builder
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import random_graph

from archc.cost import count as cost
from archc.cost.count import Cost
from archc.ir.graph import Graph, Scope
from archc.ir.ops import Act, Add, BlurPool, Conv, Flatten, GlobalPool, Linear, MaxPool, Norm, Position, Scale, Tokens
from archc.ir.types import TensorType


def network() -> Graph:
    """A stem, a stage of two blocks with a projection and a gate, and a classifier."""
    builder = Builder(3, 8, 8)
    builder.inside("stem", "stem", "stem")
    builder.add(Conv(3, 4, 3, 2, 1, bias=True), "x", name="conv")
    builder.inside("layer1", "stage", "layer1")
    builder.inside("layer1.0", "block", "basic")
    builder.add(Conv(4, 8, 3, 1, 1, groups=2), "stem.conv", name="conv1")
    builder.add(Norm("batch", 8), name="norm1")
    builder.inside("layer1.0.gate", "module", "gate", role="insert")
    builder.add(Conv(8, 8, 1), name="fc")
    builder.inside("layer1.0.shortcut", "module", "projection", role="shortcut")
    builder.add(Conv(4, 8, 1), "stem.conv", name="conv")
    builder.outside("layer1.0")
    builder.add(Add(), "layer1.0.gate.fc", "layer1.0.shortcut.conv", name="add")
    builder.inside("layer1.1", "block", "basic")
    builder.inside("layer1.1.conv1", "module", "split")
    builder.inside("layer1.1.conv1.turns.0", "turn", "turns")
    builder.add(Conv(8, 8, 3), name="conv")
    builder.outside("layer1.1")
    builder.add(MaxPool(2), name="pool")
    builder.inside("head", "head", "head")
    builder.add(GlobalPool(), name="pool")
    builder.add(Flatten(), name="flat")
    builder.add(Linear(8, 5), name="fc")
    return builder.graph()


COSTS = {
    "stem": Cost(4 * 3 * 9 + 4, 0, 16 * 4 * 3 * 9),
    "layer1.0": Cost(8 * 2 * 9 + 2 * 8 + 8 * 8 + 8 * 4, 2 * 8, 16 * (8 * 2 * 9 + 8 * 8 + 8 * 4)),
    "layer1.1": Cost(8 * 8 * 9, 0, 4 * 8 * 8 * 9),
    "head": Cost(8 * 5 + 5, 0, 8 * 5),
}


def test_costs_by_block() -> None:
    assert cost.by_scope(network(), 2) == COSTS


def test_costs_by_stage() -> None:
    expected = {"stem": COSTS["stem"], "layer1": COSTS["layer1.0"] + COSTS["layer1.1"], "head": COSTS["head"]}
    assert expected == cost.by_scope(network(), 1)


def test_costs_of_a_scope_hold_what_is_in_it() -> None:
    costs = cost.scope_costs(network())
    assert costs["layer1.0"] == COSTS["layer1.0"]
    assert costs["layer1.1.conv1.turns.0"] == COSTS["layer1.1"]


COUNTS: list[tuple[Callable[[Graph], int], str]] = [
    (cost.parameters, "parameters"),
    (cost.buffers, "buffers"),
    (cost.macs, "macs"),
]


@pytest.mark.parametrize(("count", "attribute"), COUNTS)
def test_totals(count: Callable[[Graph], int], attribute: str) -> None:
    assert sum(getattr(part, attribute) for part in COSTS.values()) == count(network())


LAW = settings(max_examples=60, deadline=None)


@LAW
@given(st.integers(0, 2**32), st.integers(0, 4))
def test_sums_by_scope_add_up_to_the_total(seed: int, level: int) -> None:
    graph = random_graph(Random(seed))
    assert sum(cost.by_scope(graph, level).values(), Cost()) == cost.total(graph)


@LAW
@given(st.integers(0, 2**32))
def test_a_scope_s_sum_is_that_of_the_nodes_below_it(seed: int) -> None:
    graph = random_graph(Random(seed))
    nodes = cost.node_costs(graph)
    expected = {
        scope.path: sum((c for name, c in nodes.items() if not scope.path or name.startswith(scope.path + ".")), Cost())
        for scope in graph.scopes
    }
    assert expected == cost.scope_costs(graph)


@LAW
@given(st.integers(0, 2**32))
def test_learned_and_kept_are_the_sizes_of_the_tensors(seed: int) -> None:
    graph = random_graph(Random(seed))
    sizes = {True: 0, False: 0}
    for _, _, shape, learned in graph.parameters():
        size = 1
        for length in shape:
            size *= length
        sizes[learned] += size
    assert (sizes[True], sizes[False]) == (cost.parameters(graph), cost.buffers(graph))


def alone(*ops: object) -> Graph:
    builder = Builder(4, 8, 8)
    for op in ops:
        builder.add(op)
    return builder.graph()


SINGLE = [
    (Cost(0, 0, 0), alone(Act("relu"))),
    (Cost(0, 16, 0), alone(Norm("batch", 4, frozen=True))),
    (Cost(8, 0, 0), alone(Norm("group", 4, groups=2))),
    (Cost(0, 4 * 9, 0), alone(BlurPool(4))),
    (Cost(1, 0, 0), alone(Scale(0))),
    (Cost(64 * 4, 0, 0), alone(Tokens(), Position(64, 4))),
    (Cost(4 * 6, 0, 64 * 4 * 6), alone(Tokens(), Linear(4, 6, bias=False))),
    (Cost(2 * 6 * 9 + 6 + 6, 0, 36 * 2 * 6 * 9), alone(Conv(4, 6, 3, groups=2, bias=True, weights="scaled"))),
]


@pytest.mark.parametrize(("expected", "graph"), SINGLE)
def test_single_operations(expected: Cost, graph: Graph) -> None:
    assert expected == cost.total(graph)


def test_counts_are_exact_integers() -> None:
    """Past 2**53, where a float would round."""
    graph = Builder(65_536, 65_536, 65_536)
    graph.add(Conv(65_536, 65_537, 1))
    assert cost.macs(graph.graph()) == 65_536**3 * 65_537


def test_depth_counts_the_main_path() -> None:
    """The stem's convolution, conv1, the module in place of a convolution, and the classifier."""
    assert cost.depth(network()) == 4


def test_depth_does_not_count_nodes_on_the_shortcut() -> None:
    builder = Builder(4)
    builder.add(Conv(4, 4, 1), "x", name="a")
    builder.add(Conv(4, 4, 1), "x", name="b", role="shortcut")
    builder.add(Conv(4, 4, 1), "a", name="c", role="insert")
    builder.add(Add(), "b", "c")
    assert cost.depth(builder.graph()) == 1


def in_module(*paths: str) -> Graph:
    builder = Builder(4)
    for path in paths:
        builder.inside(path, "module", "any")
        builder.add(Conv(4, 4, 1), name="conv")
    return builder.graph()


@pytest.mark.parametrize(
    ("expected", "paths"),
    [(1, ["conv2"]), (2, ["conv2", "conv"]), (0, ["attention"]), (1, ["conv2", "conv2.conv"]), (0, ["gate", "gate.conv"])],
)
def test_a_module_in_place_of_a_convolution_counts_once(expected: int, paths: list[str]) -> None:
    assert expected == cost.depth(in_module(*paths))


def test_stage_shapes_are_those_of_their_last_nodes() -> None:
    expected = {"stem": TensorType((4, 4, 4)), "layer1": TensorType((8, 1, 1))}
    assert expected == cost.stage_shapes(network())


def test_a_stage_s_stated_output_is_its_shape() -> None:
    builder = Builder(4, 8, 8)
    builder.scopes.append(Scope("layer1", "stage", "layer1", output="layer1.conv"))
    builder.outside("layer1")
    builder.add(Conv(4, 6, 1), name="conv")
    builder.add(Flatten(), name="aside")
    assert cost.stage_shapes(builder.graph()) == {"layer1": TensorType((6, 8, 8))}


def test_an_empty_stem_has_no_shape() -> None:
    builder = Builder(4, 8, 8)
    builder.inside("stem", "stem", "stem")
    builder.outside()
    builder.add(Flatten(), "x")
    assert cost.stage_shapes(builder.graph()) == {}
