"""The distribution is `archc-compiler`. Until an index has it, no text tells a user to install it, or `archc`, by its name."""

import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import archc
from archc.backend import BackendError, find_backend
from archc.cli.command import COMMANDS
from archc.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
OTHERS = {
    ".git",
    ".venv",
    "build",
    "dist",
    "node_modules",
    "__pycache__",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
}
INSTALL = re.compile(
    r"\b(?:pip[x\d.]*|uv|conda|mamba|poetry|pdm|hatch|easy_install)\b[^\n]*?\b(?:install|add|download|wheel|run)\b([^\n]*)"
)
OURS = re.compile(r"archc(?:[-_.]\w+)*(?:\[[^\]]*\])?(?:[=<>~!;].*)?", re.IGNORECASE)
REQUIREMENT = re.compile(r"(?<![\w./:-])archc(?:-compiler)?(?:\[[\w, -]*\]|\s*[=~]=\s*\d|\s*>=\s*\d)")
OWN = re.compile(r'^ *"archc-compiler\[(?:torch|test)\]",$|^mutation = \["archc-compiler\[test\]"', re.MULTILINE)
"""What pyproject.toml says of its own extras."""


def by_name(text: str) -> list[str]:
    """Commands and requirements in a text that name this distribution, or `archc`, for an index to look up."""
    lines = re.sub(r"\\\n", " ", text)
    commands = [match[0] for match in INSTALL.finditer(lines) if any(OURS.fullmatch(word) for word in words_of(match[1]))]
    return commands + REQUIREMENT.findall(OWN.sub("", lines))


def words_of(rest: str) -> Iterator[str]:
    """The words behind `install`, up to the end of the command: a mark of the sentence around it, or of the shell."""
    for word in re.split(r"`|&&|\||;", rest)[0].split():
        bare = word.strip("'\"")
        yield bare.rstrip(".,:)'\"")
        if bare.rstrip("'\"").endswith((",", ":", ")")):
            return


def texts() -> Iterator[tuple[str, str]]:
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in OTHERS and not name.endswith(".egg-info")]
        for name in files:
            path = Path(folder, name)
            if path != Path(__file__) and not path.is_symlink() and path.is_file():
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8", errors="ignore")


def test_no_file_installs_it_by_name() -> None:
    assert {name: found for name, text in texts() if "archc" in text and (found := by_name(text))} == {}


NAMED = [
    "archc",
    "archc-compiler",
    "archc_compiler",
    "'archc[torch]'",
    "-U archc==0.1.0",
    "torch \\\n  archc",
    '"archc>=0.1"',
    "ARCHC",
]
PLACED = [
    ".",
    "'.[torch]'",
    "./archc",
    "git+https://example.com/your/archc@v0.1.0",
    "dist/archc_compiler-0.1.0-py3-none-any.whl",
    "torch",
]


@pytest.mark.parametrize("words", NAMED)
@pytest.mark.parametrize("program", ["pip", "python -m pip --quiet", "uv pip", "pipx", "pip3"])
def test_a_name_is_seen(program: str, words: str) -> None:
    assert by_name(f"run `{program} install {words}`.\n") != []


@pytest.mark.parametrize("words", PLACED)
def test_a_place_is_no_name(words: str) -> None:
    assert by_name(f"run `pip install {words}`, then archc check\n") == []


@pytest.mark.parametrize("words", [["--help"], *([name, "--help"] for name in COMMANDS)], ids=" ".join)
def test_no_help_installs_it_by_name(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main(words)
    assert by_name(capsys.readouterr().out) == []


@pytest.mark.parametrize("target", ["torch", "timm", "hub"])
def test_no_emitted_file_installs_it_by_name(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    from archc.compile.pipeline import compile_spec

    files = find_backend(target).emit(compile_spec("resnet18")).files
    assert [by_name(b"".join(file.chunks).decode()) for file in files] == [[] for _ in files]


def test_no_hint_installs_it_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is said where torch, or every backend but archc's own, is not installed."""
    monkeypatch.setitem(sys.modules, "torch", None)
    checkpoint = tmp_path / "a.pth"
    checkpoint.write_bytes(b"PK\x03\x04")
    main(["verify", "resnet18"])
    main(["weights", "show", str(checkpoint)])
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    with pytest.raises(ImportError) as live:
        archc.torch_module("resnet18")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: ())
    with pytest.raises(BackendError) as missing:
        find_backend("coreml")
    said = [*capsys.readouterr().err.splitlines(), str(live.value), missing.value.help]
    assert ([line for line in said if by_name(line)], sum("pip install" in line for line in said)) == ([], 4)


def test_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["name"], list(project["scripts"])) == ("archc-compiler", ["archc"])
