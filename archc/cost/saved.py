"""What training keeps for the backward pass: the tensors autograd saves where the emitted module runs on a CPU, once for each
memory they lie in, parameters and buffers left out.
"""

from archc.cost.batched import Batched
from archc.cost.storage import overwritten
from archc.ir import ops
from archc.ir.graph import Graph, Node
from archc.record import Record

INDEX_BYTES = 8
"""Of an index, whatever the dtype of the values."""
SMALLEST = 2
"""Images of the smallest batch that every batch norm can be trained with."""


class Saved(Record):
    """Elements of values and of what is kept besides, and indices for each image."""

    elements: Batched = Batched()
    indices: int = 0

    def bytes(self, width: int = 4) -> Batched:
        """With floating-point numbers of `width` bytes."""
        return Batched(self.elements.fixed * width, self.elements.image * width + self.indices * INDEX_BYTES)


def for_training(kept_: Batched, batch: int = 1) -> int:
    """Of a batch's images; of one image its share of the smallest batch."""
    return kept_.at(batch) if batch >= SMALLEST else kept_.each(SMALLEST)


def saved(graph: Graph) -> Saved:
    """Of the whole network in training; a value that two operations save is counted once."""
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
        found = node.op.kept(inputs, outputs, needs, in_place=shared, rows=rows)
        names = [node.inputs[place] for place in found.operands]
        names += node.outputs if found.output else ()
        for name in names:
            root = memory.root[name]
            values[root] = graph.types[root].elements
        image, fixed, indices = image + found.image, fixed + found.fixed, indices + found.indices
    return Saved(Batched(fixed, image + sum(values.values())), indices)


class _Memory:
    """By value: whose memory it is in, whether a gradient flows to it, and whether a position's channels lie side by side."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.written = overwritten(graph)
        self.root = {graph.input: graph.input}
        self.flows = {graph.input: False}
        self.rows = {graph.input: graph.types[graph.input].is_pixel}

    def add(self, node: Node) -> bool:
        """The next node; returns whether its output is its input's memory."""
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
        """Dropout has an output of its own in training; flattening copies what does not lie in order."""
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
        """A linear layer and a layer norm move a map's channels last; what works on single elements leaves them there."""
        type_ = self.graph.types[node.outputs[0]]
        op = node.op
        if isinstance(op, ops.Act | ops.Affine | ops.Dropout | ops.Identity | ops.Position | ops.Scale | ops.Tokens):
            return self.rows[node.inputs[0]]
        if isinstance(op, ops.Add | ops.Mul):
            # as the operand that is written over, else the first that is not broadcast
            whole = [name for name in node.inputs if self.graph.types[name] == type_]
            written = self.written.get(node.name)
            return self.rows[node.inputs[written] if written is not None else (whole or node.inputs)[0]]
        if isinstance(op, ops.Linear) or (isinstance(op, ops.Norm) and op.norm == "layer"):
            return not type_.is_vector
        return type_.is_tokens or type_.is_pixel
