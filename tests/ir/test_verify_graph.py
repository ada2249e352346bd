"""Each rule that a graph has to keep, broken once."""

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from graph_builder import Builder
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import random_graph

from archc.ir import ops
from archc.ir.graph import Graph, Scope, ScopeArgument
from archc.ir.op import Init
from archc.ir.types import TensorType
from archc.ir.verify import GraphError, verify
from archc.record import replace


def whole() -> Graph:
    """conv, act and an addition in a block whose arguments are those of the network or its own."""
    builder = Builder(4, 8, 8)
    builder.scopes[0] = Scope("", "network", "net", (ScopeArgument("in", 4), ScopeArgument("rate", Fraction(1, 10))))
    own = (ScopeArgument("width", 4, "in"), ScopeArgument("half", Fraction(1, 2)), ScopeArgument("biased", value=True))
    builder.inside("block", "block", "unit", own)
    said = (("out_channels", "width"), ("bias", "biased"))
    builder.add(ops.Conv(4, 4, 1, bias=True), "x", name="conv", arguments=said, init=(("bias", Init("constant")),))
    builder.add(ops.Affine(0.5), name="half", arguments=(("scale", "half"),))
    builder.inside("block.loop.0", "turn", "loop")
    builder.add(ops.Act("relu"), name="act")
    builder.outside("block")
    builder.add(ops.Add(), "x", "block.loop.0.act", name="add")
    return builder.graph()


def with_node(place: int, **changes: Any) -> Graph:
    graph = whole()
    nodes = list(graph.nodes)
    nodes[place] = replace(nodes[place], **changes)
    return replace(graph, nodes=tuple(nodes))


def with_scope(place: int, **changes: Any) -> Graph:
    graph = whole()
    scopes = list(graph.scopes)
    scopes[place] = replace(scopes[place], **changes)
    return replace(graph, scopes=tuple(scopes))


def with_types(**changes: TensorType | None) -> Graph:
    types = {**whole().types, **{name.replace("_", "."): type_ for name, type_ in changes.items()}}
    return replace(whole(), types={name: type_ for name, type_ in types.items() if type_ is not None})


NODE = {node.name: place for place, node in enumerate(whole().nodes)}
CONV, HALF, ACT, ADD = NODE["block.conv"], NODE["block.half"], NODE["block.loop.0.act"], NODE["block.add"]

BROKEN: list[tuple[str, str, Callable[[], Graph]]] = [
    ("", "first scope must be the network's", lambda: replace(whole(), scopes=())),
    ("", "first scope must be the network's", lambda: replace(whole(), scopes=whole().scopes[1:])),
    ("", "first scope must be the network's", lambda: with_scope(0, kind="block")),
    ("block", "two scopes have this path", lambda: replace(whole(), scopes=(*whole().scopes, whole().scopes[1]))),
    ("a.b", "before its parent `a`", lambda: replace(whole(), scopes=(*whole().scopes, Scope("a.b", "block", "unit")))),
    ("block.loop.0", "before its parent", lambda: with_scope(2, kind="module")),
    ("block", "two arguments are called `a`", lambda: with_scope(1, arguments=(ScopeArgument("a", 1), ScopeArgument("a", 1)))),
    ("block", "which the scope does not have", lambda: with_scope(1, arguments=(ScopeArgument("width", 4, "wide"),))),
    (
        "block",
        "`width` is 5 and comes from `in`, which is 4",
        lambda: with_scope(1, arguments=(ScopeArgument("width", 5, "in"),)),
    ),
    ("block", "names `nothing`", lambda: with_scope(1, inputs=("nothing",))),
    ("block", "names `nothing`", lambda: with_scope(1, output="nothing")),
    ("x", "the input has no type", lambda: with_types(x=None)),
    ("block.conv", "another node or scope has this name", lambda: with_node(HALF, name="block.conv")),
    ("block", "another node or scope has this name", lambda: with_node(CONV, name="block")),
    ("block.conv", "reads `block.half`, which no node before it makes", lambda: with_node(CONV, inputs=("block.half",))),
    ("block.half", "reads `nothing`", lambda: with_node(HALF, inputs=("nothing",))),
    ("block.half", "makes `block.conv`, which exists", lambda: with_node(HALF, outputs=("block.conv",))),
    ("block.half", "makes `x`, which exists", lambda: with_node(HALF, outputs=("x",))),
    ("block.half", "names 2 outputs; `affine` makes 1", lambda: with_node(HALF, outputs=("a", "b"))),
    ("block.add", "names 1 outputs; `split` makes 2", lambda: with_node(ADD, op=ops.Split(2), inputs=("block.loop.0.act",))),
    ("block.conv", "has the type Nx4x9x9; `conv` makes Nx4x8x8", lambda: with_types(block_conv=TensorType((4, 9, 9)))),
    ("block.conv", "has the type None", lambda: with_types(block_conv=None)),
    ("nowhere", "has a type and no node", lambda: with_types(nowhere=TensorType((1,), "vector"))),
    ("block.conv", "0 operands instead of 1", lambda: with_node(CONV, inputs=())),
    ("block.half", "2 operands instead of 1", lambda: with_node(HALF, inputs=("x", "x"))),
    ("block.add", "0 operands instead of 1 or more", lambda: with_node(ADD, inputs=())),
    ("block.add", "2 operands instead of 3", lambda: with_node(ADD, op=ops.Attention(1))),
    ("block.conv", "reads 4", lambda: with_node(CONV, op=ops.Conv(3, 4, 1, bias=True))),
    ("block.conv", "stands in `other`, which is no scope", lambda: with_node(CONV, scope="other")),
    ("block.conv", "which its name does not begin with", lambda: with_node(CONV, scope="block.loop.0")),
    ("block.conv", "where `size` comes from", lambda: with_node(CONV, arguments=(("size", "width"),))),
    ("block.conv", "where `kind` comes from", lambda: with_node(CONV, arguments=(("kind", "width"),))),
    ("block.conv", "twice where its `bias`", lambda: with_node(CONV, arguments=(("bias", "biased"), ("bias", "biased")))),
    ("block.conv", "comes from `wide`, which the scope does not have", lambda: with_node(CONV, arguments=(("stride", "wide"),))),
    ("block.conv", "`stride` is 1 and comes from `width`, which is 4", lambda: with_node(CONV, arguments=(("stride", "width"),))),
    (
        "block.conv",
        "`groups` is 1 and comes from `biased`, which is True",
        lambda: with_node(CONV, arguments=(("groups", "biased"),)),
    ),
    ("block.half", "`scale` is 0.5 and comes from `biased`", lambda: with_node(HALF, arguments=(("scale", "biased"),))),
    ("block.half", "`shift` is 0.0 and comes from `half`", lambda: with_node(HALF, arguments=(("shift", "half"),))),
    ("block.half", "how `bias` begins, which `affine` does not have", lambda: with_node(HALF, init=(("bias", Init("torch")),))),
    ("", "a graph needs an output", lambda: replace(whole(), outputs=())),
    ("", "need a name each", lambda: replace(whole(), outputs=("block.add", "x"), output_names=("a", "a"))),
    ("", "need a name each", lambda: replace(whole(), output_names=("a", "b"))),
    ("", "output `nothing` is no value", lambda: replace(whole(), outputs=("nothing",))),
    ("block.add", "is used by nothing", lambda: replace(whole(), outputs=("block.half",))),
]


@pytest.mark.parametrize(("name", "message", "make"), BROKEN)
def test_a_broken_graph_is_refused(name: str, message: str, make: Callable[[], Graph]) -> None:
    with pytest.raises(GraphError) as caught:
        verify(make())
    assert message in str(caught.value)
    assert name == caught.value.name


def test_all_that_is_said_of_broken_graphs(golden: Callable[[str, str], None]) -> None:
    said = []
    for _, _, make in BROKEN:
        with pytest.raises(GraphError) as caught:
            verify(make())
        said.append(f"{caught.value}\n")
    golden("golden/broken_graphs.txt", "".join(said))


@pytest.mark.parametrize("make", [whole, lambda: replace(whole(), outputs=("block.add", "block.conv", "x"))])
def test_a_whole_graph_passes(make: Callable[[], Graph]) -> None:
    assert verify(make()) is None


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32))
def test_random_graphs_are_whole(seed: int) -> None:
    assert verify(random_graph(Random(seed))) is None


def test_a_fraction_is_the_nearest_float() -> None:
    """1/10 is no float; the attribute that comes from it is 0.1."""
    builder = Builder()
    builder.inside("a", "block", "unit", (ScopeArgument("rate", Fraction(1, 10)),))
    builder.add(ops.Dropout(0.1), name="drop", arguments=(("rate", "rate"),))
    assert verify(builder.graph()) is None


def test_one_part_of_a_split_may_be_left_over() -> None:
    builder = Builder(4)
    parts = builder.add_all(ops.Split(2), "x")
    builder.add(ops.Flatten(), parts[1])
    assert verify(builder.graph()) is None
