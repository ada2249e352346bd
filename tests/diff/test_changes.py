"""Pairs of networks, and every sentence that the difference between them comes to."""

from pathlib import Path

import pytest

from archc.analyse.diff.read import difference

CASES: list[tuple[str, str, str, list[str]]] = [
    ("resnet50", "resnet50", "", []),
    ("resnet50", "resnet50_v1", "", ["layer2–layer4, first block: stride 2 moved from `conv2` to `conv1`"]),
    ("resnet50", "resnet50d", "", [
        "stem: `conv` (now `conv1`) out channels 64 → 32, kernel 7 → 3",
        "stem: `conv2` with its norm and activation added: 3×3 convolution to 32 channels",
        "stem: `conv3` with its norm and activation added: 3×3 convolution to 64 channels",
        "layer2–layer4, first block: shortcut B → D",
    ]),
    ("resnet50", "resnet101", "", ["layer3: repeat 6 → 23"]),
    ("resnet50", "resnet152", "", ["layer2, layer3: repeat 4, 6 → 8, 36"]),
    ("resnet50", "seresnet50", "", ["every block: `attention` (module `squeeze_excite`) inserted after `norm3`"]),
    ("seresnet50", "resnet50", "", ["every block: `attention` (module `squeeze_excite`) removed"]),
    ("resnet50", "resnext50_32x4d", "", [
        "every block: ratio 0.25 → 0.5",
        "every block: groups 1 → 32",
    ]),
    ("resnet50", "wide_resnet50_2", "", ["every block: ratio 0.25 → 0.5"]),
    ("resnet50", "preact_resnet50", "", [
        "first block of every stage: shortcut B → projection of preact",
        "every block: order post → pre, its own",
        "head: `norm` added: batch norm",
        "head: `act` added: relu",
    ]),
    ("resnet50", "caffe_resnet50", "", [
        "stem: `conv` bias false → true",
        "stem: `pool` padding 1 → 0, ceil false → true",
        "layer2–layer4, first block: stride 2 moved from `conv2` to `conv1`",
    ]),
    ("cifar_resnet20", "cifar_resnet20", "stem.conv={kernel: [3, 5], stride: [1, 2], out: 16}", [
        "stem: `conv` kernel 3 → 3×5, stride 1 → 1×2",
    ]),
    ("resnet50", "resnet50_gn", "", ["every norm batch → group, groups 1 → 32"]),
    ("resnet50", "resnet50_os8", "", [
        "layer3, layer4: stride 2 → 1",
        "layer3, layer4, every block: dilation 1 → 2, 4",
    ]),
    ("resnet50", "resnetaa50", "", [
        "stem: `pool` 3×3 max pool, stride 2 → 2×2 avg pool, stride 2",
        "layer2–layer4, first block: `aa` (2×2 avg pool, stride 2) inserted after `act2`",
        "layer2–layer4, first block: `conv2` stride 2 → 1",
    ]),
    ("resnet50", "resnest50d", "", [
        "stem: `conv` (now `conv1`) out channels 64 → 32, kernel 7 → 3",
        "stem: `conv2` with its norm and activation added: 3×3 convolution to 32 channels",
        "stem: `conv3` with its norm and activation added: 3×3 convolution to 64 channels",
        "every block: `conv2` 3×3 convolution → module `split_attention`",
        "layer2–layer4, first block: shortcut B → D",
        "layer2–layer4, first block: `pool` (3×3 avg pool, stride 2) inserted after `conv2`",
    ]),
    ("resnet18", "resnet34", "", ["layer1–layer4: repeat 2 → 3, 4, 6"]),
    ("resnet18", "resnet18_a", "", ["layer2–layer4, first block: shortcut B → A"]),
    ("resnet34", "resnet50", "", [
        "layer1–layer4: out 64, 128, 256, 512 → 256, 512, 1024, 2048",
        "every block: kind `basic` → `bottleneck`",
        "layer1, first block: shortcut identity → `projection`",
    ]),
    ("plain18", "resnet18", "", ["every block: shortcut none → B"]),
    ("resnet18", "resnet18", "norm={kind: batch, eps: 0.001}", ["every norm eps 1e-05 → 0.001"]),
    ("resnet18", "resnet18", "act=silu", ["every activation relu → silu"]),
    ("resnet18", "resnet18", "classes=10", ["classes 1000 → 10"]),
    ("resnet18", "resnet18", "input.channels=1", ["input channels 3 → 1"]),
    ("resnet18", "resnet18", "stages.layer2.stride=1", ["layer2: stride 2 → 1"]),
    ("resnet18", "resnet18", "stages.layer1.out=80", [
        "layer1: out 64 → 80",
        "layer1, first block: shortcut identity → `projection`",
    ]),
    ("resnet18", "resnet18", "stem.conv.kernel=5", ["stem: `conv` kernel 7 → 5"]),
    ("resnet18", "resnet18", "stem.pool.ceil=true", ["stem: `pool` ceil false → true"]),
    ("resnet18", "resnet18", "stages.layer3=null", ["layer3: stage `layer3` removed: 2 × `basic`, to Nx256x14x14"]),
    ("resnet18", "resnet18", "stages.layer2.blocks={1: {shortcut: none}}", ["layer2, last block: shortcut B → none"]),
    ("resnet18", "resnet18", "block.order=act_before_add", ["every block: order post → act_before_add"]),
    ("resnet18", "resnet18", "stages.layer4.conv1.kernel=5", ["layer4, every block: `conv1` kernel 3 → 5"]),
    ("resnet18", "resnet18", "conv={bias: true}", ["every convolution bias false → true"]),
    ("resnet18", "resnet18", "block.insert={drop: {op: drop_path, rate: 0.1, before: add}}", [
        "every block: `drop` (drop path of 0.1) inserted after `norm2`",
    ]),
    ("resnet18", "resnet18", "head.fc.bias=false", ["head: `fc` bias true → false"]),
    ("resnet18", "resnet18", "head.drop={op: dropout, rate: 0.2}", ["head: `drop` added: dropout of 0.2"]),
    ("seresnet50", "seresnet50", "block.insert.attention.width=out // 32", [
        "every block: `attention` width 16, 32, 64, 128 → 8, 16, 32, 64",
    ]),
    ("resnet18", "resnet18", "init={last_norm: zeros}", []),
    ("resnet50", "resnet50", "stages.layer1.kind=basic", ["layer1, every block: kind `bottleneck` → `basic`"]),
]  # fmt: skip
"""Two networks, what is set in the second, and the changes."""


@pytest.mark.parametrize(
    ("old", "new", "change", "expected"), CASES, ids=lambda value: str(value) if isinstance(value, str) else ""
)
def test_changes(old: str, new: str, change: str, expected: list[str]) -> None:
    found = difference(old, new, new_overrides=[change] if change else [])
    assert expected == [f"{one.where}: {one.what}" if one.where else one.what for one in found.changes]


def test_a_change_of_the_old_side() -> None:
    found = difference("resnet18", "resnet18", old_overrides=["block.shortcut=D"])
    assert [(one.before, one.after) for one in found.changes] == [("D", "B")]


def test_places_are_where_the_specs_say_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parent / "data")
    [change] = difference("plain.yaml", "strided.yaml").changes
    assert (str(change.old_place), str(change.new_place)) == ("plain.yaml:9:27", "strided.yaml:4:7")


def test_details_tell_operations_with_their_values_of_all_stages() -> None:
    [change] = difference("resnet50", "seresnet50").changes
    assert change.details == (
        "`attention.pool` added: global pool",
        "`attention.fc1` added: 1×1 convolution to 16, 32, 64, 128 channels",
        "`attention.mid` added: relu",
        "`attention.fc2` added: 1×1 convolution to 256, 512, 1024, 2048 channels",
        "`attention.open` added: sigmoid",
        "`attention.y` added: product",
    )


def test_repeat_says_which_blocks() -> None:
    [change] = difference("resnet50", "resnet101").changes
    assert change.details == ("layer3: blocks 6–22 added",)


def test_renamed_stages_are_a_note() -> None:
    found = difference("resnet50", "regnety_002")
    assert found.notes[:1] == ("renamed: `layer1` → `stage1`, `layer2` → `stage2`, `layer3` → `stage3`, `layer4` → `stage4`",)


def test_the_size_of_the_image_is_a_note() -> None:
    found = difference("resnet18", "resnet18", new_overrides=["input.height=160"])
    assert (found.same, found.notes) == (True, ("image size 224×224 → 160×224",))


def test_costs() -> None:
    found = difference("resnet50", "resnet50_v1")
    assert (found.network.parameters, found.network.macs) == ((25_557_032, 25_557_032), (4_089_184_256, 3_857_973_248))


def test_costs_of_parts_add_up() -> None:
    found = difference("resnet50", "resnet101")
    assert [sum(side or 0 for side in sides) for sides in zip(*(one.macs for one in found.stages), strict=True)] == [
        *found.network.macs
    ]


def test_a_part_that_one_side_lacks_costs_nothing_there() -> None:
    found = difference("resnet18", "resnet18", new_overrides=["stages.layer4=null"])
    assert [one.macs[1] for one in found.stages if one.part == "layer4"] == [None]


def test_other_layouts_are_a_note() -> None:
    found = difference("resnet18", "resnet18", new_overrides=["layouts={timm: timm/resnet, torchvision: torchvision/resnet}"])
    old = ", ".join(f"`{name}`" for name in ("torchvision", "timm", "huggingface", "detectron2"))
    assert (found.same, found.notes) == (True, (f"layouts {old} → `timm`, `torchvision`",))


def test_another_layout_of_the_same_name_is_a_note() -> None:
    found = difference("seresnet18", "seresnet18", new_overrides=["layouts.timm=torchvision/resnet"])
    assert found.notes == ("layout `timm` `timm/resnet` → `torchvision/resnet`",)


def test_features_are_outputs() -> None:
    found = difference("resnet18", "resnet18", new_overrides=["features=[layer2, layer4]"])
    assert "output the last value → `layer2`, `layer4`" in [one.what for one in found.changes]
