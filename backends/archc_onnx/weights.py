"""The numbers of tensors come from a file, or from a seed and the way the network begins; batch norms are folded into them."""

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from archc.backend import BackendError, Network
from archc.diagnostics import Diagnostic
from archc.ir import ops
from archc.ir.fold import Fold
from archc.ir.graph import Graph, Node
from archc.record import Record, replace
from archc.weights.errors import WeightsError, refused
from archc.weights.files import WeightsFile, open_weights
from archc.weights.match import misfit
from archc.weights.origin import check_origin
from archc.weights.safetensors import StoredTensor
from archc.weights.slots import slots
from archc_onnx.dtypes import FLOATS, Dtype, packed
from archc_onnx.initial import beginning, binomial

if TYPE_CHECKING:
    from archc_onnx.conversion import Array

PIECE = 1 << 18
"""The bytes read at once. With fewer, calls cost more than copying; with more, glibc asks the system for new pages each time."""


class Weights(Protocol):
    """The numbers of each tensor, by canonical key, a piece at a time."""

    def chunks(self, key: str, dtype: Dtype) -> Iterator[bytes]:
        """Yield a tensor as little-endian bytes of a type."""
        ...

    def numbers(self, key: str) -> "Iterator[Array]":
        """Yield a tensor's numbers as float64."""
        ...

    def close(self) -> None:
        """Close the file that they come from."""
        ...

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """Return warnings about where they come from."""
        ...


class RandomWeights(Record):
    """Tensors as the network declares that they begin; the stream of each is named by seed and canonical key."""

    graph: Graph
    nodes: Mapping[str, Node]
    seed: int
    warnings: tuple[Diagnostic, ...] = ()

    def chunks(self, key: str, dtype: Dtype) -> Iterator[bytes]:
        node, _, parameter = self._owner(key)
        if not isinstance(node.op, ops.BlurPool):
            begin = beginning(self.graph.init, node, parameter)
            if begin.kind == "constant":
                return _repeated(packed(begin.value, dtype), self._count(node, parameter))
        return packed_numbers(key, self.numbers(key), dtype)

    def numbers(self, key: str) -> "Iterator[Array]":
        import numpy as np

        from archc_onnx import normal

        node, _, parameter = self._owner(key)
        count = self._count(node, parameter)
        if isinstance(node.op, ops.BlurPool):
            row = np.array(binomial(node.op.kernel, node.op.axes))
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
        """Do nothing: there is no file."""

    def _owner(self, key: str) -> tuple[Node, str, str]:
        name, dot, parameter = key.rpartition(".")
        return self.nodes[name], dot, parameter

    def _count(self, node: Node, parameter: str) -> int:
        return next(owned.size for owned in node.op.parameters() if owned.name == parameter)


class StoredWeights(Record, frozen=False, eq=False):
    """Tensors of an open file, by canonical key."""

    file: WeightsFile
    stamp: tuple[int, ...]
    """Tells whether the file is still the same."""
    tensors: Mapping[str, StoredTensor]
    factors: Mapping[str, str]
    """The names of the tensors in the file that others are divided by, as Caffe's are."""
    constants: RandomWeights
    """Gives constants that the file lacks."""
    warnings: tuple[Diagnostic, ...] = ()
    closed: bool = False

    def chunks(self, key: str, dtype: Dtype) -> Iterator[bytes]:
        stored = self.tensors.get(key)
        if stored is None:
            return self.constants.chunks(key, dtype)
        if FLOATS[stored.dtype] == dtype and key not in self.factors:
            return self.file.chunks(stored.name, PIECE)
        return packed_numbers(key, self.numbers(key), dtype)

    def numbers(self, key: str) -> "Iterator[Array]":
        from archc_onnx.conversion import unpacked

        stored = self.tensors.get(key)
        if stored is None:
            yield from self.constants.numbers(key)
            return
        factor = self._factor(key)
        for piece in self.file.chunks(stored.name, PIECE):
            numbers = unpacked(piece, FLOATS[stored.dtype])
            yield numbers / factor if factor else numbers * 0.0  # Caffe's batch_norm_layer.cpp does this too

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.file.close()
            if _stamp(self.file.path) != self.stamp:
                raise refused("E0580", f"`{self.file.path}` changed while it was read", "build again when nothing writes to it")

    def __del__(self) -> None:
        if not self.closed:  # the artifact was never written
            self.file.close()

    def _factor(self, key: str) -> float:
        from archc_onnx.conversion import unpacked

        name = self.factors.get(key)
        if name is None:
            return 1
        data = b"".join(self.file.chunks(name))
        return float(unpacked(data, FLOATS[self.file.tensors[name].dtype])[0])


def read_weights(path: str, network: Network, constants: RandomWeights, *, anyway: bool) -> StoredWeights:
    """Open a file and compare it with the keys and shapes of the network's layout, before any weights are read.

    Raises WeightsError: E0001 to E0003 and E0580 to E0583 where it cannot be read, E0584 for all that does not fit, E0585 where
    the file says that it is of another function and not `anyway`.
    """
    file = open_weights(path)
    try:
        return _fitted(file, network, constants, anyway=anyway)
    except BaseException:
        file.close()
        raise


def _fitted(file: WeightsFile, network: Network, constants: RandomWeights, *, anyway: bool) -> StoredWeights:
    graph, layout, name = network.graph, network.layout, network.spec.name
    layout_slots = slots(graph, layout, reading=True)
    # The weights of a network that is cut to its features are the whole one's.
    whole_slots = layout_slots if network.whole is graph else slots(network.whole, layout, reading=True)
    removed = {slot.key for slot in whole_slots}.difference(slot.key for slot in layout_slots)
    tensors = {key: tensor for key, tensor in file.tensors.items() if key not in removed}
    problem = misfit(f"`{file.path}` does not fit `{name}` in layout `{layout.name}`", tensors, layout_slots, {})
    if problem is not None:
        help_text = "--layout says whose names the file has; `archc weights convert` puts it into another zoo's"
        raise WeightsError((replace(problem, help=problem.help or help_text),))
    warning = check_origin(file.path, file.metadata, name, network.whole, anyway=anyway)
    fitting = [slot for slot in layout_slots if slot.part in ("tensor", "constant") and slot.key in file.tensors]
    stored = {slot.canonical: file.tensors[slot.key] for slot in fitting}
    owners = {slot.canonical.rpartition(".")[0]: slot.key for slot in layout_slots if slot.part == "factor"}
    factors = {f"{owner}.{tensor}": key for owner, key in owners.items() for tensor in ("running_mean", "running_var")}
    return StoredWeights(file, _stamp(file.path), stored, factors, constants, (warning,) if warning else ())


def _stamp(path: str) -> tuple[int, ...]:
    """Return numbers that change with a file, () where it is gone."""
    try:
        status = os.stat(path)
    except OSError:
        return ()
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def _repeated(number: bytes, count: int) -> Iterator[bytes]:
    """Yield one number `count` times."""
    piece = (1 << 20) // len(number)
    for start in range(0, count, piece):
        yield number * min(piece, count - start)


def packed_numbers(key: str, numbers: "Iterator[Array]", dtype: Dtype) -> Iterator[bytes]:
    """Yield numbers as bytes of the model's type. Raises BackendError (E0563) for a number that it cannot hold."""
    from archc_onnx.conversion import pack

    for piece in numbers:
        try:
            yield pack(piece, dtype)
        except OverflowError as problem:
            raise BackendError("E0563", f"`{key}` does not fit the type: {problem}", "build with --dtype float32") from None


class Folded(Record):
    """Weights of which some are folded into those of convolutions, under whose keys they are."""

    weights: Weights
    folds: dict[str, Fold]

    def chunks(self, key: str, dtype: Dtype) -> Iterator[bytes]:
        if key.rpartition(".")[0] not in self.folds:
            return self.weights.chunks(key, dtype)
        return packed_numbers(key, self.numbers(key), dtype)

    def numbers(self, key: str) -> "Iterator[Array]":
        """Yield `w · γ / sqrt(σ² + ε)` for each filter, and for the bias `β + (b - μ) · γ / sqrt(σ² + ε)`."""
        name, _, parameter = key.rpartition(".")
        fold = self.folds.get(name)
        if fold is None:
            yield from self.weights.numbers(key)
        elif parameter == "bias":
            yield self._bias(fold)
        else:
            yield from self._filters(fold, key)

    def close(self) -> None:
        self.weights.close()

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return self.weights.warnings

    def _whole(self, key: str) -> "Array":
        import numpy as np

        return np.concatenate(list(self.weights.numbers(key)))

    def _factors(self, fold: Fold) -> "Array":
        import numpy as np

        assert isinstance(fold.norm.op, ops.Norm)  # noqa: S101  a fold is one of a norm
        factors: Array = self._whole(f"{fold.norm.name}.weight") / np.sqrt(
            self._whole(f"{fold.norm.name}.running_var") + fold.norm.op.eps
        )
        return factors

    def _bias(self, fold: Fold) -> "Array":
        shift = -self._whole(f"{fold.norm.name}.running_mean")
        if isinstance(fold.conv.op, ops.Conv | ops.Linear) and fold.conv.op.bias:
            shift = shift + self._whole(f"{fold.conv.name}.bias")
        return self._whole(f"{fold.norm.name}.bias") + shift * self._factors(fold)

    def _filters(self, fold: Fold, key: str) -> "Iterator[Array]":
        import numpy as np

        (weight, *_) = fold.conv.op.parameters()
        each = weight.size // weight.shape[0]
        factors = self._factors(fold)
        start = 0
        for piece in self.weights.numbers(key):
            yield piece * factors[np.arange(start, start + piece.size) // each]
            start += piece.size
