"""The emitter makes the ONNX nodes of one graph or function, and their
constants; a place writes one operation of archc's graph.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from archc.ir.graph import Node
from archc.ir.types import TensorType
from archc.record import Record, field
from archc_onnx.dimensions import Dimensions, is_constant
from archc_onnx.dtypes import BOOL, CODES, INT64, Dtype, packed
from archc_onnx.proto import AttributeProto, NodeProto, TensorProto

Attribute: TypeAlias = int | float | str | Sequence[int] | TensorProto

LAST = (1 << 63) - 1
"""The end of a slice without an end."""


class Emitter(Record, frozen=False, eq=False):
    """The nodes of one graph or function."""

    opset: int
    dtype: Dtype
    training: bool
    value: Callable[[str], str]
    """Maps a value of archc's graph to its name here."""
    tensor: Callable[[str], str]
    """Maps a canonical key to the tensor's name here."""
    shapes: dict[str, Dimensions]
    types: Mapping[str, TensorType]
    nodes: list[NodeProto] = field(factory=list)
    known: set[str] = field(factory=set)
    """The names of the constants that are defined already."""

    @property
    def double(self) -> bool:
        """Return whether attributes, which are float32, and float32 intermediate results would spoil the precision."""
        return self.dtype == "float64"

    @property
    def code(self) -> int:
        """Return ONNX's number for the model's type."""
        return CODES[self.dtype]

    def add(self, op_type: str, inputs: Sequence[str], outputs: Sequence[str], name: str, **attributes: Attribute) -> NodeProto:
        """Append a node; attributes are sorted, so that the bytes do not depend on how a call is written."""
        protos = [attribute(key, attributes[key]) for key in sorted(attributes)]
        node = NodeProto(op_type=op_type, input=inputs, output=outputs, name=name, attribute=protos)
        self.nodes.append(node)
        return node

    def integers(self, *numbers: int) -> str:
        """Return a vector of int64; equal vectors are one constant."""
        data = struct.pack(f"<{len(numbers)}q", *numbers)
        return self._constant(f"const/{','.join(map(_extent, numbers))}", INT64, (len(numbers),), data)

    def integer(self, number: int) -> str:
        """Return an int64 without axes."""
        return self._constant(f"const/int {_extent(number)}", INT64, (), struct.pack("<q", number))

    def number(self, number: float) -> str:
        """Return a number of the model's type, without axes."""
        return self._constant(f"const/{number!r}", self.code, (), packed(number, self.dtype))

    def vector(self, label: str, numbers: Sequence[float], shape: Sequence[int]) -> str:
        """Return numbers of the model's type; `label` identifies them among all constants."""
        data = b"".join(packed(number, self.dtype) for number in numbers)
        return self._constant(f"const/{label}", self.code, shape, data)

    def flag(self) -> str:
        """Return the boolean `true`."""
        return self._constant("const/true", BOOL, (), b"\1")

    def _constant(self, name: str, code: int, shape: Sequence[int], data: bytes) -> str:
        """Add a constant as a node, since initializers are the state dict's alone."""
        if name not in self.known:
            self.known.add(name)
            self.add("Constant", (), (name,), name, value=TensorProto(dims=shape, data_type=code, raw_data=data))
        return name


def attribute(name: str, value: Attribute) -> AttributeProto:
    """Return an attribute of the kind that the Python value has; a float becomes a float32."""
    match value:
        case int():
            return AttributeProto(name=name, type=AttributeProto.INT, i=value)
        case float():
            return AttributeProto(name=name, type=AttributeProto.FLOAT, f=value)
        case str():
            return AttributeProto(name=name, type=AttributeProto.STRING, s=value.encode())
        case TensorProto():
            return AttributeProto(name=name, type=AttributeProto.TENSOR, t=value)
        case _:
            return AttributeProto(name=name, type=AttributeProto.INTS, ints=value)


def _extent(number: int) -> str:
    return "end" if number == LAST else str(number)


class Place(Record, frozen=False, eq=False):
    """One operation of archc's graph while it is written as nodes, whose names begin with its own."""

    emitter: Emitter
    node: Node
    inputs: tuple[str, ...]

    @property
    def x(self) -> str:
        """Return the first input."""
        return self.inputs[0]

    @property
    def shape(self) -> Dimensions:
        """Return the first input's shape without the batch."""
        return self.emitter.shapes[self.node.inputs[0]]

    @property
    def type(self) -> TensorType:
        """The first input's, at the declared size."""
        return self.emitter.types[self.node.inputs[0]]

    @property
    def axes(self) -> int:
        """How many axes the first input has as a map."""
        return len(self.type.spatial)

    @property
    def channels(self) -> int:
        """Return the first input's channels, which are a number at every size."""
        return int(self.shape[1] if self.type.is_tokens else self.shape[0])

    def tensor(self, parameter: str) -> str:
        return self.emitter.tensor(f"{self.node.name}.{parameter}")

    def step(self, label: str, op_type: str, *inputs: str, **attributes: Attribute) -> str:
        """Add an intermediate node, whose value is `NAME/label`."""
        name = f"{self.emitter.value(self.node.name)}/{label}"
        self.emitter.add(op_type, inputs, (name,), name, **attributes)
        return name

    def give(self, op_type: str, *inputs: str, **attributes: Attribute) -> None:
        """Add the node that makes the operation's outputs."""
        outputs = [self.emitter.value(name) for name in self.node.outputs]
        self.emitter.add(op_type, inputs, outputs, self.emitter.value(self.node.name), **attributes)

    def integers(self, *numbers: int) -> str:
        return self.emitter.integers(*numbers)

    def number(self, number: float) -> str:
        return self.emitter.number(number)

    def mean(self, label: str, x: str, axes: Sequence[int]) -> str:
        """Take the mean over some axes, which stay with length one; axes became an input in opset 18."""
        if self.emitter.opset < 18:
            return self.step(label, "ReduceMean", x, axes=axes, keepdims=1)
        return self.step(label, "ReduceMean", x, self.integers(*axes), keepdims=1)

    def largest(self, label: str, x: str, axes: Sequence[int], *, keepdims: int = 1) -> str:
        """Take the largest value over some axes, as `mean` does."""
        if self.emitter.opset < 18:
            return self.step(label, "ReduceMax", x, axes=axes, keepdims=keepdims)
        return self.step(label, "ReduceMax", x, self.integers(*axes), keepdims=keepdims)

    def reduce(self, op_type: str, x: str, axes: Sequence[int]) -> None:
        """Make the operation's outputs by reducing over some axes, which stay with length one."""
        if self.emitter.opset < 18:
            self.give(op_type, x, axes=axes, keepdims=1)
        else:
            self.give(op_type, x, self.integers(*axes), keepdims=1)

    def deviation(self, x: str, axes: Sequence[int], eps: float) -> tuple[str, str]:
        """Return `x - mean` and `sqrt(variance + eps)` over some axes."""
        centred = self.step("centred", "Sub", x, self.mean("mean", x, axes))
        variance = self.mean("variance", self.step("squares", "Mul", centred, centred), axes)
        return centred, self.step("deviation", "Sqrt", self.step("raised", "Add", variance, self.number(eps)))

    def standardized(self, x: str, axes: Sequence[int], eps: float) -> str:
        """Normalize to mean 0 and variance 1 over some axes."""
        return self.step("standardized", "Div", *self.deviation(x, axes, eps))

    def along_channels(self, parameter: str) -> str:
        """Shape a tensor of one axis to match the channels: the second axis of a map, the last of tokens and vectors."""
        if not self.type.is_map:
            return self.tensor(parameter)
        return self.step(f"{parameter}/map", "Unsqueeze", self.tensor(parameter), self.integers(*range(1, self.axes + 1)))

    def input_shape(self) -> str:
        """Return the shape of the first input for a Reshape; it is a constant where only the batch can vary."""
        if is_constant(self.shape):
            return self.integers(0, *(int(length) for length in self.shape))
        return self.step("shape", "Shape", self.x)
