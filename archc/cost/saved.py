"""Training keeps values for the backward pass: the tensors that autograd saves where the emitted module runs on a CPU.

Each memory is counted once; parameters and buffers are left out.
"""

from archc.cost.batched import Batched
from archc.cost.storage import overwritten
from archc.ir import ops
from archc.ir.graph import Graph, Node
from archc.record import Record

INDEX_BYTES = 8
"""The bytes of an index, whatever the dtype of the values."""
SMALLEST = 2
"""The images of the smallest batch that every batch norm can be trained with."""


class Saved(Record):
    """The elements that training keeps, and the indices for each image."""

    elements: Batched = Batched()
    indices: int = 0

    def bytes(self, width: int = 4) -> Batched:
        """Return the bytes with floating-point numbers of `width` bytes."""
        return Batched(self.elements.fixed * width, self.elements.image * width + self.indices * INDEX_BYTES)


def for_training(kept: Batched, batch: int = 1) -> int:
    """Return what a batch keeps; one image keeps its share of the smallest batch."""
    return kept.at(batch) if batch >= SMALLEST else kept.each(SMALLEST)


def saved(graph: Graph) -> Saved:
    """Return what the whole network keeps in training; a value that two operations save is counted once."""
    memory = _Memory(graph)
    values: dict[str, int] = {}
    image = fixed = indices = 0
    for node in graph.nodes:
        needs = tuple([memory.flows[name] for name in node.inputs])
        rows = tuple([memory.rows[name] for name in node.inputs])
        shared = memory.add(node)
        if not memory.flows[node.outputs[0]]:
            continue
        inputs, outputs = (tuple([graph.types[name] for name in names]) for names in (node.inputs, node.outputs))
        kept = node.op.kept(inputs, outputs, needs, in_place=shared, rows=rows)
        names = [node.inputs[place] for place in kept.operands]
        names += node.outputs if kept.output else ()
        for name in names:
            root = memory.root[name]
            values[root] = graph.types[root].elements
        image, fixed, indices = image + kept.image, fixed + kept.fixed, indices + kept.indices
    return Saved(Batched(fixed, image + sum(values.values())), indices)


class _Memory:
    """What is known of each value: its memory, whether it has a gradient, and whether its channels lie side by side."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.written = overwritten(graph)
        self.root = {graph.input: graph.input}
        self.flows = {graph.input: False}
        self.rows = {graph.input: graph.types[graph.input].is_pixel}

    def add(self, node: Node) -> bool:
        """Add the next node, and return whether its output is in its input's memory."""
        operand = self.written.get(node.name)
        if operand is None and self._views(node):
            operand = 0
        learned = any(parameter.trainable for parameter in node.op.parameters())
        flows = learned or any(self.flows[name] for name in node.inputs)
        rows = self._rows(node)
        for name in node.outputs:
            self.root[name] = name if operand is None else self.root[node.inputs[operand]]
            self.flows[name] = flows
            self.rows[name] = rows
        return operand is not None

    def _views(self, node: Node) -> bool:
        """Return whether a node's output is a view of its input.

        Dropout has an output of its own in training; flattening copies values that do not lie in order.
        """
        if isinstance(node.op, ops.Dropout):
            return node.op.rate == 0
        if isinstance(node.op, ops.Flatten):
            type_ = self.graph.types[node.inputs[0]]
            ordered = self.rows[node.inputs[0]] == type_.is_tokens
            return ordered or type_.is_vector or type_.channels in (1, type_.elements)
        return node.op.is_view(len(node.inputs)) and not isinstance(
            node.op, ops.PixelShuffle
        )  # torch copies blocks of one pixel too

    def _rows(self, node: Node) -> bool:
        """Return whether the channels of a position lie side by side in a node's output.

        A linear layer and a layer norm move a map's channels last; operations on single elements leave them there.
        """
        type_ = self.graph.types[node.outputs[0]]
        op = node.op
        if isinstance(op, ops.Act | ops.Affine | ops.Dropout | ops.Identity | ops.Position | ops.Scale | ops.Tokens):
            return self.rows[node.inputs[0]]
        if isinstance(op, ops.Add | ops.Mul):
            # The output is laid out as the operand that is written over, else as the first that is not broadcast.
            whole = [name for name in node.inputs if self.graph.types[name] == type_]
            written = self.written.get(node.name)
            return self.rows[node.inputs[written] if written is not None else (whole or node.inputs)[0]]
        if isinstance(op, ops.Linear) or (isinstance(op, ops.Norm) and op.norm == "layer"):
            return not type_.is_vector
        return type_.is_tokens or type_.is_pixel
