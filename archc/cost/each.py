"""A rule is applied to a graph's operations, once where operation and shapes are the same, since blocks repeat often."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from archc.ir.graph import Graph, Node
from archc.ir.op import Types
from archc.ir.ops import Operation

_Result = TypeVar("_Result")


def each(graph: Graph, rule: Callable[[Operation, Types, Types], _Result]) -> Iterator[tuple[Node, _Result]]:
    """Yield every node, in order of execution, with the result of the rule for its operation, inputs and outputs."""
    # The keys are identities, since hashing an operation's attributes would cost more than counting.
    known: dict[tuple[int, tuple[int, ...]], _Result] = {}
    types = graph.types
    for node in graph.nodes:
        key = (id(node.op), tuple([id(types[name]) for name in node.inputs]))
        result = known.get(key)
        if result is None:
            inputs, outputs = (tuple([types[name] for name in names]) for names in (node.inputs, node.outputs))
            result = known[key] = rule(node.op, inputs, outputs)
        yield node, result
