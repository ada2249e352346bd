"""The pages of the codes of weights, and the guide, show what a shell shows beside the files they speak of."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from weight_files import random_state, small

from archc.weights.safetensors import write_safetensors

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted((DOCS / "errors").glob("E058*.md"))
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


class Command:
    """What a pickle may ask for: any function, here one that makes a folder."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("hacked",)


def prepare(folder: Path) -> None:
    """The files the pages speak of: a spec, its weights under timm's names, and what goes wrong with such files."""
    spec = small(folder, name="net")
    state = random_state(spec, "timm")
    order = [(key, "I64" if value.dtype == torch.int64 else "F32", tuple(value.shape)) for key, value in state.items()]
    begin, names = write_safetensors(order, {"format": "pt"})
    data = begin + b"".join(bytes(state[name].reshape(-1).view(torch.uint8).tolist()) for name in names)
    (folder / "net.safetensors").write_bytes(data)
    (folder / "cut.safetensors").write_bytes(data[:10_000])
    torch.save({"weight": torch.zeros(1), "hook": Command()}, folder / "hacked.pth")
    torch.save({"fc.weight": torch.zeros(1), "epoch": 12}, folder / "checkpoint.pth")
    wrong = {key: value for key, value in state.items() if key != "bn1.bias"}
    torch.save(wrong | {"bn1.baise": state["bn1.bias"], "fc.bias": torch.zeros(9)}, folder / "other.pth")


def session(text: str, folder: Path, python: str) -> str:
    """What a shell shows for the lines typed in one."""
    words = [line[2:] for line in text.splitlines() if line.startswith("$ ")]
    program = "\n".join(f"echo '$ '{shlex.quote(line)}\n{line}" for line in words)
    start = f'archc() {{ {python} -m archc "$@"; }}\nexec 2>&1\n'
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    environment["PYTHONPATH"] = os.pathsep.join([str(DOCS.parent), environment.get("PYTHONPATH", "")])
    command = ["bash", "-c", start + program]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prepare(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_session(page: Path, folder: Path) -> None:
    (text,) = BLOCK.findall(page.read_text(encoding="utf-8"))
    python = shlex.quote(sys.executable)
    if page.stem == "E0583":  # shown where torch is not installed
        (folder / "hide").mkdir()
        (folder / "hide" / "torch.py").write_text("raise ImportError('no torch')")
        python = f"PYTHONPATH=hide:$PYTHONPATH {python}"
    assert session(text, folder, python) == text
    assert not (folder / "hacked").exists()


def test_the_guide(folder: Path) -> None:
    blocks = BLOCK.findall((DOCS / "howto" / "weights.md").read_text(encoding="utf-8"))
    text = "".join(blocks)
    assert session(text, folder, shlex.quote(sys.executable)) == text


def test_every_code_of_weights_has_a_page() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (DOCS.parent / "archc" / "weights").glob("*.py")]
    codes = {code for text in sources for code in re.findall(r'"(E058\d)"', text)}
    assert sorted(codes) == [page.stem for page in PAGES]
