"""A file's weights in an ONNX model: exact values, streamed, and refused where they do not fit."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from graph_builder import Builder
from onnx_models import Net, distance, run_exactly, save
from onnx_residual import EXPECTED, GRAPH, TENSORS, X
from rounding import SINGLE, allowed

from archc.backend import BackendError
from archc.diagnostics import SpecError
from archc.ir.ops import BlurPool, Conv
from archc.language.layouts.table import CANONICAL
from archc.record import replace
from archc.weights.safetensors import write_safetensors
from archc_onnx import OnnxBackend

FLOAT32 = {key: tensor.float() for key, tensor in TENSORS.items()}


def arrays(model: onnx.ModelProto) -> dict[str, np.ndarray]:
    return {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def emitted(path: Path, net: Net | None = None, **options: object) -> bytes:
    files = OnnxBackend(weights=str(path), **options).emit(net or Net(GRAPH)).files  # type: ignore[arg-type]
    return b"".join(files[0].chunks)


# A file's values


@pytest.mark.parametrize("stored", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_values_are_the_file_s_rounded_once(stored: torch.dtype, dtype: str, tmp_path: Path) -> None:
    given = {key: tensor.to(stored) for key, tensor in TENSORS.items()}
    torch.save(given, tmp_path / "weights.pt")
    found = arrays(onnx.ModelProto.FromString(emitted(tmp_path / "weights.pt", dtype=dtype)))
    expected = {key: tensor.to(getattr(torch, dtype)).numpy() for key, tensor in given.items()}
    assert all(np.array_equal(expected[key], found[key]) for key in expected)


@pytest.mark.parametrize("stored", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
def test_values_in_bfloat16(stored: torch.dtype, tmp_path: Path) -> None:
    given = {key: tensor.to(stored) for key, tensor in TENSORS.items()}
    torch.save(given, tmp_path / "weights.pt")
    model = onnx.ModelProto.FromString(emitted(tmp_path / "weights.pt", dtype="bfloat16", opset=22))
    for tensor in model.graph.initializer:
        assert given[tensor.name].bfloat16().view(torch.int16).numpy().tobytes() == tensor.raw_data


def test_the_stream_is_what_protobuf_writes(tmp_path: Path) -> None:
    save(FLOAT32, tmp_path / "w.safetensors")
    data = emitted(tmp_path / "w.safetensors")
    model = onnx.ModelProto.FromString(data)
    assert data == model.SerializeToString(deterministic=True)


def test_no_chunk_is_large(tmp_path: Path) -> None:
    builder = Builder(1000, 1, 1)
    builder.add(Conv(1000, 1000, 1), name="conv")
    save({"conv.weight": torch.zeros(1000, 1000, 1, 1)}, tmp_path / "w.safetensors")
    for options in ({"weights": str(tmp_path / "w.safetensors")}, {"seed": 1}):
        [file] = OnnxBackend(**options).emit(Net(builder.graph())).files  # type: ignore[arg-type]
        assert max(map(len, file.chunks)) <= 1 << 20


def test_external_data_holds_the_same(tmp_path: Path) -> None:
    save(FLOAT32, tmp_path / "w.safetensors")
    model, data = OnnxBackend(weights=str(tmp_path / "w.safetensors"), external_data=True).emit(Net(GRAPH)).files
    assert (model.name, data.name) == ("net.onnx", "net.onnx.data")
    for file in (model, data):
        (tmp_path / file.name).write_bytes(b"".join(file.chunks))
    loaded = onnx.load(str(tmp_path / "net.onnx"))
    onnx.checker.check_model(str(tmp_path / "net.onnx"), full_check=True)
    assert all(np.array_equal(FLOAT32[key].numpy(), array) for key, array in arrays(loaded).items())
    assert distance(EXPECTED, run_exactly(loaded, X.float())) < allowed(TENSORS.values(), SINGLE)


def test_external_tensors_are_aligned() -> None:
    model, _ = OnnxBackend(external_data=True).emit(Net(GRAPH)).files
    proto = onnx.ModelProto.FromString(b"".join(model.chunks))
    offsets = [int(entry.value) for tensor in proto.graph.initializer for entry in tensor.external_data if entry.key == "offset"]
    assert {offset % 64 for offset in offsets} == {0}


def test_a_model_over_the_limit_has_external_data(monkeypatch: pytest.MonkeyPatch) -> None:
    import archc_onnx.export

    [whole] = OnnxBackend().emit(Net(GRAPH)).files
    length = sum(map(len, whole.chunks))
    for limit, files in ((length, 1), (length - 1, 2)):
        monkeypatch.setattr(archc_onnx.export, "ONE_FILE", limit)
        assert len(OnnxBackend().emit(Net(GRAPH)).files) == files


def test_what_torch_counts_is_passed_over(tmp_path: Path) -> None:
    counts = {"stem.norm.num_batches_tracked": torch.tensor(7)}
    save({**FLOAT32, **counts}, tmp_path / "w.safetensors")
    assert list(arrays(onnx.ModelProto.FromString(emitted(tmp_path / "w.safetensors")))) == list(TENSORS)


def test_a_fixed_filter_need_not_be_there(tmp_path: Path) -> None:
    builder = Builder(3, 8, 8)
    builder.add(BlurPool(3, 3, 2), name="blur")
    save({}, tmp_path / "w.safetensors")
    [found] = arrays(onnx.ModelProto.FromString(emitted(tmp_path / "w.safetensors", Net(builder.graph())))).values()
    assert found.tolist() == [[[[0.0625, 0.125, 0.0625], [0.125, 0.25, 0.125], [0.0625, 0.125, 0.0625]]]] * 3


@pytest.mark.parametrize(("factor", "share"), [(1.0, 1.0), (4.0, 0.25), (0.0, 0.0)])
def test_statistics_are_divided_by_the_factor_that_caffe_keeps(factor: float, share: float, tmp_path: Path) -> None:
    norms = [key.removesuffix("running_mean") for key in TENSORS if key.endswith("running_mean")]
    save({**FLOAT32, **{f"{norm}scale_factor": torch.tensor([factor]) for norm in norms}}, tmp_path / "w.safetensors")
    net = Net(GRAPH, replace(CANONICAL, batch_norm={"scale_factor": "factor"}))
    found = arrays(onnx.ModelProto.FromString(emitted(tmp_path / "w.safetensors", net)))
    for key, tensor in FLOAT32.items():
        assert np.array_equal(found[key], tensor * share if "running_" in key else tensor)


# Files that do not fit


def refused(path: Path, **options: object) -> tuple[str, list[str]]:
    with pytest.raises(SpecError) as error:
        emitted(path, **options)
    [problem] = error.value.diagnostics
    return problem.code, sorted(note.message for note in problem.notes)


def test_all_that_does_not_fit_is_said_at_once(tmp_path: Path) -> None:
    tensors = dict(FLOAT32)
    tensors["extra"] = torch.zeros(2)
    tensors["head.fc.bias"] = torch.zeros(6)
    del tensors["stem.conv.weight"]
    save(tensors, tmp_path / "w.safetensors")
    code, notes = refused(tmp_path / "w.safetensors")
    assert (code, notes) == (
        "E0584",
        ["missing: `stem.conv.weight` 8x3x3x3", "shape: `head.fc.bias` is 6, not 5", "unknown: `extra` 2"],
    )


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: None, "E0001"),
        (lambda path: path.mkdir(), "E0002"),
        (os.mkfifo, "E0002"),
        (lambda path: path.write_bytes(b""), "E0580"),
        (lambda path: path.write_bytes(b"\xff" * 64), "E0580"),
        (lambda path: path.write_bytes((1 << 62).to_bytes(8, "little") + b"{}"), "E0580"),
    ],
)
def test_what_is_no_file_of_weights(make: Callable[[Path], object], code: str, tmp_path: Path) -> None:
    make(tmp_path / "w.safetensors")
    with pytest.raises(SpecError) as error:
        emitted(tmp_path / "w.safetensors")
    assert [problem.code for problem in error.value.diagnostics] == [code]


def test_a_truncated_file(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save(FLOAT32, path)
    path.write_bytes(path.read_bytes()[:-1])
    assert refused(path)[0] == "E0580"


def test_a_file_that_changes_between_look_and_read(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    save(FLOAT32, path)
    [file] = OnnxBackend(weights=str(path)).emit(Net(GRAPH)).files
    save({**FLOAT32, "extra": torch.zeros(1)}, path)
    with pytest.raises(SpecError, match="changed while it was read"):
        b"".join(file.chunks)


def test_a_number_beyond_float16(tmp_path: Path) -> None:
    tensors = {**FLOAT32, "stem.norm.running_var": torch.full((8,), 1e5)}
    save(tensors, tmp_path / "w.safetensors")
    with pytest.raises(BackendError) as error:
        emitted(tmp_path / "w.safetensors", dtype="float16")
    assert (error.value.code, error.value.message) == (
        "E0563",
        "`stem.norm.running_var` does not fit the type: 100000 is beyond float16",
    )


def test_weights_recorded_as_another_function_s(tmp_path: Path) -> None:
    arrays_ = [(key, "F32", tuple(tensor.shape)) for key, tensor in FLOAT32.items()]
    head, order = write_safetensors(arrays_, {"archc.weights_hash": "0" * 64})
    path = tmp_path / "w.safetensors"
    path.write_bytes(head + b"".join(FLOAT32[key].numpy().tobytes() for key in order))
    assert refused(path)[0] == "E0585"
    assert len(emitted(path, anyway=True)) > path.stat().st_size
