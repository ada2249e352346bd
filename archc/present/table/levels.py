"""The rows of a table at a level: a network's stages, blocks, layers or operations, what repeats in a row folded to ×N."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias, get_args

from archc.ir.graph import Graph, Node, Scope
from archc.present.table.branch import grouped, lines_of
from archc.present.table.grid import inline
from archc.present.table.outline import stage
from archc.present.table.words import stride, with_stride
from archc.record import Record

Level: TypeAlias = Literal["network", "stage", "block", "layer", "op"]
LEVELS: tuple[Level, ...] = get_args(Level)

_UNIT = re.compile(r"(?:conv|norm|act)(.*)")
"""The names of a convolution unit's nodes, which differ in the first word alone."""


class Part(Record):
    """A row: its path, what it is in words, its nodes, the value it makes, and how many alike follow one another.

    `nodes` are those of the first; `last` is the path of the last, `end` the value that makes.
    """

    path: str
    text: str
    nodes: tuple[Node, ...]
    value: str
    times: int = 1
    last: str = ""
    end: str = ""
    label: str = ""


def parts(graph: Graph, level: Level, *, fold: bool = True) -> list[Part]:
    """At `network` one part, all of it. Every node is in one part; the nodes of parts, each `times` over, are the network's."""
    if level == "network":
        return [Part("", "", graph.nodes, graph.outputs[0])]
    scopes = {scope.path: scope for scope in graph.scopes}
    if level == "stage":
        return [_stage(graph, scopes, path, nodes) for path, nodes in grouped(graph.nodes, 1)]
    return [part for run in _runs(graph, _blocks(graph, scopes), fold=fold) for part in _opened(graph, scopes, run, level)]


class _Run(Record):
    """Blocks alike in a row: the nodes of the first and of the last."""

    scope: Scope
    nodes: tuple[Node, ...]
    times: int
    end: tuple[Node, ...]
    final: str


def _blocks(graph: Graph, scopes: dict[str, Scope]) -> Iterator[tuple[Scope, tuple[Node, ...]]]:
    """Stem, blocks of the stages, head."""
    for top, nodes in grouped(graph.nodes, 1):
        if scopes[top].kind == "stage":
            for path, group in grouped(nodes, 2):
                yield scopes[path], group
        else:
            yield scopes[top], nodes


def _stage(graph: Graph, scopes: dict[str, Scope], path: str, nodes: tuple[Node, ...]) -> Part:
    """A stage as the paper's table has it; a stem or a head line by line."""
    scope = scopes[path]
    if scope.kind == "stage":
        text = ", ".join(map(inline, stage(graph, scopes, scope, grouped(nodes, 2)).whole))
    else:
        text = ", ".join(with_stride(line.text, line.stride) for line in lines_of(graph, scopes, scope, nodes))
    return Part(path, text, nodes, scope.output or nodes[-1].outputs[0], label=scope.label)


def _runs(graph: Graph, blocks: Iterator[tuple[Scope, tuple[Node, ...]]], *, fold: bool) -> list[_Run]:
    """Blocks that do the same to the same shapes."""
    runs: list[_Run] = []
    before: object = None
    for scope, nodes in blocks:
        alike = _signature(graph, nodes)
        if fold and alike == before and scope.kind == "block" and runs[-1].scope.parent == scope.parent:
            run = runs[-1]
            runs[-1] = _Run(run.scope, run.nodes, run.times + 1, nodes, scope.path)
        else:
            runs.append(_Run(scope, nodes, 1, nodes, scope.path))
        before = alike
    return runs


def _signature(graph: Graph, nodes: Sequence[Node]) -> tuple[object, ...]:
    """What a block's nodes are, read and make, whatever they are called."""
    numbers: dict[str, int] = {}
    found: list[object] = []
    for node in nodes:
        read = tuple([numbers.get(name, graph.types[name].shape) for name in node.inputs])
        for name in node.outputs:
            numbers[name] = len(numbers)
        found.append((node.op, read, node.role))
    return tuple(found)


def _opened(graph: Graph, scopes: dict[str, Scope], run: _Run, level: Level) -> Iterator[Part]:
    """A run of blocks as rows of the level: itself, its layers, or its operations."""
    output = run.scope.output or run.nodes[-1].outputs[0]
    if level == "block":
        lines = lines_of(graph, scopes, run.scope, run.nodes)
        text = "; ".join(with_stride(line.text, line.stride) for line in lines)
        end = scopes[run.final].output or run.end[-1].outputs[0]
        yield Part(run.scope.path, text, run.nodes, output, run.times, run.final, end)
        return
    groups = _layers(run.nodes) if level == "layer" else [(node,) for node in run.nodes]
    shift = len(run.scope.path)
    by_name = {node.name[len(run.final) :]: node for node in run.end}
    for group in groups:
        main = next((node for node in group if _leads(node)), group[0])
        last = by_name[main.name[shift:]]
        text = with_stride(main.op.words(), stride(main.op))
        yield Part(main.name, text, group, main.outputs[0], run.times, last.name, last.outputs[0])


def _layers(nodes: Sequence[Node]) -> list[tuple[Node, ...]]:
    """Each convolution, linear layer, pool or attention with what belongs to it: its norm and activation, and what has no weights
    of its own, which goes with the layer before it.
    """
    homes = {_unit(node): node.name for node in nodes if _leads(node) and _unit(node)}
    found: dict[str, list[Node]] = {}
    waiting: list[Node] = []
    current = ""
    for node in nodes:
        home = homes.get(_unit(node)) if _unit(node) else None
        current = node.name if _leads(node) else home or current
        if not current:
            waiting.append(node)
            continue
        found.setdefault(current, []).extend((*waiting, node))
        waiting = []
    return [tuple(group) for group in found.values()] or [tuple(waiting)]


def _unit(node: Node) -> tuple[str, str] | None:
    match = _UNIT.fullmatch(node.local)
    return (node.scope, match[1]) if match else None


def _leads(node: Node) -> bool:
    """Whether an operation is a layer in its own right."""
    return node.op.row != "none"
