"""The text of a graph: what it looks like, and that it parses back to an equal graph."""

from fractions import Fraction
from random import Random
from typing import Any

import pytest
from graph_builder import Builder
from graph_parser import from_text
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import random_graph

from archc.diagnostics import Source, Span
from archc.ir import ops
from archc.ir.graph import Graph, InitPolicy, Node, ScopeArgument
from archc.ir.op import Init
from archc.ir.text import to_text
from archc.ir.types import TensorType
from archc.record import replace


def example() -> Graph:
    builder = Builder(4, 8, 8)
    width = (ScopeArgument("in", 4), ScopeArgument("ratio", Fraction(1, 4), "ratio"), ScopeArgument("last", value=True))
    builder.inside("layer1.0", "block", "two words", width, "shortcut")
    builder.add(
        ops.Conv(4, 4, 1, bias=True), arguments=(("in_channels", "in"),), init=(("bias", Init("constant", -6.0)),), name="conv1"
    )
    builder.add_all(ops.Split(2), name="splits", role="insert")
    builder.add(ops.Act("leaky_relu", 0.01), "layer1.0.splits:0", name="act1")
    builder.add(ops.Add(), "layer1.0.act1", "layer1.0.splits:1", name="add")
    return builder.graph()


TEXT = """\
archc graph 1
name net
input x : Nx4x8x8
size any
init conv=kaiming_normal_fan_out linear=torch
@ network net
  @layer1.0 block "two words"(in=4 ratio=1/4<ratio last=true) role shortcut
    layer1.0.conv1 = conv(x) in_channels=4<in out_channels=4 kernel=1 bias=true init bias=constant(-6.0) : Nx4x8x8
    layer1.0.splits = split(layer1.0.conv1) parts=2 role insert : Nx2x8x8 Nx2x8x8
    layer1.0.act1 = act(layer1.0.splits:0) act=leaky_relu slope=0.01 : Nx2x8x8
    layer1.0.add = add(layer1.0.act1 layer1.0.splits:1) : Nx2x8x8
outputs layer1.0.add
"""


def test_the_text_is_readable() -> None:
    assert to_text(example()) == TEXT


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_a_graph_parses_back_to_itself(seed: int) -> None:
    graph = random_graph(Random(seed))
    assert graph == from_text(to_text(graph))


ODD = [
    "",
    " ",
    "in",
    "true",
    "nan",
    "1e5",
    "3/4",
    "@",
    "# no comment",
    'say "hello"',
    "back\\slash",
    "a\nb\r\x85\u2028",
    "\x00\x1b[31m\x7f",
    "caf\u00e9 \u202e \U0001f600",
    "\ud800",
    "outputs",
    "->",
    "archc graph 1",
]


@pytest.mark.parametrize("text", ODD, ids=ascii)
def test_any_string_survives(text: str) -> None:
    """As a name, a template, a label, an argument, an operand and an attribute."""
    scope = replace(
        example().scopes[1], template=text, label=text, arguments=(ScopeArgument(text, text, text),), inputs=(text,), output=text
    )
    node = Node(text, ops.Act(text), (text, text), (text, "y"), text, (("act", text),), ((text, Init(text, 1.0)),))
    graph = replace(example(), name=text, input=text, outputs=(text, text), scopes=(scope,), nodes=(node,), types={})
    assert graph == from_text(to_text(graph))


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_the_text_is_printable_ascii(text: str) -> None:
    lines = to_text(replace(example(), name=text)).split("\n")
    assert all(line.isascii() and (line.isprintable() or not line) for line in lines)


def only(place: int, **changes: Any) -> Graph:
    """The example with one node left, changed; what it makes has a type where its name is still the same."""
    node = example().nodes[place]
    types = {name: example().types[name] for name in ("x", *node.outputs) if name in {"x", *changes.get("outputs", node.outputs)}}
    return replace(example(), nodes=(replace(node, **changes),), types=types)


VARIANTS = [
    replace(example(), any_size=False),
    replace(example(), init=InitPolicy(Init("normal", 0.01), Init("xavier_uniform"))),
    replace(example(), outputs=("layer1.0.add", "layer1.0.act1", "x")),
    replace(example(), scopes=()),
    replace(example(), scopes=example().scopes[::-1]),
    replace(example(), nodes=(), types={"x": TensorType((4, 8, 8))}),
    replace(example(), types={}),
    only(0, scope=""),
    only(0, scope="elsewhere"),
    only(0, outputs=("in", "role")),
    only(0, arguments=(("kernel", "a"), ("bias", "b"), ("in_channels", "c"))),
    only(2, op=ops.Act("elu", -1e-30)),
    only(2, op=ops.Act("elu", float("-inf"))),
    only(2, op=ops.Act("elu", 1e300)),
]


@pytest.mark.parametrize("graph", VARIANTS)
def test_an_unusual_graph_parses_back_to_itself(graph: Graph) -> None:
    assert graph == from_text(to_text(graph))


def test_origins_are_left_out() -> None:
    span = Span(Source("net.yaml", "text"), 1, 1, 1, 2)
    nodes = tuple(replace(node, origin=span) for node in example().nodes)
    assert to_text(replace(example(), nodes=nodes)) == TEXT


def test_an_attribute_at_its_default_is_printed_where_it_has_a_source() -> None:
    builder = Builder()
    builder.inside("a", "block", "unit", (ScopeArgument("stride", 1),))
    builder.add(ops.Conv(3, 4, 3), name="conv", arguments=(("stride", "stride"),))
    assert "stride=1<stride" in to_text(builder.graph())


LINE = "    layer1.0.conv1 = conv(x) in_channels=4<in out_channels=4 kernel=1 bias=true init bias=constant(-6.0) : Nx4x8x8"
BROKEN = [
    (1, "archc graph 1", "archc graph 2", "expected `archc graph 1`"),
    (2, "name net", "title net", "expected `name`, found `title`"),
    (2, "name net", "name", "expected a name at the end"),
    (2, "name net", "name net work", "expected the end of the line, found `work`"),
    (3, "Nx4x8x8\nsize", "4x8x8\nsize", "found `4x8x8`"),
    (3, "Nx4x8x8\nsize", "Nx4y8\nsize", "`Nx4y8` is no type"),
    (4, "size any", "size some", "expected one of any, fixed, found `some`"),
    (5, "linear=torch", "linear=constant(a)", "expected a number, found `a`"),
    (6, "network net", "net net", "expected one of network, stem"),
    (7, "role shortcut", "role none", "expected one of main, shortcut, insert"),
    (7, "1/4", "1/0", "found `/`"),
    (7, "(in=4", "(in=", "expected a name, found"),
    (8, "= conv(x)", "= convolution(x)", "found `convolution`"),
    (8, "conv(x)", "conv(x", "expected `)`"),
    (8, "kernel=1", "kernel 1", "expected `=`, found `1`"),
    (8, "kernel=1", "kernel=1 kernel=1", "`kernel` twice"),
    (8, "kernel=1", "kernel=wide", "`kernel` cannot be 'wide'"),
    (8, "kernel=1", "kernel=true", "`kernel` cannot be True"),
    (8, "kernel=1", "kernel=1.0", "`kernel` cannot be 1.0"),
    (8, "kernel=1", "size=1", "`conv` has no attribute `size`"),
    (8, "kernel=1 ", "", "`conv` needs `kernel`"),
    (8, "bias=true", "weights=heavy", "`weights` cannot be 'heavy'"),
    (8, "bias=true", "eps=true", "`eps` cannot be True"),
    (8, " : Nx4x8x8\n    layer1.0.splits", "\n    layer1.0.splits", "expected a name at the end"),
    (10, "act=leaky_relu", 'act="\\u{110000}"', "there is no character"),
    (11, "outputs layer1.0.add", "", "expected `outputs`"),
]


@pytest.mark.parametrize("case", BROKEN, ids=str)
def test_a_broken_text_is_refused_with_its_line(case: tuple[int, str, str, str]) -> None:
    line, old, new, message = case
    assert TEXT.count(old) >= 1
    with pytest.raises(ValueError, match=r"^line \d+: ") as caught:
        from_text(TEXT.replace(old, new, 1))
    assert str(caught.value).startswith(f"line {line}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n\n", "archc graph 1\n", "archc graph 1\nname net\n"], ids=ascii)
def test_a_text_that_ends_early_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^line \d: "):
        from_text(text)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.sampled_from([*'=()<@:?"\\ \n', "in", "1", "->", "nan", ""]))
def test_a_mutated_text_is_a_graph_or_a_value_error(place: int, put: str) -> None:
    """Never another exception; what parses prints and parses to itself again."""
    try:
        graph = from_text(TEXT[:place] + put + TEXT[place + 1 :])
    except ValueError as error:
        said = str(error)
    else:
        said = "line " * (to_text(from_text(to_text(graph))) == to_text(graph))
    assert said.startswith("line ")


def test_equal_operations_print_alike() -> None:
    assert to_text(only(2, op=ops.Act("elu", 1))) == to_text(only(2, op=ops.Act("elu", 1.0)))


def test_required_attributes_are_printed() -> None:
    builder = Builder()
    builder.add(ops.Dropout(0.0))
    builder.add(ops.Flatten())
    assert "dropout0 = dropout(x) rate=0.0 : Nx3x8x8" in to_text(builder.graph())
