"""The two ends of a network: the convolution that reads the image, and the layer that makes the classes."""

from archc.ir import ops
from archc.ir.graph import Graph, Node


def classifier(graph: Graph) -> Node | None:
    """The layer whose outputs are the classes, with nothing learned after it; None where the network ends otherwise."""
    network = next((scope for scope in graph.scopes if scope.kind == "network"), None)
    classes = {argument.name: argument.value for argument in network.arguments}.get("classes") if network else None
    if len(graph.outputs) != 1:
        return None
    makers = {name: node for node in graph.nodes for name in node.outputs}
    node = makers.get(graph.outputs[0])
    while node is not None and isinstance(
        node.op,
        ops.Flatten
        | ops.Identity
        | ops.Take
        | ops.GlobalPool
        | ops.AvgPool
        | ops.AdaptiveAvgPool
        | ops.Dropout
        | ops.Softmax
        | ops.Affine,
    ):
        node = makers.get(node.inputs[0])
    if node is None or not isinstance(node.op, ops.Conv | ops.Linear) or node.op.out_channels != classes:
        return None
    return node


def stem_convolution(graph: Graph) -> Node | None:
    """The one convolution, ungrouped, that reads the image; None where anything else does."""
    images = {graph.input}
    readers: list[Node] = []
    for node in graph.nodes:
        if not images.isdisjoint(node.inputs):
            if isinstance(node.op, ops.Identity | ops.Pad | ops.Affine):
                images.update(node.outputs)
            else:
                readers.append(node)
    if len(readers) != 1 or not isinstance(readers[0].op, ops.Conv) or readers[0].op.groups != 1:
        return None
    return readers[0]
