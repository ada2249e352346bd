"""`archc check --fix` and `--diff`: what is mended, what stays byte for byte, and what is never written."""

import io
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from archc.analyse.checking import check_file
from archc.cli.main import main

GOOD = """\
archc: 1
name: net   # a name
input: {channels: 3, height: 32, width: 32}
classes: 10
stem: {conv: {kernel: 3, out: 16}}
block: {kind: bottleneck, order: post, shortcut: B, stride_at: conv2}   # each
stages:
  # the only one
  layer1: {out: 64, repeat: 1, "blocks": {0: {act: silu}}}
head: {pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}}
expect: {depth: 5}
"""
CHILD = "archc: 1\nname: child\nextends: net\nset:\n  classes: 7   # ours\n  block.act: silu\nexpect: {depth: 5}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_bytes(GOOD.encode())
    return tmp_path


def fixed(text: str, folder: Path, name: str = "mine.yaml") -> tuple[int, str]:
    (folder / name).write_bytes(text.encode("utf-8"))
    code = main(["check", name, "--fix"])
    return code, (folder / name).read_bytes().decode("utf-8")


MENDED = {
    "missing version": (GOOD, GOOD.removeprefix("archc: 1\n")),
    "version in quotes": (GOOD, GOOD.replace("archc: 1", 'archc: "1"')),
    "version with a point": (GOOD, GOOD.replace("archc: 1", "archc: 1.0")),
    "misspelt key": (GOOD, GOOD.replace("classes: 10", "clases: 10")),
    "misspelt key of a map in braces": (GOOD, GOOD.replace("repeat", "repaet")),
    "misspelt key in quotes": (GOOD.replace("repeat", '"repeat"'), GOOD.replace("repeat", '"repaet"')),
    "misspelt key of the block": (GOOD.replace("each", "each"), GOOD.replace("stride_at", "stirde_at")),
    "misspelt parameter of the kind": (
        GOOD.replace("conv2}", "conv2, ratio: 0.25}"),
        GOOD.replace("conv2}", "conv2, raito: 0.25}"),
    ),
    "kind in other letters": (GOOD, GOOD.replace("kind: bottleneck", "kind: BottleNeck")),
    "operation in other letters": (GOOD, GOOD.replace("op: global_pool", "op: GlobalPool")),
    "activation in other letters": (
        GOOD.replace("classes: 10", "classes: 10\nact: leaky_relu"),
        GOOD.replace("classes: 10", "classes: 10\nact: Leaky-ReLU"),
    ),
    "quoted index": (GOOD, GOOD.replace("{0: {act", '{"0": {act')),
    "moved into a map in braces": (
        CHILD.replace("set:\n  classes: 7   # ours\n  block.act: silu\n", "set: {classes: 7, block.act: silu}\n"),
        CHILD.replace("set:\n  classes: 7   # ours\n  block.act: silu\n", "set: {classes: 7}\nblock.act: silu\n"),
    ),
    "several": (GOOD, GOOD.removeprefix("archc: 1\n").replace("classes: 10", "clases: 10").replace("repeat", "repaet")),
    "path of set": (CHILD, CHILD.replace("block.act", "blokc.act")),
    "beside extends": (
        CHILD,
        CHILD.replace("set:\n  classes: 7   # ours\n  block.act: silu\n", "set:\n  classes: 7   # ours\nblock.act: silu\n"),
    ),
    "beside extends, no set": (
        "archc: 1\nname: child\nextends: net\nset:\n  classes: 7   # ours\nexpect: {depth: 5}\n",
        "archc: 1\nname: child\nextends: net\nclasses: 7   # ours\nexpect: {depth: 5}\n",
    ),
    "parent in other letters": (
        CHILD.replace("extends: net", "extends: resnet18").replace("expect: {depth: 5}", "expect: {depth: 18}"),
        CHILD.replace("extends: net", "extends: ResNet-18").replace("expect: {depth: 5}", "expect: {depth: 18}"),
    ),
    "CR LF": (GOOD.replace("\n", "\r\n"), GOOD.replace("classes", "clases", 1).removeprefix("archc: 1\n").replace("\n", "\r\n")),
    "a mark at the start": ("\ufeff" + GOOD, "\ufeff" + GOOD.replace("repeat", "repaet")),
    "no last line end": (GOOD.rstrip("\n"), GOOD.rstrip("\n").replace("repeat", "repaet")),
}


@pytest.mark.parametrize(("expected", "text"), MENDED.values(), ids=MENDED)
def test_only_the_mistake_is_changed(expected: str, text: str, folder: Path) -> None:
    assert expected != text
    assert fixed(text, folder) == (0, expected)


LEFT = {
    "three keys are as near": GOOD.replace("stride_at: conv2", "stride_at: conv2, conv4: {kernel: 3, out: 8}"),
    "another version": GOOD.replace("archc: 1", "archc: 2"),
    "not YAML": GOOD.replace("classes: 10", "classes: [10"),
    "no guess": GOOD.replace("classes: 10", "zzz: 10"),
    "meaning": GOOD.replace("kernel: 3", "kernel: 4"),
    "it is there": CHILD + "classes: 3\n",
    "a part of it is there": CHILD + "block: {kind: basic}\n",
    "it is a part of what is there": CHILD.replace("block.act", "block") + "block.order: pre\n",
    "it stands elsewhere": GOOD.replace(", stride_at: conv2}", "}").replace("classes: 10\n", "classes: 10\nstride_at: conv2\n"),
    "kind": GOOD.replace("kind: bottleneck", "kind: botleneck"),
    "operation": GOOD.replace("op: flatten", "op: flaten"),
    "the opposite operation": GOOD.replace("{op: global_pool}", "{op: global_max_pool}"),
    "activation": GOOD.replace("act: silu", "act: prelu"),
    "norm": GOOD.replace("classes: 10", "classes: 10\nnorm: batchnorm"),
    "order": GOOD.replace("order: post", "order: pots"),
    "shortcut": GOOD.replace("shortcut: B", "shortcut: BB"),
    "stride_at": GOOD.replace("stride_at: conv2", "stride_at: conv22"),
    "module": CHILD.replace("block.act: silu", "block.insert: {se: {module: squeeze_exite, width: 4, before: add}}"),
    "place of an insertion": CHILD.replace("block.act: silu", "block.insert: {drop: {op: dropout, rate: 0.1, before: ad}}"),
    "parent": CHILD.replace("extends: net", "extends: nett"),
    "parent of another number": CHILD.replace("extends: net", "extends: resnet181"),
    "layout": CHILD.replace("classes: 7   # ours", "layouts: {timm: timm/resnt}"),
    "initialiser": GOOD.replace("classes: 10", "classes: 10\ninit: {conv: kaiming_normal_fan_on}"),
    "last norm": GOOD.replace("classes: 10", "classes: 10\ninit: {last_norm: zeroes}"),
    "variable": GOOD.replace("classes: 10", "classes: 10\nvars: {wide: 2}").replace("out: 64", "out: 32 * wdie"),
    "operand": GOOD.replace("{op: flatten}", "{op: flatten, of: pol}"),
    "step of a block": GOOD.replace("stride_at: conv2}", "stride_at: conv2, covn1: {kernel: 3, out: mid}}"),
    "stage in a path": CHILD.replace("block.act: silu", "stages.layr1.repeat: 2"),
    "truth": GOOD.replace("kernel: 3, out: 16", "kernel: 3, out: 16, bias: ture"),
    "key of another program": GOOD.replace("kernel: 3", "kernels: 3"),
    "word of the language": GOOD.replace("kernel: 3, out: 16", "kernel: 3, out: 16, group: 4"),
    "key of another meaning": GOOD.replace("height: 32", "weight: 32"),
    "path into a word": CHILD.replace("block.act: silu", "norm.epps: 1e-3"),
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_what_has_no_one_mend_is_left(text: str, folder: Path) -> None:
    assert fixed(text, folder) == (1, text)


class TestFiles:
    def test_a_parent_that_is_not_named_is_left(self, folder: Path) -> None:
        (folder / "net.yaml").write_text(GOOD.replace("repeat", "repaet"))
        assert fixed(CHILD, folder) == (1, CHILD)
        assert "repaet" in (folder / "net.yaml").read_text()

    def test_a_parent_that_is_named_is_mended(self, folder: Path) -> None:
        (folder / "net.yaml").write_text(GOOD.replace("repeat", "repaet"))
        (folder / "mine.yaml").write_text(CHILD)
        assert (main(["check", ".", "--fix"]), (folder / "net.yaml").read_text()) == (0, GOOD)

    def test_none_is_written_where_nothing_is_mended(self, folder: Path) -> None:
        os.utime(folder / "net.yaml", (1, 1))
        assert (main(["check", ".", "--fix"]), (folder / "net.yaml").stat().st_mtime) == (0, 1)

    def test_rights_stay(self, folder: Path) -> None:
        (folder / "mine.yaml").write_text(GOOD.replace("repeat", "repaet"))
        (folder / "mine.yaml").chmod(0o640)
        assert (main(["check", "mine.yaml", "--fix"]), stat.S_IMODE((folder / "mine.yaml").stat().st_mode)) == (0, 0o640)

    def test_a_link_is_not_written_through(self, folder: Path) -> None:
        (folder / "net.yaml").write_text(GOOD.replace("repeat", "repaet"))
        (folder / "mine.yaml").symlink_to(folder / "net.yaml")
        assert (main(["check", "mine.yaml", "--fix"]), "repaet" in (folder / "net.yaml").read_text()) == (2, True)

    def test_a_shipped_name_has_no_file(self) -> None:
        assert main(["check", "resnet18", "--fix", "--set", "blokc.act=silu"]) == 1

    def test_a_file_that_changes_meanwhile_is_left(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (folder / "mine.yaml").write_text(GOOD.replace("repeat", "repaet"))

        def meanwhile(changes: object) -> None:
            (folder / "mine.yaml").write_text("# mine\n")
            original(changes)  # type: ignore[arg-type]

        from archc.cli import fixing

        original = fixing.write
        monkeypatch.setattr(fixing, "write", meanwhile)
        assert (main(["check", "mine.yaml", "--fix"]), (folder / "mine.yaml").read_text()) == (2, "# mine\n")

    def test_standard_input_cannot_be_written(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"archc: 1\n")))
        assert main(["check", "-", "--fix"]) == 2

    def test_it_says_what_it_did(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        fixed(MENDED["several"][1], folder)
        said = capsys.readouterr()
        assert (said.out, said.err) == ("1 file checked: all good\n", "mended mine.yaml: 3 problems\n")


class TestDiff:
    def test_nothing_is_written(self, folder: Path) -> None:
        text = GOOD.replace("repeat", "repaet")
        (folder / "mine.yaml").write_text(text)
        assert (main(["check", "mine.yaml", "--diff"]), (folder / "mine.yaml").read_text()) == (1, text)

    @pytest.mark.parametrize("case", ["several", "beside extends", "no last line end"])
    def test_it_is_a_patch(self, case: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        expected, text = MENDED[case]
        (folder / "mine.yaml").write_text(text)
        main(["check", "mine.yaml", "--diff"])
        (folder / "mine.patch").write_text(capsys.readouterr().out)
        subprocess.run(["git", "apply", "mine.patch"], cwd=folder, check=True)
        assert (folder / "mine.yaml").read_text() == expected

    def test_of_standard_input(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD.replace("repeat", "repaet").encode())))
        main(["check", "-", "--diff", "--stdin-name", "there.yaml"])
        assert "+  layer1: {out: 64, repeat: 1" in capsys.readouterr().out

    def test_not_with_fix(self) -> None:
        assert main(["check", "net.yaml", "--diff", "--fix"]) == 2

    def test_nothing_to_mend(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert (main(["check", "net.yaml", "--diff"]), capsys.readouterr().out) == (0, "")


@pytest.mark.parametrize(("expected", "text"), MENDED.values(), ids=MENDED)
def test_fixes_are_data(expected: str, text: str, folder: Path) -> None:
    (folder / "mine.yaml").write_bytes(text.encode("utf-8"))
    assert all(edit.span.source.name == "mine.yaml" for found in check_file("mine.yaml") for edit in found.fix)
