"""The paper's table in every format, compared whole; JSON by its schema, LaTeX by a compiler."""

import json
import subprocess
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from table.tables import FIVE, one

from archc.cli.main import main
from archc.present.table.latex import to_latex
from archc.present.table.levels import LEVELS

GOLDEN: dict[str, Sequence[str]] = {
    "paper.txt": (),
    "paper-80.txt": ("--width", "80"),
    "paper-20.txt": ("--width", "20"),
    "paper-ascii.txt": ("--ascii",),
    "paper.md": ("--format", "markdown"),
    "paper-math.md": ("--format", "markdown", "--math"),
    "paper-ruled.tex": ("--format", "latex"),
    "paper-booktabs.tex": ("--format", "latex", "--style", "booktabs", "--standalone"),
    "paper.html": ("--format", "html"),
    "paper.csv": ("--format", "csv"),
    "blocks.txt": ("resnet50", "vgg19", "--level", "block", "--columns", "output,params,macs,acts,memory,rf"),
    "unlike.txt": ("resnet50", "cifar_resnet20", "resnest14d", "resnet50_os8"),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_format(
    name: str, golden: Callable[[str, str], None], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert main(["table", *GOLDEN[name]]) == 0
    golden(f"golden/{name}", capsys.readouterr().out)


SCHEMA = json.loads((files("archc.present.table") / "table-1.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("level", [None, *LEVELS])
def test_json_is_as_its_schema_says(level: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    words = [] if level is None else ["--level", level]
    columns = "params,macs,acts,memory,rf,stride,output,depth,printed,intensity,weights,moved,buffers,norm"
    assert main(["table", "resnet18", "cifar_resnet20", "--format", "json", "--columns", columns, *words]) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(Draft202012Validator(SCHEMA).iter_errors(document)) == []


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_json_states_exact_figures_and_what_was_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", "resnet50_v1", "--format", "json", "--level", "network"]) == 0
    (network,) = json.loads(capsys.readouterr().out)["networks"]
    assert (network["figures"]["macs"], network["reported"]["macs"]) == (
        3857973248,
        {"value": 3800000000, "from": "He et al. 2015, Table 1", "within": 0.02, "actual": 3857973248, "agrees": True},
    )


HOSTILE = r"""=A1 @x +y | <b>&amp; `_*_` \input{/etc/passwd} $y$ % # ~ ^ "q" -- ,, [z] 中é"""


def test_latex_compiles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both styles of both layouts, and a title with everything that LaTeX reads as a command, in one document."""
    tables = [to_latex(one("[1] " + HOSTILE), style="ruled"), to_latex(one(HOSTILE), style="booktabs")]
    for style in ("ruled", "booktabs"):
        for words in ([], ["resnet18", "seresnet50", "--level", "block"]):
            assert main(["table", *words, "--format", "latex", "--style", style]) == 0
            tables.append(capsys.readouterr().out)
    assert main(["table", "resnet18", "--format", "latex", "--standalone"]) == 0
    begin, _, rest = capsys.readouterr().out.partition(r"\end{document}")
    (tmp_path / "table.tex").write_text(begin + "\n".join(tables) + r"\end{document}" + rest, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "table.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, [line for line in done.stdout.splitlines() if line.startswith("!")]) == (0, [])
    text = subprocess.run(
        ["pdftotext", "-raw", "table.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    shown = "".join(HOSTILE.split()).replace("中", "[U+4E2D]")
    assert "".join(text.split()).count(shown) >= 4


def test_the_five_are_the_papers() -> None:
    from archc.cli.table import PAPER

    assert PAPER == FIVE
