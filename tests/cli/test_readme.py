"""The README's commands print what it says, its specs are valid, and its excerpts are what archc writes."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands() -> list[tuple[str, str]]:
    """Each `$ archc …` with what is printed below it."""
    return [
        (command, said)
        for block in blocks("console")
        for command, said in re.findall(r"^\$ (archc .*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the README's specs as printed, each under the name in its first line."""
    place = tmp_path_factory.mktemp("readme")
    for block in blocks("yaml"):
        (place / block.partition("\n")[0].removeprefix("# ")).write_text(block)
    return place


def archc(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "archc", *words], cwd=folder, stdout=-1, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.stdout


def test_there_is_something_to_run() -> None:
    assert (len(commands()) >= 3, len(blocks("yaml")) >= 1, len(blocks("python")) >= 1) == (True, True, True)


@pytest.mark.parametrize(("command", "said"), commands())
def test_command(command: str, said: str, folder: Path) -> None:
    """A line `…` stands for any that are left out."""
    pattern = "".join("(?s:.*)" if line == "…" else re.escape(line + "\n") for line in said.splitlines())
    assert re.fullmatch(pattern, archc(folder, *shlex.split(command)[1:]))


def test_spec_is_valid(folder: Path) -> None:
    assert archc(folder, "check", "my_net.yaml") == "1 file checked: all good\n"


def test_excerpt_is_emitted(folder: Path) -> None:
    source = archc(folder, "build", "my_net.yaml", "-o", "-")
    assert [block for block in blocks("python") if block not in source] == []


@pytest.mark.parametrize("target", re.findall(r"^    make ([a-z]+)", README, re.MULTILINE))
def test_make_target_exists(target: str) -> None:
    assert f"\n{target}:" in (ROOT / "Makefile").read_text()


def test_number_of_networks() -> None:
    from archc.compile.pipeline import shipped

    [number] = re.findall(r"Over (\d+) networks ship", README)
    assert int(number) < len(shipped()) <= int(number) + 50


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)]+)\)", README))
def test_link_leads_somewhere(path: str) -> None:
    assert (ROOT / path).exists()
