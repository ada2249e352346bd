"""Files of torch.save: tensors are read, whatever way they were saved; a pickle that asks for more is refused and not run."""

import os
import pickle
import warnings
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from weight_files import contents

from archc.cli.main import main
from archc.weights.errors import WeightsError
from archc.weights.files import open_weights

STATE = {
    "a": torch.arange(6.0).reshape(2, 3),
    "n": torch.tensor(7),
    "h": torch.ones(2, dtype=torch.bfloat16),
    "e": torch.zeros(0, 2),
}


def told(path: Path) -> tuple[str, str]:
    with pytest.raises(WeightsError) as caught:
        open_weights(path)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic.code, diagnostic.message.replace(f"{path.parent}{os.sep}", "")


def values(path: Path) -> dict[str, tuple[tuple[int, ...], bytes]]:
    return {name: (shape, data) for name, (_, shape, data) in contents(path).items()}


EXPECTED = {
    name: (tuple(t.shape), bytes(t.reshape(-1).view(torch.uint8).tolist()) if t.numel() else b"") for name, t in STATE.items()
}


@pytest.mark.parametrize("zipped", [True, False])
def test_a_state_dict(zipped: bool, tmp_path: Path) -> None:
    torch.save(STATE, tmp_path / "x.pth", _use_new_zipfile_serialization=zipped)
    assert EXPECTED == values(tmp_path / "x.pth")


def test_the_name_does_not_matter(tmp_path: Path) -> None:
    torch.save(STATE, tmp_path / "x.safetensors")
    assert EXPECTED == values(tmp_path / "x.safetensors")


def test_parameters_of_a_module(tmp_path: Path) -> None:
    torch.save(OrderedDict((key, torch.nn.Parameter(value)) for key, value in STATE.items() if key != "n"), tmp_path / "x.pth")
    assert {key: value for key, value in EXPECTED.items() if key != "n"} == values(tmp_path / "x.pth")


def test_transposed_and_shared(tmp_path: Path) -> None:
    base = torch.arange(6.0).reshape(2, 3)
    torch.save({"t": base.T, "row": base[1]}, tmp_path / "x.pth")
    expected = {"t": base.T.contiguous(), "row": base[1]}
    assert values(tmp_path / "x.pth") == {
        key: (tuple(t.shape), bytes(t.reshape(-1).view(torch.uint8).tolist())) for key, t in expected.items()
    }


@pytest.mark.parametrize(
    ("saved", "wrapper"),
    [
        ({"state_dict": STATE, "epoch": 3}, "state_dict"),
        ({"model": STATE, "optimizer": {"lr": 0.1}}, "model"),
        ({"model": {"state_dict": STATE}}, "model.state_dict"),
    ],
)
def test_wrapped(saved: object, wrapper: str, tmp_path: Path) -> None:
    torch.save(saved, tmp_path / "x.pth")
    file = open_weights(tmp_path / "x.pth")
    assert (wrapper, list(STATE)) == (file.wrapper, list(file.tensors))


class Evil:
    """Writes a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.target),)


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_a_pickle_with_code_is_not_run(protocol: int, tmp_path: Path) -> None:
    (tmp_path / "x.pth").write_bytes(pickle.dumps({"a": Evil(tmp_path / "run")}, protocol))
    code, _ = told(tmp_path / "x.pth")
    assert (code, os.listdir(tmp_path)) == ("E0580" if protocol < 2 else "E0581", ["x.pth"])


@pytest.mark.parametrize("zipped", [True, False])
def test_a_saved_file_with_code_is_not_run(zipped: bool, tmp_path: Path) -> None:
    torch.save({"a": STATE["a"], "b": Evil(tmp_path / "run")}, tmp_path / "x.pth", _use_new_zipfile_serialization=zipped)
    assert told(tmp_path / "x.pth") == ("E0581", "the pickle in `x.pth` asks for `posix.mkdir`, which could run any code")
    assert os.listdir(tmp_path) == ["x.pth"]


def test_a_module_is_code_too(tmp_path: Path) -> None:
    torch.save(torch.nn.Linear(1, 1), tmp_path / "x.pth")
    assert told(tmp_path / "x.pth") == (
        "E0581",
        "the pickle in `x.pth` asks for `torch.nn.modules.linear.Linear`, which could run any code",
    )


def test_a_script_is_code_too(tmp_path: Path) -> None:
    with warnings.catch_warnings(action="ignore"):
        torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), tmp_path / "x.pt")
    assert told(tmp_path / "x.pt")[0] == "E0581"


@pytest.mark.parametrize(
    ("saved", "expected"),
    [
        ([STATE["a"]], "`x.pth` holds a list, not a map from names to tensors"),
        (STATE["a"], "`x.pth` holds a Tensor, not a map from names to tensors"),
        ({"a": STATE["a"], "epoch": 3}, "`epoch` of `x.pth` is a number, not a tensor"),
        ({"a": STATE["a"], "ema": {"a": STATE["a"]}}, "`ema` of `x.pth` is a map, not a tensor"),
        ({3: STATE["a"]}, "`3` of `x.pth` is a Tensor, not a tensor"),
        ({"a": STATE["a"].to_sparse()}, "`a` of `x.pth` is a torch.sparse_coo tensor of torch.float32"),
        ({"a": torch.zeros(2, dtype=torch.complex128)}, "`a` of `x.pth` is a torch.strided tensor of torch.complex128"),
        ({"a": torch.zeros(2, device="meta")}, "`a` of `x.pth` is a torch.strided tensor of torch.float32 on meta"),
    ],
    ids=range(8),
)
def test_what_is_no_map_of_tensors(saved: object, expected: str, tmp_path: Path) -> None:
    torch.save(saved, tmp_path / "x.pth")
    assert told(tmp_path / "x.pth") == ("E0582", expected)


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9])
def test_truncated(keep: float, tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(1000)}, tmp_path / "x.pth")
    data = (tmp_path / "x.pth").read_bytes()
    (tmp_path / "x.pth").write_bytes(data[: int(len(data) * keep)])
    code, message = told(tmp_path / "x.pth")
    assert (code, message.startswith("`x.pth` is not a file of torch.save, or a damaged one: ")) == ("E0582", True)


def test_neither_format(tmp_path: Path) -> None:
    (tmp_path / "x.pth").write_bytes(b"<html>404</html>")
    assert told(tmp_path / "x.pth") == ("E0580", "`x.pth` is neither a safetensors file nor one of torch.save")


def test_a_tensor_larger_than_any_memory_is_shown_and_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"a": torch.zeros(3, 1).expand(3, 10**12)}, tmp_path / "x.pth")
    assert main(["weights", "show", str(tmp_path / "x.pth")]) == 0
    assert "a       F32   3x1000000000000  12,000,000,000,000\n" in capsys.readouterr().out
