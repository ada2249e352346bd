"""Where each value of a resolved document was written: what `archc resolve` prints and diagnostics point at."""

from pathlib import Path

import pytest
from small_specs import graph_of, named, spec

from archc.compile.pipeline import read_spec
from archc.language.document.nodes import Map, Node

PARENT = spec("{kind: basic, order: post, shortcut: B}").replace("name: small", "name: parent")
CHILD = """\
archc: 1
name: small
extends: parent
set:
  block.shortcut: A
  stages.layer2.blocks.1.mid: 8
  stages.layer3: {out: 64, repeat: 1}
  head.fc.out: 5
"""
PLACES = {
    "name": "small.yaml:2:7",
    "classes": "parent.yaml:4:10",
    "block.kind": "parent.yaml:7:15",
    "block.order": "parent.yaml:7:29",
    "block.shortcut": "small.yaml:5:19",
    "stages.layer1.out": "parent.yaml:8:24",
    "stages.layer2.out": "parent.yaml:8:54",
    "stages.layer2.blocks.1.mid": "small.yaml:6:31",
    "stages.layer3.repeat": "small.yaml:7:36",
    "head.fc.op": "parent.yaml:9:63",
    "head.fc.out": "small.yaml:8:16",
}


def value_at(root: Map, path: str) -> Node:
    at: Node = root
    for part in path.split("."):
        assert isinstance(at, Map)
        found = at.get(int(part) if part.isdigit() else part)
        assert found is not None
        at = found
    return at


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "parent.yaml").write_text(PARENT, encoding="utf-8")
    (tmp_path / "small.yaml").write_text(CHILD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("path", "place"), PLACES.items())
def test_a_value_has_the_place_where_it_was_written(path: str, place: str, folder: Path) -> None:
    assert str(value_at(read_spec("small.yaml").root, path).span) == place


def test_a_value_of_the_command_line_has_its_own_text(folder: Path) -> None:
    root = read_spec("small.yaml", overrides=["head.fc.out=7"]).root
    span = value_at(root, "head.fc.out").span
    assert (span.source.name, span.source.text) == ("--set head.fc.out", "7")


ORIGINS = {
    "stem.conv": "small.yaml:6:8",
    "stem.norm": "small.yaml:6:8",
    "layer1.0.conv1": "archc:blocks/basic.yaml:7:3",
    "layer1.0.norm2": "archc:blocks/basic.yaml:8:3",
    "layer1.0.add": "small.yaml:7:45",
    "layer1.0.a": "small.yaml:7:57",
    "layer1.0.act_out": "small.yaml:7:29",
    "layer2.0.shortcut.conv": "archc:modules/projection.yaml:8:3",
    "head.fc": "small.yaml:9:54",
}


@pytest.mark.parametrize(("node", "place"), ORIGINS.items())
def test_a_node_has_the_place_of_its_step(node: str, place: str, folder: Path) -> None:
    text = spec("{kind: basic, order: post, shortcut: B, insert: {a: {op: affine, before: add}}}")
    origin = named(graph_of(Path(), text), node).origin
    assert str(origin) == place
