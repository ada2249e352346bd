"""Values of the command line are checked as the spec's own and told at their own text; limits are raised by name."""

from pathlib import Path

import pytest
from small_specs import spec

from archc.analyse.checking import check_file
from archc.compile.pipeline import compile_spec
from archc.diagnostics import SpecError
from archc.limits import DEFAULT_LIMITS
from archc.record import replace
from archc.rendering.text import render

OVERRIDES = {
    "classes": "E0209 --set:1:1",
    "=3": "E0209 --set:1:1",
    "classes=": "E0112 --set classes:1:1",
    "classes=ten": "E0203 --set classes:1:1",
    "classes=[1": "E0103 --set classes:1:1",
    "classes=.nan": "E0115 --set classes:1:1",
    "classes=\x1b[31m": "E0006 --set classes:1:1",
    "classes=1000000": "E0411 --set classes:1:1",
    "block.mid=out * 0.3": "E0373 --set block.mid:1:1",
    "block.mid=outt": "E0371 --set block.mid:1:1",
    "block.groups=3": "E0201 --set:1:1",
    "block.kind=basik": "E0204 --set block.kind:1:1",
    "block.shortcut={same: identity, change: identity}": "E0315 --set block.shortcut:1:26",
    "block.insert.a={op: affine}": "E0202 --set:1:1",
    "stages.layer1.repeat=0": "E0205 --set stages.layer1.repeat:1:1",
    "stages.layer1.blocks.0.shortcut=E": "E0204 --set stages.layer1.blocks.0.shortcut:1:1",
    "stages.layer1.blocks.5.shortcut=none": "E0355 --set:1:1",
    "stages.layer9=1": "E0203 --set stages.layer9:1:1",
    "stem.pol=null": "E0305 --set:1:1",
    "expect.params=3": "E0350 --set expect.params:1:1",
    "extends=resnet50": "E0201 --set:1:1",
    "archc=2": "E0206 --set archc:1:1",
    "a b=1": "E0201 --set:1:1",
}
CHANGED = {
    "classes=7": 7,
    "classes= 7 # seven": 7,
    "head.fc.out=classes + 1": 1001,
    "stages.layer4.out=256": 1000,
    "head.fc={op: linear, out: 3}": 3,
}
OVER = {
    "blocks": ("stages", "{layer1: {out: 16, repeat: 3}}", "blocks", 2, "E0410"),
    "channels of a stage": ("stages", "{layer1: {out: 17, repeat: 1}}", "channels", 16, "E0411"),
    "channels of a concatenation": (
        "stem",
        "{conv: {kernel: 3, out: 16}, b: {op: concat, of: [act, act, act]}, conv2: {kernel: 1, out: 16}}",
        "channels",
        40,
        "E0411",
    ),
    "size": ("stem", "{conv: {kernel: 3, out: 16, padding: 2}}", "size", 33, "E0411"),
    "kernel": ("stem", "{conv: {kernel: 5, out: 16}}", "kernel", 4, "E0411"),
    "turns": ("stem", "{conv: {kernel: 3, out: 16}, l: {repeat: 3, steps: {a: {op: act}}}, y: {op: add}}", "turns", 2, "E0413"),
    "parts": ("stem", "{conv: {kernel: 3, out: 16}, s: {op: split, parts: 4}, y: {op: add}}", "turns", 3, "E0411"),
    "operations": ("stem", "{conv: {kernel: 3, out: 16}, l: {repeat: 9, steps: {a: {op: act}}}, y: {op: add}}", "operations", 9,
                   "E0416"),
    "expression": ("stem", "{conv: {kernel: 3, out: 10 + 6}}", "expression", 5, "E0414"),
    "parameters": ("head", "{conv: {kernel: 3, out: 64}}", "params", 41_000, "E0412"),
}  # fmt: skip


@pytest.mark.parametrize(("override", "expected"), OVERRIDES.items())
def test_a_wrong_value_is_told_at_its_own_text(override: str, expected: str) -> None:
    found = [f"{diagnostic.code} {diagnostic.span}" for diagnostic in check_file("resnet18", overrides=[override])]
    assert found == [expected]


@pytest.mark.parametrize("override", OVERRIDES)
def test_what_is_printed_holds_no_control_character(override: str) -> None:
    assert render(check_file("resnet18", overrides=[override])).replace("\n", "").isprintable()


@pytest.mark.parametrize(("override", "classes"), CHANGED.items())
def test_a_value_changes_the_network(override: str, classes: int) -> None:
    graph = compile_spec("resnet18", overrides=[override]).graph
    assert graph.types[graph.outputs[0]].shape == (classes,)


def test_later_values_change_what_earlier_ones_made() -> None:
    overrides = ["stages.layer5={out: 64, repeat: 1}", "stages.layer5.out=32"]
    assert compile_spec("resnet18", overrides=overrides).graph.types["layer5.0.act_out"].channels == 32


def test_every_wrong_value_is_told() -> None:
    found = check_file("resnet18", overrides=["stem.pol=null", "block.mid=outt", "head.fc.out=clases"])
    assert [diagnostic.code for diagnostic in found] == ["E0305", "E0371", "E0371"]


def test_a_changed_network_need_not_come_out_at_what_the_spec_expects() -> None:
    assert check_file("resnet18", overrides=["classes=10"]) == ()


@pytest.mark.parametrize(("part", "text", "limit", "most", "code"), OVER.values(), ids=OVER)
def test_a_network_over_a_limit_is_refused(part: str, text: str, limit: str, most: int, code: str, tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(spec("{kind: basic, order: post, shortcut: B}", **{part: text}), encoding="utf-8")
    limits = replace(DEFAULT_LIMITS, **{limit: most})
    assert [diagnostic.code for diagnostic in check_file(str(path), limits=limits)] == [code]


@pytest.mark.parametrize(("part", "text", "limit", "most", "code"), OVER.values(), ids=OVER)
def test_the_message_says_which_limit_to_raise(part: str, text: str, limit: str, most: int, code: str, tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(spec("{kind: basic, order: post, shortcut: B}", **{part: text}), encoding="utf-8")
    help_ = check_file(str(path), limits=replace(DEFAULT_LIMITS, **{limit: most}))[0].help
    assert f"--limit {limit}=N" in help_


@pytest.mark.parametrize(("part", "text", "limit", "most", "code"), OVER.values(), ids=OVER)
def test_the_same_network_is_let_through_by_default(
    part: str, text: str, limit: str, most: int, code: str, tmp_path: Path
) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(spec("{kind: basic, order: post, shortcut: B}", **{part: text}), encoding="utf-8")
    assert check_file(str(path)) == ()


def test_more_problems_than_the_limit_are_cut(tmp_path: Path) -> None:
    stages = ", ".join(f"layer{n}: {{out: x{n}, repeat: 1}}" for n in range(9))
    path = tmp_path / "small.yaml"
    path.write_text(spec("{kind: basic, order: post, shortcut: B}", stages=f"{{{stages}}}"), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        compile_spec(str(path), limits=replace(DEFAULT_LIMITS, diagnostics=4))
    assert len(caught.value.diagnostics) == 4
