"""What is proposed for a change that leads nowhere: the path that was meant, which then leads somewhere."""

from pathlib import Path

import pytest

from archc.analyse.checking import check_file
from archc.compile.pipeline import compile_spec
from archc.diagnostics import SpecError

CHILD = "archc: 1\nname: child\nextends: resnet18\n"
PROPOSED = [
    ("set: {layer3.repeat: 3}", "did you mean `stages.layer3.repeat`?"),
    ("set: {layer3: {repeat: 3}}", "did you mean `stages.layer3.repeat: 3`?"),
    ("set: {layer4: null}", "did you mean `stages.layer4`?"),
    ("set: {stages/layer3/repeat: 3}", "did you mean `stages.layer3.repeat`?"),
    ('set: {"stages[layer3].repeat": 3}', "did you mean `stages.layer3.repeat`?"),
    ("set: {Stages.Layer3.Repeat: 3}", "did you mean `stages.layer3.repeat`?"),
    ("set: {stges.layr3.repeat: 3}", "did you mean `stages.layer3.repeat`?"),
    ("set: {stages.3.repeat: 3}", "there are: layer1, layer2, layer3, layer4"),
    ("set: {stem.0.kernel: 3}", "there are: conv, pool"),
    ("set: {head.dropout: null}", "there are: pool, flat, fc"),
    ("set: {title.en: net}", "write it beside `extends`: `title: …`"),
    ("set: {stages.layer3.stride.rows: 2}", "`stride` has no parts"),
    ("set: {stages.layer3.blocks.first.act: silu}", "blocks are called by their index, from 0"),
    ("set: {block.stride_at.step: conv1}", "`stride_at` has no parts"),
    ("num_classes: 10", "write `set: {classes: 10}`"),
    ("classes: 10", "move it: `set: {classes: 10}`"),
    ("set: {norm.groups: 32}", "it belongs to `{kind: group, groups: 32}` and to evonorm_s0"),
    ("set: {act.slope: 0.2}", "it belongs to `{kind: leaky_relu, slope: 0.1}`, elu and celu"),
]
WHOLE = "a map replaces the whole of"
BY_PATH = [
    (
        "set: {block.order: {after_add: []}}",
        f"{WHOLE} `block.order`; a part of it is changed by its path: `block.order.after_add: []`",
    ),
    ("set: {stages: {layer3.repeat: 3}}", f"{WHOLE} `stages`; a part of it is changed by its path: `stages.layer3.repeat: 3`"),
    ("block: {order: pre}", f"{WHOLE} `block`; a part of it is changed by its path: `block.order: pre`"),
    ("set: {head: {fc: {units: 10}}}", f"{WHOLE} `head`; a part of it is changed by its path: `head.fc.out: 10`"),
    (
        "set: {stages: {layer1: {out: 64, repeat: 2}, layer3: {repeat: 23}}}",
        f"{WHOLE} `stages`; a part of it is changed by its path: `stages.layer3.repeat: 23`",
    ),
]


def helps(text: str, folder: Path) -> list[str]:
    (folder / "child.yaml").write_text(f"{CHILD}{text}\n", encoding="utf-8")
    return [found.help for found in check_file(str(folder / "child.yaml"))]


@pytest.mark.parametrize(("text", "helped"), PROPOSED)
def test_what_is_proposed(text: str, helped: str, tmp_path: Path) -> None:
    assert helps(text, tmp_path) == [helped]


@pytest.mark.parametrize(("text", "helped"), BY_PATH)
def test_a_part_of_a_map(text: str, helped: str, tmp_path: Path) -> None:
    assert helped in helps(text, tmp_path)


@pytest.mark.parametrize("text", ["block: {kind: basic, order: post, shortcut: A}", "classes: 10"])
def test_what_stands_beside_extends_is_moved_where_it_is_whole(text: str, tmp_path: Path) -> None:
    (tmp_path / "child.yaml").write_text(f"{CHILD}{text}\n", encoding="utf-8")
    assert [bool(found.fix) for found in check_file(str(tmp_path / "child.yaml"))] == [True]


@pytest.mark.parametrize(
    ("override", "helped"),
    [
        ("stages={layer3: {repeat: 23}}", f"{WHOLE} `stages`; a part of it is changed by its path: `stages.layer3.repeat: 23`"),
        ("block={order: pre}", f"{WHOLE} `block`; a part of it is changed by its path: `block.order: pre`"),
        ("layer3.repeat=3", "did you mean `stages.layer3.repeat`?"),
    ],
)
def test_an_option(override: str, helped: str) -> None:
    with pytest.raises(SpecError) as caught:
        compile_spec("resnet18", overrides=[override])
    assert [found.help for found in caught.value.diagnostics] == [helped]
