"""Figures are laid out so that nothing covers anything, whatever the network, level and direction."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from draw_geometry import faults

from archc.compile.pipeline import Compiled, compile_spec
from archc.language.shipped import shipped_names
from archc.limits import DEFAULT_LIMITS
from archc.present.draw.bare import KINDS, around
from archc.present.draw.compose import Asked, draw_bare, draw_networks, draw_scope
from archc.present.draw.content import Network
from archc.present.draw.figures import FIGURES, draw_figure
from archc.present.draw.layouts.cards import panels_of
from archc.present.draw.layouts.columns import columns
from archc.present.draw.layouts.lanes import Measures
from archc.present.draw.read import read_network
from archc.present.draw.scene import Box, Curve, Group, Item, Join, Plate, Scene, Text, flat
from archc.record import replace

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


@pytest.mark.parametrize("level", ["network", "block", "layer"])
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


@pytest.mark.parametrize("direction", ["column", "strip"])
@pytest.mark.parametrize("level", ["network", "block"])
def test_parts_of_one_size_stand_in_one_row(level: str, direction: str) -> None:
    scene = figure("vgg19", "resnet50", level=level, direction=direction)
    assert grounds(scene, "vgg19/stage4", direction) == grounds(scene, "resnet50/layer3", direction)


def grounds(scene: Scene, path: str, direction: str) -> float:
    """Where a stage begins: its top, or the middle of its panel in a strip."""
    [stage] = [item for item in groups(scene.items) if item.id in (path, f"{path}/")]
    [*found] = [item for item in stage.items if isinstance(item, Box | Plate) and (isinstance(item, Box) or item.role == "panel")]
    return round(found[0].y if direction == "column" else found[0].x + found[0].width / 2, 3)


def groups(items: Iterable[Item]) -> Iterator[Group]:
    for item in items:
        if isinstance(item, Group):
            yield item
            yield from groups(item.items)


@pytest.mark.parametrize("direction", ["column", "strip"])
@pytest.mark.parametrize("level", ["network", "block", "layer"])
def test_networks_of_other_sizes_side_by_side_cover_nothing(level: str, direction: str) -> None:
    assert list(faults(figure("cifar_resnet20", "resnet50", "resnet50_clip", level=level, direction=direction))) == []


def test_strips_that_are_broken_into_rows_say_that_they_are_not_aligned() -> None:
    scene = figure("resnet18", "resnet50", level="block", direction="strip", width=330.0)
    assert scene.notes == (
        "strips broken into rows for this width are not aligned by output size; --direction column aligns them",
    )


def test_a_strip_is_broken_until_its_text_can_be_read() -> None:
    column = 8.5 / 2.54 * 96
    scene = figure("resnet50", direction="strip", width=column)
    smallest = min(item.size for item in flat(scene.items) if isinstance(item, Text))
    assert smallest * column / scene.width * 0.75 >= 5


@pytest.mark.parametrize("level", ["network", "block", "layer"])
def test_two_networks_of_one_name_have_their_own_ids(level: str) -> None:
    boxes = [item.id for item in flat(figure("resnet18", "resnet18", level=level).items) if isinstance(item, Box)]
    assert len(boxes) == len({*boxes})


def test_a_long_title_has_its_room() -> None:
    network = read("resnet18")
    title = "A residual network of eighteen layers whose title is longer than all that is drawn below it, by far"
    scene = columns([replace(network, title=title)], [panels_of(network, [64], frozenset(), Measures())])
    assert list(faults(scene)) == []


@pytest.mark.parametrize("level", ["layer", "op"])
@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in KINDS for name in shipped_names(kind)], ids=str)
def test_a_definition_by_itself_covers_nothing(kind: str, name: str, level: str) -> None:
    bare = around(name, (), DEFAULT_LIMITS)
    assert (list(faults(draw_bare(bare, level))), kind in bare.place) == ([], True)  # type: ignore[arg-type]


def test_a_definition_by_itself_says_what_was_chosen() -> None:
    assert around("bottleneck", (), DEFAULT_LIMITS).chosen == "drawn with order post, shortcut B, stride_at conv2"


def test_what_was_chosen_can_be_changed() -> None:
    bare = around("squeeze_excite", ("head.squeeze_excite.width=16",), DEFAULT_LIMITS)
    assert bare.chosen == "drawn with width 16"


def test_a_file_of_one_s_own_is_drawn_by_itself(tmp_path: Path) -> None:
    file = tmp_path / 'my "own" <b>.yaml'
    file.write_text(
        "archc: 1\nblock: twin\nparameters: {paths: {type: integer}}\nsteps:\n  conv1: {kernel: 1, out: out}\n"
        "  conv2: {kernel: 3, out: out, groups: paths}\n",
        encoding="utf-8",
    )
    bare = around(str(file), (), DEFAULT_LIMITS)
    assert (bare.title, bare.chosen) == ("twin block", "drawn with order post, shortcut B, stride_at conv2, paths 2")
    assert list(tmp_path.iterdir()) == [file]


def test_a_shortcut_policy_is_drawn_in_both_cases() -> None:
    said = [item.words for item in flat(draw_bare(around("B", (), DEFAULT_LIMITS), "layer").items) if isinstance(item, Text)]
    assert [words for words in said if "shape" in words] == ["same shape", "shape changes"]


def test_a_shortcut_with_boxes_is_dashed_where_the_shape_changes() -> None:
    dashed = [
        item.source for item in flat(closeup("resnet50:layer2.0", "layer").items) if isinstance(item, Curve) and item.dashed
    ]
    assert dashed == ["", "layer2.0.shortcut.conv"]


def test_layers_run_from_left_to_right_in_a_strip() -> None:
    boxes = [item for item in flat(figure("resnet18", level="layer", direction="strip").items) if isinstance(item, Box)]
    assert (len({box.y for box in boxes}), [box.x for box in boxes]) == (1, sorted(box.x for box in boxes))


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


def test_a_comparison_marks_stages() -> None:
    marks = ({"layer2": "changed"}, {"layer2": "changed"})
    scene = draw_networks([compiled("resnet18"), compiled("resnet18d")], Asked(level="network", marks=marks))  # type: ignore[arg-type]
    marked = [(item.lines[0], item.mark) for item in flat(scene.items) if isinstance(item, Box) and item.mark]
    assert marked == [("~ conv3_x", "changed")] * 2


def test_a_module_s_ground_is_named() -> None:
    scene = closeup("seresnet50:layer1.0", "layer")
    named = [item.words for item in flat(scene.items) if isinstance(item, Text) and ":" in item.words]
    grounds = [item.id for item in flat(scene.items) if isinstance(item, Plate) and item.role == "module"]
    assert (named, grounds) == (
        ["attention: squeeze excite"], ["layer1.0.attention/", "layer1.0.shortcut/"],
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
