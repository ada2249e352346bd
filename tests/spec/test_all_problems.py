"""Every problem of one document in one run, whatever else is wrong with it, and none that follows from another."""

from pathlib import Path

import pytest

from archc.checking import check_file

WHOLE = """\
archc: 1
name: many
input: {channels: 3, height: 32}
num_classes: 10
act: prelu
stem: {conv: {kernel: 3, groups: 7}, pool: {type: max, kernel: 3}}
block: {kind: basic, order: pots, shortcut: projection, foo: 3, conv1: {kernel: 3, out: midd}}
stages:
  layer1: {channels: 16, repaet: 3, bar: 3}
  layer2: {out: 2 ** 5, repeat: 3, stride: x}
head: {pool: {op: global_max_pool}, flat: {op: flatten, of: pol}, fc: {op: linear, out: classes}}
expect: {flops: 3}
"""
OF_WHOLE = [
    "3:1 E0202", "4:1 E0201", "5:6 E0204", "6:8 E0202", "6:45 E0201", "7:29 E0204", "7:45 E0204", "7:57 E0201", "7:89 E0371",
    "9:12 E0201", "9:26 E0201", "9:37 E0201", "10:20 E0370", "10:44 E0371", "11:19 E0204", "11:61 E0330", "12:10 E0201",
]  # fmt: skip
WITHOUT_PARENT = "archc: 1\nname: child\nextends: resnet81\nnum_classes: 10\nexpect: {flops: 3}\nset: []\n"
CHILD = "archc: 1\nname: child\nextends: resnet18\nset:\n  "


def said(text: str, folder: Path) -> list[str]:
    (folder / "many.yaml").write_text(text, encoding="utf-8")
    found = check_file(str(folder / "many.yaml"))
    return [f"{d.span.line}:{d.span.column} {d.code}" for d in found if d.span is not None]


def test_a_whole_network(tmp_path: Path) -> None:
    assert said(WHOLE, tmp_path) == OF_WHOLE


def test_a_child_without_its_parent(tmp_path: Path) -> None:
    assert said(WITHOUT_PARENT, tmp_path) == ["3:10 E0301", "4:1 E0201", "5:10 E0201", "6:6 E0203"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ("stages: {layer3: {repeat: 23}}", "`stages.layer3.repeat: 23`"),
        ("block: {order: pre}", "`block.order: pre`"),
        ("stages.layer2: {repeat: 7}", "`stages.layer2.repeat: 7`"),
        ("stem.conv: {out: 32}", "`stem.conv.out: 32`"),
        ("input: {height: 64}", "`input.height: 64`"),
    ],
)
def test_a_map_that_lost_the_rest_is_told_its_path(change: str, path: str, tmp_path: Path) -> None:
    (tmp_path / "child.yaml").write_text(CHILD + change + "\n", encoding="utf-8")
    helps = [found.help for found in check_file(str(tmp_path / "child.yaml"))]
    assert helps
    assert all(text.endswith(f"is changed by its path: {path}") for text in helps)
