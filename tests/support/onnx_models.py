"""ONNX models of graphs in a test: built in memory with given weights, run by onnxruntime or by onnx's own evaluator."""

import hashlib
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx.reference import ReferenceEvaluator
from rounding import SAFETY, Values, moved, of_terms
from torch import Tensor

from archc.analyse.verify.interpreter import run
from archc.ir.graph import Graph
from archc.ir.sizes import prove_sizes
from archc.language.layouts.naming import state_keys
from archc.language.layouts.table import CANONICAL, Layout
from archc.record import replace
from archc.weights.safetensors import write_safetensors
from archc_onnx import OnnxBackend

KINDS = {"float64": "F64", "float32": "F32", "float16": "F16"}


@dataclass(frozen=True, slots=True)
class Described:
    """What a spec would say of itself."""

    name: str = "net"
    title: str = ""
    source: tuple[tuple[str, str], ...] = ()
    preprocess: tuple[tuple[str, float | tuple[float, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Net:
    """A graph as a backend sees a network."""

    graph: Graph
    layout: Layout = CANONICAL
    spec: Described = Described()

    @property
    def whole(self) -> Graph:
        return self.graph


def named_by_numbers(graph: Graph) -> Graph:
    """A random graph whose blocks are called as a layout wants them, 3 rather than part3, and which says which sizes it takes."""

    def new(name: str) -> str:
        return name.replace("part", "")

    return replace(
        graph,
        nodes=tuple(
            replace(
                node,
                name=new(node.name),
                inputs=tuple(map(new, node.inputs)),
                outputs=tuple(map(new, node.outputs)),
                scope=new(node.scope),
            )
            for node in graph.nodes
        ),
        scopes=tuple(replace(scope, path=new(scope.path)) for scope in graph.scopes),
        types={new(name): type_ for name, type_ in graph.types.items()},
        any_size=prove_sizes(graph) is None,
    )


def save(tensors: Mapping[str, Tensor], path: Path) -> None:
    """A safetensors file of tensors by key."""
    arrays = {key: tensor.detach().numpy() for key, tensor in tensors.items()}
    listed = [(key, KINDS.get(str(array.dtype), "I64"), tuple(array.shape)) for key, array in arrays.items()]
    head, order = write_safetensors(listed, {})
    with path.open("wb") as file:
        file.write(head)
        for key in order:
            file.write(arrays[key].tobytes())


def model_bytes(net: Any, tensors: Mapping[str, Tensor] | None = None, **options: Any) -> bytes:
    """The one file of a model, with weights by canonical key or by the options."""
    if tensors is None:
        return b"".join(OnnxBackend(**options).emit(net).files[0].chunks)
    keys = state_keys(net.graph, net.layout)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "weights.safetensors"
        save({keys[key]: tensor for key, tensor in tensors.items()}, path)
        return b"".join(OnnxBackend(weights=str(path), **options).emit(net).files[0].chunks)


def model_of(net: Any, tensors: Mapping[str, Tensor] | None = None, **options: Any) -> onnx.ModelProto:
    return onnx.ModelProto.FromString(model_bytes(net, tensors, **options))


def run_fast(model: onnx.ModelProto | bytes, x: Tensor) -> NDArray[Any]:
    """The first output, by onnxruntime on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    data = model if isinstance(model, bytes) else model.SerializeToString()
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    made: NDArray[Any] = session.run(None, {session.get_inputs()[0].name: x.numpy()})[0]
    return made


def run_exactly(model: onnx.ModelProto, x: Tensor) -> NDArray[Any]:
    """The first output, by onnx's evaluator, which computes in the model's type."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made: NDArray[Any] = ReferenceEvaluator(model).run(None, {model.graph.input[0].name: x.numpy()})[0]
    return made


def distance(expected: Tensor, actual: NDArray[Any]) -> float:
    """The largest difference where outputs have deviation one."""
    wanted = expected.detach().numpy()
    assert wanted.shape == actual.shape
    return float(np.abs(wanted - actual).max() / deviation(expected.detach()))


def is_near(actual: NDArray[Any], graph: Graph, tensors: Mapping[str, Tensor], x: Tensor, unit: float) -> bool:
    """Whether another program of a graph made what the interpreter makes, as far as rounding to a unit explains."""

    def program() -> Values:
        return {"output": run(graph, tensors, x)}

    expected = program()
    wanted = cast("Tensor", expected["output"])
    off = distance(wanted, actual)
    # of a hundred terms the best conditioned network is off as much
    return off <= of_terms(100, unit) or off * deviation(wanted) <= 2 * SAFETY * moved(program, expected, unit)["output"]


def deviation(values: Tensor) -> float:
    return max(float(values.std(correction=0)), 1e-3)


def inferred(model: onnx.ModelProto, size: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """The shapes that onnx infers, strictly and with nothing to go by but the nodes, for an input of this size."""
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    del bare.graph.value_info[:]
    for axis, length in zip(bare.graph.input[0].type.tensor_type.shape.dim, size, strict=True):
        axis.Clear()
        axis.dim_value = length
    for output in bare.graph.output:
        output.type.tensor_type.ClearField("shape")
    found = onnx.shape_inference.infer_shapes(bare, check_type=True, strict_mode=True, data_prop=True).graph
    values = (*found.value_info, *found.output)
    return {value.name: tuple(axis.dim_value for axis in value.type.tensor_type.shape.dim) for value in values}


HASHES = frozenset({"archc.graph", "archc.weights_hash", "archc.version"})
"""Metadata that change with archc's version or any part of the graph, and have tests of their own."""


def listing(model: onnx.ModelProto, *, notes: bool = True) -> str:
    """Write a model as text: a line for each node with the type of its value, and for each tensor with a digest of its bytes.

    `notes`: with what is said of nodes beside what they compute.
    """
    imports = " ".join(f"{each.domain or 'onnx'}:{each.version}" for each in model.opset_import)
    lines = [f"ir {model.ir_version} opsets {imports} producer {model.producer_name}"]
    lines += [f"doc {line}" for line in model.doc_string.splitlines()]
    lines += [f"meta {each.key} = {each.value}" for each in model.metadata_props if each.key not in HASHES]
    graph = model.graph
    types = {value.name: _type(value) for value in graph.value_info}
    lines += [f"graph {graph.name}", *(f"  input {value.name} : {_type(value)}" for value in graph.input)]
    lines += [f"  tensor {tensor.name} : {_tensor(tensor)}" for tensor in graph.initializer]
    lines += [*_nodes(graph.node, types, notes=notes), *(f"  output {value.name} : {_type(value)}" for value in graph.output)]
    for function in model.functions:
        said = f"({', '.join(function.input)}) -> {', '.join(function.output)}"
        lines += [f"function {function.domain}.{function.name}{said}", *_nodes(function.node, {}, notes=notes)]
    return "\n".join(lines) + "\n"


def _nodes(nodes: Iterable[onnx.NodeProto], types: Mapping[str, str], *, notes: bool) -> Iterator[str]:
    for node in nodes:
        operation = f"{node.domain}.{node.op_type}" if node.domain else node.op_type
        attributes = "".join(f" {attribute.name}={_attribute(attribute)}" for attribute in node.attribute)
        outputs = "" if list(node.output) == [node.name] else f"{', '.join(node.output)} = "
        described = " | ".join(types[name] for name in node.output if name in types)
        said = (node.doc_string, *(f"{each.key}={each.value}" for each in node.metadata_props)) if notes else ()
        line = f"  {node.name} = {outputs}{operation}({', '.join(node.input)}){attributes} : {described}".removesuffix(" : ")
        yield line + "".join(f" # {note}" for note in said if note)


def _attribute(attribute: onnx.AttributeProto) -> str:
    value = onnx.helper.get_attribute_value(attribute)
    if isinstance(value, onnx.TensorProto):
        return _tensor(value)
    return value.decode() if isinstance(value, bytes) else str(list(value) if isinstance(value, Iterable) else value)


def _tensor(tensor: onnx.TensorProto) -> str:
    values = onnx.numpy_helper.to_array(tensor)
    kind = onnx.TensorProto.DataType.Name(tensor.data_type)
    written = str(values.tolist()) if values.size <= 4 else hashlib.sha256(values.tobytes()).hexdigest()[:12]
    return f"{kind}{list(tensor.dims)} {written}"


def _type(value: onnx.ValueInfoProto) -> str:
    kind = value.type.tensor_type
    lengths = ", ".join(axis.dim_param or str(axis.dim_value) for axis in kind.shape.dim)
    return f"{onnx.TensorProto.DataType.Name(kind.elem_type)}[{lengths}]"
