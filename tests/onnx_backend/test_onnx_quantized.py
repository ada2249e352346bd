"""INT8 by onnxruntime's own tools, as docs/onnx.md has it: flat, and with blocks as functions after its pre-processing."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from golden_weights import golden_tensors
from onnx_models import model_bytes, run_fast
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from archc.compile.pipeline import compile_spec


class Images(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime ships no types
    """A few images to calibrate with."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.batches = iter([{"input": random.standard_normal((4, 3, 32, 32)).astype("float32")} for _ in range(4)])

    def get_next(self) -> dict[str, np.ndarray[Any, Any]] | None:
        return next(self.batches, None)


def quantized(folder: Path, *, functions: bool) -> tuple[bytes, bytes]:
    """The model before and after."""
    network = compile_spec("cifar_resnet20")
    given = model_bytes(network, golden_tensors(network.graph), functions=functions)
    plain, prepared, small = (folder / name for name in ("plain.onnx", "prepared.onnx", "int8.onnx"))
    plain.write_bytes(given)
    quant_pre_process(str(plain), str(prepared), skip_symbolic_shape=True)
    quantize_static(str(prepared), str(small), Images(), quant_format=QuantFormat.QDQ, per_channel=True)
    return given, small.read_bytes()


@pytest.mark.parametrize("functions", [False, True])
def test_the_convolutions_are_quantized_and_the_function_is_near(functions: bool, tmp_path: Path) -> None:
    before, after = quantized(tmp_path, functions=functions)
    model = onnx.ModelProto.FromString(after)
    kinds = Counter(node.op_type for node in model.graph.node)
    int8 = [tensor for tensor in model.graph.initializer if tensor.data_type == onnx.TensorProto.INT8 and len(tensor.dims) == 4]
    x = torch.randn(8, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    similar = float(np.corrcoef(run_fast(before, x).ravel(), run_fast(after, x).ravel())[0, 1])
    assert (kinds["Conv"], len(int8), similar > 0.97, len(after) < len(before) / 2) == (19, 19, True, True)
