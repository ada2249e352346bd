"""What a stage or a block says otherwise, by path or whole; what null takes away; where norm, act and conv are restated."""

from pathlib import Path

import pytest
from small_specs import graph_of, inside, named, names, spec

from archc.ir import ops

BASIC = "kind: basic, order: post, shortcut: {same: identity, change: none}"
BOTTLENECK = "kind: bottleneck, order: post, stride_at: conv2, shortcut: {same: identity, change: none}"


def stages(layer1: str = "", layer2: str = "") -> str:
    return f"{{layer1: {{out: 16, repeat: 2, {layer1}}}, layer2: {{out: 32, repeat: 2, stride: 2, {layer2}}}}}"


CHANGED = {
    "a parameter of a stage": ("layer1: {mid: 8}", {"layer1.0.conv1": 8, "layer1.1.conv1": 8, "layer2.0.conv1": 32}),
    "a parameter of one block": ("layer2: {blocks: {1: {mid: 8}}}", {"layer2.0.conv1": 32, "layer2.1.conv1": 8}),
    "a key of a step": ("layer1: {conv1.out: mid * 2}", {"layer1.0.conv1": 32, "layer1.1.conv1": 32, "layer2.0.conv1": 32}),
    "a step": ("layer1: {conv1: {kernel: 5, out: 4}}", {"layer1.0.conv1": 4, "layer2.0.conv1": 32}),
    "the block over its stage": ("layer1: {mid: 8, blocks: {1: {mid: 4}}}", {"layer1.0.conv1": 8, "layer1.1.conv1": 4}),
    "out of one block": ("layer1: {blocks: {0: {out: 8}}}", {"layer1.0.conv2": 8, "layer1.1.conv1": 16, "layer1.1.conv2": 16}),
}


@pytest.mark.parametrize(("change", "channels"), CHANGED.values(), ids=CHANGED)
def test_the_nearest_word_holds(change: str, channels: dict[str, int], tmp_path: Path) -> None:
    stage, _, keys = change.partition(": {")
    graph = graph_of(tmp_path, spec(f"{{{BASIC.replace('same: identity', 'same: none')}}}", stages=stages(**{stage: keys[:-1]})))
    assert {name: named(graph, name).op.out_channels for name in channels} == channels  # type: ignore[union-attr]


STEPS = {
    "null takes a step away": ("conv2: null, stride_at: conv1", "conv1 norm1 act1 conv3 norm3 a shortcut add act_out"),
    "null takes an insertion away": ("insert.a: null", "conv1 norm1 act1 conv2 norm2 act2 conv3 norm3 shortcut add act_out"),
    "null takes all insertions away": ("insert: null", "conv1 norm1 act1 conv2 norm2 act2 conv3 norm3 shortcut add act_out"),
    "an insertion by path": (
        "insert.b: {op: affine, after: norm3}",
        "conv1 norm1 act1 conv2 norm2 act2 conv3 norm3 b a shortcut add act_out",
    ),
    "insertions are replaced whole": (
        "insert: {b: {op: affine, after: conv1}}",
        "conv1 b norm1 act1 conv2 norm2 act2 conv3 norm3 shortcut add act_out",
    ),
    "a word's order is opened by a path": (
        "order.last: [conv]",
        "conv1 norm1 act1 conv2 norm2 act2 conv3 a shortcut add act_out",
    ),
    "a part of the order is taken away": (
        "order.after_add: null",
        "conv1 norm1 act1 conv2 norm2 act2 conv3 norm3 a shortcut add",
    ),
    "the shortcut's part": (
        "shortcut.same: {op: dropout, rate: 0.5}",
        "conv1 norm1 act1 conv2 norm2 act2 conv3 norm3 a shortcut add act_out",
    ),
    "a whole shortcut": ("shortcut: none", "conv1 norm1 act1 conv2 norm2 act2 conv3 norm3 a act_out"),
    "a step by a module": (
        "conv2: {module: projection, out: mid, kernel: 5}",
        "conv1 norm1 act1 conv2.conv conv2.norm conv3 norm3 a shortcut add act_out",
    ),
    "another kind": ("kind: conv, stride_at: conv1", "conv1 norm1 a shortcut add act_out"),
}


@pytest.mark.parametrize(("change", "expected"), STEPS.values(), ids=STEPS)
def test_one_block_set_apart_leaves_the_others(change: str, expected: str, tmp_path: Path) -> None:
    block = f"{{{BOTTLENECK}, insert: {{a: {{op: dropout, rate: 0.1, before: add}}}}}}"
    graph = graph_of(tmp_path, spec(block, stages=stages(f"blocks: {{1: {{{change}}}}}")))
    plain = "conv1 norm1 act1 conv2 norm2 act2 conv3 norm3 a shortcut add act_out"
    assert [" ".join(names(graph, f"layer1.{index}")) for index in (0, 1)] == [plain, expected]


def test_a_path_into_an_insertion_changes_that_value_only(tmp_path: Path) -> None:
    block = f"{{{BASIC}, insert: {{a: {{op: dropout, rate: 0.1, before: add}}}}}}"
    graph = graph_of(tmp_path, spec(block, stages=stages("", "insert.a.rate: 0.5")))
    rates = {name: named(graph, name).op for name in ("layer1.0.a", "layer2.1.a")}
    assert rates == {"layer1.0.a": ops.Dropout(0.1), "layer2.1.a": ops.Dropout(0.5)}


def test_a_path_into_a_named_shortcut_changes_what_it_stands_for(tmp_path: Path) -> None:
    text = spec("{kind: basic, order: post, shortcut: B}", stages=stages("", "shortcut.change.kernel: 3"))
    conv = named(graph_of(tmp_path, text), "layer2.0.shortcut.conv").op
    assert conv == ops.Conv(16, 32, 3, 2, 1)


def test_a_parameter_of_a_named_shortcut_is_changed_by_path(tmp_path: Path) -> None:
    text = spec("{kind: basic, order: post, shortcut: A}", stages=stages("", "shortcut.zeros: both"))
    pad = named(graph_of(tmp_path, text), "layer2.0.shortcut.pad").op
    assert (pad.before, pad.after) == (8, 8)  # type: ignore[union-attr]


def test_null_in_extends_takes_a_step_of_the_parent_away(tmp_path: Path) -> None:
    (tmp_path / "parent.yaml").write_text(spec(f"{{{BASIC}}}").replace("name: small", "name: parent"), encoding="utf-8")
    graph = graph_of(tmp_path, "archc: 1\nname: small\nextends: parent\nset: {head.pool: null, head.flat: null, head.fc: null}\n")
    assert graph.outputs == ("layer2.1.act_out",)


def test_a_change_of_stages_reaches_one_block(tmp_path: Path) -> None:
    (tmp_path / "parent.yaml").write_text(spec(f"{{{BASIC}}}").replace("name: small", "name: parent"), encoding="utf-8")
    change = "{stages.layer2.blocks: {1: {mid: 8}}, stages.layer3: {out: 64, repeat: 1}}"
    graph = graph_of(tmp_path, f"archc: 1\nname: small\nextends: parent\nset: {change}\n")
    assert [named(graph, f"{name}.conv1").op.out_channels for name in ("layer2.0", "layer2.1", "layer3.0")] == [32, 8, 64]  # type: ignore[union-attr]


PATHS = {
    "into one block": "stages.layer2.blocks.1.mid: 8",
    "into one block of others": "stages.layer2.blocks: {0: {mid: 32}}, stages.layer2.blocks.1.mid: 8",
    "a whole block": "stages.layer2.blocks.1: {mid: 8}",
}


@pytest.mark.parametrize("change", PATHS.values(), ids=PATHS)
def test_a_path_reaches_one_block(change: str, tmp_path: Path) -> None:
    (tmp_path / "parent.yaml").write_text(spec(f"{{{BASIC}}}").replace("name: small", "name: parent"), encoding="utf-8")
    graph = graph_of(tmp_path, f"archc: 1\nname: small\nextends: parent\nset: {{{change}}}\n")
    assert [named(graph, f"layer2.{index}.conv1").op.out_channels for index in (0, 1)] == [32, 8]  # type: ignore[union-attr]


def test_a_stage_may_say_a_path_of_its_blocks(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, spec(f"{{{BASIC}}}", stages=stages("", "blocks.1.mid: 8")))
    assert [named(graph, f"layer2.{index}.conv1").op.out_channels for index in (0, 1)] == [32, 8]  # type: ignore[union-attr]


RESTATED = {
    "a network's": (spec(f"{{{BASIC}}}", more="norm: layer\nact: silu"), {"stem.norm": "layer", "layer1.0.norm1": "layer"}),
    "a block's over the network's": (
        spec(f"{{{BASIC}, norm: instance}}", more="norm: layer"),
        {"stem.norm": "layer", "layer1.0.norm1": "instance", "layer2.1.norm2": "instance"},
    ),
    "a stage's over the block's": (
        spec(f"{{{BASIC}, norm: instance}}", stages=stages("norm: layer")),
        {"stem.norm": "batch", "layer1.0.norm1": "layer", "layer2.1.norm2": "instance"},
    ),
    "one block's": (
        spec(f"{{{BASIC}}}", stages=stages("blocks: {1: {norm: layer}}")),
        {"layer1.0.norm1": "batch", "layer1.1.norm1": "layer"},
    ),
    "a unit's over all": (
        spec(f"{{{BASIC}, norm: layer, conv2: {{kernel: 3, out: out, norm: instance}}}}"),
        {"layer1.0.norm1": "layer", "layer1.0.norm2": "instance"},
    ),
    "a use's of a module that does not declare it": (
        spec("{kind: basic, order: post, norm: layer, shortcut: {same: identity, change: {module: projection, norm: instance, "
             "out: out, stride: stride}}}"),
        {"layer2.0.norm1": "layer", "layer2.0.shortcut.norm": "instance"},
    ),
    "a module sees the block's": (
        spec("{kind: basic, order: post, norm: layer, shortcut: B}"),
        {"stem.norm": "batch", "layer2.0.shortcut.norm": "layer"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "norms"), RESTATED.values(), ids=RESTATED)
def test_the_nearest_norm_holds(text: str, norms: dict[str, str], tmp_path: Path) -> None:
    graph = graph_of(tmp_path, text)
    assert {name: named(graph, name).op.norm for name in norms} == norms  # type: ignore[union-attr]


def test_no_norm_leaves_no_node(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, spec(f"{{{BASIC}, norm: none}}"))
    assert names(graph, "layer1.0") == ["conv1", "act1", "conv2", "shortcut", "add", "act_out"]


def test_no_activation_leaves_no_node(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, spec(f"{{{BASIC}, act: none}}"))
    assert names(graph, "layer1.0") == ["conv1", "norm1", "conv2", "norm2", "shortcut", "add"]


def test_a_norm_may_be_a_module(tmp_path: Path) -> None:
    scaled = "module: scaled\nparameters: {by: {type: number}}\nsteps: {norm: {op: norm}, scale: {op: affine, scale: by}}\n"
    graph = graph_of(tmp_path, spec(f"{{{BASIC}, norm: {{module: scaled, by: 1 / stride, norm: layer}}}}"), scaled=scaled)
    assert names(graph, "layer2.0")[:4] == ["conv1", "norm1.norm", "norm1.scale", "act1"]
    assert named(graph, "layer2.0.norm1.norm").op == ops.Norm("layer", 32, eps=1e-6)
    assert named(graph, "layer2.0.norm1.scale").op.scale == 0.5  # type: ignore[union-attr]


def test_a_parameter_of_type_act_is_given_by_name(tmp_path: Path) -> None:
    gate = "module: gate\nparameters: {act: {type: act, default: relu}}\nsteps: {a: {op: act, kind: act}}\n"
    block = f"{{{BASIC}, insert: {{g: {{module: gate, act: {{kind: leaky_relu, slope: 0.2}}, before: add}}}}}}"
    assert named(graph_of(tmp_path, spec(block), gate=gate), "layer1.0.g.a").op == ops.Act("leaky_relu", 0.2)


def test_conv_says_bias_and_weights_for_every_unit(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, spec(f"{{{BASIC}, conv: {{kind: standardized, bias: true}}}}"))
    found = {(node.op.weights, node.op.bias) for node in inside(graph, "layer1") if isinstance(node.op, ops.Conv)}
    assert found == {("standardized", True)}


def test_a_part_of_conv_changes_only_that(tmp_path: Path) -> None:
    block = f"{{{BASIC}, conv: {{kind: standardized, bias: true}}}}"
    graph = graph_of(tmp_path, spec(block, stages=stages("conv.bias: false")))
    assert named(graph, "layer1.0.conv1").op == ops.Conv(16, 16, 3, 1, 1, weights="standardized")


def test_last_norms_begin_at_zero(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, spec(f"{{{BASIC}}}", more="init: {last_norm: zeros}"))
    assert [node.name for node in graph.nodes if node.init] == [f"layer{n}.{i}.norm2" for n in (1, 2) for i in (0, 1)]
