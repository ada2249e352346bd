"""docs/howto/verify.md, its commands typed in order and its file written."""

import shlex
from pathlib import Path

import pytest
from howto.pages import COMMAND, FILE, blocks

from archc.cli.main import main

PAGE = "howto/verify"


def test_the_guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    shown = []
    for language, body in blocks(PAGE):
        if language == "console":
            seen = ""
            for line in COMMAND.findall(body):
                main(shlex.split(line.removeprefix("$ archc ")))
                out, err = capsys.readouterr()
                seen += f"{line}\n{err}{out}"
            shown.append((body, seen))
        elif name := FILE.match(body):
            (tmp_path / name[1]).write_text(body, encoding="utf-8")
    assert [body for body, _ in shown] == [seen for _, seen in shown]
