"""The guides, and the pages of what timm's target refuses, are what a reader sees who does as they say."""

import shutil
import sys
from pathlib import Path

import pytest
import torch
from howto.pages import ROOT, run
from torchvision.utils import save_image

GUIDES = ("howto/editor", "howto/hub", "howto/inference", "howto/new-block", "howto/tables", "howto/timm")
PAGES = ("errors/E0512", *(f"errors/{path.stem}" for path in sorted((ROOT / "docs" / "errors").glob("E057*.md"))))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a reader is: with a training script of timm's kind, and a few images in folders by class."""
    shutil.copy(ROOT / "tests" / "timm_backend" / "training.py", tmp_path / "train.py")
    for place in ("train/dark", "train/bright", "validation/dark", "validation/bright"):
        images = tmp_path / "images" / place
        images.mkdir(parents=True)
        for shade in (10, 20):
            save_image(torch.full((3, 36, 40), shade / 255), images / f"{shade}.png")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", [*GUIDES, *PAGES])
def test_what_a_page_says(page: str, folder: Path) -> None:
    shown = list(run(page, folder))
    sys.modules.pop("my_net", None)
    logs = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.log"))
    assert ([said for said, _ in shown], False) == ([seen for _, seen in shown], "Error" in logs)
