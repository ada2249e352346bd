"""`archc table` as it is typed: what it refuses, and how it says so."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from archc.cli.main import main

REFUSED = {
    "unknown level `blok`\ndid you mean `block`?": ("--level", "blok"),
    "unknown column `parms`\ndid you mean `params`?": ("--columns", "macs,parms"),
    "unknown format `htlm`\ndid you mean `html`?": ("--format", "htlm"),
    "unknown style `ruld`\ndid you mean `ruled`?": ("--format", "latex", "--style", "ruld"),
    "unknown convention `flop`\ndid you mean `flops`?": ("--convention", "flop"),
    "unknown column to sort by `mac`\ndid you mean `macs`?": ("--sort", "mac"),
    "`rf` is no column of this table\nshow it: --columns params,macs,rf": ("--sort", "rf"),
    "--columns needs names with commas between them, not ``\n`list` prints them": ("--columns", ""),
    "--columns needs names with commas between them, not `params,`\n`list` prints them": ("--columns", "params,"),
    "the column `macs` is given twice": ("--columns", "macs,macs"),
    "`resnet50` is given twice\na network is compared with others": ("resnet50", "resnet18", "resnet50"),
    "--math is of --format markdown, and this is text": ("--math",),
    "--width needs a whole number from 20 to 10000, not `5`": ("--width", "5"),
    "--size is HxW in pixels, as in 224 or 320x480, not `0`": ("--size", "0"),
    "--size is HxW in pixels, as in 224 or 320x480, not `1x2x3`": ("--size", "1x2x3"),
    "resnet50_clip: works at 224x224 only, as its `input` says, not at 256x256": ("resnet50_clip", "--size", "256"),
}


@pytest.mark.parametrize("said", REFUSED)
def test_refused(said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["table", *REFUSED[said]]), capsys.readouterr().err) == (2, f"error: {said}\n")


def test_an_unknown_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["table", "resnet_50"]), "did you mean `resnet50`?" in capsys.readouterr().err) == (2, True)


@pytest.mark.parametrize(
    ("name", "begin"),
    [
        ("a.md", "| layer |"),
        ("a.tex", "% needs"),
        ("a.html", "<!DOCTYPE html>"),
        ("a.csv", "network,"),
        ("a.json", "{"),
        ("a.txt", "┌──"),
    ],
)
def test_the_ending_says_the_format(name: str, begin: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    assert (main(["table", "resnet18", "-o", str(path)]), path.read_text(encoding="utf-8")[: len(begin)]) == (0, begin)
    assert capsys.readouterr() == ("", f"wrote {path}\n")


def test_a_file_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.md"
    path.write_text("mine")
    assert (main(["table", "resnet18", "-o", str(path)]), path.read_text(), "E0540" in capsys.readouterr().err) == (
        2,
        "mine",
        True,
    )


def test_an_encoding_without_boxes_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", stream)
    assert main(["table", "resnet18"]) == 0
    assert stream.buffer.getvalue().splitlines()[3] == b"| conv1   | 112x112 |    7x7, 64, stride 2    |"  # type: ignore[attr-defined]


@pytest.mark.parametrize(("columns", "widest"), [("20", 20), ("60", 60), ("junk", 53)])
def test_columns_of_the_environment(
    columns: str, widest: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["table", "resnet18"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines if line[:1] in "┌│└ ") <= widest


def test_two_networks_of_one_title_are_called_by_their_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(f"archc: 1\nname: {name}\ntitle: Same\nextends: resnet18\n")
    assert main(["table", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"), "--level", "network", "--columns", "depth"]) == 0
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("│")] == ["network", "a", "b"]


def test_a_changed_network_is_not_compared_with_print(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", "resnet50_v1", "--set", "block.stride_at=conv2"]) == 0
    assert "as printed" not in capsys.readouterr().out


def test_another_convention(capsys: pytest.CaptureFixture[str]) -> None:
    """What fvcore prints for torchvision's ResNet-50 in eval mode."""
    assert (
        main(["table", "resnet50", "--level", "network", "--columns", "macs", "--convention", "fvcore", "--exact", "--ascii"])
        == 0
    )
    assert "4,111,512,576" in capsys.readouterr().out


def test_rows_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    names = ("resnet18", "resnet50", "resnet34")
    assert main(["table", *names, "--level", "network", "--sort", "macs", "--reverse", "--format", "csv"]) == 0
    assert [line.partition(",")[0] for line in capsys.readouterr().out.splitlines()[1:]] == ["resnet50", "resnet34", "resnet18"]


def test_every_column_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", "--columns", "list"]) == 0
    assert [len(line.split("  ")) >= 2 for line in capsys.readouterr().out.splitlines()] == [True] * 23


def test_a_table_needs_neither_torch_nor_jsonschema() -> None:
    code = (
        "import sys; from archc.cli.main import main; main(['table', 'resnet18']); print('|'.join(sys.modules), file=sys.stderr)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr
    assert {"torch", "onnx", "graphviz", "numpy", "jsonschema"} & set(loaded.strip().split("|")) == set()
