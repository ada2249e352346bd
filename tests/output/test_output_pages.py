"""The pages of the output's codes show what a shell shows."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from archc.output import OutputError, destinations
from archc.rendering.text import render

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "errors"
# No backend that ships writes two files, so the last page's is shown by its functions below.
PAGES = [FOLDER / f"E{code:04}.md" for code in range(540, 546)]


def console(page: Path) -> str:
    found = re.search(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_session(page: Path, tmp_path: Path) -> None:
    """Each `$` line typed in one shell, in order."""
    words = [line[2:] for line in console(page).splitlines() if line.startswith("$ ")]
    program = "\n".join(f"echo '$ '{shlex.quote(line)}\n{line}" for line in words)
    start = f'archc() {{ {shlex.quote(sys.executable)} -m archc "$@"; }}\nexec 2>&1\n'
    # A limit on file sizes also holds for compiled modules and coverage data.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")} | {
        "PYTHONDONTWRITEBYTECODE": "1"
    }
    done = subprocess.run(
        ["bash", "-c", start + program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == console(page)


def test_two_files_for_one_name() -> None:
    with pytest.raises(OutputError) as caught:
        destinations(["resnet50.index", "resnet50.data"], "resnet50.bin")
    assert render([caught.value.diagnostic]) == console(FOLDER / "E0546.md").partition("\n")[2]


def test_every_code_of_the_output_has_a_page() -> None:
    source = (FOLDER.parents[1] / "archc" / "output.py").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r'"(E\d{4})"', source))) == sorted(page.stem for page in FOLDER.glob("E054*.md"))
