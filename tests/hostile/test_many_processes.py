"""Several processes in one folder: what two write is one of theirs, and a thousand specs are checked by all, in order."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from small_specs import GOOD

from archc.cli import several
from archc.cli.main import main
from archc.cli.several import Task, cores
from archc.diagnostics import Diagnostic

# Where tests have threads, newer Pythons warn of every fork; archc itself has none.
pytestmark = [pytest.mark.no_cover, pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")]

PROGRAM = Path(__file__).resolve().parents[1] / "support" / "writing_together.py"
ROUNDS, COUNT = 60, 1_000
HANGING = 3600
"""Seconds after which a program hangs, however loaded the machine is."""


@pytest.mark.parametrize("kind", ["onnx", "hub"])
def test_of_two_that_write_at_once_one_remains(kind: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, PROGRAM, kind, str(ROUNDS)], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=HANGING
    )
    seen = json.loads(done.stdout)
    assert (set(seen) - {"first", "second"}, sum(seen.values())) == (set(), ROUNDS)


@pytest.fixture
def thousand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A folder of a thousand specs; every seventh has an error."""
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    names = [f"specs/n{number:04}.yaml" for number in range(COUNT)]
    for number, name in enumerate(names):
        text = GOOD.format(name=f"n{number}")
        Path(name).write_text(text if number % 7 else text.replace("classes: 10", "clases: 10"))
    return names


def test_a_thousand_specs_are_checked_on_all_cores(
    thousand: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The errors in the files' order, though each process found its own; each process had an equal part."""
    check_here = several.check_here

    def told(names: Sequence[str], task: Task) -> Iterator[tuple[Diagnostic, ...]]:
        Path(f"process-{os.getpid()}").write_text(str(len(names)))
        return check_here(names, task)

    monkeypatch.setattr(several, "check_here", told)
    code = main(["check", "specs", "--no-lint", "--format", "concise", "--limit", f"diagnostics={COUNT}"])
    found = [line.split(":")[0] for line in capsys.readouterr().out.splitlines() if ": error[" in line]
    assert (code, found) == (1, thousand[::7])
    shares = [int(path.read_text()) for path in Path().glob("process-*")]
    assert (len(shares), sum(shares), max(shares) - min(shares) <= several.PART) == (cores(), COUNT, True)
