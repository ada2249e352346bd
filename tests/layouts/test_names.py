"""The keys layouts give: of shipped networks, of loops, of what is dissolved or numbered; and two tensors with one key."""

from pathlib import Path

import pytest
from small_specs import spec

from archc.compile.pipeline import Compiled, compile_spec
from archc.diagnostics import SpecError
from archc.ir.graph import Graph
from archc.language.layouts.naming import attribute_paths, state_keys
from archc.language.layouts.table import CANONICAL, Layout

BASIC = "{kind: basic, order: post, shortcut: B}"
LAYOUT = "layouts: {zoo: zoo.yaml}"

SHIPPED = {
    ("resnet50", "torchvision", "stem.conv.weight"): "conv1.weight",
    ("resnet50", "torchvision", "layer2.0.shortcut.norm.running_var"): "layer2.0.downsample.1.running_var",
    ("resnet50", "torchvision", "head.fc.bias"): "fc.bias",
    ("resnet50", "huggingface", "stem.norm.weight"): "resnet.embedder.embedder.normalization.weight",
    ("resnet50", "huggingface", "layer3.1.conv2.weight"): "resnet.encoder.stages.2.layers.1.layer.1.convolution.weight",
    ("resnet50", "detectron2", "layer4.0.shortcut.conv.weight"): "res5.0.shortcut.weight",
    ("resnet50", "detectron2", "layer4.0.shortcut.norm.bias"): "res5.0.shortcut.norm.bias",
    ("vgg19_bn", "torchvision", "stage1.0.conv1.weight"): "features.0.weight",
    ("vgg19_bn", "torchvision", "stage2.0.conv1.weight"): "features.7.weight",
    ("vgg19_bn", "torchvision", "head.fc3.weight"): "classifier.6.weight",
    ("res2net50_14w_8s", "timm", "layer1.0.conv2.scales.3.norm.weight"): "layer1.0.bns.3.weight",
    ("regnet_y_400mf", "torchvision", "stage3.2.conv2.weight"): "trunk_output.block3.block3-2.f.b.0.weight",
    ("resnet50_clip", "timm", "head.attention.place.weight"): "head.pos_embed",
}


@pytest.mark.parametrize(("name", "layout", "canonical"), SHIPPED, ids=lambda part: part)
def test_shipped(name: str, layout: str, canonical: str) -> None:
    compiled = compile_spec(name, layout=layout)
    assert state_keys(compiled.graph, compiled.layout)[canonical] == SHIPPED[name, layout, canonical]


def compiled(folder: Path, layout: str, block: str = BASIC, **parts: str) -> Compiled:
    (folder / "zoo.yaml").write_text(f"archc: 1\nlayout: zoo\n{layout}\n", encoding="utf-8")
    (folder / "small.yaml").write_text(spec(block, more=LAYOUT, **parts), encoding="utf-8")
    return compile_spec(str(folder / "small.yaml"))


RULES = {
    "default": ("", "layer1.0.conv1", "layer1.0.conv1"),
    "counted from one": ("stages: s{n}\nblocks: b{n}", "layer2.1.conv1", "s2.b2.conv1"),
    "by name": ("stages: '{name}x'", "layer2.0.conv1", "layer2x.0.conv1"),
    "of the stage": ("blocks: b{stage}-{i}", "layer2.0.conv1", "layer2.b2-0.conv1"),
    "levels": ("block: {conv1: a.b}", "layer1.1.conv1", "layer1.1.a.b"),
    "no level": ('head: {self: ""}', "head.fc", "fc"),
    "another level": ("head: {self: top.level}", "head.fc", "top.level.fc"),
    "every other step": ('block: {conv1: first, "*": "#"}', "layer1.0.norm1", "layer1.0.0"),
    "numbers go on in a level": ('stages: all\nblocks: ""\nblock: {"*": "#"}', "layer1.1.conv1", "all.8"),
    "a module's own": ("modules: {projection: {self: down, conv: 0}}", "layer2.0.shortcut.conv", "layer2.0.down.0"),
    "a module's step": ("block: {shortcut: side}", "layer2.0.shortcut.norm", "layer2.0.side.norm"),
}


@pytest.mark.parametrize(("layout", "node", "path"), RULES.values(), ids=RULES)
def test_rules(tmp_path: Path, layout: str, node: str, path: str) -> None:
    found = compiled(tmp_path, layout)
    assert attribute_paths(found.graph, found.layout)[node] == path


LOOP = (
    "{pool: {op: global_pool}, branches: {repeat: 2, steps: {fc: {op: linear, out: 8}}}, flat: {op: flatten, of: branches.last}, \
fc: {op: linear, out: classes}}"
)
LOOPS = {
    "default": ("", "head.branches.1.fc"),
    "a step of the loop": ('head: {branches.fc: "fcs.{i}"}', "head.fcs.1"),
    "from one": ('head: {branches.fc: "fc{n}"}', "head.fc2"),
    "the loop": ("head: {branches: many}", "head.many.1.fc"),
}


@pytest.mark.parametrize(("layout", "path"), LOOPS.values(), ids=LOOPS)
def test_loops(tmp_path: Path, layout: str, path: str) -> None:
    found = compiled(tmp_path, layout, head=LOOP)
    assert attribute_paths(found.graph, found.layout)["head.branches.1.fc"] == path


def test_a_tensor_of_its_own_name(tmp_path: Path) -> None:
    block = "{kind: basic, order: post, shortcut: B, insert: {gain: {op: scale, before: add}}}"
    found = compiled(tmp_path, "block: {parameters: {gain.weight: gamma}}", block)
    assert state_keys(found.graph, found.layout)["layer1.0.gain.weight"] == "layer1.0.gamma"


def test_canonical_names_are_their_own() -> None:
    graph: Graph = compile_spec("resnet18").graph
    assert all(key == canonical for canonical, key in state_keys(graph, CANONICAL).items())


def test_one_key_for_two_tensors(tmp_path: Path) -> None:
    small = compiled(tmp_path, "block: {norm1: bn,\n  norm2: bn}")
    with pytest.raises(SpecError) as error:
        state_keys(small.graph, small.layout)
    [found] = error.value.diagnostics
    assert found.span is not None
    assert (found.code, found.span.line, found.span.column, [str(note.span).rpartition("/")[2] for note in found.notes][:1]) == (
        "E0322",
        4,
        10,
        ["zoo.yaml:3:16"],
    )


def test_one_key_says_both_tensors(tmp_path: Path) -> None:
    small = compiled(tmp_path, "block: {norm1: bn, norm2: bn}")
    with pytest.raises(
        SpecError, match=r"`layer1.0.norm1.weight` and `layer1.0.norm2.weight` have one key, `layer1.0.bn.weight`"
    ):
        state_keys(small.graph, small.layout)


def test_one_key_by_the_scopes(tmp_path: Path) -> None:
    small = compiled(tmp_path, 'blocks: ""')
    with pytest.raises(SpecError, match=r"have one key, `layer1.conv1.weight`"):
        state_keys(small.graph, small.layout)


def test_order_is_that_of_execution() -> None:
    found: Layout = compile_spec("resnet50").layout
    graph = compile_spec("resnet50").graph
    assert list(state_keys(graph, found))[:2] == ["stem.conv.weight", "stem.norm.weight"]
