"""A graph is read as its figure shows it: parts, the runs of equal blocks in them, and what each costs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from archc.cost.count import Cost, node_costs
from archc.ir import ops
from archc.ir.graph import Graph, Node, Scope
from archc.present.draw.cells import Grain, Reading, place, read_cell
from archc.present.draw.content import Cell, Network, Part, Run
from archc.present.draw.scene import Facts, Mark
from archc.present.draw.words import Detail, dimensions


def reading_of(
    graph: Graph,
    grain: Grain,
    *,
    detail: Detail = "full",
    closed: bool = True,
    hidden: tuple[str, ...] = (),
    marks: Mapping[str, Mark] | None = None,
) -> Reading:
    """Choose how a graph is read.

    At the grain of layers norms and activations are words on a wire; where modules are `closed`, each is one box, and a shortcut
    is a wire. At the grain of operations all have a box but identities and the kinds that are `hidden`.
    """
    scopes = {scope.path: scope for scope in graph.scopes}
    if grain == "op":
        quiet = (ops.Identity, *(ops.OPERATIONS[kind] for kind in hidden))
        return Reading(
            graph, node_costs(graph), grain, scopes, detail, quiet=quiet, expand_shortcut=True, silent=quiet, marks=marks or {}
        )

    def shut(scope: Scope) -> bool:
        return closed and scope.role != "shortcut"

    return Reading(
        graph,
        node_costs(graph),
        grain,
        scopes,
        detail,
        shut,
        tuple([cls for cls in ops.OPERATIONS.values() if cls.drawn == "words" or (closed and cls.drawn == "detail")]),
        expand_shortcut=not closed,
        marks=marks or {},
    )


def read_scope(graph: Graph, path: str, reading: Reading) -> Cell:
    """Read the cell of one scope: a block, a module, a stem or head."""
    inside = f"{path}."
    nodes = [node for node in graph.nodes if node.scope == path or node.scope.startswith(inside)]
    scope = reading.scopes[path]
    return read_cell(reading, nodes, [scope.output or nodes[-1].outputs[0]])


def read_network(
    graph: Graph, title: str, grain: Grain, detail: Detail = "full", marks: Mapping[str, Mark] | None = None
) -> Network:
    """Read every part of a graph, its blocks in runs of equal ones."""
    reading = reading_of(graph, grain, detail=detail, marks=marks)
    nodes: dict[str, list[Node]] = {}
    for node in graph.nodes:
        nodes.setdefault(node.scope.partition(".")[0], []).append(node)
    parts = [_part(reading, scope, nodes[scope.path]) for scope in graph.scopes if scope.path in nodes and "." not in scope.path]
    spent = sum((reading.costs[node.name] for node in graph.nodes), Cost())
    shape = graph.types[graph.outputs[0]].shape
    facts = Facts(title or graph.name, dimensions(shape), spent.parameters, spent.macs)
    return Network(graph.name, title or graph.name, graph.types[graph.input].shape, tuple(parts), facts)


def _part(reading: Reading, scope: Scope, nodes: Sequence[Node]) -> Part:
    graph = reading.graph
    spent = sum((reading.costs[node.name] for node in nodes), Cost())
    last = scope.output or nodes[-1].outputs[0]
    output = graph.types[last]
    label = scope.label or scope.path or graph.name
    facts = Facts(label, dimensions(output.shape), spent.parameters, spent.macs, *place(scope))
    kind = scope.kind if scope.kind in ("stem", "stage", "head") else "stage"
    runs = tuple(_runs(reading, scope, nodes))
    width = next((node.op.out_channels for node in nodes if isinstance(node.op, ops.Conv) and node.role == "main"), 0)
    part_kind: Literal["stem", "stage", "head"] = "stem" if kind == "stem" else "head" if kind == "head" else "stage"
    return Part(scope.path, part_kind, label, output, runs, width, facts, reading.marks.get(scope.path, ""))


def _runs(reading: Reading, scope: Scope, nodes: Sequence[Node]) -> Iterator[Run]:
    blocks: list[tuple[Cell, Scope, Facts]] = []
    for block, members in _blocks(reading, scope, nodes):
        output = block.output or members[-1].outputs[0]
        cell = read_cell(reading, members, [output])
        spent = sum((reading.costs[node.name] for node in members), Cost())
        shape = reading.graph.types[output].shape
        title = f"{block.path}: {block.template}" if block.kind == "block" else block.path
        blocks.append((cell, block, Facts(title, dimensions(shape), spent.parameters, spent.macs, *place(block))))
    start = 0
    for end in range(1, len(blocks) + 1):
        same = (
            end < len(blocks)
            and blocks[end][0].key() == blocks[start][0].key()
            and blocks[end][1].template == blocks[start][1].template
        )
        if not same:
            run = blocks[start:end]
            yield Run(
                tuple([cell for cell, _, _ in run]),
                tuple([block.path for _, block, _ in run]),
                run[0][1].template,
                tuple([facts for _, _, facts in run]),
            )
            start = end


def _blocks(reading: Reading, scope: Scope, nodes: Sequence[Node]) -> Iterator[tuple[Scope, list[Node]]]:
    """Yield the nodes of each block of a stage in turn, those of a stem or head together."""
    members: dict[str, list[Node]] = {}
    for node in nodes:
        parts = node.scope.split(".")
        path = ".".join(parts[:2])
        block = reading.scopes.get(path)
        members.setdefault(path if block is not None and block.kind == "block" else scope.path, []).append(node)
    for path, group in members.items():
        yield reading.scopes[path], group
