"""No text of a spec becomes code: titles and sources in docstrings and comments, names as identifiers or not at all."""

import ast

import pytest
from graph_builder import Builder
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_backend.live import source_of

from archc.backend import BackendError
from archc.ir.graph import Graph, Scope
from archc.ir.norms import Act
from archc.ir.ops import Conv
from archc.language.layouts.table import CANONICAL, Layout, Path, Table
from archc.record import replace
from archc_torch.source import FIRST_LINE, Meta, emit_source

PAYLOADS = (
    '"""\nimport os\n"""',
    "\nimport os",
    "\rimport os",
    "\u2028import os",
    "\x0cimport os",
    "coding: utf-7 +AAo-import os",
    "# -*- coding: latin-1 -*-",
    "\\",
    '\\"""',
    '"',
    "{x!r}",
    "\x00",
    "\u202e",
    "é",
    "a" * 5000,
)


def small() -> Graph:
    builder = Builder()
    builder.inside("unit", "module", "unit")
    builder.add(Conv(3, 4, 1), name="conv")
    builder.add(Act("relu"), name="act")
    return builder.graph()


def code(source: str) -> str:
    """The source without docstrings and comments."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
    return ast.unparse(tree)


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
@pytest.mark.parametrize("place", ["title", "paper", "where"])
def test_free_text_is_no_code(payload: str, place: str) -> None:
    words = {"title": "t", "paper": "p", "where": "w"} | {place: payload}
    meta = Meta("net", words["title"], (("paper", words["paper"]), ("where", words["where"])))
    plain = emit_source(small(), CANONICAL, Meta("net"))
    assert code(plain).replace("class Net", "class") == code(emit_source(small(), CANONICAL, meta)).replace("class Net", "class")


@settings(max_examples=200)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_no_code(title: str, where: str) -> None:
    source = emit_source(small(), CANONICAL, Meta("net", title, (("where", where),)))
    names = {node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    assert (len(names), "net" in names, source.isascii(), "\r" in source) == (3, True, True, False)


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_the_first_lines_are_fixed(payload: str) -> None:
    """Only they can name an encoding (PEP 263)."""
    source = emit_source(small(), CANONICAL, Meta("net", payload, (("paper", payload),)))
    assert source.split("\n")[:2] == [FIRST_LINE, "#"]


NAMES = ("a b", "a\nimport os", 'a"b', "a'", "é", "ﬁ", "__init__", "forward", "")


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_node_of_that_name(name: str) -> None:
    builder = Builder()
    builder.inside("unit", "module", "unit")
    builder.add(Conv(3, 4, 1))
    graph = builder.graph()
    [node] = graph.nodes
    named = replace(node, name=f"unit.{name}", outputs=(f"unit.{name}",))
    types = {"x": graph.types["x"], named.name: graph.types[node.name]}
    bad = replace(graph, nodes=(named,), types=types, outputs=(named.name,), scopes=graph.scopes)
    with pytest.raises(BackendError) as error:
        source_of(bad)
    assert error.value.code == "E0503"


@pytest.mark.parametrize("name", ["torch", "nn", "class", "a b", "F", "é", "import os\n", "print", "self"])
def test_a_network_of_that_name(name: str) -> None:
    with pytest.raises(BackendError) as error:
        emit_source(replace(small(), name=name), CANONICAL, Meta(name))
    assert error.value.code == "E0505"


@pytest.mark.parametrize("template", ["a b", "class", "nn", "torch", "1x", "é", '"""', "Net", "net"])
def test_a_definition_of_that_name(template: str) -> None:
    """A class is called something else then."""
    graph = small()
    scopes = (graph.scopes[0], Scope("unit", "module", template))
    tree = ast.parse(source_of(replace(graph, scopes=scopes)))
    assert len({node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}) == 3


def test_a_layouts_names() -> None:
    layout = Layout(name="zoo", modules={"unit": Table(steps={"conv": Path(("forward",))})})
    with pytest.raises(BackendError) as error:
        source_of(small(), layout)
    assert error.value.message == "`unit.conv` cannot be called `forward`: that is an attribute of every nn.Module"
