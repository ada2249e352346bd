"""Frozen norms: every batch norm of a network with fixed statistics and parameters, as detection's backbones have them."""

from archc.ir.graph import Graph
from archc.ir.norms import Norm
from archc.record import replace


def frozen(graph: Graph) -> Graph:
    """The same function in evaluation, and now in training too; names and shapes of tensors stay as they are."""
    return _with(graph, fixed=True)


def thawed(graph: Graph) -> Graph:
    """The network whose norms learn."""
    return _with(graph, fixed=False)


def _with(graph: Graph, *, fixed: bool) -> Graph:
    made: dict[int, Norm] = {}  # by identity: equal operations stay one object
    nodes = []
    for node in graph.nodes:
        op = node.op
        if isinstance(op, Norm) and op.norm == "batch" and op.frozen is not fixed:
            if id(op) not in made:
                made[id(op)] = Norm(**{**op.__dict__, "frozen": fixed})
            nodes.append(replace(node, op=made[id(op)]))
        else:
            nodes.append(node)
    return replace(graph, nodes=tuple(nodes)) if made else graph
