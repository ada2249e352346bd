"""The guide to features shows what a shell shows, and its files are what they are said to be."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "howto" / "features.md").read_text(encoding="utf-8")
START = 'archc() { "$PYTHON" -m archc "$@"; }\npython() { "$PYTHON" "$@"; }\nexec 2>&1\n'


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


def test_the_guide(tmp_path: Path) -> None:
    (python,), (spec,), shown = blocks("python"), blocks("yaml"), "".join(blocks("console"))
    (tmp_path / "detector.py").write_text(python, encoding="utf-8")
    (tmp_path / "backbone.yaml").write_text(spec, encoding="utf-8")
    typed = [line[2:] for line in shown.splitlines() if line.startswith("$ ")]
    program = START + "\n".join(f"echo '$ '{shlex.quote(line)}\n{line}" for line in typed)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    environment |= {"PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == shown
