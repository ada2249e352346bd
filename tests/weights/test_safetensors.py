"""Reading and writing safetensors, held against the format's own library; what is damaged or hostile is refused by name."""

import json
import os
import struct
import tracemalloc
from pathlib import Path

import pytest
import safetensors.torch
import torch
from weight_files import contents, safetensors_bytes

from archc.weights.errors import WeightsError
from archc.weights.safetensors import LONGEST_HEADER, open_safetensors, write_safetensors

TENSORS = {
    "a": torch.arange(6, dtype=torch.float32).reshape(2, 3),
    "half": torch.tensor([1.5, -2.0], dtype=torch.float16),
    "brain": torch.tensor([[3.0]], dtype=torch.bfloat16),
    "double": torch.tensor(0.1, dtype=torch.float64),
    "count": torch.tensor(7),
    "truth": torch.tensor([True, False]),
    "empty": torch.zeros(0, 3),
    'ñ"\\\n': torch.tensor([1], dtype=torch.uint8),
}
ONE = {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}


def raw(tensor: torch.Tensor) -> bytes:
    return bytes(tensor.reshape(-1).view(torch.uint8).tolist()) if tensor.numel() else b""


def refusal(path: Path) -> tuple[str, str]:
    with pytest.raises(WeightsError) as caught:
        open_safetensors(path)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic.code, diagnostic.message


def test_reads_what_the_library_writes(tmp_path: Path) -> None:
    safetensors.torch.save_file(TENSORS, tmp_path / "x", metadata={"k": "v"})
    expected = {name: (tuple(tensor.shape), raw(tensor)) for name, tensor in TENSORS.items()}
    assert expected == {name: (shape, data) for name, (_, shape, data) in contents(tmp_path / "x").items()}


def test_reads_metadata(tmp_path: Path) -> None:
    safetensors.torch.save_file(TENSORS, tmp_path / "x", metadata={"k": "v", "ü": "\n"})
    with open_safetensors(tmp_path / "x") as file:
        assert {"k": "v", "ü": "\n"} == dict(file.metadata)


def test_reads_ranges_of_the_file(tmp_path: Path) -> None:
    safetensors.torch.save_file({"a": TENSORS["a"]}, tmp_path / "x")
    with open_safetensors(tmp_path / "x") as file:
        tensor = file.tensors["a"]
        assert raw(TENSORS["a"]) == (tmp_path / "x").read_bytes()[tensor.begin : tensor.end]


def test_reads_in_chunks(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(safetensors_bytes(ONE, b"abcdefgh"))
    with open_safetensors(tmp_path / "x") as file:
        assert [b"abc", b"def", b"gh"] == list(file.chunks("a", 3))


def written(folder: Path) -> Path:
    types = {"a": "F32", "half": "F16", "brain": "BF16", "double": "F64", "count": "I64", "truth": "BOOL", "empty": "F32"}
    begin, order = write_safetensors([(name, types.get(name, "U8"), tuple(t.shape)) for name, t in TENSORS.items()], {"k": "v"})
    (folder / "x").write_bytes(begin + b"".join(raw(TENSORS[name]) for name in order))
    return folder / "x"


def test_the_library_reads_what_is_written(tmp_path: Path) -> None:
    found = safetensors.torch.load_file(written(tmp_path))
    assert {name: (t.dtype, t.tolist()) for name, t in TENSORS.items()} == {
        name: (t.dtype, t.tolist()) for name, t in found.items()
    }


def test_the_library_reads_the_metadata_written(tmp_path: Path) -> None:
    with safetensors.safe_open(written(tmp_path), "pt") as file:
        assert file.metadata() == {"k": "v"}


def test_every_tensor_written_is_aligned_to_its_type(tmp_path: Path) -> None:
    with open_safetensors(written(tmp_path)) as file:
        assert dict.fromkeys(TENSORS, 0) == {
            name: tensor.begin % TENSORS[name].element_size() for name, tensor in file.tensors.items()
        }


MAY_BE = f"the {LONGEST_HEADER} there may be"
AT = "its header is not well-formed at character"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "it has 0 bytes, and no header"),
        (b"1234567", "it has 7 bytes, and no header"),
        (struct.pack("<Q", 2**64 - 1) + b"{}", f"its header would be {2**64 - 1} bytes long, more than {MAY_BE}"),
        (struct.pack("<Q", LONGEST_HEADER + 1), f"its header would be {LONGEST_HEADER + 1} bytes long, more than {MAY_BE}"),
        (struct.pack("<Q", 3) + b"{}", "its header would be 3 bytes long, after which the file has ended"),
        (safetensors_bytes(b'{"\xff": 1}'), "byte 2 of its header is not UTF-8"),
        (safetensors_bytes(b""), AT + " 0: `{` is missing in the header"),
        (safetensors_bytes(b"[]"), AT + " 0: `{` is missing in the header"),
        (safetensors_bytes(b'{"a": 1}'), AT + " 5: `{` is missing in tensor `a`"),
        (safetensors_bytes(b"[" * 100_000), AT + " 0: `{` is missing in the header"),
        (safetensors_bytes(b'{"a":' * 100_000), "tensor `a` has an unknown key `a`"),
        (safetensors_bytes(b"{} {}"), AT + " 2: something follows the header's object"),
        (safetensors_bytes(b'{"a"'), AT + " 4: `:` is missing in the header"),
        (safetensors_bytes(b'{"a\\x": {}}'), AT + " 1: the header is no text"),
        (safetensors_bytes(b'{"\\ud800": {}}'), AT + " 9: the header holds half of a character"),
        (safetensors_bytes(b'{"__metadata__": {"k": 1}}'), AT + " 22: metadata `k` is no text"),
        (safetensors_bytes(b'{"__metadata__": {"k": "1", "k": "2"}}'), "its metadata has `k` twice"),
        (safetensors_bytes(b'{"__metadata__": {}, "__metadata__": {}}'), "its header has `__metadata__` twice"),
    ],
    ids=range(18),
)  # fmt: skip
def test_damaged_headers(data: bytes, expected: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(data)
    code, message = refusal(tmp_path / "x")
    assert (code, message) == ("E0580", f"`{tmp_path / 'x'}` is not a safetensors file, or a damaged one: {expected}")


def tensor(**changed: object) -> dict[str, object]:
    return {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]} | changed


@pytest.mark.parametrize(
    ("header", "size", "expected"),
    [
        ({"a": {"dtype": "F32", "shape": [2]}}, 8, "tensor `a` has no `data_offsets`"),
        ({"a": tensor(more=1)}, 8, "tensor `a` has an unknown key `more`"),
        ({"a": tensor(dtype="F31")}, 8, "tensor `a` has an unknown type `F31`; there are "),
        ({"a": tensor(data_offsets=[8, 0])}, 8, "tensor `a` has data offsets [8, 0], which are no begin and end"),
        ({"a": tensor(data_offsets=[0, 8, 8])}, 8, "tensor `a` has data offsets [0, 8, 8], which are no begin and end"),
        ({"a": tensor(shape=[3])}, 8, "tensor `a` of F32 [3] takes 12 bytes, its data offsets hold 8 bytes"),
        ({"a": tensor(shape=[2**62, 2**62])}, 8, f"tensor `a` of F32 [{2**62}, {2**62}] takes {2**126} bytes, its data"),
        ({"a": tensor(dtype="F4", shape=[3])}, 8, "tensor `a` of F4 [3] takes 12 bits, its data offsets hold 8 bytes"),
        ({"a": tensor(), "b": tensor()}, 8, "tensors `a` and `b` overlap"),
        ({"a": tensor(), "b": tensor(data_offsets=[4, 12])}, 12, "tensors `a` and `b` overlap"),
        ({"a": tensor(data_offsets=[4, 12])}, 12, "4 bytes before tensor `a` belong to none"),
        ({"a": tensor()}, 7, "tensor `a` ends 1 bytes after the file: it is truncated"),
        ({"a": tensor(data_offsets=[2**60, 2**60 + 8])}, 8, f"{2**60} bytes before tensor `a` belong to none"),
        ({"a": tensor()}, 9, "1 bytes at its end belong to no tensor"),
        ({"a": tensor(shape=[float("nan")])}, 8, "`shape` of tensor `a` is no list of whole numbers"),
        ({"a": tensor(shape=[-2])}, 8, "`shape` of tensor `a` is no list of whole numbers"),
        ({"a": tensor(shape=[2.0])}, 8, "`shape` of tensor `a` is no list of whole numbers"),
        ({"a": tensor(shape=[10**30])}, 8, "`shape` of tensor `a` is no list of whole numbers"),
        ({"a": tensor(shape=[True])}, 8, "`shape` of tensor `a` is no list of whole numbers"),
        ({"a": tensor(shape=[[2]])}, 8, "`shape` of tensor `a` is no list of whole numbers"),
        ({"a": tensor(shape=[1] * 65)}, 8, "`shape` of tensor `a` has more than 64 numbers"),
        ({"a": tensor(shape=None)}, 8, "`[` is missing in `shape` of tensor `a`"),
        ({"a": tensor(dtype=1)}, 8, "`dtype` of tensor `a` is no text"),
    ],
    ids=range(23),
)  # fmt: skip
def test_hostile_tensors(header: object, size: int, expected: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(safetensors_bytes(header, bytes(size)))
    code, message = refusal(tmp_path / "x")
    assert (code, expected in message) == ("E0580", True), message


def test_a_tensor_twice(tmp_path: Path) -> None:
    entry = json.dumps(tensor())
    (tmp_path / "x").write_bytes(safetensors_bytes(f'{{"a": {entry}, "a": {entry}}}'.encode(), bytes(8)))
    assert refusal(tmp_path / "x")[1].endswith("its header has tensor `a` twice")


def test_a_key_twice(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(safetensors_bytes(b'{"a": {"dtype": "F32", "dtype": "F32"}}'))
    assert refusal(tmp_path / "x")[1].endswith("tensor `a` has `dtype` twice")


def test_no_such_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "x") == ("E0001", f"cannot find `{tmp_path / 'x'}`")


def test_a_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path) == ("E0002", f"`{tmp_path}` is not a file")


def test_a_pipe_without_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x")
    assert refusal(tmp_path / "x") == ("E0002", f"`{tmp_path / 'x'}` is not a file")


def test_a_file_that_is_cut_while_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(safetensors_bytes(ONE, bytes(8)))
    with open_safetensors(tmp_path / "x") as file:
        os.truncate(tmp_path / "x", file.tensors["a"].begin + 3)
        with pytest.raises(WeightsError, match="has become shorter while it was read, at tensor `a`"):
            file.read("a")


def test_memory_does_not_depend_on_the_size(tmp_path: Path) -> None:
    size = 1 << 31
    begin = safetensors_bytes({"a": tensor(shape=[size // 4], data_offsets=[0, size])})
    with (tmp_path / "x").open("wb") as file:
        file.write(begin)
        file.truncate(len(begin) + size)  # a hole: it takes no room on the disk
    tracemalloc.start()
    with open_safetensors(tmp_path / "x") as opened:
        chunks = opened.chunks("a")
        read = sum(len(next(chunks)) for _ in range(16))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (read, peak < 1 << 22) == (1 << 24, True)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    assert refusal(tmp_path / "x") == ("E0003", f"cannot read `{tmp_path / 'x'}`: permission denied")


def test_a_disk_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> int:
        raise OSError(5, "Input/output error")

    (tmp_path / "x").write_bytes(safetensors_bytes(ONE, bytes(8)))
    monkeypatch.setattr(os, "lseek", failing)
    assert refusal(tmp_path / "x") == ("E0003", f"cannot read `{tmp_path / 'x'}`: input/output error")
