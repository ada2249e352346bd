"""What the hash of a graph sees, and what it does not."""

from collections.abc import Callable
from random import Random
from typing import get_args

import pytest
from graph_builder import Builder, renamed
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import random_graph

from archc.ir.graph import Graph, InitPolicy, Node
from archc.ir.hash import graph_hash
from archc.ir.op import Init
from archc.ir.ops import OPERATIONS, Act, Add, Concat, Conv, Identity, Linear, Mul, Norm, Operation, Split
from archc.ir.types import TensorType
from archc.record import Missing, replace

SEEDS = st.integers(0, 2**32)
LAW = settings(max_examples=60, deadline=None)


@LAW
@given(SEEDS)
def test_names_and_scopes_are_not_seen(seed: int) -> None:
    graph = random_graph(Random(seed))
    assert graph_hash(graph) == graph_hash(renamed(graph, "z_"))


@LAW
@given(SEEDS, st.integers(0, 99))
def test_the_order_of_the_list_is_not_seen(seed: int, other: int) -> None:
    graph = random_graph(Random(seed))
    assert graph_hash(graph) == graph_hash(replace(graph, nodes=tuple(_another_order(graph, Random(other)))))


def _another_order(graph: Graph, random: Random) -> list[Node]:
    """A random one in which operands still stand before what reads them."""
    waiting, ready, found = list(graph.nodes), {graph.input}, []
    while waiting:
        node = random.choice([node for node in waiting if ready.issuperset(node.inputs)])
        waiting.remove(node)
        ready.update(node.outputs)
        found.append(node)
    return found


@LAW
@given(SEEDS, st.integers(0, 99))
def test_the_order_of_terms_and_factors_is_not_seen(seed: int, other: int) -> None:
    graph, random = random_graph(Random(seed)), Random(other)
    nodes = [
        replace(node, inputs=tuple(random.sample(node.inputs, len(node.inputs)))) if isinstance(node.op, Add | Mul) else node
        for node in graph.nodes
    ]
    assert graph_hash(graph) == graph_hash(replace(graph, nodes=tuple(nodes)))


@LAW
@given(SEEDS, st.integers(0, 99))
def test_identities_are_not_seen(seed: int, place: int) -> None:
    """One is put before a node's operands."""
    graph = random_graph(Random(seed))
    place %= len(graph.nodes)
    node = graph.nodes[place]
    through = Node("through", Identity(), (node.inputs[0],), ("through",), "")
    reading = replace(node, inputs=("through", *node.inputs[1:]))
    assert graph_hash(graph) == graph_hash(
        replace(graph, nodes=(*graph.nodes[:place], through, reading, *graph.nodes[place + 1 :]))
    )


def test_initialisation_is_not_seen() -> None:
    graph = chain(Conv(3, 4, 1), Act("relu"))
    begun = (replace(graph.nodes[0], init=(("weight", Init("constant", 1.0)),)), graph.nodes[1])
    assert graph_hash(graph) == graph_hash(replace(graph, nodes=begun, init=InitPolicy(Init("normal", 0.1))))


def test_height_and_width_are_not_seen() -> None:
    assert graph_hash(chain(Act("relu"))) == graph_hash(replace(chain(Act("relu")), types={"x": TensorType((3, 99, 98))}))


def test_equal_attributes_of_unlike_types_are_one() -> None:
    assert graph_hash(chain(Act("elu", 1.0))) == graph_hash(chain(Act("elu", 1)))


def chain(*ops: Operation, channels: int = 3) -> Graph:
    """Operations one after the other; whether they fit does not matter to the hash."""
    names = ["x", *(f"n{i}" for i in range(len(ops)))]
    nodes = tuple(Node(names[i + 1], op, (names[i],), (names[i + 1],), "") for i, op in enumerate(ops))
    return Graph(name="", input="x", outputs=(names[-1],), nodes=nodes, scopes=(), types={"x": TensorType((channels, 8, 8))})


def test_the_input_s_channels_are_seen() -> None:
    assert graph_hash(chain(Act("relu"))) != graph_hash(chain(Act("relu"), channels=4))


EXAMPLES: dict[type, tuple[object, object]] = {int: (2, 3), float: (0.5, 0.25), bool: (False, True), str: ("relu", "gelu")}
ATTRIBUTES = [(cls, field.name) for kind, cls in OPERATIONS.items() if kind != "identity" for field in cls.record_fields.values()]


@pytest.mark.parametrize(("cls", "attribute"), ATTRIBUTES)
def test_every_attribute_is_seen(cls: type[Operation], attribute: str) -> None:
    values = {}
    changed = {}
    for field in cls.record_fields.values():
        choices = EXAMPLES.get(field.type) or get_args(field.type)
        values[field.name] = choices[0] if field.default is Missing else field.default
        if field.name == attribute:
            changed[field.name] = next(choice for choice in choices if choice != values[field.name])
    make: Callable[..., Operation] = cls
    assert graph_hash(chain(make(**values))) != graph_hash(chain(make(**(values | changed))))


@pytest.mark.parametrize("kind", [kind for kind in OPERATIONS if kind != "identity"])
def test_the_operation_is_seen(kind: str) -> None:
    """Against no operation at all, with whatever its attributes are."""
    values = {
        field.name: (EXAMPLES.get(field.type) or get_args(field.type))[0] for field in OPERATIONS[kind].record_fields.values()
    }
    make: Callable[..., Operation] = OPERATIONS[kind]
    assert graph_hash(chain()) != graph_hash(chain(make(**values)))


def test_a_sum_is_no_product() -> None:
    assert len({graph_hash(branches(op)) for op in (Add(), Mul(), Concat())}) == 3


def branches(join: Operation, *, shared: bool = False) -> Graph:
    """Two convolutions of one input, or one that is used twice, joined."""
    builder = Builder(4)
    builder.add(Conv(4, 4, 3), "x", name="a")
    if not shared:
        builder.add(Conv(4, 4, 3), "x", name="b")
    builder.add(join, "a", "a" if shared else "b")
    return builder.graph()


@pytest.mark.parametrize("join", [Add(), Mul(), Concat()], ids=str)
def test_one_value_used_twice_is_not_two_equal_values(join: Operation) -> None:
    assert graph_hash(branches(join)) != graph_hash(branches(join, shared=True))


def order_matters(first: str, second: str) -> Graph:
    builder = Builder(4)
    builder.add(Act("relu"), "x", name="a")
    builder.add(Act("tanh"), "x", name="b")
    builder.add(Concat(), first, second)
    return builder.graph()


def test_the_order_of_a_concatenation_is_seen() -> None:
    assert graph_hash(order_matters("a", "b")) != graph_hash(order_matters("b", "a"))


def picked(first: int) -> Graph:
    builder = Builder(4)
    parts = builder.add_all(Split(2), "x")
    builder.add(Act("relu"), parts[first])
    return builder.graph()


def test_which_part_of_a_split_is_read_is_seen() -> None:
    assert graph_hash(picked(0)) != graph_hash(picked(1))


def test_the_order_of_operations_is_seen() -> None:
    norm, act = Norm("batch", 3), Act("relu")
    assert graph_hash(chain(norm, act)) != graph_hash(chain(act, norm))


def test_the_order_of_outputs_is_seen() -> None:
    graph = order_matters("a", "b")
    assert graph_hash(replace(graph, outputs=("a", "b"))) != graph_hash(replace(graph, outputs=("b", "a")))


def used_again(which: str) -> Graph:
    """Two equal convolutions are added, and one of them is used once more."""
    builder = Builder(4)
    builder.add(Conv(4, 4, 3), "x", name="a")
    builder.add(Conv(4, 4, 3), "x", name="b")
    builder.add(Add(), "a", "b", name="sum")
    builder.add(Act("relu"), which, name="again")
    builder.add(Concat(), "sum", "again")
    return builder.graph()


def test_equal_operands_are_told_apart_by_what_else_reads_them() -> None:
    """`a` and `b` compute the same, so which of the two is read again is a matter of names."""
    assert graph_hash(used_again("a")) == graph_hash(used_again("b"))


def far_apart(swapped: bool) -> Graph:
    """Two equal branches of two convolutions; the first of one of them is read again, two steps from the sum."""
    builder = Builder(4)
    for name in "ab":
        builder.add(Conv(4, 4, 1), "x", name=f"{name}1")
        builder.add(Conv(4, 4, 1), f"{name}1", name=f"{name}2")
    builder.add(Add(), "a2", "b2", name="sum")
    builder.add(Conv(4, 4, 1), "b1" if swapped else "a1", name="again")
    builder.add(Add(), "again", "sum")
    return builder.graph()


def test_equal_branches_are_told_apart_by_what_reads_their_insides() -> None:
    assert graph_hash(far_apart(swapped=False)) == graph_hash(far_apart(swapped=True))


def parts_used_again(which: str, part: int) -> Graph:
    """Two equal splits whose parts are added pairwise; one part is read once more."""
    builder = Builder(4)
    for name in "ab":
        builder.add(Act("relu"), "x", name=f"{name}0")
        builder.add_all(Split(2), f"{name}0", name=name)
    builder.add(Add(), "a:0", "b:0", name="first")
    builder.add(Add(), "a:1", "b:1", name="second")
    builder.add(Concat(), "first", "second", f"{which}:{part}")
    return builder.graph()


def test_equal_splits_are_told_apart_by_what_reads_their_parts() -> None:
    assert graph_hash(parts_used_again("a", 1)) == graph_hash(parts_used_again("b", 1))


def test_which_part_of_equal_splits_is_read_again_is_seen() -> None:
    assert graph_hash(parts_used_again("a", 0)) != graph_hash(parts_used_again("a", 1))


def test_nodes_that_no_output_needs_are_not_seen() -> None:
    graph = chain(Act("relu"))
    dead = Node("dead", Linear(3, 3), ("x",), ("dead",), "")
    assert graph_hash(graph) == graph_hash(replace(graph, nodes=(*graph.nodes, dead)))


def test_a_deep_graph_needs_no_recursion() -> None:
    assert len(graph_hash(chain(*[Act("relu")] * 20_000))) == 64


def test_the_hash_is_the_same_in_every_release() -> None:
    """It is printed in what archc emits; a change of the canonical form has to raise its version."""
    assert graph_hash(branches(Add())) == "c4e40749eecdd25f070e50030e9b7cb37fdae91dee14fbf5a7f7c6d1a2d48a99"
