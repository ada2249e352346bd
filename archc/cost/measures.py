"""Nodes, scopes, stages and the network are measured: parameters, work by class, activations, and memory traffic."""

from collections.abc import Iterator
from fractions import Fraction

from archc.cost.batched import Batched
from archc.cost.count import held
from archc.cost.each import each
from archc.ir.graph import Graph, Node, enclosing
from archc.ir.op import CLASSES, Types, Work
from archc.ir.ops import Operation
from archc.record import Record

NOTHING = (0,) * len(CLASSES)


class Measures(Record):
    """Sums over nodes, for one image but for `read` and `written`."""

    parameters: int = 0
    """Learned values."""
    buffers: int = 0
    """Values that are kept and not learned."""
    macs: int = 0
    """Multiply-adds of convolutions and linear layers."""
    activations: int = 0
    """Elements that convolutions and linear layers put out (Radosavovic et al. 2020, section 3)."""
    work: tuple[int, ...] = NOTHING
    """Operations, in the order of CLASSES."""
    read: Batched = Batched()
    """Elements that nodes read, each once a node, as if nothing stayed in a cache between two nodes."""
    written: Batched = Batched()

    def __add__(self, other: "Measures") -> "Measures":
        return Measures(
            self.parameters + other.parameters,
            self.buffers + other.buffers,
            self.macs + other.macs,
            self.activations + other.activations,
            tuple(map(int.__add__, self.work, other.work)),
            self.read + other.read,
            self.written + other.written,
        )

    @property
    def by_class(self) -> dict[Work, int]:
        """Return the operations of one image by class, without classes that have none."""
        return {name: count for name, count in zip(CLASSES, self.work, strict=True) if count}

    def bytes_read(self, width: int = 4, batch: int = 1) -> int:
        """Return the bytes of inputs, parameters and buffers, once for each node that reads them, at `width` bytes an element."""
        return self.read.at(batch) * width

    def bytes_written(self, width: int = 4, batch: int = 1) -> int:
        return self.written.at(batch) * width

    def intensity(self, width: int = 4, batch: int = 1) -> Fraction:
        """Return two operations for each multiply-add, divided by the bytes read and written; 0 where nothing is moved."""
        moved = self.bytes_read(width, batch) + self.bytes_written(width, batch)
        return Fraction(2 * self.macs * batch, moved) if moved else Fraction(0)


def node_measures(graph: Graph) -> dict[str, Measures]:
    """Return the measures of each node by its name, in order of execution."""
    return {node.name: measures for node, measures in _measured(graph)}


def _measured(graph: Graph) -> Iterator[tuple[Node, Measures]]:
    """Yield each node with its measures."""
    return each(graph, measure)


def measure(op: Operation, inputs: Types, outputs: Types) -> Measures:
    """Measure one operation."""
    learned, kept = held(op)
    work = op.work(inputs, outputs)
    read, written = sum([type_.elements for type_ in inputs]), sum([type_.elements for type_ in outputs])
    activations = written if op.work_class in ("conv", "linear") else 0
    if op.is_view(len(inputs)):
        read = written = 0
    counts = tuple(work.get(name, 0) for name in CLASSES)
    return Measures(
        learned, kept, op.macs(inputs, outputs), activations, counts, Batched(learned + kept, read), Batched(0, written)
    )


def total(graph: Graph) -> Measures:
    """Measure the whole network."""
    return summed([measures for _, measures in _measured(graph)])


def by_scope(graph: Graph, level: int) -> dict[str, Measures]:
    """Sum measures by path cut to `level` names, as `archc.cost.count.by_scope` does; every node is in exactly one sum."""
    groups: dict[str, list[Measures]] = {}
    for node, measures in _measured(graph):
        path = ".".join(node.scope.split(".")[:level]) if level > 0 else ""
        groups.setdefault(path, []).append(measures)
    return {path: summed(parts) for path, parts in groups.items()}


def scope_measures(graph: Graph) -> dict[str, Measures]:
    """Return the measures of each scope with everything inside it; the network's own, "", is the total."""
    own: dict[str, list[Measures]] = {scope.path: [] for scope in graph.scopes}
    for node, measures in _measured(graph):
        own[node.scope].append(measures)
    sums: dict[str, Measures] = {}
    # A scope stands before the scopes in it, so that backwards every sum is complete when it is added to the next.
    for scope in reversed(graph.scopes):
        sums[scope.path] = summed(own[scope.path])
        if scope.path:
            own[enclosing(scope, own)].append(sums[scope.path])
    return {scope.path: sums[scope.path] for scope in graph.scopes}


def summed(parts: list[Measures]) -> Measures:
    """Sum many at once, since adding two at a time would make a record for each."""
    if not parts:
        return Measures()
    return Measures(
        sum([part.parameters for part in parts]),
        sum([part.buffers for part in parts]),
        sum([part.macs for part in parts]),
        sum([part.activations for part in parts]),
        tuple(map(sum, zip(*[part.work for part in parts], strict=True))),
        Batched(sum([part.read.fixed for part in parts]), sum([part.read.image for part in parts])),
        Batched(sum([part.written.fixed for part in parts]), sum([part.written.image for part in parts])),
    )
