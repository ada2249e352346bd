"""Figures are laid out so that nothing covers anything, whatever the network, level and direction."""

import re
from functools import cache
from itertools import product

import pytest
from draw_geometry import faults

from archc.draw.compose import Asked, draw_networks, draw_scope
from archc.draw.content import Network
from archc.draw.figures import FIGURES, draw_figure
from archc.draw.read import read_network
from archc.draw.scene import Box, Curve, Join, Plate, Scene, Text, flat
from archc.limits import DEFAULT_LIMITS
from archc.pipeline import Compiled, compile_spec

NETWORKS = ("resnet18", "vgg19", "preact_resnet50", "resnet50_clip", "skresnet18")
CLOSEUPS = (
    "resnet50:layer2.0", "preact_resnet50:layer2.0", "seresnet50:layer1.0", "res2net50_26w_4s:layer1.0",
    "res2net50_26w_4s:layer1.1", "resnest14d:layer2.0", "gcresnet33ts:layer1.1", "resnet50_clip:head", "vgg19:stage1.0",
    "cifar_resnet110_exclusive_gating:layer2.0", "cifar_resnet110_shortcut_only_gating:layer1.0",
    "cifar_resnet110_constant_scaling:layer2.0", "cifar_resnet110_dropout_shortcut:layer2.0", "resnet18:stem",
    "seresnet50:layer1.0.attention",
)  # fmt: skip


@cache
def compiled(name: str) -> Compiled:
    return compile_spec(name)


def figure(*names: str, **asked: object) -> Scene:
    return draw_networks([compiled(name) for name in names], Asked(**asked))  # type: ignore[arg-type]


def closeup(block: str, level: str) -> Scene:
    spec, _, path = block.partition(":")
    [scope] = [scope for scope in compiled(spec).graph.scopes if scope.path == path]
    return draw_scope(compiled(spec), scope, level)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "level"), [*product(NETWORKS, ("network", "block", "layer")), ("resnet18", "op")])
def test_a_column_covers_nothing(name: str, level: str) -> None:
    assert list(faults(figure(name, level=level))) == []


@pytest.mark.parametrize("level", ["network", "block"])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_strip_covers_nothing(name: str, level: str) -> None:
    assert list(faults(figure(name, level=level, direction="strip", width=500.0))) == []


@pytest.mark.parametrize("level", ["layer", "op"])
@pytest.mark.parametrize("block", CLOSEUPS)
def test_a_close_up_covers_nothing(block: str, level: str) -> None:
    assert list(faults(closeup(block, level))) == []


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_a_paper_s_figure_covers_nothing(name: str) -> None:
    assert list(faults(draw_figure(name, DEFAULT_LIMITS))) == []  # type: ignore[arg-type]


def test_networks_side_by_side_cover_nothing() -> None:
    assert list(faults(figure("vgg19", "plain34", "resnet34", level="layer"))) == []


def test_equal_sizes_stand_in_one_row() -> None:
    boxes = [item for item in flat(figure("vgg19", "resnet34", level="layer").items) if isinstance(item, Box)]
    tops: dict[str, float] = {}
    for box in boxes:
        if box.facts is not None and box.facts.shape.endswith("14×14"):
            tops.setdefault(box.id.partition("/")[0], box.y)
    assert tops["vgg19"] == tops["resnet34"]


def test_shortcuts_that_change_the_shape_are_dashed_and_say_how() -> None:
    scene = figure("resnet34", level="layer")
    dashed = [item.target for item in flat(scene.items) if isinstance(item, Curve) and item.dashed]
    said = [item.words for item in flat(scene.items) if isinstance(item, Text) and item.face == "italic"]
    assert (dashed, said) == ([f"layer{n}.0.conv2" for n in (2, 3, 4)], ["project", "/2"] * 3)


@pytest.mark.parametrize(
    ("name", "said"),
    [("resnet18_a", ["pad, /2"]), ("resnet18d", ["avg pool, project, /2"]), ("resnet18", ["project, /2"]), ("plain18", [])],
)
def test_how_a_shortcut_changes_the_shape(name: str, said: list[str]) -> None:
    cell = read(name).parts[2].runs[0].cells[0]
    assert [wire.words for wire in cell.wires if wire.side == "shortcut"] == said


def read(name: str) -> Network:
    return read_network(compiled(name).graph, "", "layer")


def test_repeats_are_folded_to_their_number() -> None:
    folded = [item.words for item in flat(figure("resnet152").items) if isinstance(item, Text) and item.words.startswith("×")]
    assert folded == ["×2", "×7", "×35", "×2"]


def test_a_stage_is_unfolded_when_told() -> None:
    boxes = [item.id for item in flat(figure("resnet152", expand=("layer3",)).items) if isinstance(item, Box)]
    assert sum(name.startswith("layer3.") for name in boxes) == 36 * 3


def test_a_figure_of_many_boxes_folds_and_says_so() -> None:
    scene = figure("resnet152", "resnet101", level="layer")
    assert scene.notes == (
        "340 boxes are more than 300: equal blocks are folded; --expand all unfolds them".replace("340", count(scene)),
    )


def count(scene: Scene) -> str:
    return re.findall("[0-9,]+", scene.notes[0])[0]


def test_every_operation_has_its_place() -> None:
    scene = figure("resnet18", level="op", expand=("all",))
    drawn = {item.id for item in flat(scene.items) if isinstance(item, Box | Join)}
    assert drawn == {node.name for node in compiled("resnet18").graph.nodes if node.op.kind != "identity"}


def test_a_comparison_marks_what_differs() -> None:
    marks = ({"stem.conv": "changed"}, {"stem.conv1": "added"})
    scene = draw_networks([compiled("resnet18"), compiled("resnet18d")], Asked(level="layer", marks=marks))  # type: ignore[arg-type]
    marked = [(item.lines[0], item.mark) for item in flat(scene.items) if isinstance(item, Box) and item.mark]
    assert marked == [("~ 7×7 conv, 64, /2", "changed"), ("+ 3×3 conv, 32, /2", "added")]


def test_a_module_s_ground_is_named() -> None:
    scene = closeup("seresnet50:layer1.0", "layer")
    named = [item.words for item in flat(scene.items) if isinstance(item, Text) and ":" in item.words]
    grounds = [item.id for item in flat(scene.items) if isinstance(item, Plate) and item.role == "module"]
    assert (named, grounds) == (
        ["attention: squeeze excite", "shortcut: projection"], ["layer1.0.attention/", "layer1.0.shortcut/"],
    )  # fmt: skip


def test_a_block_of_one_s_own_needs_no_code(tmp_path: object) -> None:
    file = f"{tmp_path}/mine.yaml"
    with open(f"{tmp_path}/twin.yaml", "w", encoding="utf-8") as block:
        block.write(
            "archc: 1\nblock: twin\nstride_at: conv1\nsteps:\n  conv1: {kernel: 3, out: out}\n"
            "  conva: {of: act1, kernel: 3, out: out}\n  convb: {of: act1, kernel: 5, out: out}\n"
            "  both: {op: add, of: [acta, normb]}\n"
        )
    with open(file, "w", encoding="utf-8") as spec:
        spec.write("archc: 1\nname: mine\nextends: cifar_resnet20\nset: {block.kind: ./twin.yaml}\n")
    mine = compile_spec(file)
    [scope] = [scope for scope in mine.graph.scopes if scope.path == "layer1.0"]
    assert list(faults(draw_scope(mine, scope, "layer"))) == []
