"""ONNX's operations as they are run here are those of onnx's own evaluator."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from rounding import SINGLE, close, of_terms

from archc.analyse.verify.onnx_program import load_onnx

RANDOM = np.random.default_rng(0)
MAP, ROW = (2, 4, 6, 8), (2, 12)


def numbers(*shape: int) -> Any:
    return RANDOM.standard_normal(shape)


def integers(*values: int) -> Any:
    return np.array(values, dtype=np.int64)


POSITIVE = np.abs(numbers(4)) + 0.5
CASES: list[tuple[str, tuple[int, ...], list[Any], dict[str, Any]]] = [
    *((op, MAP, [], {}) for op in "Abs Ceil Elu Erf Exp Floor GlobalAveragePool GlobalMaxPool HardSigmoid HardSwish".split()),
    *(
        (op, MAP, [], {})
        for op in "Identity LeakyRelu Mish Neg Relu Shape Sigmoid Softmax Softplus Softsign Tanh Transpose Flatten".split()
    ),
    *((op, MAP, [numbers(4, 1, 1)], {}) for op in "Add Sub Mul Div Max Min PRelu".split()),
    ("Elu", MAP, [], {"alpha": 0.5}),
    ("Gelu", MAP, [], {}),
    ("Gelu", MAP, [], {"approximate": "tanh"}),
    ("HardSigmoid", MAP, [], {"alpha": 1 / 6}),
    ("Pow", MAP, [np.array(2.0)], {}),
    ("Clip", MAP, [np.array(-0.5), np.array(0.5)], {}),
    ("Conv", MAP, [numbers(6, 4, 3, 3), numbers(6)], {"pads": [1, 1, 1, 1], "strides": [2, 2]}),
    ("Conv", MAP, [numbers(6, 2, 3, 3)], {"pads": [0, 1, 2, 1], "group": 2, "dilations": [2, 1]}),
    ("Conv", MAP, [numbers(6, 4, 3, 3)], {"auto_pad": "SAME_UPPER", "strides": [2, 2]}),
    ("Conv", MAP, [numbers(6, 4, 3, 3)], {"auto_pad": "SAME_LOWER", "strides": [2, 2]}),
    (
        "ConvTranspose",
        MAP,
        [numbers(4, 6, 3, 3), numbers(6)],
        {"pads": [1, 1, 1, 1], "strides": [2, 2], "output_padding": [1, 1]},
    ),
    ("ConvTranspose", MAP, [numbers(4, 6, 2, 3)], {"pads": [0, 1, 1, 0], "strides": [2, 3], "dilations": [2, 1]}),
    ("ConvTranspose", MAP, [numbers(4, 6, 3, 3)], {"auto_pad": "SAME_UPPER", "strides": [2, 2]}),
    ("ConvTranspose", MAP, [numbers(4, 6, 3, 3)], {"auto_pad": "SAME_LOWER", "strides": [2, 2]}),
    ("BatchNormalization", MAP, [numbers(4), numbers(4), numbers(4), POSITIVE], {"epsilon": 1e-3}),
    ("InstanceNormalization", MAP, [numbers(4), numbers(4)], {"epsilon": 1e-3}),
    ("GroupNormalization", MAP, [numbers(4), numbers(4)], {"num_groups": 2}),
    ("LayerNormalization", MAP, [numbers(8), numbers(8)], {"axis": -1}),
    ("MaxPool", MAP, [], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("MaxPool", MAP, [], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [0, 0, 1, 1]}),
    ("AveragePool", MAP, [], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1], "count_include_pad": 1}),
    ("AveragePool", MAP, [], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("AveragePool", MAP, [], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [0, 0, 1, 1]}),
    ("AveragePool", MAP, [], {"kernel_shape": [2, 2], "strides": [2, 2]}),
    ("Gemm", ROW, [numbers(12, 5), numbers(5)], {}),
    ("Gemm", ROW, [numbers(5, 12), numbers(5)], {"transB": 1, "alpha": 0.5, "beta": 2.0}),
    ("MatMul", ROW, [numbers(12, 5)], {}),
    ("Reshape", MAP, [integers(0, -1, 2)], {}),
    ("Flatten", MAP, [], {"axis": 2}),
    ("Transpose", MAP, [], {"perm": [0, 2, 3, 1]}),
    ("Unsqueeze", MAP, [integers(1, -1)], {}),
    ("Slice", MAP, [integers(1, 0), integers(4, 100), integers(2, 3), integers(1, 2)], {}),
    ("Gather", MAP, [integers(0, -1)], {"axis": 2}),
    ("Gather", MAP, [np.array(1)], {"axis": 1}),
    ("Expand", (2, 1, 1, 8), [integers(2, 4, 1, 1)], {}),
    ("Tile", MAP, [integers(1, 2, 1, 1)], {}),
    ("Pad", MAP, [integers(0, 0, 1, 2, 0, 0, 3, 0)], {}),
    ("Pad", MAP, [integers(0, 0, 1, 2, 0, 0, 3, 0), np.array(-1.5)], {}),
    ("Pad", MAP, [integers(0, 0, 1, 1, 0, 0, 1, 1)], {"mode": "reflect"}),
    ("Pad", MAP, [integers(0, 0, 1, 1, 0, 0, 1, 1)], {"mode": "edge"}),
    ("ReduceMean", MAP, [integers(2, 3)], {"keepdims": 0}),
    ("ReduceMax", MAP, [integers(1)], {}),
    ("ReduceSum", MAP, [integers(2, 3)], {}),
    ("ReduceL2", MAP, [integers(2, 3)], {}),
    ("ReduceSumSquare", MAP, [integers(1)], {}),
    ("Softmax", MAP, [], {"axis": 1}),
    ("SpaceToDepth", MAP, [], {"blocksize": 2}),
    ("Concat", MAP, [numbers(2, 3, 6, 8)], {"axis": 1}),
    ("Squeeze", (2, 4, 1, 1), [integers(2, 3)], {}),
]


def model(op: str, shape: tuple[int, ...], operands: list[Any], attributes: dict[str, Any]) -> onnx.ModelProto:
    names = [f"w{place}" for place in range(len(operands))]
    node = helper.make_node(op, ["x", *names], ["y"], **attributes)
    kind = TensorProto.INT64 if op == "Shape" else TensorProto.DOUBLE
    graph = helper.make_graph(
        [node],
        "net",
        [helper.make_tensor_value_info("x", TensorProto.DOUBLE, shape)],
        [helper.make_tensor_value_info("y", kind, None)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in zip(names, operands, strict=True)],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)])


@pytest.mark.parametrize(("op", "shape", "operands", "attributes"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_operation(op: str, shape: tuple[int, ...], operands: list[Any], attributes: dict[str, Any], tmp_path: Path) -> None:
    made = model(op, shape, operands, attributes)
    path = tmp_path / "net.onnx"
    path.write_bytes(made.SerializeToString())
    x = numbers(*shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        [expected] = ReferenceEvaluator(made).run(None, {"x": x})
    [actual] = load_onnx(str(path))(torch.from_numpy(x))
    assert close(torch.from_numpy(expected), actual, of_terms(1000, SINGLE))  # no operation here sums more


@pytest.mark.parametrize(
    "attributes",
    [
        {"pads": [0, 1, 1, 0], "strides": [2, 3], "group": 2},
        {"output_shape": [11, 15], "strides": [2, 2], "group": 2},
        {"output_shape": [11, 15], "strides": [2, 2], "group": 2, "auto_pad": "SAME_UPPER"},
    ],
    ids=str,
)
def test_a_transposed_convolution_of_groups_is_onnxruntime_s(attributes: dict[str, Any], tmp_path: Path) -> None:
    """onnx's evaluator has neither groups nor the length that is asked for."""
    made = model("ConvTranspose", MAP, [numbers(4, 3, 2, 3)], attributes)
    for tensor in made.graph.initializer:
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float32), tensor.name))
    for value in (*made.graph.input, *made.graph.output):
        value.type.tensor_type.elem_type = TensorProto.FLOAT
    path = tmp_path / "net.onnx"
    path.write_bytes(made.SerializeToString())
    x = numbers(*MAP).astype(np.float32)
    [expected] = onnxruntime.InferenceSession(str(path)).run(None, {"x": x})
    [actual] = load_onnx(str(path))(torch.from_numpy(x).double())
    assert close(torch.from_numpy(expected), actual, of_terms(100, SINGLE))
