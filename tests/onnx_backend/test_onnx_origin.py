"""`archc build --target onnx --weights`: what is said of weights of unknown origin, or recorded as another function's."""

from pathlib import Path

import pytest
import torch
from weight_files import random_state, small

from archc.cli.main import main

CAPS = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The spec `net.yaml`, weights of unknown origin, and the same recorded as that network's."""
    monkeypatch.chdir(tmp_path)
    torch.save(random_state(small(tmp_path, name="net"), "timm"), "unknown.pth")
    convert = ["weights", "convert", "unknown.pth", "known.safetensors", "--spec", "net.yaml", "--from", "timm", "--to", "timm"]
    assert main(convert) == 0
    return tmp_path


def build(capsys: CAPS, *words: str) -> tuple[int, list[str]]:
    """Exit code, and of what is said the lines that are neither notes nor help."""
    capsys.readouterr()
    code = main(["build", "net.yaml", "--layout", "timm", "--target", "onnx", *words])
    return code, [line for line in capsys.readouterr().err.splitlines() if not line.startswith("  ")]


UNKNOWN = (
    "warning[E0589]: `unknown.pth` does not say which function its weights are for; "
    "others with the same keys and shapes may differ in"
)


@pytest.mark.parametrize("options", [[], ["--fold-bn"], ["--functions"], ["--external-data"]])
def test_unknown_origin_is_warned_of(options: list[str], folder: Path, capsys: CAPS) -> None:
    assert build(capsys, "--weights", "unknown.pth", *options)[1][0] == UNKNOWN


def test_with_it_the_model_is_written(folder: Path, capsys: CAPS) -> None:
    assert build(capsys, "--weights", "unknown.pth") == (0, [UNKNOWN, "wrote net.onnx"])


def test_what_goes_to_the_standard_output_is_warned_of_too(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code = main(["build", "net.yaml", "--layout", "timm", "--target", "onnx", "--weights", "unknown.pth", "-o", "-"])
    assert (code, UNKNOWN.encode() in capfdbinary.readouterr().err) == (0, True)


def test_of_its_own_weights_nothing_is_said(folder: Path, capsys: CAPS) -> None:
    assert build(capsys, "--weights", "known.safetensors") == (0, ["wrote net.onnx"])


def test_another_function_s_are_refused(folder: Path, capsys: CAPS) -> None:
    code, said = build(capsys, "--weights", "known.safetensors", "--set", "block.stride_at=conv1")
    assert (code, said[0].startswith("error[E0585]: the weights in `known.safetensors` are those of `net`")) == (1, True)
    assert not (folder / "net.onnx").exists()


def test_anyway(folder: Path, capsys: CAPS) -> None:
    code, said = build(capsys, "--weights", "known.safetensors", "--set", "block.stride_at=conv1", "--anyway")
    assert (code, said[0].partition(":")[0], said[1]) == (0, "warning[E0585]", "wrote net.onnx")
