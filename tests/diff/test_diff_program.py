"""`archc diff` as a program: its exit codes, its options, what it says of bad input."""

import json
from pathlib import Path

import pytest

from archc.cli.main import main

CODES = [
    (["resnet18", "resnet18"], 0),
    (["resnet18", "resnet18", "--set", "init={last_norm: zeros}"], 0),
    (["resnet18", "resnet34"], 1),
    (["resnet18", "resnet34", "--format", "json"], 1),
    (["resnet18", "resnet34", "--format", "markdown"], 1),
    (["resnet18", "resnet18", "--set", "act=silu", "--set-old", "act=silu"], 0),
    (["resnet18", "resnt34"], 2),
    (["resnet18", "nothing.yaml"], 2),
    (["resnet18"], 2),
    (["resnet18", "resnet34", "--format", "yaml"], 2),
    (["resnet18", "resnet34", "--layout", "nothing"], 2),
    (["resnet18", "resnet18", "--set", "block.groups=7"], 2),
    (["resnet18", "resnet18", "--set", "nothing"], 2),
    (["resnet18", "resnet18", "--limit", "blocks=2"], 2),
    (["specs/blocks/basic.yaml", "resnet18"], 2),
]


@pytest.mark.parametrize(("words", "expected"), CODES, ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_exit_codes(words: list[str], expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    assert main(["diff", *words]) == expected


def test_a_definition_is_told_to_be_none(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    main(["diff", "specs/blocks/basic.yaml", "resnet18"])
    lines = capsys.readouterr().err.splitlines()
    assert (lines[0], lines[-2]) == (
        "error[E0307]: this is a block, where a network is wanted",
        "  = help: compare a network that uses it: archc diff OLD.yaml NEW.yaml reads each side's own definitions",
    )


def test_nothing_but_json_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["diff", "resnet18", "resnet34", "--format", "json"])
    assert json.loads(capsys.readouterr().out)["old"]["target"] == "resnet18"


def test_colour_when_told(capsys: pytest.CaptureFixture[str]) -> None:
    main(["diff", "resnet18", "resnet34", "--color", "always"])
    assert capsys.readouterr().out.startswith("\x1b[31m--- resnet18")


HOSTILE = [
    "a`b.yaml",
    "\x1b[31m.yaml",
    "\u202ex.yaml",
    "-",
    "",
    "\0",
    "a:b:c",
    ":",
    "é" * 300,
    "HEAD:\x1b]0;x\x07",
    "..",
    "/",
    "x" * 5000,
]


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name)[:20])
def test_hostile_names_are_trouble_and_no_bug(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    assert main(["diff", "resnet18", "--", name]) == 2


def test_what_is_told_of_hostile_names_is_printable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    main(["diff", "\x1b[31m.yaml", "a\u202eb.yaml"])
    assert [line for line in capsys.readouterr().err.splitlines() if not line.isprintable()] == []
