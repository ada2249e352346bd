"""A small network against hand-written ones: equal whatever the names; else the first node that differs, and why."""

import json
from pathlib import Path
from typing import Any

import pytest

from archc.cli.main import main

FOLDER = Path(__file__).parent
SPEC = str(FOLDER / "small.yaml")


def verify(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = main(["verify", SPEC, *words, "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


def against(capsys: pytest.CaptureFixture[str], factory: str) -> tuple[int, dict[str, Any]]:
    return verify(capsys, "--against", f"{FOLDER / 'other_models.py'}:{factory}")


@pytest.mark.parametrize("factory", ["same", "drops", "in_float32"])
def test_one_function(factory: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = against(capsys, factory)
    assert (code, found["equal"], len(found["pairs"]), found["only_here"], found["only_there"]) == (0, True, 77, [], [])


def test_what_was_traced_has_one_form(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = against(capsys, "traced")
    assert (code, len(found["pairs"]), [run["equal"] for run in found["runs"]]) == (1, 77, [True, True, False])


def test_pairs_are_those_of_the_flow_of_data(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = against(capsys, "same")
    names = {"conv1": "delta", "norm1": "kilo", "conv2": "bravo", "norm2": "tango", "conv3": "alpha", "norm3": "zulu"}
    names |= {"shortcut.conv": "echo", "shortcut.norm": "hotel"}
    expected = {"stem.conv": "lima", "stem.norm": "papa", "head.fc": "omega"}
    for place, block in enumerate(["layer1.0", "layer1.1", "layer2.0", "layer2.1"]):
        expected |= {f"{block}.{ours}": f"steps.{3 - place}.{theirs}" for ours, theirs in names.items()}
    nodes = {ours.rpartition(".")[0]: theirs.rpartition(".")[0] for ours, theirs in found["pairs"].items()}
    assert nodes == {ours: theirs for ours, theirs in expected.items() if ours in nodes}


def test_what_is_run(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = against(capsys, "same")
    runs = [(run["training"], run["input"]) for run in found["runs"]]
    assert runs == [(False, [1, 3, 32, 32]), (False, [3, 3, 17, 21]), (True, [3, 3, 17, 21])]


UNLIKE = [
    ("stride_at_first", "layer2.0.conv1", "stride 1 here, 2 there; 1x16x16x16 here, 1x16x8x8 there"),
    ("eps", "layer2.0.norm2", "eps 1e-05 here, 0.001 there"),
    ("no_act", "layer2.0.act2", ""),
    ("ceil_pool", "stem.pool", "padding 1 here, 0 there; ceil no here, yes there"),
    ("average_pool", "stem.pool", ""),
    ("block_missing", "layer2.1.conv1", ""),
    ("convolution_more", "layer2.0.conv1", "there it reads what `convolution` in `steps.2` (padding 2) makes"),
    ("swapped", "stem.norm", "there it reads what `relu` makes"),
    ("bends_at_six", "stem.act", ""),
    ("bias_more", "layer2.0.conv2", ""),
    ("bias_missing", "head.fc", ""),
    ("momentum", "stem.norm", "momentum 0.1 here, 0.01 there"),
]


@pytest.mark.parametrize(("factory", "node", "why"), UNLIKE)
def test_the_first_that_differs(factory: str, node: str, why: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = against(capsys, factory)
    assert (code, found["equal"], found["first"]["node"], found["first"]["why"]) == (1, False, node, why)


def test_it_has_a_place_in_the_spec(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = against(capsys, "ceil_pool")
    assert found["first"]["origin"] == f"{SPEC}:8:3"


def test_how_much_it_differs(capsys: pytest.CaptureFixture[str]) -> None:
    """eps of 1e-3 on a variance from 0.5 up: at most half a thousandth."""
    first = against(capsys, "eps")[1]["first"]
    assert (1e-4 < first["relative"] < 1e-3, first["absolute"] > 0) == (True, True)


def test_what_has_no_counterpart_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = against(capsys, "convolution_more")
    assert (found["only_here"], found["only_there"]) == ([], ["steps.2.weight"])


def test_a_bias_is_not_taken_for_that_of_the_norm_after_it(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = against(capsys, "bias_more")
    assert (found["only_here"], found["only_there"]) == ([], ["steps.1.bravo.bias"])


def test_a_tensor_that_is_nowhere_there_is_the_difference(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = against(capsys, "bias_missing")
    assert (found["only_here"], {run["equal"] for run in found["runs"]}, found["first"]["what"]) == (
        ["head.fc.bias"],
        {True},
        "`bias`",
    )


def test_one_tensor_for_two_of_ours_is_another_function(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = against(capsys, "one_for_two")
    assert (code, found["tied"]) == (1, ["steps.2.bravo.weight"])


def test_a_missing_block_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = against(capsys, "block_missing")
    assert {key.rpartition(".")[0].rpartition(".")[0] for key in found["only_here"]} == {"layer2.1"}


def test_what_goes_on_after_ours(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["verify", SPEC, "--against", f"{FOLDER / 'other_models.py'}:softmax"])
    said = "every value of small is there, but the output is another one: `softmax` in `tail`"
    assert (code, said in capsys.readouterr().out) == (1, True)


@pytest.mark.parametrize(
    ("factory", "run", "problem"),
    [
        ("two_outputs", 0, "the output is 1x10 here, 1x10 and 1x10 there"),
        ("only_small", 1, f"{FOLDER / 'other_models.py'}:only_small fails: only 32x32"),
    ],
)
def test_what_cannot_be_compared_is_different(factory: str, run: int, problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = verify(capsys, "--against", f"{FOLDER / 'other_models.py'}:{factory}", "--size", "32", "--size", "24")
    assert (code, found["runs"][run]["problem"]) == (1, problem)


def test_another_spec_says_equal_of_the_other_function(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--set", "block.stride_at=conv1", "--against", f"{FOLDER / 'other_models.py'}:stride_at_first"]
    assert verify(capsys, *words)[0] == 0


def test_text(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, golden: Any) -> None:
    monkeypatch.chdir(FOLDER)
    for words in (["--against", "other_models.py:same", "--pairs"], ["--against", "other_models.py:stride_at_first"]):
        main(["verify", "small.yaml", *words])
    golden("golden/small.txt", capsys.readouterr().out)
