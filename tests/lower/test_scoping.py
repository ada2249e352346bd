"""Which names an expression sees: those of the place where it is written, the nearest first."""

from pathlib import Path

import pytest
from small_specs import graph_of, named, spec

from archc.diagnostics import SpecError
from archc.ir.convolutions import Conv

BLOCK = "kind: basic, order: post, shortcut: {same: identity, change: none}"
OWN = "block: own\nstride_at: conv1\nparameters: {%s}\nsteps: {conv1: {kernel: 3, out: %s}, conv2: {kernel: 3, out: out}}"
SEEN = {
    "vars in a block's parameter": ("vars: {w: 8}", f"{BLOCK}, mid: w", 8),
    "classes": ("", f"{BLOCK}, mid: classes", 10),
    "in and out": ("", f"{BLOCK}, mid: in + out", 32),
    "a variable of another variable, in any order": ("vars: {a: b * 2, b: 3}", f"{BLOCK}, mid: a", 6),
    "the parameter of the block in a step of the network": ("", f"{BLOCK}, mid: 4, conv1.out: mid * 3", 12),
    "a parameter named as a variable: outside it is the variable": ("vars: {mid: 8}", f"{BLOCK}, mid: mid * 2", 16),
    "a parameter named as a variable: in a step it is the parameter": (
        "vars: {mid: 8}",
        f"{BLOCK}, mid: mid - 4, conv1.out: mid + 1",
        5,
    ),
    "an index of the block": ("", f"{BLOCK}, mid: 4 + index + 10 * block_index + 100 * repeat + 1000 * block_count", 4204),
    "a choice": ("", f"{BLOCK}, mid: 8 if change else 4", 4),
    "exact decimals": ("", f"{BLOCK}, mid: out * 0.1 * 30", 48),
    "a word that is a parameter": ("", f"{BLOCK}, conv1.groups: mid, mid: 16", 16),
}


@pytest.mark.parametrize(("more", "block", "channels"), SEEN.values(), ids=SEEN)
def test_an_expression_sees_the_names_of_its_place(more: str, block: str, channels: int, tmp_path: Path) -> None:
    conv = named(graph_of(tmp_path, spec(f"{{{block}}}", more=more)), "layer1.0.conv1").op
    assert isinstance(conv, Conv)
    assert conv.out_channels == channels


GROWING = {
    "in": ("in + 4", [20, 24]),
    "index": ("16 + index", [16, 17]),
    "block_index": ("16 * (block_index + 1)", [16, 32]),
    "block_count and repeat": ("16 + block_count * 10 + repeat", [58, 58]),
}


@pytest.mark.parametrize(("out", "expected"), GROWING.values(), ids=GROWING)
def test_out_is_computed_for_each_block(out: str, expected: list[int], tmp_path: Path) -> None:
    stages = f"{{layer1: {{out: {out}, repeat: 2}}, layer2: {{out: 64, repeat: 2}}}}"
    graph = graph_of(tmp_path, spec("{kind: basic, order: post, shortcut: none}", stages=stages))
    assert [named(graph, f"layer1.{index}.conv2").op.out_channels for index in (0, 1)] == expected  # type: ignore[union-attr]


HIDDEN = {
    "a block's file": ("own: {type: integer, default: 1}", "w + own"),
    "a default in a block's file": ("own: {type: integer, default: w}", "own"),
    "classes in a block's file": ("own: {type: integer, default: 1}", "classes + own"),
}


@pytest.mark.parametrize(("parameters", "out"), HIDDEN.values(), ids=HIDDEN)
def test_a_definition_does_not_see_the_network(parameters: str, out: str, tmp_path: Path) -> None:
    text = spec("{kind: own, order: post, shortcut: none}", more="vars: {w: 8}", stem="{conv: {kernel: 3, out: w}}")
    with pytest.raises(SpecError, match=r"E0371\]: unknown name `(w|classes)`"):
        graph_of(tmp_path, text, own=OWN % (parameters, out))


def test_a_definition_that_declares_the_name_has_its_own(tmp_path: Path) -> None:
    text = spec("{kind: own, order: post, shortcut: none}", more="vars: {w: 8}", stem="{conv: {kernel: 3, out: w}}")
    graph = graph_of(tmp_path, text, own=OWN % ("w: {type: integer, default: 5}", "w"))
    assert named(graph, "layer1.0.conv1").op.out_channels == 5  # type: ignore[union-attr]


def test_an_argument_is_evaluated_where_it_is_written(tmp_path: Path) -> None:
    wide = "module: wide\nparameters: {out: {type: channels}}\nsteps: {conv: {kernel: 1, out: out}}"
    block = f"{{{BLOCK}, insert: {{w: {{module: wide, out: out, before: add}}, v: {{module: wide, out: in, before: add}}}}}}"
    stages = "{layer1: {out: 16, repeat: 1}, layer2: {out: 32, repeat: 1}}"
    graph = graph_of(tmp_path, spec(block, stages=stages), wide=wide)
    assert [named(graph, f"layer2.0.{name}.conv").op.out_channels for name in ("w", "v")] == [32, 16]  # type: ignore[union-attr]


def test_a_modules_default_sees_its_other_parameters_and_its_in(tmp_path: Path) -> None:
    wide = (
        "module: wide\nparameters: {a: {type: integer, default: b * 2}, b: {type: integer, default: in + 1}}\n"
        "steps: {conv: {kernel: 1, out: a}, back: {op: conv, kernel: 1, out: in}}"
    )
    graph = graph_of(tmp_path, spec(f"{{{BLOCK}, insert: {{w: {{module: wide, before: add}}}}}}"), wide=wide)
    assert named(graph, "layer1.0.w.conv").op.out_channels == 34  # type: ignore[union-attr]


def test_a_default_that_nobody_asks_for_is_not_evaluated(tmp_path: Path) -> None:
    own = OWN % ("a: {type: integer, default: out // 0}, b: {type: integer, default: a}", "b")
    graph = graph_of(tmp_path, spec("{kind: own, order: post, shortcut: none, b: 4}"), own=own)
    assert named(graph, "layer1.0.conv1").op.out_channels == 4  # type: ignore[union-attr]


def test_a_shortcuts_default_sees_the_block_and_its_own_parameters(tmp_path: Path) -> None:
    own = (
        "shortcut: own\nparameters: {a: {type: number, default: 1 / out}, b: {type: number, default: 1 - a}}\n"
        "same: {op: affine, scale: a, shift: b}\nchange: none"
    )
    affine = named(graph_of(tmp_path, spec("{kind: basic, order: post, shortcut: own}"), own=own), "layer1.0.shortcut").op
    assert (affine.scale, affine.shift) == (1 / 16, 15 / 16)  # type: ignore[union-attr]


def test_a_command_lines_value_sees_what_the_network_sees(tmp_path: Path) -> None:
    from archc.compile.pipeline import compile_spec

    (tmp_path / "small.yaml").write_text(spec(f"{{{BLOCK}}}", more="vars: {w: 8}", stem="{conv: {kernel: 3, out: w * 2}}"))
    graph = compile_spec(str(tmp_path / "small.yaml"), overrides=["block.mid=w + out"]).graph
    assert named(graph, "layer1.0.conv1").op.out_channels == 24  # type: ignore[union-attr]
