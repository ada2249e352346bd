"""An entry is the place where a program's tensor enters its flow of data. Tensors are paired by their entries, not by names.

A tensor enters with a role (a filter, a norm's weight, a bias, …) and a shape, after the filters whose results reach it.
Operations between them (activations, pools, sums, rearrangements) leave no trace in an entry, so that they may differ.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from archc.ir import ops
from archc.ir.graph import Graph, Node
from archc.ir.op import TensorRole

Role: TypeAlias = TensorRole | Literal["other"]


class Entry(NamedTuple):
    """A tensor where it enters."""

    key: str
    role: Role
    shape: tuple[int, ...]
    before: frozenset[int]
    """The filters, by their number among the entries, whose results reach this place with no other filter between."""
    place: int
    """The number of the node or step at which it enters."""

    @property
    def label(self) -> tuple[Role, tuple[int, ...]]:
        """Return what is compared: axes of length one are not, since a linear layer may be a convolution of one by one."""
        return (self.role, tuple(length for length in self.shape if length != 1))


def entries_of(graph: Graph) -> list[Entry]:
    """Return the entries of a graph in order of execution."""
    entries: list[Entry] = []
    reaching: dict[str, frozenset[int]] = {graph.input: frozenset()}
    for place, node in enumerate(graph.nodes):
        before = frozenset().union(*(reaching[name] for name in node.inputs))
        for key, role, shape in _tensors(node):
            entries.append(Entry(key, role, shape, before, place))
            if role == "filter":
                reached = frozenset([len(entries) - 1])
                reaching.update(dict.fromkeys(node.outputs, reached))
            elif role == "bias" and not isinstance(node.op, ops.Norm | ops.Position):
                entries[-1] = entries[-1]._replace(before=reaching[node.outputs[0]])
        for name in node.outputs:
            reaching.setdefault(name, before)
    return entries


def _tensors(node: Node) -> Iterator[tuple[str, Role, tuple[int, ...]]]:
    """Yield key, role and shape in the order of entering: a norm's gate enters before its scale and shift."""
    parameters = node.op.parameters()
    if isinstance(node.op, ops.Norm) and node.op.norm == "evonorm_s0":
        parameters = (*parameters[2:], *parameters[:2])
    for parameter in parameters:
        yield f"{node.name}.{parameter.name}", parameter.role, parameter.shape


def filters(entries: Sequence[Entry]) -> list[int]:
    """Return the numbers of the entries that are filters."""
    return [number for number, entry in enumerate(entries) if entry.role == "filter"]
