"""Blocks that are expanded once are those expanded each; where an attribute came from is recorded and true."""

import re
from pathlib import Path

import pytest
from small_specs import graph_of, named, spec

from archc.compile.lower import stages
from archc.compile.lower.block import lower_block
from archc.compile.pipeline import compile_spec
from archc.ir.graph import Graph
from archc.ir.verify import verify
from archc.language.shipped import shipped_names

NAMES = shipped_names("network")
SHALLOW = [name for name in NAMES if not re.search("[0-9]{3}", name)]
"""Deeper ones are of the same blocks, and slow where each is expanded."""


def lower_each(around: object, settings: object, place: object) -> tuple[object, ...]:
    """A block that says that it asked for its index, so that no other is taken from it."""
    part, out, _ = lower_block(around, settings, place)  # type: ignore[arg-type]
    return part, out, frozenset({"index"})


def said(graph: Graph) -> tuple[object, ...]:
    return graph.nodes, graph.scopes, dict(graph.types), graph.outputs


@pytest.mark.parametrize("name", SHALLOW)
def test_blocks_expanded_once_are_those_expanded_each(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    once = said(compile_spec(name).graph)
    monkeypatch.setattr(stages, "lower_block", lower_each)
    assert said(compile_spec(name).graph) == once


def test_a_block_that_asks_for_its_index_is_its_own(tmp_path: Path) -> None:
    drop = "{drop: {op: drop_path, rate: block_index / 10, before: add}}"
    graph = graph_of(tmp_path, spec(f"{{kind: basic, order: post, shortcut: B, insert: {drop}}}"))
    rates = [named(graph, f"layer{stage}.{index}.drop").op.rate for stage in (1, 2) for index in (0, 1)]  # type: ignore[union-attr]
    assert rates == [0.0, 0.1, 0.2, 0.3]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_recorded_of_attributes_is_true(name: str) -> None:
    graph = compile_spec(name).graph
    assert verify(graph) is None


RECORDED = {
    "layer2.0.conv1": {"in_channels": "in", "out_channels": "mid", "dilation": None, "stride": None, "groups": None},
    "layer2.0.norm1": {"channels": "mid"},
    "layer2.0.conv2": {
        "in_channels": "mid",
        "out_channels": "mid",
        "groups": "groups",
        "stride": "stride",
        "dilation": "dilation",
    },
    "layer2.0.conv3": {"in_channels": "mid", "out_channels": "out"},
    "layer2.0.norm3": {"channels": "out"},
    "layer2.0.shortcut.conv": {"in_channels": "in", "out_channels": "out", "stride": "stride"},
    "head.fc": {"in_channels": "in", "out_channels": "classes"},
    "stem.conv": {"in_channels": "in", "out_channels": None},
}


@pytest.mark.parametrize(("node", "arguments"), RECORDED.items())
def test_an_attribute_says_which_argument_it_is(node: str, arguments: dict[str, str | None]) -> None:
    found = dict(named(compile_spec("resnet50").graph, node).arguments)
    assert {key: found.get(key) for key in arguments} == arguments


PASSED = {
    "layer2.0": {"in": None, "out": None, "stride": None, "mid": None},
    "layer2.0.shortcut": {"in": "in", "out": "out", "stride": "stride"},
    "head": {"in": None, "classes": "classes"},
}


@pytest.mark.parametrize(("scope", "arguments"), PASSED.items())
def test_a_scope_says_which_argument_of_the_outer_it_got(scope: str, arguments: dict[str, str | None]) -> None:
    graph = compile_spec("resnet50").graph
    found = {argument.name: argument.passed for s in graph.scopes if s.path == scope for argument in s.arguments}
    assert {key: found.get(key) for key in arguments} == arguments


def test_a_value_of_the_network_is_no_argument_of_the_block(tmp_path: Path) -> None:
    block = "{kind: basic, order: post, shortcut: B, conv1.out: w}"
    graph = graph_of(tmp_path, spec(block, more="vars: {w: 16}"))
    assert "out_channels" not in dict(named(graph, "layer1.0.conv1").arguments)


def test_a_truth_does_not_pass_for_a_number(tmp_path: Path) -> None:
    block = "{kind: basic, order: post, shortcut: B, conv2.groups: stride, conv2.bias: change}"
    arguments = dict(named(graph_of(tmp_path, spec(block)), "layer1.1.conv2").arguments)
    assert (arguments["groups"], arguments.get("bias")) == ("stride", None)
