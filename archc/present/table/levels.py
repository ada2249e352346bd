"""A table at a level has a row for each stage, block, layer or operation of a network; repeats in a row are folded to ×N."""

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
"""The names of the nodes of one convolution unit differ in the first word alone."""


class Part(Record):
    """A row of equal parts after each other."""

    path: str
    text: str
    """What the part is in words."""
    nodes: tuple[Node, ...]
    """The nodes of the first part."""
    value: str
    """The value that the first part gives."""
    times: int = 1
    """The number of equal parts."""
    last: str = ""
    """The path of the last part."""
    end: str = ""
    """The value that the last part gives."""
    label: str = ""


def parts(graph: Graph, level: Level, *, fold: bool = True) -> list[Part]:
    """Return the parts at a level; every node is in one of them, or in a repeat of one."""
    if level == "network":
        return [Part("", "", graph.nodes, graph.outputs[0])]
    scopes = {scope.path: scope for scope in graph.scopes}
    if level == "stage":
        return [_stage(graph, scopes, path, nodes) for path, nodes in grouped(graph.nodes, 1)]
    return [part for run in _runs(graph, _blocks(graph, scopes), fold=fold) for part in _opened(graph, scopes, run, level)]


class _Run(Record):
    """Equal blocks in a row."""

    scope: Scope
    """The scope of the first block."""
    nodes: tuple[Node, ...]
    """The nodes of the first block."""
    times: int
    end: tuple[Node, ...]
    """The nodes of the last block."""
    final: str
    """The path of the last block."""


def _blocks(graph: Graph, scopes: dict[str, Scope]) -> Iterator[tuple[Scope, tuple[Node, ...]]]:
    """Yield the stem, the blocks of the stages, and the head, each with its nodes."""
    for top, nodes in grouped(graph.nodes, 1):
        if scopes[top].kind == "stage":
            for path, group in grouped(nodes, 2):
                yield scopes[path], group
        else:
            yield scopes[top], nodes


def _stage(graph: Graph, scopes: dict[str, Scope], path: str, nodes: tuple[Node, ...]) -> Part:
    """Return a stage with the words of the paper's table, a stem or a head with those of its lines."""
    scope = scopes[path]
    if scope.kind == "stage":
        text = ", ".join(map(inline, stage(graph, scopes, scope, grouped(nodes, 2)).whole))
    else:
        text = ", ".join(with_stride(line.text, line.stride) for line in lines_of(graph, scopes, scope, nodes))
    return Part(path, text, nodes, scope.output or nodes[-1].outputs[0], label=scope.label)


def _runs(graph: Graph, blocks: Iterator[tuple[Scope, tuple[Node, ...]]], *, fold: bool) -> list[_Run]:
    """Fold blocks in a row that do the same to the same shapes."""
    runs: list[_Run] = []
    before: object = None
    for scope, nodes in blocks:
        signature = _signature(graph, nodes)
        if fold and signature == before and scope.kind == "block" and runs[-1].scope.parent == scope.parent:
            run = runs[-1]
            runs[-1] = _Run(run.scope, run.nodes, run.times + 1, nodes, scope.path)
        else:
            runs.append(_Run(scope, nodes, 1, nodes, scope.path))
        before = signature
    return runs


def _signature(graph: Graph, nodes: Sequence[Node]) -> tuple[object, ...]:
    """Return what the nodes of a block are, read and give, whatever their names are."""
    numbers: dict[str, int] = {}
    steps: list[object] = []
    for node in nodes:
        read = tuple([numbers.get(name, graph.types[name].shape) for name in node.inputs])
        for name in node.outputs:
            numbers[name] = len(numbers)
        steps.append((node.op, read, node.role))
    return tuple(steps)


def _opened(graph: Graph, scopes: dict[str, Scope], run: _Run, level: Level) -> Iterator[Part]:
    """Yield the rows of a run of blocks at a level: the run itself, its layers, or its operations."""
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
    """Group nodes by layer: a convolution, linear layer, pool or attention, its norm and activation, and what follows it.

    An operation that leads no layer goes with the one before it, at the beginning with the first.
    """
    homes = {_unit(node): node.name for node in nodes if _leads(node) and _unit(node)}
    layers: dict[str, list[Node]] = {}
    waiting: list[Node] = []
    current = ""
    for node in nodes:
        home = homes.get(_unit(node)) if _unit(node) else None
        current = node.name if _leads(node) else home or current
        if not current:
            waiting.append(node)
            continue
        layers.setdefault(current, []).extend((*waiting, node))
        waiting = []
    return [tuple(group) for group in layers.values()] or [tuple(waiting)]


def _unit(node: Node) -> tuple[str, str] | None:
    match = _UNIT.fullmatch(node.local)
    return (node.scope, match[1]) if match else None


def _leads(node: Node) -> bool:
    """Return whether an operation is a layer in its own right."""
    return node.op.row != "none"
