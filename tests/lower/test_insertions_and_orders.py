"""Where the nodes of a block stand: the order's words, the first and last unit set apart, and what a network inserts."""

from pathlib import Path

import pytest
from small_specs import graph_of, names, spec

BASIC = "kind: basic, order: post, shortcut: {same: identity, change: none}"
DROP = "op: dropout, rate: 0.1"
INSERTIONS = {
    "a: {%s, after: conv1}": "conv1 a norm1 act1 conv2 norm2 shortcut add act_out",
    "a: {%s, before: conv1}": "a conv1 norm1 act1 conv2 norm2 shortcut add act_out",
    "a: {%s, before: add}": "conv1 norm1 act1 conv2 norm2 a shortcut add act_out",
    "a: {%s, after: add}": "conv1 norm1 act1 conv2 norm2 shortcut add a act_out",
    "a: {%s, after: act_out}": "conv1 norm1 act1 conv2 norm2 shortcut add act_out a",
    "a: {%s, before: act_out}": "conv1 norm1 act1 conv2 norm2 shortcut add a act_out",
    "a: {%s, after: norm2}": "conv1 norm1 act1 conv2 norm2 a shortcut add act_out",
    "a: {%s, after: act1}, b: {%s, after: act1}": "conv1 norm1 act1 a b conv2 norm2 shortcut add act_out",
    "a: {%s, before: add}, b: {%s, before: add}": "conv1 norm1 act1 conv2 norm2 a b shortcut add act_out",
    "a: {%s, after: add}, b: {%s, after: add}": "conv1 norm1 act1 conv2 norm2 shortcut add a b act_out",
    "a: {%s, before: conv2}, b: {%s, before: conv2}": "conv1 norm1 act1 a b conv2 norm2 shortcut add act_out",
    "a: {%s, after: act1}, b: {%s, after: a}, c: {%s, after: act1}": "conv1 norm1 act1 a b c conv2 norm2 shortcut add act_out",
    "a: {%s, after: act1}, b: {%s, before: a}": "conv1 norm1 act1 b a conv2 norm2 shortcut add act_out",
    "a: {%s, after: norm2}, b: {%s, before: add}": "conv1 norm1 act1 conv2 norm2 a b shortcut add act_out",
    "conv9: {kernel: 1, out: out, after: act1}": "conv1 norm1 act1 conv9 norm9 act9 conv2 norm2 shortcut add act_out",
    "conv9: {kernel: 1, out: out, after: act1}, a: {%s, before: norm9}": (
        "conv1 norm1 act1 conv9 a norm9 act9 conv2 norm2 shortcut add act_out"
    ),
}
ORDERS = {
    "post": "conv1 norm1 act1 conv2 norm2 shortcut add act_out",
    "norm_after_add": "conv1 norm1 act1 conv2 shortcut add norm_out act_out",
    "act_before_add": "conv1 norm1 act1 conv2 norm2 act2 shortcut add",
    "act_only_pre": "act1 conv1 norm1 act2 conv2 norm2 shortcut add",
    "pre": "norm1 act1 conv1 norm2 act2 conv2 shortcut add",
    "linear_out": "conv1 norm1 act1 conv2 norm2 shortcut add",
    "{each: [conv]}": "conv1 conv2 shortcut add",
    "{each: [norm, conv, act], last: [conv]}": "norm1 conv1 act1 conv2 shortcut add",
    "{first: [conv], each: [norm, act, conv]}": "conv1 norm2 act2 conv2 shortcut add",
    "{each: [act, norm, conv], after_add: [norm]}": "act1 norm1 conv1 act2 norm2 conv2 shortcut add norm_out",
}
SINGLE = {
    "{each: [conv, norm, act]}": "conv1 norm1 act1",
    "{each: [conv, norm, act], last: [conv, norm]}": "conv1 norm1",
    "{each: [conv, norm, act], first: [conv]}": "conv1",
    "{each: [conv, norm, act], first: [conv, act], last: [conv, norm]}": "conv1 act1",
    "{each: [conv, norm, act], last: [conv], after_add: [act]}": "conv1 act_out",
}
"""A block of one unit: it is the first where that is set apart, else the last."""


@pytest.mark.parametrize(("steps", "expected"), INSERTIONS.items())
def test_insertions_stand_where_they_say_in_the_order_written(steps: str, expected: str, tmp_path: Path) -> None:
    text = spec(f"{{{BASIC}, insert: {{{steps.replace('%s', DROP)}}}}}")
    assert " ".join(names(graph_of(tmp_path, text), "layer1.0")) == expected


@pytest.mark.parametrize(("order", "expected"), ORDERS.items())
def test_an_order_says_where_norm_and_activation_stand(order: str, expected: str, tmp_path: Path) -> None:
    text = spec(f"{{kind: basic, order: {order}, shortcut: {{same: identity, change: none}}}}")
    assert " ".join(names(graph_of(tmp_path, text), "layer1.1")) == expected


@pytest.mark.parametrize(("order", "expected"), SINGLE.items())
def test_a_single_unit_is_the_first_if_set_apart_else_the_last(order: str, expected: str, tmp_path: Path) -> None:
    text = spec(f"{{kind: conv, order: {order}, shortcut: none}}")
    assert " ".join(names(graph_of(tmp_path, text), "layer1.1")) == expected


def test_an_inserted_unit_has_the_order_of_a_stem(tmp_path: Path) -> None:
    block = "{kind: basic, order: pre, shortcut: none, insert: {conv9: {kernel: 1, out: out, before: add}}}"
    expected = ["norm1", "act1", "conv1", "norm2", "act2", "conv2", "conv9", "norm9", "act9"]
    assert names(graph_of(tmp_path, spec(block)), "layer1.1") == expected


def test_what_is_inserted_does_not_count_as_depth(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, spec(f"{{{BASIC}, insert: {{conv9: {{kernel: 1, out: out, after: act1}}}}}}"))
    assert {node.role for node in graph.nodes if node.local.endswith("9")} == {"insert"}


def test_preact_reads_what_enters_the_first_convolution(tmp_path: Path) -> None:
    shortcut = "{same: identity, change: {module: projection, of: preact, out: out, stride: stride}}"
    graph = graph_of(tmp_path, spec(f"{{kind: basic, order: pre, shortcut: {shortcut}}}"))
    scope = next(scope for scope in graph.scopes if scope.path == "layer2.0.shortcut")
    assert scope.inputs == ("layer2.0.act1",)


def test_an_insertion_before_the_first_convolution_is_part_of_preact(tmp_path: Path) -> None:
    shortcut = "{same: {op: identity, of: preact}, change: none}"
    block = f"{{kind: basic, order: post, shortcut: {shortcut}, insert: {{a: {{{DROP}, before: conv1}}}}}}"
    graph = graph_of(tmp_path, spec(block))
    assert next(node.inputs for node in graph.nodes if node.name == "layer1.1.shortcut") == ("layer1.1.a",)


STEPS = {
    "blend: {op: conv, kernel: 3, out: out}": "before",
    "blend: {repeat: 1, steps: {blend: {op: conv, kernel: 3, out: out}}}": "before",
    "convolve: {op: dropout, rate: 0.1}": "convolve",
    "conv0: {module: squeeze_excite, width: 8}": "before",
    "attention: {module: squeeze_excite, width: 8}": "attention",
}
"""The first step of a block after its activation, and the step whose value enters the first convolution."""


@pytest.mark.parametrize(("step", "source"), STEPS.items())
def test_what_enters_the_first_convolution_does_not_hang_on_the_name_of_an_operation(
    step: str, source: str, tmp_path: Path
) -> None:
    block = f"block: mine\nsteps:\n  before: {{op: act}}\n  {step}\n  conv9: {{kernel: 3, out: out}}\n"
    settings = "kind: mine.yaml, order: linear_out, stride_at: conv9"
    shortcut = "{same: identity, change: {module: projection, of: preact, out: out, stride: stride}}"
    text = spec(f"{{{settings}, shortcut: {shortcut}}}", stages="{layer1: {out: 32, repeat: 1}}")
    graph = graph_of(tmp_path, text, mine=block)
    projection = next(scope for scope in graph.scopes if scope.role == "shortcut")
    assert projection.inputs[0].removeprefix("layer1.0.").partition(".")[0] == source
