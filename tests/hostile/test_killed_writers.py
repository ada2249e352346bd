"""A thousand writers killed at random moments: a folder holds what it held, or all that was to be written, and nothing else."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

pytestmark = pytest.mark.no_cover

PROGRAM = Path(__file__).resolve().parents[1] / "support" / "killing.py"
KILLS = 250
HANGING = 3600
"""Seconds after which a program hangs, however loaded the machine is."""


@pytest.fixture
def folder() -> Iterator[str]:
    """In memory where that can be, so that a writer is killed at work and not waiting for a disk."""
    memory = Path("/dev/shm")  # noqa: S108  a folder of its own is made in it
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as found:
        yield found


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        ("file", {"first", "second"}),
        ("new", {"none", "first", "second"}),
        ("onnx", {"first", "second"}),
        ("hub", {"first", "second"}),
    ],
)
def test_killed_at_250_moments(kind: str, states: set[str], folder: str) -> None:
    done = subprocess.run(
        [sys.executable, PROGRAM, kind, str(KILLS)], cwd=folder, capture_output=True, text=True, check=True, timeout=HANGING
    )
    seen = json.loads(done.stdout)
    assert (set(seen) - states, sum(seen.values())) == (set(), KILLS)
