"""What an operation is: its attributes, and from them its output shapes, its parameters and its multiply-adds."""

from typing import ClassVar, NamedTuple

from archc.ir.types import TensorType
from archc.record import Record


class Parameter(NamedTuple):
    """A tensor an operation owns: learned, or a buffer that is only kept."""

    name: str
    shape: tuple[int, ...]
    trainable: bool = True

    @property
    def size(self) -> int:
        n = 1
        for length in self.shape:
            n *= length
        return n


class Op(Record):
    """An operation is its attributes. Subclasses are the closed set that every backend matches on."""

    kind: ClassVar[str] = ""

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        """Types of the outputs; raises ShapeError."""
        raise TypeError(f"{type(self).__name__} has no shape rule")

    def parameters(self) -> tuple[Parameter, ...]:
        """In the order a state dict keeps them."""
        return ()

    def macs(self, inputs: tuple[TensorType, ...], outputs: tuple[TensorType, ...]) -> int:
        """Multiply-adds of convolutions and linear layers for one image; no other operation counts as one."""
        return 0


def stated(op: Op) -> list[tuple[str, object]]:
    """The attributes that are not at their default, in the order they are declared."""
    found = ((field, getattr(op, field.name)) for field in op.record_fields.values())
    return [(field.name, value) for field, value in found if value != field.default]
