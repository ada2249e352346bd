"""Every problem of one document in one run, whatever else is wrong with it, and none that follows from another."""

from pathlib import Path

import pytest

from archc.analyse.checking import check_file

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


NETWORK = """\
archc: 1
name: net
input: {channels: 3, height: 32, width: 32}
classes: 10
stem: {conv: {kernel: 3, out: 16}}
block: {kind: basic, order: post, shortcut: B}
stages: {a: {out: 16, repeat: 2}}
head: {pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}}
"""
HIDDEN = {
    "what a word that was meant takes": (
        ("fc: {op: linear, out: classes}", "fc: {op: dense, units: num_classes}"),
        ["8:63 E0204", "8:70 E0201", "8:77 E0371"],
    ),
    "keys of a map that is misspelt": (("input: {channels", "inptu: {chanels"), ["3:1 E0201", "3:9 E0201"]),
    "what else a block says, where its kind is misspelt": (
        ("kind: basic, order: post", "knd: basic, foo: 3, order: post"),
        ["6:9 E0201", "6:21 E0201"],
    ),
    "a shortcut, behind a norm": (("shortcut: B", "shortcut: projection, norm: bn"), ["6:45 E0204", "6:63 E0204"]),
    "all that a block lacks": (("kind: basic, order: post, shortcut: B", "kind: bottleneck"), ["6:15 E0202", "6:15 E0340"]),
    "what a stage lacks, beside a fault of the head": (
        (
            "order: post, shortcut: B}\nstages: {a: {out: 16, repeat: 2}}\nhead: {",
            "order: post}\nstages: {a: {out: 16, repeat: 2}}\nhead: {foo: 3, ",
        ),
        ["6:15 E0202", "8:13 E0203"],
    ),
    "names in a step whose operand is not known": (
        ("stem: {conv: {kernel: 3, out: 16}}", "stem: {conv: {kernel: 3, out: wide, of: y}, conv2: {kernel: k, out: 16}}"),
        ["5:31 E0371", "5:41 E0330", "5:61 E0371"],
    ),
    "a momentum behind an eps": (
        ("classes: 10", "norm: {kind: batch, eps: -1, momentum: '0,1'}\nclasses: 10"),
        ["4:26 E0205", "4:42 E0370"],
    ),
    "a decimal comma within braces is told once": (
        ("flat: {op: flatten}", "drop: {op: dropout, rate: 0,5}, flat: {op: flatten}"),
        ["8:61 E0210"],
    ),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_nothing_hides_another(name: str, tmp_path: Path) -> None:
    (right, wrong), problems = HIDDEN[name]
    assert right in NETWORK
    assert said(NETWORK.replace(right, wrong), tmp_path) == problems


def test_all_that_a_document_lacks_is_one_problem(tmp_path: Path) -> None:
    (tmp_path / "none.yaml").write_text("name: none\nstages: {a: {}}\n", encoding="utf-8")
    assert [found.message for found in check_file(str(tmp_path / "none.yaml"))] == [
        "this network does not say its `archc`, `input`, `stem` and `head`",
        "`stages.a` does not say its `out` and `repeat`",
    ]


def test_a_definition_is_checked_further(tmp_path: Path) -> None:
    module = "archc: 1\nmodule: gate\nsteps: {a: {op: atc, kind: sigmoid}, b: {op: mul, of: [x, c]}}\n"
    (tmp_path / "gate.yaml").write_text(module, encoding="utf-8")
    text = NETWORK.replace("shortcut: B", "shortcut: B, insert: {g: {module: gate, before: add}}")
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    found = check_file(str(tmp_path / "net.yaml"))
    assert [f"{Path(d.span.source.name).name} {d.code}" for d in found if d.span] == ["gate.yaml E0204", "gate.yaml E0330"]


def test_a_change_that_a_definition_cannot_make_is_told_where_it_is_used(tmp_path: Path) -> None:
    module = "archc: 1\nmodule: gate\nextends: squeeze_excite\nset: {steps.foo.out: 3}\n"
    (tmp_path / "gate.yaml").write_text(module, encoding="utf-8")
    text = NETWORK.replace("shortcut: B", "shortcut: B, insert: {g: {module: gate, width: 4, before: add}}")
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    assert [d.code for d in check_file(str(tmp_path / "net.yaml"))] == ["E0305"]


def test_a_removal_of_nothing_is_told_of_the_definition_alone(tmp_path: Path) -> None:
    """Version 1 compiles networks that use it."""
    (tmp_path / "gate.yaml").write_text(
        "archc: 1\nmodule: gate\nextends: squeeze_excite\nset: {steps.foo: null}\n", encoding="utf-8"
    )
    text = NETWORK.replace("shortcut: B", "shortcut: B, insert: {g: {module: gate, width: 4, before: add}}")
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    assert [[d.code for d in check_file(str(tmp_path / name))] for name in ("net.yaml", "gate.yaml")] == [[], ["E0305"]]


def test_nothing_follows_from_a_place_that_is_not_there(tmp_path: Path) -> None:
    assert said(f"{CHILD}head.norm: {{op: norm, before: pol}}\n", tmp_path) == ["5:33 E0348"]
