"""ruff format, with its own defaults, leaves every emitted file as it is; ruff check finds nothing unused in it."""

import subprocess
import sys
from pathlib import Path

import pytest

from archc.compile.pipeline import compile_spec, shipped
from archc_torch import emitted_source

RUFF = str(Path(sys.executable).with_name("ruff"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every shipped network in each of its layouts."""
    folder = tmp_path_factory.mktemp("emitted")
    for name, _ in shipped():
        (folder / f"{name}.py").write_text(emitted_source(compile_spec(name)), encoding="utf-8")
    for layout in ("huggingface", "detectron2", "timm", "canonical"):
        (folder / f"resnet50_{layout}.py").write_text(emitted_source(compile_spec("resnet50", layout=layout)), encoding="utf-8")
    return folder


def ruff(*arguments: str) -> str:
    return subprocess.run([RUFF, *arguments], capture_output=True, text=True, check=False).stdout


def test_format(folder: Path) -> None:
    assert ruff("format", "--isolated", "--diff", str(folder)) == ""


def test_nothing_unused_or_out_of_order(folder: Path) -> None:
    assert ruff("check", "--isolated", "--quiet", "--select", "E4,E7,E9,F,I,B,UP,RET,SIM", str(folder)) == ""
