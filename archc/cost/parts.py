"""A network's costs are given row by row: the whole, its stages, blocks or layers, in order of execution, repeats folded."""

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
    """A row of equal parts after each other; counts and measures are of all of them together."""

    path: str
    """The path of the first part."""
    last: str
    """The path of the last part."""
    template: str
    """The name of the definition or the kind of the operation, such as `bottleneck` or `conv`."""
    times: int
    """The number of equal parts."""
    output: TensorType
    measures: Measures
    count: int
    """The operations that the convention counts."""
    field: Field
    """The receptive field of the last part's output."""


def parts(graph: Graph, level: Level, convention: Convention, *, fold: bool = True) -> tuple[Part, ...]:
    """Return the rows, whose measures and counts add up to the network's."""
    measures, fields = node_measures(graph), receptive_fields(graph)
    counts = {name: sum(classes.values()) for name, classes in node_counts(graph, convention).items()}
    templates = {scope.path: scope.template for scope in graph.scopes}
    ends = {scope.path: scope.output for scope in graph.scopes}

    def row(group: list[Node], path: str) -> Part:
        end = ends.get(path) or group[-1].outputs[0]
        template = templates.get(path, group[0].op.kind)
        own = summed([measures[node.name] for node in group])
        return Part(path, path, template, 1, graph.types[end], own, sum(counts[node.name] for node in group), fields[end])

    if level != "layer":
        rows = [row(group, path) for path, group in _groups(graph, level)]
        return tuple(_folded(rows) if fold and level == "block" else rows)
    blocks = list(_groups(graph, "block"))
    runs = _runs(graph, blocks) if fold else [[nodes] for _, nodes in blocks]
    return tuple(_together([row([node], node.name) for node in alike]) for run in runs for alike in zip(*run, strict=True))


def _groups(graph: Graph, level: Level) -> Iterator[tuple[str, list[Node]]]:
    """Yield nodes by the path of their part, in order of first execution."""
    groups: dict[str, list[Node]] = {}
    for node in graph.nodes:
        groups.setdefault(cut(node, level), []).append(node)
    yield from groups.items()


def cut(node: Node, level: Level) -> str:
    """Return the path of a node's part: its scope's, cut to one name for a stage and to two for a block.

    A node outside of all scopes is a part of its own.
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
    """Fold neighbours in one stage that are the same block with the same costs to one row."""
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
    """Yield runs of neighbouring blocks of one stage that have the same layers under the same names."""
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
