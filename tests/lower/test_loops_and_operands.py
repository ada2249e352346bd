"""Loops, lists and operands: what a turn reads, what a list's index picks, what passes where a step is not there."""

from pathlib import Path

import pytest
from small_specs import graph_of, named, names, spec

from archc.diagnostics import SpecError
from archc.ir.graph import Graph

BLOCK = "{kind: basic, order: post, shortcut: B}"


def with_stem(folder: Path, steps: str, **definitions: str) -> Graph:
    return graph_of(folder, spec(BLOCK, stem=f"{{{steps}}}"), **definitions)


WIRING = {
    "a turn reads the turn before": (
        "conv: {kernel: 3, out: 16}, loop: {repeat: 3, steps: {a: {op: affine}}}, y: {op: identity, of: loop.last}",
        {"loop.0.a": "act", "loop.1.a": "loop.0.a", "loop.2.a": "loop.1.a", "y": "loop.2.a"},
    ),
    "a turn reads `of` of the loop first": (
        (
            "conv: {kernel: 3, out: 16}, loop: {repeat: 2, of: x, steps: {a: {op: affine}}}, y: {op: add, of: [loop.last, x]}, "
            "conv2: {kernel: 1, out: 16, of: y}, z: {op: add, of: [act, act2]}"
        ),
        {"loop.0.a": "input", "loop.1.a": "loop.0.a", "y": "loop.1.a input"},
    ),
    "a step of a turn reads outside": (
        "conv: {kernel: 3, out: 16}, loop: {repeat: 2, steps: {a: {op: affine}, b: {op: add, of: [a, act]}}}, y: {op: add}",
        {"loop.0.b": "loop.0.a act", "loop.1.b": "loop.1.a act", "y": "loop.0.b loop.1.b"},
    ),
    "an earlier turn by its index": (
        (
            "conv: {kernel: 3, out: 16}, loop: {repeat: 3, steps: {a: {op: affine}, b: {op: add, of: [a, loop.i - 1], "
            "when: i > 1}}}, y: {op: identity, of: loop.last}"
        ),
        {"loop.2.b": "loop.2.a loop.1.a", "y": "loop.2.b"},
    ),
    "part i of a split in turn i": (
        (
            "conv: {kernel: 3, out: 16}, s: {op: split, parts: 2}, loop: {repeat: 2, steps: {a: {op: affine, of: s.i}}}, "
            "y: {op: concat, of: loop}"
        ),
        {"loop.0.a": "s:0", "loop.1.a": "s:1", "y": "loop.0.a loop.1.a"},
    ),
    "an index is arithmetic": (
        'conv: {kernel: 3, out: 16}, s: {op: split, parts: 4}, y: {op: concat, of: [s.3 - 1, s.last, s.0, "s.min(1, 2)"]}',
        {"y": "s:2 s:3 s:0 s:1"},
    ),
    "a list unfolds among operands": (
        "conv: {kernel: 3, out: 16}, s: {op: split, parts: 2}, y: {op: concat, of: [s, act, s]}, conv2: {kernel: 1, out: 16}",
        {"y": "s:0 s:1 act s:0 s:1"},
    ),
    "a step that is not there passes what is before it": (
        "conv: {kernel: 3, out: 16}, a: {op: affine, when: false}, b: {op: affine}",
        {"b": "act"},
    ),
    "a step that is not there passes its first operand": (
        "conv: {kernel: 3, out: 16}, a: {op: add, of: [conv, act], when: classes > 10}, b: {op: add, of: [a, act]}",
        {"b": "conv act"},
    ),
    "a unit that is not there passes its operand": (
        "conv1: {kernel: 3, out: 16}, conv2: {kernel: 3, out: 99, when: false}, b: {op: affine, of: act2}",
        {"b": "act1"},
    ),
    "a loop of no turns is an empty list": (
        "conv: {kernel: 3, out: 16}, loop: {repeat: 0, steps: {a: {op: affine}}}, y: {op: concat, of: [act, loop]}",
        {"y": "act"},
    ),
    "of takes the place of the value before": ("conv: {kernel: 3, out: 16}, y: {op: mul, of: [act, conv]}", {"y": "act conv"}),
}


@pytest.mark.parametrize(("steps", "inputs"), WIRING.values(), ids=WIRING)
def test_steps_read_what_they_say(steps: str, inputs: dict[str, str], tmp_path: Path) -> None:
    graph = with_stem(tmp_path, steps)
    found = {name: " ".join(i.removeprefix("stem.") for i in named(graph, f"stem.{name}").inputs) for name in inputs}
    assert found == inputs


def test_turns_are_scopes_of_their_own(tmp_path: Path) -> None:
    steps = "conv: {kernel: 3, out: 16}, loop: {repeat: 2, steps: {conv: {kernel: 1, out: 16}}}, y: {op: add}"
    graph = with_stem(tmp_path, steps)
    turns = [(s.path, s.template, [(a.name, a.value) for a in s.arguments]) for s in graph.scopes if s.kind == "turn"]
    assert turns == [("stem.loop.0", "loop", [("i", 0)]), ("stem.loop.1", "loop", [("i", 1)])]


def test_loops_nest(tmp_path: Path) -> None:
    inner = "{repeat: i + 1, steps: {a: {op: affine, scale: i}}}"
    steps = f"conv: {{kernel: 3, out: 16}}, loop: {{repeat: 2, steps: {{inner: {inner}, y: {{op: add}}}}}}, y: {{op: add}}"
    found = [name for name in names(with_stem(tmp_path, steps), "stem") if name.endswith(".a")]
    assert found == ["loop.0.inner.0.a", "loop.1.inner.0.a", "loop.1.inner.1.a"]


def test_a_module_reads_its_inputs_by_name(tmp_path: Path) -> None:
    steps = "{open: {op: act, kind: sigmoid, of: signal}, y: {op: mul, of: [value, open]}}"
    gate = f"module: gate\ninputs: [value, signal]\nsteps: {steps}"
    graph = with_stem(tmp_path, "conv: {kernel: 3, out: 16}, g: {module: gate, of: [conv, act]}", gate=gate)
    assert [named(graph, f"stem.g.{name}").inputs for name in ("open", "y")] == [("stem.act",), ("stem.conv", "stem.g.open")]


def test_a_module_may_end_in_its_own_input(tmp_path: Path) -> None:
    same = "module: same\nsteps: {a: {op: affine, when: false}}"
    graph = with_stem(tmp_path, "conv: {kernel: 3, out: 16}, m: {module: same}, b: {op: affine}", same=same)
    assert named(graph, "stem.b").inputs == ("stem.act",)


def test_a_loop_of_no_turns_has_no_last(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"E0330\]: `loop` is an empty list"):
        with_stem(
            tmp_path, "conv: {kernel: 3, out: 16}, loop: {repeat: 0, steps: {a: {op: affine}}}, y: {op: affine, of: loop.last}"
        )
