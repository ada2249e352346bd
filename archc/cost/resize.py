"""A graph at another input size than the declared one: every type inferred anew, the operations as they are."""

from archc.exceptions import WrongValue
from archc.ir.graph import Graph
from archc.ir.types import ShapeError, TensorType
from archc.record import replace


class SizeError(WrongValue):
    """The network does not work at this size: at which node, and why."""


def at_size(graph: Graph, height: int, width: int) -> Graph:
    """The same graph, its image `height` by `width` pixels.

    Raises SizeError where the spec allows no other size, or multiples of one alone, or an operation does not take its inputs.
    """
    image = graph.types[graph.input]
    if image.shape[1:] == (height, width):
        return graph
    if not graph.any_size:
        declared = "x".join(map(str, image.shape[1:]))
        raise SizeError(f"works at {declared} only, as its `input` says, not at {height}x{width}")
    if height % graph.multiple or width % graph.multiple:
        raise SizeError(f"works at multiples of {graph.multiple} only, as its `input` says, not at {height}x{width}")
    types = {graph.input: TensorType((image.channels, height, width))}
    # equal operations on equal types are inferred once
    known: dict[tuple[int, tuple[TensorType, ...]], tuple[TensorType, ...]] = {}
    for node in graph.nodes:
        inputs = tuple([types[name] for name in node.inputs])
        key = (id(node.op), inputs)
        found = known.get(key)
        if found is None:
            try:
                found = known[key] = node.op.infer(*inputs)
            except ShapeError as error:
                raise SizeError(f"`{node.name}` does not work at an input of {height}x{width}: {error}") from error
        types.update(zip(node.outputs, found, strict=True))
    return replace(graph, types=types)
