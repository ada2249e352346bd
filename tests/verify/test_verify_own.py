"""`archc verify SPEC`: interpreter, emitted torch module and emitted ONNX model are one function; and what it says where not."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from rounding import SINGLE, UNIT, of_terms
from small_specs import spec

from archc.analyse.verify import interpreter, meaning
from archc.cli.main import main

SPEC = str(Path(__file__).parent / "small.yaml")
CASES = [(False, [1, 3, 32, 32]), (False, [3, 3, 17, 21]), (True, [3, 3, 17, 21])]


def verify(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = main(["verify", *words, "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


def test_all_three_agree(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = verify(capsys, SPEC)
    expected = [("torch module, float64", *case) for case in CASES] + [("onnxruntime, float32", *case) for case in CASES[:2]]
    assert (code, [(run["what"], run["training"], run["input"]) for run in found["runs"]]) == (0, expected)


def test_oblong_windows_and_made_matrices_agree(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = verify(capsys, str(Path(__file__).parent / "oblong.yaml"))
    assert (code, {run["equal"] for run in found["runs"]}, len(found["runs"])) == (0, {True}, 5)


def test_each_tensor_is_where_the_layout_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = verify(capsys, SPEC)
    named = [found["pairs"][key] for key in ("stem.conv.weight", "layer2.0.shortcut.norm.running_var", "head.fc.bias")]
    assert (len(found["pairs"]), named) == (77, ["conv1.weight", "layer2.0.downsample.1.running_var", "fc.bias"])


def test_without_onnxruntime_onnx_evaluates_the_model(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "onnxruntime" else found_spec(name, *rest)
    )
    code, found = verify(capsys, SPEC, "--size", "16")
    last = found["runs"][-1]
    assert (code, last["what"], last["difference"] < of_terms(100_000, UNIT)) == (0, "onnx, float64", True)


@pytest.mark.parametrize(
    ("words", "sizes"),
    [
        (["cifar_resnet20", "--features", "layer1,layer3", "--size", "16x24"], [(16, 24)]),
        (["cifar_resnet20", "--frozen-norm", "--size", "9", "--size", "16"], [(9, 9), (16, 16)]),
    ],
)
def test_sizes(words: list[str], sizes: list[tuple[int, int]], capsys: pytest.CaptureFixture[str]) -> None:
    code, found = verify(capsys, *words)
    assert (code, list(dict.fromkeys(tuple(run["input"][2:]) for run in found["runs"]))) == (0, sizes)


def test_an_emitted_program_that_is_another_function(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Stood for by an interpreter whose activation is another; what is emitted stays as it is."""
    monkeypatch.setattr(meaning, "activation", lambda op, x: x.clamp(min=-0.1))
    code, found = verify(capsys, SPEC)
    equal = [run["equal"] for run in found["runs"]]
    assert (code, equal, found["first"]["node"], found["first"]["there"]) == (1, [False] * 5, "stem.act", "`relu` in `relu`")


def test_a_model_that_is_another_function(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The emitted torch module agrees, the ONNX model does not: here because the weights it is fed are not the same."""
    from archc.analyse.verify import own

    def doubled(graph: Any, weights: Any, x: torch.Tensor) -> Any:
        return interpreter.run_all(graph, {**weights, "layer1.1.conv2.weight": 2 * weights["layer1.1.conv2.weight"]}, x)

    monkeypatch.setattr(own, "run_all", doubled)
    monkeypatch.setattr(own, "outputs", lambda graph, weights, x: [doubled(graph, weights, x)[graph.outputs[0]]])
    code, found = verify(capsys, SPEC)
    first = found["first"]
    said = "what onnxruntime, float32 makes of `layer1.1.conv2`"
    assert (code, first["node"], first["there"]) == (1, "layer1.1.conv2", said)
    assert first["relative"] == pytest.approx(0.5, rel=of_terms(1000, SINGLE))


def test_what_rounding_alone_explains_is_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Trained, sixty plain layers make of the sixteenth digit the ninth."""
    plain = "{kind: basic, order: post, shortcut: none}"
    text = spec(plain, stages="{layer1: {out: 16, repeat: 30}, layer2: {out: 32, repeat: 30, stride: 2}}")
    (tmp_path / "plain.yaml").write_text(text)
    code, found = verify(capsys, str(tmp_path / "plain.yaml"))
    trained = next(run for run in found["runs"] if run["training"])
    assert (code, trained["difference"] > 1e-9, trained["tolerance"] > trained["difference"]) == (0, True, True)


def test_unless_a_tolerance_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = verify(capsys, SPEC, "--tolerance", "0")
    assert (code, [run["tolerance"] for run in found["runs"]]) == (1, [0.0] * 3 + [1e-4] * 2)
