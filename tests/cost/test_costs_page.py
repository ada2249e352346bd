"""docs/costs.md: its commands print what it says, its figures are the conventions', and its rules those of the code."""

import re
import shlex
from pathlib import Path

import pytest

from archc.cli.main import main
from archc.compile.pipeline import compile_spec
from archc.cost.conventions import CONVENTIONS, count
from archc.ir.op import CLASSES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "costs.md").read_text(encoding="utf-8")
COMMANDS = [
    (command, said)
    for block in re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for command, said in re.findall(r"^\$ archc (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
]


@pytest.mark.parametrize(("command", "said"), COMMANDS)
def test_command_prints_what_it_says(command: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A line `…` stands for any that are left out."""
    pattern = "".join("(?s:.*)" if line == "…" else re.escape(line + "\n") for line in said.splitlines())
    assert main(shlex.split(command)) == 0
    assert re.fullmatch(pattern, capsys.readouterr().out)


def test_there_are_commands() -> None:
    assert len(COMMANDS) == 3


def test_its_figures_are_the_conventions() -> None:
    graph = compile_spec("resnet50").graph
    rows = dict(re.findall(r"^\| `([a-z-]+)`(?: \(default\))? \|.*\| ([\d,]+) \|$", PAGE, re.MULTILINE))
    assert rows == {name: f"{count(graph, convention):,}" for name, convention in CONVENTIONS.items()}


@pytest.mark.parametrize("program", sorted({convention.program for convention in CONVENTIONS.values()} - {""}))
def test_it_names_the_versions(program: str) -> None:
    assert f"| {program}, " in PAGE


@pytest.mark.parametrize("name", CLASSES)
def test_it_defines_every_class(name: str) -> None:
    table = PAGE.partition("## Operations by class")[2].partition("\n## ")[0]
    assert f"`{name}`" in table
