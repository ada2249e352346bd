"""The costs of a graph are exact integers: parameters, buffers and multiply-adds, its depth, and the shapes of its stages."""

from collections.abc import Iterator

from archc.cost.each import each
from archc.ir.graph import Graph, Node, enclosing
from archc.ir.op import Types
from archc.ir.ops import Operation
from archc.ir.types import TensorType
from archc.record import Record


class Cost(Record, compiled=True):
    """The costs of a node or of several for one image."""

    parameters: int = 0
    """Learned values."""
    buffers: int = 0
    """Values that are kept and not learned, such as running statistics and filters."""
    macs: int = 0
    """Multiply-adds of convolutions and linear layers."""

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.parameters + other.parameters, self.buffers + other.buffers, self.macs + other.macs)


def node_costs(graph: Graph) -> dict[str, Cost]:
    """Return the cost of each node by its name, in order of execution."""
    return {node.name: cost for node, cost in _costs(graph)}


def _costs(graph: Graph) -> Iterator[tuple[Node, Cost]]:
    """Yield each node with its cost."""
    return each(graph, _cost)


def _cost(op: Operation, inputs: Types, outputs: Types) -> Cost:
    return Cost(*held(op), op.macs(inputs, outputs))


def held(op: Operation) -> tuple[int, int]:
    """Return the number of values that an operation learns, and of those it only keeps."""
    learned = kept = 0
    for parameter in op.parameters():
        if parameter.trainable:
            learned += parameter.size
        else:
            kept += parameter.size
    return learned, kept


def total(graph: Graph) -> Cost:
    """Return the cost of the whole network."""
    parameters = buffers = macs = 0
    for _, cost in _costs(graph):
        parameters += cost.parameters
        buffers += cost.buffers
        macs += cost.macs
    return Cost(parameters, buffers, macs)


def parameters(graph: Graph) -> int:
    """Return the number of learned parameters, which papers print."""
    return total(graph).parameters


def buffers(graph: Graph) -> int:
    """Return the number of values that are kept and not learned; torch's `num_batches_tracked` is not among them."""
    return total(graph).buffers


def macs(graph: Graph) -> int:
    """Return the multiply-adds of convolutions and linear layers, for one image of the declared size."""
    return total(graph).macs


def by_scope(graph: Graph, level: int) -> dict[str, Cost]:
    """Sum costs by path cut to `level` names, in order of execution: 1 is the stem, the stages and the head, 2 their blocks.

    Every node is in exactly one sum, so that they add up to `total`; a node above the level is in the sum of its own scope.
    """
    costs = node_costs(graph)
    sums: dict[str, Cost] = {}
    for node in graph.nodes:
        path = ".".join(node.scope.split(".")[:level]) if level > 0 else ""
        sums[path] = sums.get(path, Cost()) + costs[node.name]
    return sums


def scope_costs(graph: Graph) -> dict[str, Cost]:
    """Return the cost of each scope with everything inside it; the network's own, "", is the total."""
    costs = node_costs(graph)
    sums = {scope.path: Cost() for scope in graph.scopes}
    for node in graph.nodes:
        sums[node.scope] += costs[node.name]
    # A scope stands before the scopes in it, so that backwards every sum is complete when it is added to the next.
    for scope in reversed(graph.scopes):
        if scope.path:
            sums[enclosing(scope, sums)] += sums[scope.path]
    return sums


def depth(graph: Graph) -> int:
    """Count the convolutions and linear layers on the main path, as papers do.

    Those in shortcuts and insertions do not count; a module whose name begins with `conv`, in place of a convolution, is one.
    """
    paths = {scope.path for scope in graph.scopes}
    main_path = {""}
    count = 0
    for scope in graph.scopes:
        if scope.path == "" or enclosing(scope, paths) not in main_path or scope.role != "main":
            continue
        if scope.kind != "module":
            main_path.add(scope.path)
        elif scope.path.rpartition(".")[2].startswith("conv"):
            count += 1
    return count + sum(_counts(node) and node.scope in main_path for node in graph.nodes)


def _counts(node: Node) -> bool:
    return node.role == "main" and node.op.work_class in ("conv", "linear")


def stage_shapes(graph: Graph) -> dict[str, TensorType]:
    """Return the type of the output of the stem and of each stage by path; a stem or stage without nodes is left out."""
    outputs = {scope.path: scope.output for scope in graph.scopes if scope.kind in ("stem", "stage")}
    last = {}
    for node in graph.nodes:
        place = node.scope.partition(".")[0]
        if place in outputs:
            last[place] = node.outputs[0]
    return {path: graph.types[output or last[path]] for path, output in outputs.items() if output or path in last}
