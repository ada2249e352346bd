"""A node of an ONNX model, and what a rule for it looks like."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from torch import Tensor

from archc.record import Record


class Call(Record):
    """A node: its operation, its name, the opset of the model, its attributes, the names it reads and makes."""

    op: str
    name: str
    opset: int
    attributes: Mapping[str, Any]
    reads: tuple[str, ...]
    makes: tuple[str, ...]

    def get(self, name: str, default: Any = None) -> Any:
        return self.attributes.get(name, default)


Rule: TypeAlias = Callable[..., Sequence[Tensor]]
"""From a call and its operands (None where one is left out) to its outputs."""
