"""The pages of the codes of revisions show what is printed."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from archc.cli.main import main

PAGES = Path(__file__).resolve().parents[2] / "docs" / "errors"
BLOCK = re.compile(r"^```console\n\$ archc (.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("code", ["E0520", "E0521", "E0522", "E0523"])
def test_page(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.yaml").write_text("archc: 1\nname: net\nextends: resnet18\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    if code in ("E0522", "E0523"):
        who = ["-c", "user.name=you", "-c", "user.email=you@example.org", "-c", "commit.gpgsign=false"]
        for words in (["init", "-q"], ["add", "net.yaml"], ["commit", "-q", "-m", "x"]):
            subprocess.run(["git", *who, *words], check=True)
    if code == "E0520":
        monkeypatch.setenv("PATH", str(tmp_path))
    [(words, printed)] = BLOCK.findall((PAGES / f"{code}.md").read_text(encoding="utf-8"))
    assert (main(shlex.split(words)), capsys.readouterr().err) == (2, printed)
