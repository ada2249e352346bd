"""ONNX files made to reach for what is not theirs: refused before anything outside their folder is read."""

import os
from pathlib import Path

import onnx
import pytest

from archc.cli.main import main

NET = """
archc: 1
name: net
input: {channels: 3, height: 8, width: 8}
classes: 4
stem: {conv: {kernel: 3, out: 8}}
block: {kind: basic, order: post, shortcut: B}
stages: {one: {out: 8, repeat: 1}}
head: {pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}}
"""


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> onnx.ModelProto:
    """A model beside its weights in the folder `in`; the same weights stand outside, and are reached by links."""
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(NET)
    Path("in").mkdir()
    assert main("build net.yaml --target onnx --external-data -o in/".split()) == 0
    Path("secret").write_bytes(Path("in/net.onnx.data").read_bytes())
    Path("in/link").symlink_to("../secret")
    os.link("secret", "in/hard")
    os.mkfifo("in/pipe")
    return onnx.load("in/net.onnx", load_external_data=False)


def verified(model: onnx.ModelProto, key: str, value: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """The exit code and the errors, with one fact of every external tensor changed."""
    for tensor in model.graph.initializer:
        for entry in tensor.external_data:
            entry.value = value if entry.key == key else entry.value
    Path("in/bad.onnx").write_bytes(model.SerializeToString())
    code = main("verify net.yaml --against in/bad.onnx".split())
    return code, [line[:12] for line in capsys.readouterr().err.splitlines() if line.startswith("error[")]


def test_in_its_own_folder_the_weights_are_read(model: onnx.ModelProto, capsys: pytest.CaptureFixture[str]) -> None:
    assert verified(model, "location", "net.onnx.data", capsys) == (0, [])


@pytest.mark.parametrize(
    "location", ["../secret", "/dev/zero", "/etc/passwd", "link", "hard", "pipe", "nowhere", "in/../../secret"]
)
def test_weights_elsewhere(location: str, model: onnx.ModelProto, capsys: pytest.CaptureFixture[str]) -> None:
    assert verified(model, "location", location, capsys) == (2, ["error[E0622]"])


@pytest.mark.parametrize(
    ("key", "value"), [("length", str(1 << 50)), ("offset", str(1 << 40)), ("offset", "-1"), ("length", "x")]
)
def test_weights_that_are_not_there(key: str, value: str, model: onnx.ModelProto, capsys: pytest.CaptureFixture[str]) -> None:
    assert verified(model, key, value, capsys) == (2, ["error[E0622]"])


@pytest.mark.parametrize(
    ("name", "code"),
    [("pipe.onnx", "E0002"), ("zero.onnx", "E0002"), ("in.onnx", "E0002"), ("no.onnx", "E0001"), ("junk.onnx", "E0622")],
)
def test_what_is_no_model(
    name: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(NET)
    os.mkfifo("pipe.onnx")
    Path("zero.onnx").symlink_to("/dev/zero")
    Path("in.onnx").mkdir()
    Path("junk.onnx").write_bytes(bytes(range(256)))
    exit_code = main(["verify", "net.yaml", "--against", name])
    assert (exit_code, capsys.readouterr().err[:12]) == (2, f"error[{code}]")
