"""`archc explain`."""

from pathlib import Path

import pytest

from archc.cli.main import main

PAGES = Path(__file__).resolve().parents[2] / "docs" / "errors"


@pytest.mark.parametrize("code", ["E0540", "e0540"])
def test_prints_the_page(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["explain", code]), capsys.readouterr().out) == (0, (PAGES / "E0540.md").read_text())


def test_lists_every_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == sorted(
        page.stem for page in PAGES.glob("[EW]*.md")
    )


def test_title_beside_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    assert "E0540  the output file exists\n" in capsys.readouterr().out


@pytest.mark.parametrize("code", ["E9999", "../errors/E0540", "E0540.md", "", "__init__"])
def test_unknown_code(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["explain", code]), capsys.readouterr().err) == (
        2,
        f"error: unknown code `{code}`\narchc explain lists them all\n",
    )
