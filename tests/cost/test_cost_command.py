"""`archc cost`: rows that add up, forms that other programs read, narrow terminals, and what it refuses."""

import csv
import io
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from archc.cli.main import main
from archc.cost.conventions import CONVENTIONS

SCHEMA = json.loads(files("archc.cost").joinpath("cost-1.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)


def cost(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["cost", *words]) == 0
    return capsys.readouterr().out


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


REPORTS = [
    ("resnet50",),
    ("cifar_resnet20", "resnet18", "--by", "block"),
    ("resnet18_a", "--explain", "--by", "op", "--dtype", "int8", "--batch", "8"),
    ("resnet50_v1", "resnet50", "--explain", "--convention", "thop"),
    ("seresnet18", "--by", "layer", "--size", "97x160", "--convention", "fvcore-train"),
]


@pytest.mark.parametrize("words", REPORTS)
def test_json_is_of_its_schema(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(cost(capsys, *words, "--format", "json"))
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(report)] == []


def network(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cost(capsys, *words, "--format", "json"))["networks"][0]
    return found


@pytest.mark.parametrize("by", ["network", "stage", "block", "layer"])
def test_parts_add_up(by: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = network(capsys, "resnet18", "--by", by, "--convention", "ptflops")
    for key in ("count", "parameters", "macs", "activations"):
        assert sum(part[key] for part in found["parts"]) == found[key]


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_an_explanation_adds_up(convention: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = network(capsys, "resnet18", "--convention", convention, "--explain")
    assert {name: sum(line["amount"] for line in lines) for name, lines in found["explain"].items()} == {
        convention: found["count"]
    }


def test_without_a_convention_every_one_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(network(capsys, "cifar_resnet20", "--explain")["explain"]) == list(CONVENTIONS)


def comparison(capsys: pytest.CaptureFixture[str], *words: str) -> list[tuple[int, str, int]]:
    report = json.loads(cost(capsys, *words, "--explain", "--format", "json"))
    return [(line["amount"], line["what"], line["times"]) for line in report["comparison"]]


V1 = [(3_857_973_248, "resnet50_v1", 1)]
CHANGES = [
    ((), [(77_070_336, f"layer{stage}.0.conv1", 1) for stage in (2, 3, 4)]),
    (("--by", "stage"), [(77_070_336, f"layer{stage}", 1) for stage in (2, 3, 4)]),
]


@pytest.mark.parametrize(("words", "changes"), CHANGES)
def test_v1_becomes_v1_5(words: tuple[str, ...], changes: list[tuple[int, str, int]], capsys: pytest.CaptureFixture[str]) -> None:
    assert V1 + changes == comparison(capsys, "resnet50_v1", "resnet50", *words)


def test_equal_changes_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    found = comparison(capsys, "cifar_resnet110", "cifar_resnet56", "--by", "block")
    assert found[1:] == [(-9 * 4_718_592, f"layer{stage}.9-17", 9) for stage in (1, 2, 3)]


def test_a_batch_multiplies(capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(cost(capsys, "resnet50", "--by", "network", "--batch", "3", "--format", "csv"))))
    assert [(row["macs"], row["saved_bytes"]) for row in rows] == [(str(3 * 4_089_184_256), str(212_480 + 3 * 85_909_504))]


def test_csv_of_classes(capsys: pytest.CaptureFixture[str]) -> None:
    rows = csv.reader(io.StringIO(cost(capsys, "resnet50", "--by", "op", "--format", "csv")))
    assert list(rows)[:3] == [
        ["network", "class", "macs", "operations"],
        ["resnet50", "conv", "4087136256", "4087136256"],
        ["resnet50", "linear", "2048000", "2048000"],
    ]


def test_markdown_of_an_explanation(capsys: pytest.CaptureFixture[str]) -> None:
    assert cost(capsys, "resnet50", "--explain", "--convention", "ptflops-aten", "--format", "markdown") == (
        "| convention | amount | what | times | why |\n|---|---:|---|---:|---|\n"
        "| ptflops-aten | 4087136256 | multiply-adds of convolutions | 1 |  |\n"
        "| ptflops-aten | 2048000 | multiply-adds of linear layers | 1 |  |\n"
        "| ptflops-aten | 1000 | biases | 1 | 1 an element a bias is added to |\n"
    )


def test_repeats_are_folded(capsys: pytest.CaptureFixture[str]) -> None:
    text = cost(capsys, "cifar_resnet1202", "--by", "layer")
    assert ("layer1.0-199.conv1 x200" in text, len(text.splitlines()) < 70) == (True, True)


NARROW = [
    ("resnet50",),
    ("resnet50_v1", "--by", "layer", "--explain"),
    ("resnet50_v1", "resnet50", "--explain"),
    ("cifar_resnet20", "--by", "op"),
]


@pytest.mark.parametrize("words", NARROW)
@pytest.mark.parametrize("columns", [20, 40, 60, 100])
def test_nothing_is_wider_than_the_terminal(
    words: tuple[str, ...], columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert max(map(len, cost(capsys, *words).splitlines())) <= columns


def test_a_cell_a_line_where_two_columns_do_not_fit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    assert "part\n  macs\nstem\n  118,013,952\nlayer1\n  667,942,912\n" in cost(capsys, "resnet50")


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "64")
    assert "(no room for: kind, output, share, MiB moved, ops/byte, stride)\n" in cost(capsys, "resnet50")


def test_printed_figures_stand_beside(capsys: pytest.CaptureFixture[str]) -> None:
    assert "printed: macs 3.8 G (He et al. 2015, Table 1)\n" in cost(capsys, "resnet50_v1")


def test_a_title_cannot_move_the_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "named.yaml"
    spec.write_text('archc: 1\nname: named\ntitle: "a\\e[2Jb"\nextends: cifar_resnet20\n')
    assert r"named: a\x1b[2Jb" in cost(capsys, str(spec))


TOO_SMALL = (
    "error: vgg19: `stage5.3.pool` does not work at an input of 16x16: a window of 2 does not fit a size of 1 with padding 0\n"
)
REFUSED = [
    (("resnet50", "--convention", "fvcor"), "error: unknown convention `fvcor`\ndid you mean `fvcore`?\n"),
    (("resnet50", "--dtype", "flaot32"), "error: unknown dtype `flaot32`\ndid you mean `float32`?\n"),
    (("resnet50", "--size", "big"), "error: --size is HxW in pixels, as in 224 or 320x480, not `big`\n"),
    (("resnet50", "--size", "1x2x3"), "error: --size is HxW in pixels, as in 224 or 320x480, not `1x2x3`\n"),
    (("resnet50", "--batch", "0"), "error: --batch needs a whole number from 1 to 1,000,000,000, not `0`\n"),
    (("vgg19", "--size", "16"), TOO_SMALL),
    (("resnet50_clip", "--size", "256"), "error: resnet50_clip: works at 224x224 only, as its `input` says, not at 256x256\n"),
    (("resnet18",) * 3 + ("--explain",), "error: --explain takes one spec or two, not 3\nsee: archc cost --help\n"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "message"), REFUSED)
def test_refused(words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["cost", *words]), capsys.readouterr().err) == (2, message)
