"""A file of ONNX becomes a program that runs in float64 on torch, node by node; its tensors are the file's numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

import onnx
import torch
from onnx import numpy_helper
from onnx.inliner import inline_local_functions
from torch import Tensor

from archc.analyse.verify.errors import trouble
from archc.analyse.verify.onnx_arrange import Call
from archc.analyse.verify.onnx_operations import OPERATIONS

ROUNDING: dict[int, float] = {
    onnx.TensorProto.DOUBLE: 1e-9,
    onnx.TensorProto.FLOAT: 1e-6,
    onnx.TensorProto.FLOAT16: 1e-2,
    onnx.TensorProto.BFLOAT16: 5e-2,
}
"""How far a function may be from exact whose constants (a slope, the root of a width) are rounded to a type."""


class OnnxProgram:
    """The main graph of a model, with its functions inlined."""

    trains = False
    dropped = ()

    def __init__(self, name: str, model: onnx.ModelProto) -> None:
        self.name = name
        self._opset = next((opset.version for opset in model.opset_import if opset.domain in ("", "ai.onnx")), 1)
        graph = model.graph
        self._numbers = {tensor.name: _tensor(tensor) for tensor in graph.initializer}
        self._calls = [_call(node, self._opset) for node in graph.node]
        self._fixed: set[str] = set()
        for node, call in zip(graph.node, self._calls, strict=True):
            if node.op_type == "Constant":
                value = self._numbers[node.output[0]] = OPERATIONS["Constant"](call)[0]
                # An exporter writes a norm's scale of one and shift of zero as such a constant.
                if bool((value == value.reshape(-1)[:1]).all()):
                    self._fixed.add(node.output[0])
        self._calls = [call for call in self._calls if call.op != "Constant"]
        inputs = [value for value in graph.input if value.name not in self._numbers]
        if len(inputs) != 1:
            names = ", ".join(f"`{value.name}`" for value in inputs)
            raise trouble(
                "E0622", f"`{name}` has {len(inputs)} inputs, not one: {names}"[:400], "write it with its weights in the file"
            )
        self._input = inputs[0].name
        _check_flow(name, {"", self._input, *self._numbers}, self._calls, [value.name for value in graph.output])
        axes = inputs[0].type.tensor_type.shape.dim
        kind = inputs[0].type.tensor_type.elem_type
        if kind and kind not in ROUNDING:
            raise trouble(
                "E0622", f"`{name}` takes images of {onnx.TensorProto.DataType.Name(kind).lower()}, not of floating-point numbers"
            )
        self.rounding = ROUNDING.get(kind, 1e-9)
        self.size: tuple[int | None, ...] = tuple(axis.dim_value or None for axis in axes) if len(axes) == 4 else (None,) * 4
        self._outputs = [value.name for value in graph.output]
        self._last = {read: place for place, call in enumerate(self._calls) for read in call.reads}
        self._inside = ""

    def tensors(self) -> Mapping[str, Tensor]:
        return {name: tensor for name, tensor in self._numbers.items() if tensor.is_floating_point() and name not in self._fixed}

    def train(self, *, training: bool) -> None:
        """Do nothing: it has one form only."""

    def where(self) -> str:
        return self._inside

    def __call__(self, x: Tensor) -> list[Tensor]:
        values: dict[str, Tensor | None] = {"": None, **self._numbers, self._input: x}
        kept = {"", *self._numbers, *self._outputs}
        for place, call in enumerate(self._calls):
            self._inside = call.name
            results = OPERATIONS[call.op](call, *(values[name] for name in call.reads))
            values.update(zip(call.makes, results, strict=False))
            for name in call.reads:
                if self._last[name] == place and name not in kept:
                    values.pop(name, None)
        self._inside = ""
        return [value for name in self._outputs if (value := values[name]) is not None]


def load_onnx(path: str) -> OnnxProgram:
    """Load a model. Raises VerifyError: E0622 where the file is none, E0623 where an operation is not known here."""
    try:
        model = inline_local_functions(onnx.load(path))
    except Exception as error:  # protobuf, onnx and the system each raise their own
        raise trouble(
            "E0622", f"`{path}` is not an ONNX model that can be loaded: {str(error).strip() or type(error).__name__}"
        ) from error
    if not model.graph.output:
        raise trouble("E0622", f"`{path}` is not an ONNX model: it has no output")
    unknown = [node for node in model.graph.node if node.op_type not in OPERATIONS or node.domain not in ("", "ai.onnx")]
    if unknown:
        kinds = ", ".join(dict.fromkeys(f"`{node.op_type}`" + (f" of {node.domain}" if node.domain else "") for node in unknown))
        name = unknown[0].name or unknown[0].output[0]
        raise trouble("E0623", f"`{path}` has operations that cannot be compared: {kinds}, first at `{name}`")
    return OnnxProgram(path, model)


def _check_flow(name: str, known: set[str], calls: Sequence[Call], outputs: Sequence[str]) -> None:
    """Check that every value is made before it is read. Raises VerifyError (E0622)."""
    for call in calls:
        for name_read in call.reads:
            if name_read not in known:
                raise trouble(
                    "E0622", f"`{name}` is not a valid model: `{call.name}` reads `{name_read}`, which nothing before it makes"
                )
        known.update(call.makes)
    for name_read in outputs:
        if name_read not in known:
            raise trouble("E0622", f"`{name}` is not a valid model: nothing makes its output `{name_read}`")


def _call(node: onnx.NodeProto, opset: int) -> Call:
    attributes: dict[str, Any] = {}
    for attribute in node.attribute:
        value = onnx.helper.get_attribute_value(attribute)
        if isinstance(value, bytes):
            value = value.decode()
        attributes[attribute.name] = _tensor(value) if isinstance(value, onnx.TensorProto) else value
    return Call(node.op_type, node.name or node.output[0], opset, attributes, tuple(node.input), tuple(node.output))


def _tensor(proto: onnx.TensorProto) -> Tensor:
    """Read a tensor, floats of every width as float64. Raises VerifyError (E0622) for numbers of another shape."""
    try:
        if min(proto.dims, default=0) < 0:
            raise ValueError(f"an axis of {min(proto.dims)}")
        array = numpy_helper.to_array(proto)
    except (ValueError, TypeError) as error:
        raise trouble("E0622", f"a model with tensor `{proto.name}` cannot be loaded: {error}") from error
    if proto.data_type in ROUNDING:
        return torch.from_numpy(array.astype("float64"))
    return torch.from_numpy(array.copy())
