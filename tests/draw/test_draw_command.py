"""`archc draw`: what it writes, where, and what it says when it cannot."""

import os
from pathlib import Path

import pytest

from archc.cli.main import main

SIGNATURES = {
    "svg": b"<svg xmlns", "png": b"\x89PNG", "pdf": b"%PDF-", "tex": b"% ResNet-20", "dot": b"digraph", "mmd": b"---\ntitle",
    "html": b"<!DOCTYPE html>",
}  # fmt: skip
FORMATS = "svg, png, pdf, tex, dot, mmd, html"
UNITS = "cm, mm, in, pt or px"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("suffix", sorted(SIGNATURES))
def test_the_suffix_is_the_format(suffix: str) -> None:
    assert main(["draw", "cifar_resnet20", "-o", f"figure.{suffix}"]) == 0
    assert Path(f"figure.{suffix}").read_bytes().startswith(SIGNATURES[suffix])


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["cifar_resnet20"], "cifar_resnet20.svg"),
        (["cifar_plain20", "cifar_resnet20"], "cifar_plain20-cifar_resnet20.svg"),
        (["--block", "cifar_resnet20:layer1.0"], "cifar_resnet20_layer1_0.svg"),
        (["--block", "bottleneck"], "bottleneck.svg"),
        (["--block", "squeeze_excite", "--set", "head.squeeze_excite.width=16", "--level", "op"], "squeeze_excite.svg"),
        (["--figure", "activation-orders"], "activation-orders.svg"),
        (["cifar_resnet20", "--format", "dot"], "cifar_resnet20.dot"),
        (["cifar_resnet20", "--level", "op", "--direction", "strip"], "cifar_resnet20.svg"),
        (["cifar_resnet20", "cifar_resnet20_b", "--diff"], "cifar_resnet20-cifar_resnet20_b.svg"),
    ],
)
def test_a_figure_has_a_name(words: list[str], name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", *words]) == 0
    assert (os.listdir(folder), capsys.readouterr().err) == ([name], f"wrote {name}\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "error: one figure at a time: networks, --block or --figure\nsee: archc draw --help\n"),
        (["resnet18", "-o", "x.pgn"], "error: unknown format `pgn`\ndid you mean `png`?\n"),
        (["resnet18", "-o", "x.foo"], "error: unknown format `foo`\nthere are: svg, png, pdf, tex, dot, mmd, html\n"),
        (["resnet18", "-o", "x"], f"error: `x` has no suffix to say the format\ngive one of {FORMATS}, or --format\n"),
        (["resnet18", "-o", "x.svg", "--format", "png"], "error: `x.svg` is svg, and --format says png\nleave one of them out\n"),
        (["resnet18", "--width", "8cn"], f"error: `8cn` is not a length\nwrite a number and {UNITS}: --width 8.5cm\n"),
        (["resnet18", "--expand", "layr3"], "error: unknown stage `layr3`\ndid you mean `layer3`?\n"),
        (["--block", "resnet18:laier2.0"], "error: unknown block `laier2.0`\ndid you mean `layer2.0`?\n"),
        (["--block", "resnet18:"], "error: `resnet18:` is not SPEC:PATH\nfor example --block resnet50:layer2.0\n"),
        (
            ["--block", "resnet18"],
            (
                "error: `resnet18` is a network, not a block\n"
                "say which: --block resnet18:layer1.0; `archc ir resnet18` prints the paths\n"
            ),
        ),
        (
            ["--block", "bottlenek"],
            "error: there is no file and no shipped block, module or shortcut policy `bottlenek`\ndid you mean `bottleneck`?\n",
        ),
        (["resnet18", "--diff"], "error: --diff compares two networks\nfor example archc draw resnet50 resnet50d --diff\n"),
        (["resnet18", "--layout", "dot"], "error: --layout dot is for operations\nsay --level op too\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn(words: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", *words]) == 2
    assert (os.listdir(folder), capsys.readouterr().err) == ([], said)


@pytest.mark.parametrize(
    ("suffix", "said"),
    [
        ("png", "error: a picture of 922 by 276,886 pixels is too large\n"),
        ("tex", "error: TeX counts to 15,000 points, and the figure is 103,832 long\n"),
    ],
)
def test_what_is_too_large(suffix: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["cifar_preact_resnet1001", "--level", "op", "--expand", "all", "-o", f"x.{suffix}"]
    assert main(["draw", *words]) == 2
    assert capsys.readouterr().err == f"{said}svg has no such limit\n".replace(
        "svg has", "svg and pdf have" if suffix == "tex" else "svg has"
    )


def test_a_file_is_not_written_over(capsys: pytest.CaptureFixture[str]) -> None:
    Path("cifar_resnet20.svg").write_text("mine", encoding="utf-8")
    assert main(["draw", "cifar_resnet20"]) == 2
    assert (Path("cifar_resnet20.svg").read_text(encoding="utf-8"), "E0540" in capsys.readouterr().err) == ("mine", True)


def test_to_the_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["draw", "cifar_resnet20", "--level", "network", "-o", "-", "--format", "mmd"]) == 0
    assert capfdbinary.readouterr().out.startswith(b"---\ntitle")


def test_small_text_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "cifar_resnet20", "--width", "3cm"]) == 0
    assert capsys.readouterr().err.startswith("note: at 3cm the smallest text is 2.")


def test_one_s_own_title_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    spec = "archc: 1\nname: mine\nextends: cifar_resnet20\ntitle: '<b>\"Mine\" & \\input</b>'\n"
    Path("mine.yaml").write_text(spec, encoding="utf-8")
    assert main(["draw", "mine.yaml", "-o", "-"]) == 0
    assert '<title id="title">&lt;b&gt;&quot;Mine&quot; &amp; \\input&lt;/b&gt;</title>' in capsys.readouterr().out
