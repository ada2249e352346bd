"""A rule over a graph's operations, worked out once where operation and shapes are the same: blocks repeat by the hundred."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from archc.ir.graph import Graph, Node
from archc.ir.op import Types
from archc.ir.ops import Operation

_Found = TypeVar("_Found")


def each(graph: Graph, rule: Callable[[Operation, Types, Types], _Found]) -> Iterator[tuple[Node, _Found]]:
    """Every node, in order of execution, with what the rule says of its operation, inputs and outputs."""
    # by identity: hashing an operation's attributes would cost more than counting
    known: dict[tuple[int, tuple[int, ...]], _Found] = {}
    types = graph.types
    for node in graph.nodes:
        key = (id(node.op), tuple([id(types[name]) for name in node.inputs]))
        found = known.get(key)
        if found is None:
            inputs, outputs = (tuple([types[name] for name in names]) for names in (node.inputs, node.outputs))
            found = known[key] = rule(node.op, inputs, outputs)
        yield node, found
