"""A graph is put at another input size than the declared one: every type is inferred anew, the operations stay."""

from archc.exceptions import WrongValue
from archc.ir.graph import Graph
from archc.ir.types import ShapeError, TensorType
from archc.record import replace


class SizeError(WrongValue):
    """The network does not work at this size; the message says at which node, and why."""


def at_size(graph: Graph, *size: int) -> Graph:
    """Return the same graph for an image of this height and width, or of as many lengths as it has axes.

    Raises SizeError where the spec allows no other size, or multiples of one alone, or an operation does not take its inputs.
    """
    image = graph.types[graph.input]
    if image.spatial == size:
        return graph
    asked = "x".join(map(str, size))
    if len(size) != len(image.spatial):
        raise SizeError(f"reads images of {len(image.spatial)} lengths, not {asked}")
    if not graph.any_size:
        declared = "x".join(map(str, image.spatial))
        raise SizeError(f"works at {declared} only, as its `input` says, not at {asked}")
    if any(length % graph.multiple for length in size):
        raise SizeError(f"works at multiples of {graph.multiple} only, as its `input` says, not at {asked}")
    types = {graph.input: TensorType((image.channels, *size))}
    # Equal operations on equal types are inferred once.
    known: dict[tuple[int, tuple[TensorType, ...]], tuple[TensorType, ...]] = {}
    for node in graph.nodes:
        inputs = tuple([types[name] for name in node.inputs])
        key = (id(node.op), inputs)
        outputs = known.get(key)
        if outputs is None:
            try:
                outputs = known[key] = node.op.infer(*inputs)
            except ShapeError as error:
                raise SizeError(f"`{node.name}` does not work at an input of {asked}: {error}") from error
        types.update(zip(node.outputs, outputs, strict=True))
    return replace(graph, types=types)
