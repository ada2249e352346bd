"""A backend's fields as options of `archc build`."""

from argparse import ArgumentParser
from dataclasses import dataclass, field
from typing import Literal

import pytest

from archc.backend import Artifact, File, Network
from archc.cli.main import main
from archc.cli.options import add_options, with_options


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A backend with a field of each kind."""

    level: int = field(default=3, metadata={"help": "how much"})
    scale: float = 0.5
    style: Literal["plain", "fancy"] = "plain"
    palette: str | None = field(default=None, metadata={"metavar": "FILE"})
    fold_bn: bool = False

    def emit(self, network: Network) -> Artifact:
        return Artifact((File(f"{network.graph.name}.txt", (repr(self).encode(),)),))


def parsed(*words: str) -> object:
    parser = ArgumentParser(exit_on_error=False)
    add_options(parser, "example", Example())
    return with_options(Example(), parser.parse_args(words))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), Example()),
        (("--level", "5"), Example(level=5)),
        (("--level", "0"), Example(level=0)),
        (("--scale", "2"), Example(scale=2.0)),
        (("--style", "fancy"), Example(style="fancy")),
        (("--palette", "p.txt"), Example(palette="p.txt")),
        (("--fold-bn",), Example(fold_bn=True)),
        (("--fold-bn", "--level", "1", "--style", "plain"), Example(fold_bn=True, level=1)),
    ],
)
def test_options(words: tuple[str, ...], expected: Example) -> None:
    assert parsed(*words) == expected


def test_help_is_the_fields() -> None:
    parser = ArgumentParser(prog="archc build")
    add_options(parser, "example", Example())
    shown = parser.format_help()
    assert ("options of --target example" in shown, "--level LEVEL" in shown, "how much" in shown, "--palette FILE" in shown) == (
        True,
    ) * 4


def test_another_type_is_refused() -> None:
    @dataclass(frozen=True)
    class Odd(Example):
        sizes: tuple[int, ...] = ()

    with pytest.raises(TypeError, match="the field `sizes` of a backend must be bool, int, float, str or a Literal"):
        add_options(ArgumentParser(), "odd", Odd())


class TestBuild:
    @pytest.fixture(autouse=True)
    def installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("archc.cli.build.find_backend", {"example": Example(), "torch": Example(level=9)}.__getitem__)

    @pytest.mark.parametrize("words", [("--target", "example", "--level", "7"), ("--level=7", "--target=example")])
    def test_options_reach_the_backend(self, words: tuple[str, ...], capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        assert main(["build", "resnet18", "-o", "-", *words]) == 0
        assert capfdbinary.readouterr().out == repr(Example(level=7)).encode()

    def test_the_default_target_s(self, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        assert main(["build", "resnet18", "-o", "-"]) == 0
        assert capfdbinary.readouterr().out == repr(Example(level=9)).encode()

    def test_bad_value(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["build", "resnet18", "--target", "example", "--style", "loud"]) == 2
        assert "invalid choice: 'loud'" in capsys.readouterr().err
