"""What a graph costs: parameters, buffers and multiply-adds as exact integers, its depth, and the shapes of its stages."""

from collections.abc import Iterator

from archc.cost.each import each
from archc.ir.graph import Graph, Node, enclosing
from archc.ir.op import Types
from archc.ir.ops import Operation
from archc.ir.types import TensorType
from archc.record import Record


class Cost(Record, compiled=True):
    """Learned parameters, values only kept (running statistics, filters), and multiply-adds for one image."""

    parameters: int = 0
    buffers: int = 0
    macs: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.parameters + other.parameters, self.buffers + other.buffers, self.macs + other.macs)


def node_costs(graph: Graph) -> dict[str, Cost]:
    """By the node's name, in order of execution."""
    return {node.name: cost for node, cost in _costs(graph)}


def _costs(graph: Graph) -> Iterator[tuple[Node, Cost]]:
    """Each node with its cost."""
    return each(graph, _cost)


def _cost(op: Operation, inputs: Types, outputs: Types) -> Cost:
    return Cost(*held(op), op.macs(inputs, outputs))


def held(op: Operation) -> tuple[int, int]:
    """Values that an operation learns, and those it only keeps."""
    learned = kept = 0
    for parameter in op.parameters():
        if parameter.trainable:
            learned += parameter.size
        else:
            kept += parameter.size
    return learned, kept


def total(graph: Graph) -> Cost:
    """Of the whole network."""
    parameters = buffers = macs = 0
    for _, cost in _costs(graph):
        parameters += cost.parameters
        buffers += cost.buffers
        macs += cost.macs
    return Cost(parameters, buffers, macs)


def parameters(graph: Graph) -> int:
    """Learned parameters, the number papers print."""
    return total(graph).parameters


def buffers(graph: Graph) -> int:
    """Values that are kept and not learned; torch's `num_batches_tracked` is no part of the graph and not among them."""
    return total(graph).buffers


def macs(graph: Graph) -> int:
    """Multiply-adds of convolutions and linear layers, for one image of the declared size."""
    return total(graph).macs


def by_scope(graph: Graph, level: int) -> dict[str, Cost]:
    """Sums by path cut to `level` names, in order of execution: 1 is the stem, the stages and the head, 2 their blocks.

    Every node is in exactly one sum, so they add up to `total`; one that stands higher is under its own scope.
    """
    costs = node_costs(graph)
    found: dict[str, Cost] = {}
    for node in graph.nodes:
        path = ".".join(node.scope.split(".")[:level]) if level > 0 else ""
        before = found.get(path)
        found[path] = costs[node.name] if before is None else before + costs[node.name]
    return found


def scope_costs(graph: Graph) -> dict[str, Cost]:
    """By scope path, everything inside it included; the network's own ("") is the total."""
    costs = node_costs(graph)
    found = {scope.path: Cost() for scope in graph.scopes}
    for node in graph.nodes:
        found[node.scope] += costs[node.name]
    # a scope stands before what is in it, so backwards every sum is complete when it is handed on
    for scope in reversed(graph.scopes):
        if scope.path:
            found[enclosing(scope, found)] += found[scope.path]
    return found


def depth(graph: Graph) -> int:
    """Convolutions and linear layers on the main path, as papers count them.

    None in shortcuts and insertions; a module in place of a convolution (its name begins with `conv`) counts as one.
    """
    paths = {scope.path for scope in graph.scopes}
    plain = {""}
    count = 0
    for scope in graph.scopes:
        if scope.path == "" or enclosing(scope, paths) not in plain or scope.role != "main":
            continue
        if scope.kind != "module":
            plain.add(scope.path)
        elif scope.path.rpartition(".")[2].startswith("conv"):
            count += 1
    return count + sum(_counts(node) and node.scope in plain for node in graph.nodes)


def _counts(node: Node) -> bool:
    return node.role == "main" and node.op.work_class in ("conv", "linear")


def stage_shapes(graph: Graph) -> dict[str, TensorType]:
    """The output of the stem and of each stage by path, N left out; a stem or stage without nodes is left out too."""
    wanted = {scope.path: scope.output for scope in graph.scopes if scope.kind in ("stem", "stage")}
    last = {}
    for node in graph.nodes:
        place = node.scope.partition(".")[0]
        if place in wanted:
            last[place] = node.outputs[0]
    return {path: graph.types[output or last[path]] for path, output in wanted.items() if output or path in last}
