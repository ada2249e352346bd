"""What a drawing of two networks marks."""

from archc.analyse.diff.marks import marks
from archc.analyse.diff.read import difference


def test_of_an_insertion() -> None:
    old, new = marks(difference("resnet18", "seresnet18"))
    added = [path for path, kind in new.items() if kind == "added" and path.startswith("layer1.0")]
    assert (old, added) == (
        {},
        [f"layer1.0.attention{name}" for name in (".pool", ".fc1", ".mid", ".fc2", ".open", ".y", "")],
    )


def test_of_a_moved_stride() -> None:
    both = marks(difference("resnet50", "resnet50_v1"))
    assert [sorted(path for path, kind in side.items() if path.startswith("layer2.") and kind == "changed") for side in both] == [
        ["layer2.0", "layer2.0.conv1", "layer2.0.conv2"]
    ] * 2


def test_of_blocks_that_were_added() -> None:
    old, new = marks(difference("resnet18", "resnet34"))
    assert (old.get("layer1.1"), new.get("layer1.1"), new["layer1.2"], new["layer1.2.conv1"]) == (None, None, "added", "added")


def test_of_an_attribute_of_all() -> None:
    old, new = marks(difference("resnet18", "resnet18", new_overrides=["act=silu"]))
    acts = {f"layer{stage}.{block}.{name}" for stage in (1, 2, 3, 4) for block in (0, 1) for name in ("act1", "act_out")}
    assert {path for path in old if "act" in path} == {path for path in new if "act" in path} == {"stem.act", *acts}


def test_of_the_same_network() -> None:
    assert marks(difference("resnet18", "resnet18")) == ({}, {})
