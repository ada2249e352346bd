"""A folder with a small spec and its weights, and `archc weights convert` in it."""

import os
from pathlib import Path

import pytest
import torch
from weight_files import random_state, small

from archc.cli.main import main


class Session:
    """A folder with a small spec and its weights, and `archc weights convert` in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.spec = small(folder)
        self.capsys = capsys
        self.state = random_state(self.spec, "torchvision")
        self.before: set[str] = set()

    def convert(
        self, *words: object, source: str = "in.pth", target: str = "out.safetensors", layout: str = "torchvision"
    ) -> tuple[int, list[str]]:
        """Exit code and what is said."""
        if source == "in.pth":
            torch.save(self.state, "in.pth")
        self.before = set(os.listdir("."))
        code = main(
            ["weights", "convert", source, target, "--spec", "small.yaml", "--from", layout, "--to", "timm", *map(str, words)]
        )
        return code, self.capsys.readouterr().err.splitlines()

    def nothing_written(self) -> bool:
        return set(os.listdir(".")) == self.before
