"""A network's costs row by row: of the whole, its stages, blocks or layers, in order of execution, repeats folded."""

from collections.abc import Iterator
from typing import Literal, TypeAlias, get_args

from archc.cost.conventions import Convention, node_counts
from archc.cost.measures import Measures, node_measures, summed
from archc.cost.receptive import Field, receptive_fields
from archc.ir.graph import Graph, Node
from archc.ir.types import TensorType
from archc.record import Record

Level: TypeAlias = Literal["network", "stage", "block", "layer"]
LEVELS: tuple[Level, ...] = get_args(Level)


class Part(Record):
    """One row: `times` equal parts after each other, `path` the first and `last` the last of them.

    `template` is what it was made of (`bottleneck`, `conv`), `output` its shape, `count` its operations in the convention. Counts
    and measures are of all `times` together; `field` is the last one's.
    """

    path: str
    last: str
    template: str
    times: int
    output: TensorType
    measures: Measures
    count: int
    field: Field


def parts(graph: Graph, level: Level, convention: Convention, *, fold: bool = True) -> tuple[Part, ...]:
    """The rows; their measures and counts add up to the network's."""
    measures, fields = node_measures(graph), receptive_fields(graph)
    counts = {name: sum(found.values()) for name, found in node_counts(graph, convention).items()}
    templates = {scope.path: scope.template for scope in graph.scopes}
    ends = {scope.path: scope.output for scope in graph.scopes}

    def row(group: list[Node], path: str) -> Part:
        end = ends.get(path) or group[-1].outputs[0]
        template = templates.get(path, group[0].op.kind)
        found = summed([measures[node.name] for node in group])
        return Part(path, path, template, 1, graph.types[end], found, sum(counts[node.name] for node in group), fields[end])

    if level != "layer":
        rows = [row(group, path) for path, group in _groups(graph, level)]
        return tuple(_folded(rows) if fold and level == "block" else rows)
    blocks = list(_groups(graph, "block"))
    runs = _runs(graph, blocks) if fold else [[nodes] for _, nodes in blocks]
    return tuple(_together([row([node], node.name) for node in alike]) for run in runs for alike in zip(*run, strict=True))


def _groups(graph: Graph, level: Level) -> Iterator[tuple[str, list[Node]]]:
    """Nodes by the path of their part, in order of first execution."""
    found: dict[str, list[Node]] = {}
    for node in graph.nodes:
        found.setdefault(cut(node, level), []).append(node)
    yield from found.items()


def cut(node: Node, level: Level) -> str:
    """The path of the part a node is in: its scope's, cut to one name for a stage and two for a block.

    A node that stands in no scope is a part of its own.
    """
    if level == "network":
        return ""
    if level == "layer" or not node.scope:
        return node.name
    return ".".join(node.scope.split(".")[: 1 if level == "stage" else 2])


def _alike(first: Part, second: Part) -> bool:
    same = first.template == second.template and first.output == second.output
    return same and first.path.rpartition(".")[0] == second.path.rpartition(".")[0]


def _folded(rows: list[Part]) -> Iterator[Part]:
    """Neighbours in one stage that are the same block with the same costs become one row."""
    run: list[Part] = []
    for row in rows:
        if run and not (_alike(run[0], row) and (run[0].measures, run[0].count) == (row.measures, row.count)):
            yield _together(run)
            run = []
        run.append(row)
    if run:
        yield _together(run)


def _together(run: list[Part]) -> Part:
    first, last = run[0], run[-1]
    total = summed([row.measures for row in run])
    count = sum(row.count for row in run)
    return Part(first.path, last.path, first.template, len(run), first.output, total, count, last.field)


def _runs(graph: Graph, blocks: list[tuple[str, list[Node]]]) -> Iterator[list[list[Node]]]:
    """Neighbouring blocks of one stage with the same layers under the same names."""
    run: list[list[Node]] = []
    before: object = None
    for path, nodes in blocks:
        kinds = [(node.name[len(path) :], node.op, graph.types[node.outputs[0]]) for node in nodes]
        key = (path.rpartition(".")[0], kinds) if "." in path else path
        if run and key != before:
            yield run
            run = []
        run.append(nodes)
        before = key
    if run:
        yield run
