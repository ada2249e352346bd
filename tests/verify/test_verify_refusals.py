"""What cannot be told: exit code 2, an error with a code, and what the pages of these codes show."""

import re
import shlex
import sys
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from archc.cli.main import main

FOLDER = Path(__file__).parent
PAGES = sorted((FOLDER.parents[1] / "docs" / "errors").glob("E062*.md"))
OTHER = f"{FOLDER / 'other_models.py'}"


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["verify", str(FOLDER / "small.yaml"), *words])
    out, err = capsys.readouterr()
    return code, out, err.splitlines()[0]


UNFOLLOWED = "no operation of torch leads from its input to its output"
CASES = [
    (["--against", "torchvision"], "error[E0621]: `torchvision` is nothing to compare with"),
    (["--against", "keras:resnet50"], "error[E0621]: `keras:resnet50` is nothing to compare with"),
    (["--against", "timm:resnet5O"], "error[E0621]: timm has no network `resnet5O`"),
    (["--against", "torchvision:"], "error[E0621]: torchvision has no network ``"),
    (["--against", OTHER], f"error[E0621]: `{OTHER}` does not say which function or class makes the network"),
    (["--against", "nowhere.py:make"], "error[E0001]: there is no file `nowhere.py`"),
    (["--against", "nowhere.onnx"], "error[E0001]: there is no file `nowhere.onnx`"),
    (["--against", f"{OTHER}:sane"], f"error[E0622]: `{OTHER}` has no `sane`"),
    (["--against", f"{OTHER}:number"], f"error[E0622]: `{OTHER}:number` makes a int, not a torch.nn.Module"),
    (["--against", f"{OTHER}:nothing"], f"error[E0622]: `{OTHER}:nothing` makes a NoneType, not a torch.nn.Module"),
    (["--against", f"{OTHER}:says"], f"error[E0623]: `{OTHER}:says` returns no tensor"),
    (["--against", f"{OTHER}:leaves_torch"], f"error[E0623]: `{OTHER}:leaves_torch` cannot be followed: {UNFOLLOWED}"),
    (["--against", f"{OTHER}:leaves"], f"error[E0622]: `{OTHER}:leaves` fails: SystemExit: 0"),
    (["--size", "100000"], "error: argument --size: `100000` is no size: say 64, or 64x96 for height and width"),
    (["--size", "0"], "error: argument --size: `0` is no size: say 64, or 64x96 for height and width"),
    (["--tolerance", "-1"], "error: argument --tolerance: `-1` is no number from 0 up to 1"),
    (["--set", "block.groups=3"], "error[E0312]: 3 groups do not divide 8 input channels"),
]


@pytest.mark.parametrize(("words", "said"), CASES)
def test_refused(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, *words) == (2, "", said)


def test_a_program_that_never_runs(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = refused(capsys, "--against", f"{OTHER}:never_runs")
    begin = f"error[E0623]: `{OTHER}:never_runs` cannot run on an input of 1x3x32x32: RuntimeError: "
    assert (code, said.startswith(begin)) == (2, True)


def test_a_file_that_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "broken.py"
    path.write_text("import nothing_like_it\n")
    said = f"error[E0622]: `{path}:make` fails: ModuleNotFoundError: No module named 'nothing_like_it'"
    assert refused(capsys, "--against", f"{path}:make") == (2, "", said)


@pytest.mark.parametrize(
    ("package", "words", "command"),
    [
        ("torch", [], "pip install torch"),
        ("torchvision", ["--against", "torchvision:resnet18"], "pip install torchvision"),
        ("timm", ["--against", "timm:resnet18"], "pip install timm"),
    ],
)
def test_a_missing_package(
    package: str, words: list[str], command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    code = main(["verify", str(FOLDER / "small.yaml"), *words])
    lines = capsys.readouterr().err.splitlines()
    assert (code, lines[:2]) == (2, [f"error[E0620]: this needs `{package}`, which is not installed", f"  = help: {command}"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text((FOLDER / "small.yaml").read_text().replace("name: small", "name: net"))
    Path("model.py").write_text("def make(): ...\n")
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in "xy")
    graph = helper.make_graph([helper.make_node("LSTM", ["x", "x", "x"], ["y"], "memory")], "net", [x], [y])
    onnx.save(helper.make_model(graph), "other.onnx")
    if page.stem == "E0620":
        monkeypatch.setitem(sys.modules, "timm", None)
    [(command, said)] = re.findall(r"```console\n\$ archc (.*)\n((?:.*\n)*?)```", page.read_text(encoding="utf-8"))
    assert (main(shlex.split(command)), capsys.readouterr().err) == (2, said)
