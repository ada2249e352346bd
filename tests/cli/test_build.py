"""`archc build`: where the files go, what is refused, what is said."""

import os
from pathlib import Path

import pytest

from archc.cli.main import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def source_of(capfdbinary: pytest.CaptureFixture[bytes], *words: str) -> bytes:
    assert main(["build", *words, "-o", "-"]) == 0
    return capfdbinary.readouterr().out


def test_writes_the_specs_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["build", "resnet18"]), os.listdir(folder), capsys.readouterr()) == (
        0,
        ["resnet18.py"],
        ("", "wrote resnet18.py\n"),
    )


def test_file_and_stdout_are_equal(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["build", "resnet18", "-o", "net.py"]) == 0
    assert source_of(capfdbinary, "resnet18") == (folder / "net.py").read_bytes()


def test_into_a_folder(folder: Path) -> None:
    (folder / "models").mkdir()
    assert (main(["build", "resnet18", "-o", "models"]), os.listdir(folder / "models")) == (0, ["resnet18.py"])


def test_existing_file_is_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "resnet18.py").write_text("mine")
    assert (main(["build", "resnet18"]), (folder / "resnet18.py").read_text()) == (2, "mine")
    assert capsys.readouterr().err.startswith("error[E0540]: `resnet18.py` exists\n")


def test_force(folder: Path) -> None:
    (folder / "resnet18.py").write_text("mine")
    assert (main(["build", "resnet18", "--force"]), (folder / "resnet18.py").read_text() == "mine") == (0, False)


def test_nothing_is_written_for_a_bad_spec(folder: Path) -> None:
    (folder / "net.yaml").write_text("archc: 1\nname: net\n")
    assert (main(["build", "net.yaml"]), os.listdir(folder)) == (1, ["net.yaml"])


def test_unknown_target(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "resnet18", "--target", "troch"]) == 2
    assert "did you mean `torch`?" in capsys.readouterr().err


def test_set(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    changed = source_of(capfdbinary, "resnet18", "--set", "classes=7", "--set", "expect=null")
    assert (b"num_classes: int = 7" in changed, b"num_classes: int = 1000" in changed) == (True, False)


def test_layout(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert source_of(capfdbinary, "resnet50", "--layout", "canonical") != source_of(capfdbinary, "resnet50")


def test_unknown_layout(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "resnet50", "--layout", "torchvison"]) == 1
    assert "did you mean `torchvision`?" in capsys.readouterr().err


def test_same_bytes_whatever_the_hash_seed(folder: Path) -> None:
    import subprocess
    import sys

    def build(seed: str) -> bytes:
        command = [sys.executable, "-m", "archc", "build", "resnet50", "-o", "-"]
        return subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout

    assert build("1") == build("2")
