"""What a network says of its blocks is recorded on their scopes, and of a node which convolution unit it belongs to."""

from pathlib import Path

import pytest
from graph_parser import from_text
from small_specs import graph_of, inside, spec

from archc.ir.extract import without_head
from archc.ir.fold import foldable, folded
from archc.ir.graph import Graph, Scope
from archc.ir.text import to_text

BLOCK = "{kind: basic, order: post, shortcut: B}"


def scope_of(graph: Graph, path: str) -> Scope:
    return next(scope for scope in graph.scopes if scope.path == path)


WORDS = {
    "B": "B",
    "none": "none",
    "{kind: A, zeros: both}": "A (changed)",
    "{kind: C}": "C",
    "{same: identity, change: {module: projection, of: x, out: out, stride: stride}}": "projection of x",
    "{same: identity, change: none}": "none",
    "{same: none, change: {op: conv, kernel: 1, out: out, stride: stride}}": "conv",
}


@pytest.mark.parametrize(("shortcut", "word"), WORDS.items())
def test_a_setting_is_recorded_with_its_word(shortcut: str, word: str, tmp_path: Path) -> None:
    graph = graph_of(tmp_path, spec(f"{{kind: basic, order: post, shortcut: {shortcut}}}"))
    setting = scope_of(graph, "layer1.0").settings["shortcut"]
    assert (setting.word, setting.has_word) == (word, not shortcut.startswith("{"))


def test_the_nearest_place_that_says_a_setting_is_recorded(tmp_path: Path) -> None:
    stages = (
        "{layer1: {out: 16, repeat: 2, order: pre, shortcut: C}, layer2: {out: 32, repeat: 2, blocks: {1: {shortcut: none}}}}"
    )
    graph = graph_of(tmp_path, spec(BLOCK, stages=stages))
    settings = {scope.path: scope.settings for scope in graph.scopes if scope.kind == "block"}
    assert {path: own["shortcut"].word for path, own in settings.items()} == {
        "layer1.0": "C", "layer1.1": "C", "layer2.0": "B", "layer2.1": "none",
    }  # fmt: skip
    assert [settings[path]["order"].place.line for path in ("layer1.0", "layer2.0")] == [8, 7]
    assert scope_of(graph, "layer2").settings["out"].word == "32"


def test_a_path_into_the_settings_of_one_block_is_read_as_the_map_it_stands_for(tmp_path: Path) -> None:
    stages = "{layer1: {out: 16, repeat: 2, blocks.1.shortcut: none, shortcut.change.of: x}}"
    graph = graph_of(tmp_path, spec(BLOCK, stages=stages))
    assert [scope_of(graph, f"layer1.{index}").settings["shortcut"].word for index in (0, 1)] == ["change.of: x", "none"]


def test_blocks_that_are_told_the_same_share_their_settings(tmp_path: Path) -> None:
    stages = "{layer1: {out: 16, repeat: 4, blocks: {2: {order: pre}}}}"
    graph = graph_of(tmp_path, spec("{kind: basic, order: post, shortcut: none}", stages=stages))
    first, second, apart, last = (scope_of(graph, f"layer1.{index}").settings for index in range(4))
    assert first is second is last is not apart


def test_parts_of_a_network_keep_what_was_recorded(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, spec(BLOCK))
    for part in (without_head(graph), folded(graph, foldable(graph.nodes, graph.outputs).folds)):
        assert [scope.settings for scope in part.scopes if scope.kind == "block"] == [
            scope.settings for scope in graph.scopes if scope.kind == "block"
        ]
        assert {node.name: node.unit for node in part.nodes}.items() <= {node.name: node.unit for node in graph.nodes}.items()


def test_a_node_of_a_convolution_unit_knows_its_unit(tmp_path: Path) -> None:
    insert = "insert: {conv_a: {kernel: 1, out: out, after: act1}, conv_b: {op: conv, kernel: 1, out: out, after: act1}}"
    graph = graph_of(tmp_path, spec(f"{{kind: basic, order: post, shortcut: none, {insert}}}"))
    assert {node.local: node.unit for node in inside(graph, "layer1.0")} == {
        "conv1": "conv1", "norm1": "conv1", "act1": "conv1", "conv_a": "conv_a", "norm_a": "conv_a", "act_a": "conv_a",
        "conv_b": "", "conv2": "conv2", "norm2": "conv2", "act_out": "out",
    }  # fmt: skip


def test_a_graph_that_is_read_from_its_text_is_equal_and_has_no_settings(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, spec(BLOCK))
    again = from_text(to_text(graph))
    assert again == graph
    assert not any(scope.settings for scope in again.scopes)
    assert not any(node.unit for node in again.nodes)
