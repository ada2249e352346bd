"""The tensors of a convolution with its batch norm folded in: in float64, a piece at a time."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archc.diagnostics import Diagnostic
from archc.ir import ops
from archc.ir.fold import Fold
from archc.record import Record
from archc_onnx.dtypes import Dtype
from archc_onnx.weights import Weights, packed_numbers

if TYPE_CHECKING:
    from archc_onnx.conversion import Array


class Folded(Record):
    """Weights, of which some are folded; the keys are those of the convolutions."""

    weights: Weights
    folds: dict[str, Fold]

    def chunks(self, key: str, dtype: Dtype) -> Iterator[bytes]:
        if key.rpartition(".")[0] not in self.folds:
            return self.weights.chunks(key, dtype)
        return packed_numbers(key, self.numbers(key), dtype)

    def numbers(self, key: str) -> "Iterator[Array]":
        """`w · γ / sqrt(σ² + ε)` for each filter, and for the bias `β + (b - μ) · γ / sqrt(σ² + ε)`."""
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
