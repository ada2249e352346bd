"""What each lint tells of, where, and what it leaves alone."""

import re
from pathlib import Path

import pytest

from archc.analyse.checking import check_file
from archc.compile.lint import LINTS, Lint
from archc.compile.pipeline import shipped
from archc.diagnostics import Diagnostic
from archc.language.library import Library
from archc.language.schema.load import definitions
from archc.limits import DEFAULT_LIMITS

ROOT = Path(__file__).resolve().parents[2]
BASE = """\
archc: 1
name: small
input: {channels: 3, height: 32, width: 32}
classes: 10
stem:
  conv: {kernel: 3, out: 16}
block: {kind: basic, order: post, shortcut: B}
stages:
  layer1: {out: 16, repeat: 2}
  layer2: {out: 32, repeat: 2, stride: 2}
head:
  pool: {op: global_pool}
  flat: {op: flatten}
  fc: {op: linear, out: classes}
expect: {depth: 10}
"""
BOTTLENECK = {
    "kind: basic": "kind: bottleneck, stride_at: conv1",
    "out: 16, repeat": "out: 64, repeat",
    "out: 32": "out: 128",
    "depth: 10": "depth: 14",
}
PRE = {"order: post, shortcut: B": "order: pre, shortcut: {kind: B, change.of: preact}"}


def written(*changes: dict[str, str], base: str = BASE) -> str:
    for change in changes:
        for old, new in change.items():
            assert old in base
            base = base.replace(old, new)
    return base


def found(text: str, folder: Path, *, name: str = "net.yaml") -> list[Diagnostic]:
    (folder / name).write_text(text)
    return list(check_file(str(folder / name), lint=True))


def told(text: str, folder: Path) -> list[str]:
    return [f"{d.span.line}:{d.span.column} {d.code} {d.message}" for d in found(text, folder) if d.span]


def layer2(more: str) -> dict[str, str]:
    return {"repeat: 2, stride: 2}": f"repeat: 2, stride: 2, {more}}}"}


CASES = {
    "nothing": (BASE, []),
    "odd channels": (written({"out: 32": "out: 36"}), ["10:12 W0601 36 channels are no multiple of 8"]),
    "odd channels of the stem": (written({"out: 16}": "out: 20}"}), ["5:1 W0601 20 channels are no multiple of 8"]),
    "odd width": (
        written(BOTTLENECK, {"stride_at: conv1": "stride_at: conv2, ratio: 0.2"}, {"out: 64": "out: 80", "out: 128": "out: 120"}),
        [],
    ),
    "odd width, by its ratio": (
        written(BOTTLENECK, {"stride_at: conv1": "stride_at: conv2, mid: out / 4 + 4"}),
        ["7:45 W0601 20 channels are no multiple of 8"],
    ),
    "narrow attention": (
        written({"shortcut: B": "shortcut: B, insert: {a: {module: squeeze_excite, width: 2, before: add}}"}),
        [],
    ),
    "pre-activation": (written(PRE), ["11:1 W0602 the last sum of a pre-activation network is not normed"]),
    "pre-activation with a norm": (written(PRE, {"head:\n": "head:\n  norm: {op: norm}\n"}), []),
    "pre-activation, the last block normed": (
        written(PRE, layer2("blocks: {1: {order: {each: [norm, act, conv], after_add: [norm, act]}}}")),
        [],
    ),
    "stride on the first 1x1": (written(BOTTLENECK), ["7:27 W0603 a stride of 2 over 1x1 leaves 3 of 4 values unread"]),
    "stride on the 3x3": (written(BOTTLENECK, {"stride_at: conv1": "stride_at: conv2"}), []),
    "stride on the first 1x1, pooled shortcut": (written(BOTTLENECK, {"shortcut: B": "shortcut: D"}), []),
    "padded shortcut": (written({"shortcut: B": "shortcut: A"}), []),
    "a pool with gaps": (
        written({"conv: {kernel: 3, out: 16}": "conv: {kernel: 3, out: 16}\n  pool: {op: max_pool, kernel: 2, stride: 3}"}),
        ["5:1 W0603 a stride of 3 over 2x2 leaves 5 of 9 values unread"],
    ),
    "early pool": (
        written({"  conv:": "  pool: {op: avg_pool, kernel: 2, stride: 2}\n  conv:"}),
        ["6:3 W0604 the stem makes 16x16 of 32x32 pixels before it has more channels"],
    ),
    "early narrow convolution": (
        written(
            {
                "conv: {kernel: 3, out: 16}": "conv1: {kernel: 3, out: 8, stride: 2}\n  conv2: {kernel: 3, out: 16}",
                "depth: 10": "depth: 11",
            }
        ),
        ["6:3 W0604 the stem makes 16x16 of 32x32 pixels before it has more channels"],
    ),
    "wide first convolution": (written({"kernel: 3, out: 16": "kernel: 7, out: 16, stride: 2"}), []),
    "space to depth": (
        written({"width: 32}": "width: 32, multiple: 2}"}, {"  conv:": "  s: {op: space_to_depth, block: 2}\n  conv:"}),
        [],
    ),
    "said by block": (written(layer2("order: post")), ["10:43 W0605 `stages.layer2.order` says what `block` says"]),
    "said by block, another value": (written(layer2("order: norm_after_add")), []),
    "said by the stage": (
        written(layer2("act: silu, blocks: {1: {act: silu, out: 32}}")),
        [
            "10:67 W0605 `stages.layer2.blocks.1.act` says what holds for every block",
            "10:78 W0605 `stages.layer2.blocks.1.out` says what holds for every block",
        ],
    ),
    "said anew by every block": (
        written(layer2("act: silu, blocks: {0: {act: relu}, 1: {act: elu}}")),
        ["10:43 W0605 `stages.layer2.act` is said anew by every block"],
    ),
    "another kind": (
        written(layer2("kind: bottleneck, stride_at: conv2, order: post"), {"out: 32": "out: 128", "depth: 10": "depth: 12"}),
        [],
    ),
    "no expect": (written({"expect: {depth: 10}\n": ""}), ["2:1 W0606 this network states no figures to be checked"]),
    "a stride along an axis of one row": (
        written({"height: 32": "height: 1", "kernel: 3, out: 16": "kernel: [1, 7], stride: 2, out: 16"}),
        [],
    ),
    "a stride along an axis of two rows": (
        written({"height: 32": "height: 2", "kernel: 3, out: 16": "kernel: [1, 7], stride: 2, out: 16"}),
        ["5:1 W0603 a stride of 2 over 1x7 leaves 2 of 4 values unread"],
    ),
    "depthwise over an odd image": (
        written({"channels: 3": "channels: 12", "  conv:": "  conv1: {kernel: 3, out: 12, groups: 12}\n  conv2:", "10}": "11}"}),
        [],
    ),
    "an unread half": (
        written(
            {"conv: {kernel: 3, out: 16}": "conv: {kernel: 3, out: 32}\n  h: {op: split, parts: 2}\n  i: {op: identity, of: h.1}"}
        ),
        ["7:3 W0609 nothing reads `h.0`"],
    ),
    "an output stride that is no product": (
        written({"out: 16, repeat: 2": "out: 16, repeat: 2, stride: 2"}) + "output_stride: 3\n",
        ["16:16 W0610 `output_stride: 3` gives a stride of 2"],
    ),
    "an output stride that is not reached": (BASE + "output_stride: 8\n", ["16:16 W0610 `output_stride: 8` gives a stride of 2"]),
    "an output stride that is reached": (BASE + "output_stride: 2\n", []),
    "a dilated stage": (BASE + "output_stride: 1\n", []),
    "means of another image": (
        BASE + "preprocess: {mean: [0, 0], std: [1, 1, 1]}\n",
        ["16:20 W0611 `preprocess.mean` has 2 numbers, and the image 3 channels"],
    ),
    "a group norm of one value": (
        written({"  flat:": "  n: {op: norm, kind: group, groups: 32}\n  flat:"}),
        ["13:3 W0612 a group norm of Nx32x1x1 in 32 groups has one value to take a mean of"],
    ),
    "a group norm of two values": (written({"  flat:": "  n: {op: norm, kind: group, groups: 16}\n  flat:"}), []),
    "a layer norm of one channel": (
        written({"  conv:": "  grey: {op: mean, over: channels}\n  n: {op: norm, kind: layer}\n  conv:"}),
        ["7:3 W0612 a layer norm of 1 channel has one value to take a mean of"],
    ),
    "filters of one weight": (
        written({"  flat:": "  c: {op: conv, kernel: 1, out: 32, groups: 32, conv: scaled}\n  flat:", "10}": "11}"}),
        ["13:3 W0612 each filter has one weight to take a mean of"],
    ),
    "a batch norm that divides by 0": (
        written({"out: 16}\n": "out: 16, norm: {kind: batch, eps: 0}}\n"}),
        ["6:3 W0612 torch trains no batch norm with an `eps` of 0"],
    ),
    "a frozen batch norm that divides by 0": (
        written({"out: 16}\n": "out: 16, norm: {kind: batch, eps: 0, frozen: true}}\n"}),
        [],
    ),
    "heads that features name": (
        written(
            {"  fc: {op: linear, out: classes}": "  a: {op: linear, out: 3}\n  b: {op: linear, out: classes, of: flat}"}
        ).replace("expect: {depth: 10}", "features: [head.a, head.b]\nexpect: {depth: 11}"),
        [],
    ),
    "a multiple that is narrower than what runs": (written({"width: 32}": "width: 32, multiple: 32}"}), []),
    "allowed": (written({"out: 32": "out: 36"}) + "allow: {odd_channels: why}\n", []),
    "allowed in vain": (
        BASE + "allow: {odd_channels: why}\n",
        ["16:9 W0607 `odd_channels` is allowed, and nothing here needs that"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_case(text: str, expected: list[str], tmp_path: Path) -> None:
    assert told(text, tmp_path) == expected


def test_a_network_with_an_error_has_no_warning(tmp_path: Path) -> None:
    assert [d.code for d in found(written({"expect: {depth: 10}": "expect: {depth: 11}", "out: 32": "out: 36"}), tmp_path)] == [
        "E0350"
    ]


def test_other_stages_are_notes(tmp_path: Path) -> None:
    [warning] = found(written({"out: 32": "out: 36", "out: 16, repeat": "out: 20, repeat"}), tmp_path)
    assert [(note.message, note.span and note.span.line) for note in warning.notes] == [("36 in `layer2`", 10)]


class TestChildren:
    CHILD = "archc: 1\nname: child\nextends: net\nset: {classes: 5}\nexpect: {depth: 10}\n"

    def test_a_parents_is_told_in_the_parent(self, tmp_path: Path) -> None:
        found(written({"out: 32": "out: 36"}), tmp_path)
        [warning] = found(self.CHILD, tmp_path, name="child.yaml")
        assert (str(warning.span).rpartition("/")[2], [str(n.span).rpartition("/")[2] for n in warning.notes]) == (
            "net.yaml:10:12",
            ["child.yaml:3:10"],
        )

    def test_its_own_line_comes_first(self, tmp_path: Path) -> None:
        found(written(BOTTLENECK, {"stride_at: conv1": "stride_at: conv2"}), tmp_path)
        child = self.CHILD.replace("classes: 5", "block.stride_at: conv1").replace("depth: 10", "depth: 14")
        [warning] = found(child, tmp_path, name="child.yaml")
        assert (warning.code, warning.span and warning.span.line, warning.help) == (
            "W0603",
            4,
            "if it is meant, `set: {allow: {lossy_stride: why}}`",
        )

    def test_what_a_parent_allows_is_allowed(self, tmp_path: Path) -> None:
        found(written({"out: 32": "out: 36"}) + "allow: {odd_channels: why}\n", tmp_path)
        assert found(self.CHILD, tmp_path, name="child.yaml") == []

    def test_what_a_parent_allows_need_not_be_needed(self, tmp_path: Path) -> None:
        found(BASE + "allow: {odd_channels: why}\n", tmp_path)
        assert found(self.CHILD, tmp_path, name="child.yaml") == []


def test_a_misspelt_name_is_an_error(tmp_path: Path) -> None:
    [error] = found(BASE + "allow: {odd_chanels: why}\n", tmp_path)
    assert (error.code, error.help) == ("E0201", "did you mean `odd_channels`?")


def test_names_are_those_of_the_schema() -> None:
    assert [lint.name for lint in LINTS] == list(definitions()["allow"]["properties"])


@pytest.mark.parametrize("lint", LINTS, ids=lambda lint: lint.name)
def test_the_language_tells_of_it(lint: Lint) -> None:
    text = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| `{lint.name}` \| .*\(\[{lint.code}\]\(errors/{lint.code}\.md\)\) \|$", text, re.MULTILINE)


def test_what_ships_is_clean() -> None:
    library = Library(DEFAULT_LIMITS)
    assert [str(d.span) for name, _ in shipped() for d in check_file(name, library=library, lint=True)] == []


@pytest.mark.parametrize("more", ["", "features: [layer1]\n"])
def test_the_figures_it_proposes_hold(more: str, tmp_path: Path) -> None:
    text = written({"expect: {depth: 10}\n": more})
    [problem] = found(text, tmp_path)
    advice = re.search(r"`(expect: [^`]+)`", problem.help)
    assert advice is not None
    assert told(text + advice[1] + "\n", tmp_path) == []
