"""The completion scripts: bash's is asked in bash, the others are compared with the parsers."""

import re
import subprocess

import pytest

from archc.cli.command import COMMANDS, load
from archc.cli.main import main
from archc.cli.parsing import parser_of
from archc.compile.pipeline import shipped


@pytest.fixture(params=["bash", "zsh", "fish"])
def script(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", request.param]) == 0
    return capsys.readouterr().out


def options(name: str) -> set[str]:
    parser = parser_of(name, load(name))
    return {option for action in parser._actions for option in action.option_strings if option.startswith("--")}


@pytest.mark.parametrize("name", COMMANDS)
def test_knows_every_option(script: str, name: str) -> None:
    spelled = set(re.findall(r"--[a-z-]+", script)) | {f"--{word}" for word in re.findall(r" -l ([a-z-]+)", script)}
    assert options(name) - spelled == set()


def test_knows_every_command(script: str) -> None:
    assert [name for name in COMMANDS if re.search(rf"\b{name}\b", script) is None] == []


def test_knows_every_shipped_name(script: str) -> None:
    assert [name for name, _ in shipped() if name not in script] == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("archc bu", "build"),
        ("archc --v", "--version"),
        ("archc build resnet34_", "resnet34_a resnet34_c"),
        ("archc build --tar", "--target"),
        ("archc check --format c", "concise"),
        ("archc check --format=c", ""),
        ("archc completion f", "fish"),
        ("archc weights con", "convert"),
        ("archc weights --stem r", "repeat"),
        ("archc explain E054", "E0540 E0541 E0542 E0543 E0544 E0545 E0546"),
    ],
)
def test_bash(words: str, expected: str, capsys: pytest.CaptureFixture[str], tmp_path: object) -> None:
    assert main(["completion", "bash"]) == 0
    program = (
        capsys.readouterr().out
        + f"\nCOMP_WORDS=({words})\n((COMP_CWORD = ${{#COMP_WORDS[@]}} - 1))\n_archc\necho ${{COMPREPLY[@]}}\n"
    )
    done = subprocess.run(["bash", "-c", program], cwd=str(tmp_path), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == expected


def test_bash_completes_files(capsys: pytest.CaptureFixture[str], tmp_path: object) -> None:
    (tmp_path / "my_net.yaml").touch()  # type: ignore[operator]
    assert main(["completion", "bash"]) == 0
    program = capsys.readouterr().out + "\nCOMP_WORDS=(archc check my_)\nCOMP_CWORD=2\n_archc\necho ${COMPREPLY[@]}\n"
    done = subprocess.run(["bash", "-c", program], cwd=str(tmp_path), capture_output=True, text=True, check=True)
    assert done.stdout == "my_net.yaml\n"
