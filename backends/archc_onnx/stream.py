"""A model is written as a stream of bytes: protobuf writes its structure, and the weights are put between, never all in memory.

Protobuf writes fields in the order of their numbers. So the bytes of a message are those of its lower fields followed by those of
its higher fields, and a field of bytes may be filled in from anywhere once its length is known.
"""

from collections.abc import Callable, Iterator, Sequence

from archc.record import Record
from archc_onnx.proto import GraphProto, ModelProto, StringStringEntryProto, TensorProto

ALIGNED = 64
"""Tensors in the file beside the model begin at multiples of this, so that a program may map them."""

_GRAPH = b"\x3a"  # ModelProto.graph: field 7, with its length before it
_INITIALIZER = b"\x2a"  # GraphProto.initializer: field 5
_RAW_DATA = b"\x4a"  # TensorProto.raw_data: field 9


class Tensor(Record):
    """An initializer."""

    name: str
    shape: tuple[int, ...]
    code: int
    """ONNX's number for its type."""
    length: int
    """The number of its bytes."""
    chunks: Callable[[], Iterator[bytes]]
    """Yields its bytes."""


class Structure(Record):
    """A model without its initializers, cut at the place where they belong."""

    model_head: ModelProto
    graph_head: GraphProto
    graph_tail: GraphProto
    model_tail: ModelProto


def one_file(structure: Structure, tensors: Sequence[Tensor]) -> tuple[int, Iterator[bytes]]:
    """Return the length of the whole model, and its bytes."""
    heads = [_bytes(TensorProto(dims=tensor.shape, data_type=tensor.code, name=tensor.name)) for tensor in tensors]
    heads = [head + _RAW_DATA + varint(tensor.length) for head, tensor in zip(heads, tensors, strict=True)]
    heads = [_INITIALIZER + varint(len(head) + tensor.length) + head for head, tensor in zip(heads, tensors, strict=True)]
    lengths = sum(map(len, heads)) + sum(tensor.length for tensor in tensors)

    def middle() -> Iterator[bytes]:
        for head, tensor in zip(heads, tensors, strict=True):
            yield head
            yield from exact(tensor)

    return _around(structure, lengths, middle())


def two_files(structure: Structure, tensors: Sequence[Tensor], location: str) -> tuple[Iterator[bytes], Iterator[bytes]]:
    """Return the bytes of the model, and those of the file called `location` that holds its weights."""
    initializers: list[bytes] = []
    start = 0
    for tensor in tensors:
        start += -start % ALIGNED
        places = {"location": location, "offset": str(start), "length": str(tensor.length)}
        proto = TensorProto(
            dims=tensor.shape,
            data_type=tensor.code,
            name=tensor.name,
            external_data=[StringStringEntryProto(key=key, value=value) for key, value in places.items()],
            data_location=TensorProto.EXTERNAL,
        )
        encoded = _bytes(proto)
        initializers.append(_INITIALIZER + varint(len(encoded)) + encoded)
        start += tensor.length

    def data() -> Iterator[bytes]:
        offset = 0
        for tensor in tensors:
            yield bytes(-offset % ALIGNED)
            offset += -offset % ALIGNED + tensor.length
            yield from exact(tensor)

    return _around(structure, sum(map(len, initializers)), iter(initializers))[1], data()


def exact(tensor: Tensor) -> Iterator[bytes]:
    """Yield the chunks of a tensor, and check that they have the length that was announced."""
    remaining = tensor.length
    for chunk in tensor.chunks():
        remaining -= len(chunk)
        yield chunk
    if remaining:
        raise AssertionError(f"`{tensor.name}` came to {tensor.length - remaining} bytes, not {tensor.length}")


def _around(structure: Structure, length: int, middle: Iterator[bytes]) -> tuple[int, Iterator[bytes]]:
    graph_head, graph_tail = _bytes(structure.graph_head), _bytes(structure.graph_tail)
    graph = len(graph_head) + length + len(graph_tail)
    head = _bytes(structure.model_head) + _GRAPH + varint(graph) + graph_head
    tail = graph_tail + _bytes(structure.model_tail)

    def whole() -> Iterator[bytes]:
        yield head
        yield from middle
        yield tail

    return len(head) + length + len(tail), whole()


def _bytes(message: ModelProto | GraphProto | TensorProto) -> bytes:
    written: bytes = message.SerializeToString(deterministic=True)
    return written


def varint(number: int) -> bytes:
    """Write a whole number as protobuf does: seven bits in each byte, the lowest first."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
