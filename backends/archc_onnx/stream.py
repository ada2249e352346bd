"""A model as a stream of bytes: its structure from protobuf, the weights between, so that they never are in memory together.

Protobuf writes fields in the order of their numbers, so a message is what is written of its lower fields followed by what is
written of its higher ones, and a field of bytes may come from anywhere once its length is known.
"""

from collections.abc import Callable, Iterator, Sequence

from archc.record import Record
from archc_onnx.proto import GraphProto, ModelProto, StringStringEntryProto, TensorProto

ALIGNED = 64
"""Tensors in the file beside the model begin at multiples of this, which a program may map."""

_GRAPH = b"\x3a"  # ModelProto.graph: field 7, of given length
_INITIALIZER = b"\x2a"  # GraphProto.initializer: field 5
_RAW_DATA = b"\x4a"  # TensorProto.raw_data: field 9


class Tensor(Record):
    """An initializer: its name, its shape, its length in bytes and where they come from."""

    name: str
    shape: tuple[int, ...]
    code: int
    length: int
    chunks: Callable[[], Iterator[bytes]]


class Structure(Record):
    """A model without its initializers, cut where they go."""

    model_head: ModelProto
    graph_head: GraphProto
    graph_tail: GraphProto
    model_tail: ModelProto


def one_file(structure: Structure, tensors: Sequence[Tensor]) -> tuple[int, Iterator[bytes]]:
    """The length of the whole, and its bytes."""
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
    """The bytes of the model, and those of the file called `location` that holds its weights."""
    made: list[bytes] = []
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
        written = _bytes(proto)
        made.append(_INITIALIZER + varint(len(written)) + written)
        start += tensor.length

    def data() -> Iterator[bytes]:
        at = 0
        for tensor in tensors:
            yield bytes(-at % ALIGNED)
            at += -at % ALIGNED + tensor.length
            yield from exact(tensor)

    return _around(structure, sum(map(len, made)), iter(made))[1], data()


def exact(tensor: Tensor) -> Iterator[bytes]:
    """The chunks of a tensor, which come to the length that was said before they were made."""
    left = tensor.length
    for chunk in tensor.chunks():
        left -= len(chunk)
        yield chunk
    if left:
        raise AssertionError(f"`{tensor.name}` came to {tensor.length - left} bytes, not {tensor.length}")


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
    """A whole number as protobuf writes it: seven bits a byte, the lowest first."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)
