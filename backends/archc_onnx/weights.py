"""Where the numbers of tensors come from: a file, or the way the network begins with a seed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Protocol

from archc.backend import BackendError, Network
from archc.ir.graph import Graph, Node
from archc.ir.ops import BlurPool
from archc.weights.errors import WeightsError, refused
from archc.weights.files import WeightsFile, open_weights
from archc.weights.match import misfit
from archc.weights.origin import check_origin
from archc.weights.safetensors import StoredTensor
from archc.weights.slots import slots
from archc_onnx.dtypes import FLOATS, SIZES, Dtype, packed
from archc_onnx.initial import beginning, binomial

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

    def close(self) -> None:
        """Let go of the file they come from."""
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
        return packed_numbers(key, self.numbers(key), dtype)

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

    def close(self) -> None:
        """There is no file."""

    def _owner(self, key: str) -> tuple[Node, str, str]:
        name, dot, parameter = key.rpartition(".")
        return self.nodes[name], dot, parameter

    def _count(self, node: Node, parameter: str) -> int:
        return next(owned.size for owned in node.op.parameters() if owned.name == parameter)


@dataclass(slots=True, eq=False)
class StoredWeights:
    """As a file has them, by canonical key; what is a constant and not in the file is as it begins.

    The file is open from the first tensor read until `close`. `factors` are tensors that others are divided by (Caffe's).
    """

    path: str
    tensors: Mapping[str, StoredTensor]
    factors: Mapping[str, str]
    whole: Mapping[str, StoredTensor]
    constants: RandomWeights
    file: WeightsFile | None = None

    def chunks(self, key: str, dtype: Dtype) -> Iterator[bytes]:
        stored = self.tensors.get(key)
        if stored is None:
            return self.constants.chunks(key, dtype)
        if FLOATS[stored.dtype] == dtype and key not in self.factors:
            return self._opened().chunks(stored.name)
        return packed_numbers(key, self.numbers(key), dtype)

    def numbers(self, key: str) -> "Iterator[Array]":
        from archc_onnx.conversion import unpacked

        stored = self.tensors.get(key)
        if stored is None:
            yield from self.constants.numbers(key)
            return
        factor = self._factor(key)
        for piece in self._opened().chunks(stored.name):
            numbers = unpacked(piece, FLOATS[stored.dtype])
            yield numbers / factor if factor else numbers * 0.0  # as Caffe's batch_norm_layer.cpp has it

    def close(self) -> None:
        if self.file is not None:
            self.file.close()
            self.file = None

    def _factor(self, key: str) -> float:
        from archc_onnx.conversion import unpacked

        name = self.factors.get(key)
        if name is None:
            return 1
        data = b"".join(self._opened().chunks(name))
        return float(unpacked(data, FLOATS[self.whole[name].dtype])[0])

    def _opened(self) -> WeightsFile:
        """Raises WeightsError (E0580) where the file is another one than was looked at."""
        if self.file is None:
            self.file = open_weights(self.path)
            if dict(self.file.tensors) != dict(self.whole):
                raise refused("E0580", f"`{self.path}` changed while it was read", "build again when nothing writes to it")
        return self.file


def read_weights(path: str, network: Network, constants: RandomWeights, *, anyway: bool) -> StoredWeights:
    """A file, held against the keys and shapes of the network's layout; no weights are read yet.

    Raises WeightsError: E0001 to E0003 and E0580 to E0583 where it cannot be read, E0584 for all that does not fit, E0585 where
    the file says that it is of another function and not `anyway`.
    """
    graph, layout, name = network.graph, network.layout, network.spec.name
    file = open_weights(path)
    try:
        metadata, whole = file.metadata, dict(file.tensors)
    finally:
        file.close()
    places = slots(graph, layout, reading=True)
    problem = misfit(f"`{path}` does not fit `{name}` in layout `{layout.name}`", whole, places, {})
    if problem is not None:
        raise WeightsError((problem,))
    check_origin(path, metadata, name, graph, anyway=anyway)
    tensors = {slot.canonical: whole[slot.key] for slot in places if slot.part in ("tensor", "constant") and slot.key in whole}
    owners = {slot.canonical.rpartition(".")[0]: slot.key for slot in places if slot.part == "factor"}
    factors = {f"{owner}.{tensor}": key for owner, key in owners.items() for tensor in ("running_mean", "running_var")}
    return StoredWeights(path, tensors, factors, whole, constants)


def _repeated(number: bytes, count: int) -> Iterator[bytes]:
    """One number `count` times."""
    piece = (1 << 20) // len(number)
    for start in range(0, count, piece):
        yield number * min(piece, count - start)


def packed_numbers(key: str, numbers: "Iterator[Array]", dtype: Dtype) -> Iterator[bytes]:
    """As bytes of the model's type. Raises BackendError (E0563) for a number that it cannot hold."""
    from archc_onnx.conversion import pack

    for each in numbers:
        try:
            yield pack(each, dtype)
        except OverflowError as problem:
            raise BackendError("E0563", f"`{key}` does not fit the type: {problem}", "build with --dtype float32") from None


def size(shape: tuple[int, ...], dtype: Dtype) -> int:
    """Of a tensor, in bytes."""
    return prod(shape) * SIZES[dtype]
