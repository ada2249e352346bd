"""`archc build --target onnx`: the files it writes, and that nothing is written where something is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import onnx
import pytest
import torch

from archc.cli.main import main

SMALL = ("cifar_resnet20", "--target", "onnx")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def build(*words: str) -> int:
    return main(["build", *SMALL, *words])


def test_writes_one_file(folder: Path) -> None:
    assert (build(), os.listdir(folder)) == (0, ["cifar_resnet20.onnx"])
    onnx.checker.check_model(str(folder / "cifar_resnet20.onnx"), full_check=True)


def test_writes_weights_beside_it(folder: Path) -> None:
    assert (build("--external-data"), sorted(os.listdir(folder))) == (0, ["cifar_resnet20.onnx", "cifar_resnet20.onnx.data"])
    onnx.checker.check_model(str(folder / "cifar_resnet20.onnx"), full_check=True)


def test_writing_twice_gives_the_same_files(folder: Path) -> None:
    def written() -> list[bytes]:
        assert build("--external-data", "--force") == 0
        return [(folder / name).read_bytes() for name in sorted(os.listdir(folder))]

    assert written() == written()


def test_same_bytes_in_another_process(folder: Path) -> None:
    def emitted(seed: str) -> bytes:
        command = [sys.executable, "-m", "archc", "build", *SMALL, "-o", "-", "--functions"]
        return subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}).stdout

    assert emitted("1") == emitted("2")


def test_options_reach_the_model(folder: Path) -> None:
    assert build("--opset", "21", "--dtype", "float16", "--fold-bn", "--no-weights") == 0
    model = onnx.load("cifar_resnet20.onnx")
    kinds = {value.type.tensor_type.elem_type for value in model.graph.input}
    found = (model.opset_import[0].version, kinds, model.graph.input[1].name.rpartition(".")[2])
    assert found == (21, {onnx.TensorProto.FLOAT16}, "folded")


def test_weights_that_do_not_fit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"conv1.weight": torch.zeros(1)}, "w.pt")
    assert (build("--weights", "w.pt"), os.listdir(folder)) == (1, ["w.pt"])
    assert capsys.readouterr().err.startswith("error[E0584]: `w.pt` does not fit `cifar_resnet20`")


def test_no_file_of_weights(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (build("--weights", "none.safetensors"), os.listdir(folder)) == (2, [])
    assert capsys.readouterr().err.startswith("error[E0001]: cannot find `none.safetensors`")


def test_an_opset_that_there_is_not(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (build("--opset", "12"), os.listdir(folder)) == (2, [])
    assert capsys.readouterr().err.startswith("error[E0560]: opset 12 is not one of 13 to 28\n")


@pytest.mark.parametrize("words", [("--opset", "x"), ("--dtype", "int8"), ("--weights",), ("--opst", "17")])
def test_usage(words: tuple[str, ...], folder: Path) -> None:
    assert (build(*words), os.listdir(folder)) == (2, [])


def test_an_existing_file_stays(folder: Path) -> None:
    (folder / "cifar_resnet20.onnx").write_text("mine")
    assert (build(), (folder / "cifar_resnet20.onnx").read_text()) == (2, "mine")


def test_neither_file_where_one_exists(folder: Path) -> None:
    (folder / "cifar_resnet20.onnx.data").write_text("mine")
    assert (build("--external-data"), os.listdir(folder)) == (2, ["cifar_resnet20.onnx.data"])


def test_a_folder_that_is_not_there(folder: Path) -> None:
    assert (build("-o", "none/net.onnx"), os.listdir(folder)) == (2, [])


def test_a_folder_that_nobody_writes_in(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build("-o", "/proc/net.onnx") == 2
    assert capsys.readouterr().err.startswith("error[E0544]: cannot write in `/proc`")


def test_a_full_disk_leaves_nothing_new_and_the_old_file(folder: Path) -> None:
    """A bound on the size of files stands for the disk."""
    (folder / "cifar_resnet20.onnx").write_text("mine")
    code = f"""
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
from archc.cli.main import main
sys.exit(main(["build", *{SMALL!r}, "--force", "--external-data"]))
"""
    done = subprocess.run([sys.executable, "-B", "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr.partition(":")[0], os.listdir(folder)) == (2, "error[E0545]", ["cifar_resnet20.onnx"])
    assert (folder / "cifar_resnet20.onnx").read_text() == "mine"


def test_two_files_under_another_name_need_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (build("--external-data", "-o", "net.onnx"), os.listdir(folder)) == (2, [])
    assert capsys.readouterr().err.startswith("error[E0546]")


def test_two_files_go_where_the_first_does_under_its_own_name(folder: Path) -> None:
    (folder / "models").mkdir()
    assert build("--external-data", "-o", "models/cifar_resnet20.onnx") == 0
    assert sorted(os.listdir(folder / "models")) == ["cifar_resnet20.onnx", "cifar_resnet20.onnx.data"]


LIBRARIES = {"onnx", "numpy", "torch", "onnx.checker"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [(("--no-weights",), set()), (("--seed", "1"), {"numpy"})],
)
def test_what_is_imported(words: tuple[str, ...], expected: set[str], folder: Path) -> None:
    code = f"""
import sys
from archc.cli.main import main
assert main(["build", *{SMALL!r}, *{words!r}]) == 0
print(*sorted(sys.modules), sep="\\n")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert LIBRARIES & set(done.stdout.split()) == expected


def test_onnx_can_be_imported_later(folder: Path) -> None:
    code = f"""
from archc.cli.main import main
assert main(["build", *{SMALL!r}, "--no-weights"]) == 0
import onnx
from archc_onnx.proto import ModelProto
assert onnx.ModelProto is ModelProto
onnx.checker.check_model("cifar_resnet20.onnx")
"""
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0
