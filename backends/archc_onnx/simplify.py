"""The graph's nodes as an ONNX model needs them: without those that change nothing, and batch norms folded if asked for."""

from collections import Counter
from dataclasses import replace
from typing import NamedTuple

from archc.ir.convolutions import Conv
from archc.ir.graph import Graph, Node
from archc.ir.norms import Norm
from archc_onnx.operations import is_absent

FOLDED = ".folded"
"""Ends the name of a tensor that is not the state dict's any more."""


class Fold(NamedTuple):
    """A convolution and the batch norm that is folded into it."""

    conv: Node
    norm: Node


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
    """The nodes with every batch norm folded that alone reads a plain convolution; the folds by the convolution's name.

    The folded convolution has a bias, and makes the value that the norm made.
    """
    uses = Counter(name for node in nodes for name in node.inputs)
    uses.update(graph.outputs)
    makers = {node.outputs[0]: node for node in nodes if isinstance(node.op, Conv) and node.op.weights == "plain"}
    folds: dict[str, Fold] = {}
    for node in nodes:
        if isinstance(node.op, Norm) and node.op.norm == "batch" and uses[node.inputs[0]] == 1 and node.inputs[0] in makers:
            conv = makers[node.inputs[0]]
            folds[conv.name] = Fold(conv, node)
    gone = {fold.norm.name for fold in folds.values()}
    found = []
    for node in nodes:
        if node.name in folds and isinstance(node.op, Conv):
            values = {**node.op.__dict__, "bias": True}
            found.append(replace(node, op=Conv(**values), outputs=folds[node.name].norm.outputs))
        elif node.name not in gone:
            found.append(node)
    return found, folds
