"""Small networks for tests: a stem of 16 channels, two stages, a head; each part can be said otherwise."""

from pathlib import Path

from archc.compile.pipeline import compile_spec
from archc.ir.graph import Graph, Node

STEM = "{conv: {kernel: 3, out: 16}}"
STAGES = "{layer1: {out: 16, repeat: 2}, layer2: {out: 32, repeat: 2, stride: 2}}"
HEAD = "{pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}}"

GOOD = """\
archc: 1
name: {name}
input: {{channels: 3, height: 32, width: 32}}
classes: 10
stem: {{conv: {{kernel: 3, out: 16}}}}
block: {{kind: basic, order: post, shortcut: B}}
stages: {{layer1: {{out: 16, repeat: 1}}}}
head: {{pool: {{op: global_pool}}, flat: {{op: flatten}}, fc: {{op: linear, out: classes}}}}
expect: {{depth: 4}}
"""
"""A whole network called {name}, with nothing to be said against it."""


def spec(block: str, *, stem: str = STEM, stages: str = STAGES, head: str = HEAD, more: str = "") -> str:
    """The text of a network `small`; parts are flow maps, `more` whole lines."""
    return f"""\
archc: 1
name: small
input: {{channels: 3, height: 32, width: 32}}
classes: 10
{more}
stem: {stem}
block: {block}
stages: {stages}
head: {head}
"""


def graph_of(folder: Path, text: str, **definitions: str) -> Graph:
    """The graph of a spec beside files of definitions."""
    for name, definition in definitions.items():
        (folder / f"{name}.yaml").write_text(f"archc: 1\n{definition}", encoding="utf-8")
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return compile_spec(str(path)).graph


def inside(graph: Graph, scope: str) -> list[Node]:
    """The nodes under a scope, in order of execution."""
    return [node for node in graph.nodes if node.name.startswith(f"{scope}.")]


def names(graph: Graph, scope: str) -> list[str]:
    """Their names within it."""
    return [node.name.removeprefix(f"{scope}.") for node in inside(graph, scope)]


def named(graph: Graph, name: str) -> Node:
    return next(node for node in graph.nodes if node.name == name)
