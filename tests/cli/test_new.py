"""`archc new`: what it writes passes `archc check` as it stands."""

import os
from pathlib import Path

import pytest

from archc.cli.main import main
from archc.compile.pipeline import compile_spec
from archc.cost.count import total


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "words", [(), ("--from", "resnet50"), ("--from", "cifar_resnet20"), ("--from", "vgg19"), ("--from", "preact_resnet18")]
)
def test_passes_check(words: tuple[str, ...], folder: Path) -> None:
    assert (main(["new", "my_net", *words]), main(["check", "my_net.yaml"])) == (0, 0)


@pytest.mark.parametrize("words", [(), ("--from", "resnet50")])
def test_states_figures(words: tuple[str, ...], folder: Path) -> None:
    """So that the first change of the network is noticed."""
    assert main(["new", "my_net", *words]) == 0
    cost = total(compile_spec("my_net.yaml").graph)
    assert f"params: {cost.parameters}, macs: {cost.macs}" in (folder / "my_net.yaml").read_text()


def test_stdout_is_what_is_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["new", "my_net", "-o", "-"]), main(["new", "my_net"])) == (0, 0)
    assert capsys.readouterr().out == (folder / "my_net.yaml").read_text()


def test_the_name_may_be_an_option(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["new", "--from", "resnet50", "--name", "mine", "-o", "-"])
    main(["new", "mine", "--from", "resnet50"])
    assert capsys.readouterr().out == (folder / "mine.yaml").read_text()


@pytest.mark.parametrize(("words", "how"), [((), "nowhere"), (("mine", "--name", "mine"), "twice")])
def test_one_name_is_needed(words: tuple[str, ...], how: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["new", *words]), f"the network's name is given {how}" in capsys.readouterr().err) == (2, True)


@pytest.mark.parametrize(
    ("parent", "output", "expected"),
    [
        ("top.yaml", None, "top.yaml"),
        ("./top.yaml", None, "top.yaml"),
        ("sub/deep.yaml", None, "sub/deep.yaml"),
        ("sub/deep.yaml", "sub/", "deep.yaml"),
        ("sub/deep.yml", "sub/other.yaml", '"./deep.yml"'),
        ("a #b.yaml", None, '"a #b.yaml"'),
    ],
)
def test_a_parent_of_one_s_own(parent: str, output: str | None, expected: str, folder: Path) -> None:
    """It is named as the file that is written sees it."""
    (folder / "sub").mkdir()
    assert main(["new", "theirs", "-o", parent]) == 0
    assert main(["new", "mine", "--from", parent, *(["-o", output] if output else [])]) == 0
    written = "sub/other.yaml" if output == "sub/other.yaml" else f"{output or ''}mine.yaml"
    assert f"extends: {expected}" in (folder / written).read_text().splitlines()
    assert main(["check", written]) == 0


def test_a_parent_outside_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "sub").mkdir()
    assert (main(["new", "theirs"]), main(["new", "mine", "--from", "theirs.yaml", "-o", "sub/"])) == (0, 1)
    said = "error[E0303]: `theirs.yaml` is outside the folder of `sub/mine.yaml`"
    assert (capsys.readouterr().err.splitlines()[1], os.listdir(folder / "sub")) == (said, [])


def test_existing_file_is_kept(folder: Path) -> None:
    (folder / "my_net.yaml").write_text("mine")
    assert (main(["new", "my_net"]), (folder / "my_net.yaml").read_text()) == (2, "mine")


@pytest.mark.parametrize(
    ("name", "code"), [("class", 1), ("None", 1), ("a\nb", 2), ("1a", 2), ("_a", 2), ("é", 2), ("a/b", 2), ("a" * 64, 2)]
)
def test_refused_name(name: str, code: int, folder: Path) -> None:
    assert (main(["new", name]), os.listdir(folder)) == (code, [])


def test_unknown_parent(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["new", "my_net", "--from", "resnte50"]), "did you mean `resnet50`?" in capsys.readouterr().err) == (2, True)
