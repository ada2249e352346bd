"""Where the numbers of tensors come from: a file, or the way the network begins with a seed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Protocol

from archc.backend import BackendError
from archc.ir.graph import Graph, Node
from archc.ir.ops import BlurPool
from archc_onnx.dtypes import SIZES, Dtype, packed
from archc_onnx.initial import beginning, binomial
from archc_onnx.safetensors import FLOATS, Stored, Tensors, pieces, read_header

if TYPE_CHECKING:
    from archc_onnx.conversion import Array


class Weights(Protocol):
    """The numbers of each tensor, by canonical key, a piece at a time."""

    def chunks(self, key: str, dtype: Dtype) -> Iterator[bytes]:
        """As little-endian bytes of a type."""
        ...

    def numbers(self, key: str) -> "Iterator[Array]":
        """As float64."""
        ...


@dataclass(frozen=True, slots=True)
class RandomWeights:
    """As the network declares that its tensors begin; the stream of each is named by seed and canonical key."""

    graph: Graph
    nodes: Mapping[str, Node]
    seed: int

    def chunks(self, key: str, dtype: Dtype) -> Iterator[bytes]:
        node, _, parameter = self._owner(key)
        if not isinstance(node.op, BlurPool):
            begin = beginning(self.graph.init, node, parameter)
            if begin.kind == "constant":
                return _repeated(packed(begin.value, dtype), self._count(node, parameter))
        return _packed(key, self.numbers(key), dtype)

    def numbers(self, key: str) -> "Iterator[Array]":
        import numpy as np

        from archc_onnx import normal

        node, _, parameter = self._owner(key)
        count = self._count(node, parameter)
        if isinstance(node.op, BlurPool):
            row = np.array(binomial(node.op.kernel))
            yield from (row for _ in range(node.op.channels))
            return
        begin = beginning(self.graph.init, node, parameter)
        name = f"{self.seed}:{key}"
        match begin.kind:
            case "constant":
                yield np.full(count, begin.value)
            case "normal":
                yield from normal.normal(name, count, begin.value)
            case "uniform":
                yield from normal.uniform(name, count, begin.value)

    def _owner(self, key: str) -> tuple[Node, str, str]:
        name, dot, parameter = key.rpartition(".")
        return self.nodes[name], dot, parameter

    def _count(self, node: Node, parameter: str) -> int:
        return next(owned.size for owned in node.op.parameters() if owned.name == parameter)


@dataclass(frozen=True, slots=True)
class StoredWeights:
    """As a file has them; what is a constant and not in the file is as it begins."""

    tensors: Tensors
    stored: Mapping[str, Stored]
    constants: RandomWeights

    def chunks(self, key: str, dtype: Dtype) -> Iterator[bytes]:
        stored = self.stored.get(key)
        if stored is None:
            return self.constants.chunks(key, dtype)
        if FLOATS[stored.kind] == dtype:
            return pieces(self.tensors, stored)
        return _packed(key, self.numbers(key), dtype)

    def numbers(self, key: str) -> "Iterator[Array]":
        from archc_onnx.conversion import unpacked

        stored = self.stored.get(key)
        if stored is None:
            yield from self.constants.numbers(key)
            return
        for piece in pieces(self.tensors, stored):
            yield unpacked(piece, FLOATS[stored.kind])


def read_weights(path: str, graph: Graph, keys: Mapping[str, str], constants: RandomWeights) -> StoredWeights:
    """A file matched by the layout's keys. Raises BackendError: E0563, E0564, and E0565 for all that does not fit.

    What a batch norm of torch counts beside its statistics (`num_batches_tracked`) is passed over. A blur pool's filter need not
    be there: it is a constant that torch modules do not store.
    """
    tensors = read_header(path)
    found: dict[str, Stored] = {}
    problems: list[str] = []
    known: set[str] = set()
    for key, node, shape, _ in graph.parameters():
        name = keys[key]
        known.add(name)
        if name.endswith("running_mean"):
            known.add(name.removesuffix("running_mean") + "num_batches_tracked")
        stored = tensors.stored.get(name)
        if stored is None:
            if not isinstance(node.op, BlurPool):
                problems.append(f"`{name}` is missing")
        elif stored.shape != shape:
            problems.append(f"`{name}` has the shape {_shape(stored.shape)}, not {_shape(shape)}")
        elif stored.kind not in FLOATS:
            problems.append(f"`{name}` is of type {stored.kind}, not F32, F16, BF16 or F64")
        else:
            found[key] = stored
    problems += [f"`{name}` is no tensor of the network" for name in tensors.stored if name not in known]
    if problems:
        raise _unlike(path, problems)
    return StoredWeights(tensors, found, constants)


def _unlike(path: str, problems: list[str]) -> BackendError:
    count = f"{len(problems)} tensors" if len(problems) > 1 else "one tensor"
    helped = "--layout chooses the names; `archc ir` prints the shapes"
    return BackendError("E0565", f"`{path}` does not fit the network: {count} differ", helped, notes=tuple(problems))


def _shape(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "of one number"


def _repeated(number: bytes, count: int) -> Iterator[bytes]:
    """One number `count` times."""
    piece = (1 << 20) // len(number)
    for start in range(0, count, piece):
        yield number * min(piece, count - start)


def _packed(key: str, numbers: "Iterator[Array]", dtype: Dtype) -> Iterator[bytes]:
    from archc_onnx.conversion import pack

    for each in numbers:
        try:
            yield pack(each, dtype)
        except OverflowError as problem:
            raise beyond(key, problem) from None


def beyond(key: str, problem: OverflowError) -> BackendError:
    """E0567: a number that the model's type cannot hold."""
    return BackendError("E0567", f"`{key}` does not fit the type: {problem}", "build with --dtype float32")


def size(shape: tuple[int, ...], dtype: Dtype) -> int:
    """Of a tensor, in bytes."""
    return prod(shape) * SIZES[dtype]
