"""The graph's nodes as an ONNX model needs them: without those that change nothing, and batch norms folded if asked for."""

from archc.ir.fold import Fold, foldable, with_bias
from archc.ir.graph import Graph, Node
from archc.record import replace
from archc_onnx.operations import is_absent

FOLDED = ".folded"
"""Ends the name of a tensor that is not the state dict's any more."""


def present(graph: Graph, *, training: bool) -> list[Node]:
    """The nodes that do something; an output of the network keeps its node, and with it its name."""
    alias: dict[str, str] = {}
    found: list[Node] = []
    for node in graph.nodes:
        inputs = tuple([alias.get(name, name) for name in node.inputs])
        if is_absent(node, training=training) and node.outputs[0] not in graph.outputs:
            alias[node.outputs[0]] = inputs[0]
        else:
            found.append(node if inputs == node.inputs else replace(node, inputs=inputs))
    return found


def folded(graph: Graph, nodes: list[Node]) -> tuple[list[Node], dict[str, Fold]]:
    """The nodes with every batch norm folded that can be; the folds by the convolution's name.

    The folded convolution has a bias, and makes the value that the norm made.
    """
    folds = foldable(nodes, graph.outputs).folds
    gone = {fold.norm.name for fold in folds.values()}
    found = []
    for node in nodes:
        if node.name in folds:
            found.append(replace(with_bias(node), outputs=folds[node.name].norm.outputs))
        elif node.name not in gone:
            found.append(node)
    return found, folds
