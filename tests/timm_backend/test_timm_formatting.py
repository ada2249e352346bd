"""ruff leaves what is written for timm and for torch.hub as it is, and finds nothing unused in it."""

import subprocess
import sys
from pathlib import Path

import pytest

from archc.backend import Backend
from archc.compile.pipeline import compile_spec
from archc_hub import HubBackend
from archc_timm import TimmBackend

RUFF = str(Path(sys.executable).with_name("ruff"))
SPECS = (
    "resnet50",
    "regnety_002",
    "resnetv2_50t",
    "resnet50_clip",
    "vgg19",
    "cifar_preact_resnet110",
    "legacy_seresnext26_32x4d",
)
"""Of each kind of head, and with the stages in the model itself and in one of its modules."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("emitted")
    targets: tuple[tuple[str, Backend, tuple[str, ...]], ...] = (("timm", TimmBackend(), SPECS), ("hub", HubBackend(), SPECS[:1]))
    for target, backend, specs in targets:
        (made / target).mkdir()
        for spec in specs:
            for file in backend.emit(compile_spec(spec, prefers=target)).files:
                (made / target / file.name).write_bytes(b"".join(file.chunks))
    return made


def ruff(*arguments: str) -> str:
    return subprocess.run([RUFF, *arguments], capture_output=True, text=True, check=False).stdout


def test_format(folder: Path) -> None:
    assert ruff("format", "--isolated", "--diff", str(folder)) == ""


def test_nothing_unused_or_out_of_order(folder: Path) -> None:
    assert ruff("check", "--isolated", "--quiet", "--select", "E4,E7,E9,F,I,B,UP,RET,SIM", str(folder)) == ""
