"""`make bench` runs every program of benchmarks, whatever fails, and writes one table."""

import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
PROGRAM = """\
import sys
print("How it was measured\\n\\n| what | archc | peer | archc against the peer |\\n|---|---|---|---|")
{rows}
sys.exit({code})
"""


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, list[str]]]:
    monkeypatch.syspath_prepend(str(FOLDER))
    return runpy.run_path(str(FOLDER / "all.py"))


@pytest.mark.parametrize("name", ["PROGRAMS", "ONCE"])
def test_every_program_is_run(name: str, tables: dict[str, dict[str, list[str]]]) -> None:
    assert sorted(tables[name]) == sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in ("all", "rows"))


@pytest.mark.parametrize("options", [[], ["--once"]])
def test_one_table_of_all_whatever_fails(options: list[str], tables: dict[str, dict[str, list[str]]], tmp_path: Path) -> None:
    for name in ("all.py", "rows.py"):
        shutil.copy(FOLDER / name, tmp_path / name)
    for name in tables["PROGRAMS"]:
        rows = "" if name == "draw" else f"print('| {name} | options:', *sys.argv[1:], '| 2 s | 2x less |')"
        (tmp_path / f"{name}.py").write_text(PROGRAM.format(rows=rows, code=3 if name == "table" else 0))
    command = [sys.executable, str(tmp_path / "all.py"), "-o", str(tmp_path / "table.md"), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (tmp_path / "table.md").read_text().splitlines()
    asked = tables["ONCE" if options else "PROGRAMS"]
    asked = {name: words for name, words in asked.items() if name != "draw"}
    rows = [f"| `{name}.py` | {name} | {' '.join(['options:', *words])} | 2 s | 2x less |" for name, words in asked.items()]
    assert [line for line in lines if line in rows] == rows
    assert (done.returncode, [line for line in lines if "failed" in line or "no row" in line]) == (
        1,
        ["| `table.py` | failed with exit code 3 | | | |", "| `draw.py` | printed no row | | | |"],
    )
