"""`archc expect`: the stated figures renewed in the text, and nothing else; or the file left as it is, and why."""

import re
from pathlib import Path

import pytest

from archc.analyse.checking import check_file
from archc.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
HEAD = "archc: 1\nname: net\nextends: cifar_resnet20\n"
RIGHT = "{params: 269722, macs: 40551040, depth: 20}"

RENEWED = {
    "a flow map": ("expect: {params: 1, macs: 2, depth: 3}\n", f"expect: {RIGHT}\n"),
    "what is right stays": ("expect: {depth: 20, macs: 2}  # c\n", "expect: {depth: 20, macs: 40551040}  # c\n"),
    "a block map with comments": (
        "expect:   # a\n  # b\n  depth: 3   # c\n\n  params: 1\n# d\n",
        "expect:   # a\n  # b\n  depth: 20   # c\n\n  params: 269722\n# d\n",
    ),
    "quoted keys": ("expect: {'params': 1, \"depth\":3}\n", "expect: {'params': 269722, \"depth\":20}\n"),
    "explicit keys": ("expect:\n  ? params\n  : 1\n", "expect:\n  ? params\n  : 269722\n"),
    "other spellings of numbers": ("expect: {params: 0x10, depth: +3}\n", "expect: {params: 269722, depth: 20}\n"),
    "an anchor that nothing reads": ("expect: {depth: &d 3}\n", "expect: {depth: &d 20}\n"),
    "one anchor for two equal shapes": (
        "expect: {outputs: {layer1: &s [1, 2, 3], layer1.0: *s}}\n",
        "expect: {outputs: {layer1: &s [16, 32, 32], layer1.0: *s}}\n",
    ),
    "shapes": (
        "expect:\n  outputs:\n    layer3: [64, 9,  8]   # c\n    head.fc:\n      - 7\n",
        "expect:\n  outputs:\n    layer3: [64, 8,  8]   # c\n    head.fc:\n      - 10\n",
    ),
    "a shape of another length": ("expect: {outputs: {layer3: [64], stem: [1,2]}}\n",
                                  "expect: {outputs: {layer3: [64, 8, 8], stem: [16, 32, 32]}}\n"),
    "over several lines": ("expect: {params: 1, # a\n  depth:\n   3}\n", "expect: {params: 269722, # a\n  depth:\n   20}\n"),
    "reported figures are another's": (
        "expect: {depth: 3, reported: {params: {value: 0.27e6, from: x, within: 0.01}}}\n",
        "expect: {depth: 20, reported: {params: {value: 0.27e6, from: x, within: 0.01}}}\n",
    ),
    "before the changes": ("expect: {depth: 3}\nset: {classes: 10}", "expect: {depth: 20}\nset: {classes: 10}"),
    "among the changes": ("set: {classes: 10, expect: {depth: 3}}\n", "set: {classes: 10, expect: {depth: 20}}\n"),
    "of features": (
        "set: {features: [layer1], head: {}}\nexpect: {params: 1, depth: 3, outputs: {layer1: [1, 1, 1]}}\n",
        "set: {features: [layer1], head: {}}\nexpect: {params: 14480, depth: 7, outputs: {layer1: [16, 32, 32]}}\n",
    ),
    "of no head": ("set: {head: {}}\nexpect: {depth: 3}\n", "set: {head: {}}\nexpect: {depth: 19}\n"),
    "nothing is stated": ("", f"expect: {RIGHT}\n"),
    "nothing is stated within": ("expect: {}\n", f"expect: {RIGHT}\n"),
    "nothing is stated, no line end": ("x-a: 1", f"x-a: 1\nexpect: {RIGHT}"),
    "nothing is stated, after a text of lines": (
        "source:\n  note: |\n    a\n\n    b\n", f"source:\n  note: |\n    a\n\n    b\nexpect: {RIGHT}\n",
    ),
}  # fmt: skip


def renewed(text: bytes, tmp_path: Path, *options: str) -> tuple[int, bytes]:
    path = tmp_path / "net.yaml"
    path.write_bytes(text)
    return main(["expect", str(path), *options]), path.read_bytes()


@pytest.mark.parametrize(("before", "after"), RENEWED.values(), ids=RENEWED)
@pytest.mark.parametrize("form", ["plain", "CR LF", "mark"])
def test_renewed(before: str, after: str, form: str, tmp_path: Path) -> None:
    def written(rest: str) -> bytes:
        text = HEAD + rest
        return (b"\xef\xbb\xbf" if form == "mark" else b"") + (text.replace("\n", "\r\n") if form == "CR LF" else text).encode()

    assert renewed(written(before), tmp_path) == (0, written(after))
    assert (check_file(str(tmp_path / "net.yaml")), renewed(written(after), tmp_path)) == ((), (0, written(after)))


ADDED = {
    "in braces": ("expect: {depth: 3}\n", "expect: {depth: 20, params: 269722, macs: 40551040}\n"),
    "after a comma": ("expect: {depth: 3,}\n", "expect: {depth: 20, params: 269722, macs: 40551040}\n"),
    "in lines": ("expect:\n  # a\n  depth: 3\n", "expect:\n  # a\n  params: 269722\n  macs: 40551040\n  depth: 20\n"),
}


@pytest.mark.parametrize(("before", "after"), ADDED.values(), ids=ADDED)
def test_added(before: str, after: str, tmp_path: Path) -> None:
    assert renewed((HEAD + before).encode(), tmp_path, "--add") == (0, (HEAD + after).encode())


def test_a_document_in_braces(tmp_path: Path) -> None:
    before, after = (
        "{archc: 1, name: net, extends: cifar_resnet20}",
        f"{{archc: 1, name: net, extends: cifar_resnet20, expect: {RIGHT}}}",
    )
    assert renewed(before.encode(), tmp_path) == (0, after.encode())


LEFT = {
    "a number in quotes": ("expect: {depth: '3'}\n", "E0203"),
    "another problem": ("set: {clases: 10}\nexpect: {depth: 3}\n", "E0201"),
    "no network": ("set: {stem.conv.groups: 2}\nexpect: {depth: 3}\n", "E0312"),
    "no such path": ("expect: {depth: 3, outputs: {layer9: [1]}}\n", "E0356"),
    "a layout that does not fit": ("set: {layouts: {a: timm/res}}\nexpect: {depth: 3}\n", "E0204"),
    "an alias": ("x-d: &d 3\nexpect: {depth: *d}\n", "E0359"),
    "an anchor that a variable reads": ("expect: {depth: &d 10}\nset: {classes: *d}\n", "E0359"),
    "a merge key": ("x-e: &e {depth: 3}\nexpect: {<<: *e, params: 1}\n", "E0359"),
    "all of it an alias": ("x-e: &e {depth: 3}\nexpect: *e\n", "E0359"),
    "one anchor for two figures": ("expect: {depth: &d 3, params: *d}\n", "E0359"),
    "one anchor for two shapes": ("expect: {outputs: {layer1: &s [1, 2, 3], layer2: *s}}\n", "E0359"),
    "a comment in a list of another length": ("expect:\n  outputs:\n    layer1:\n      - 1  # c\n      - 2\n", "E0359"),
    "an end of the document": ("...\n", "E0359"),
}


@pytest.mark.parametrize(("rest", "code"), LEFT.values(), ids=LEFT)
def test_left_as_it_is(rest: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (HEAD + rest).encode()
    assert renewed(text, tmp_path) == (1, text)
    assert re.findall(r"error\[(\w+)\]", capsys.readouterr().err) == [code]


def test_all_other_problems_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    renewed(f"{HEAD}set: {{clases: 10, stem.conv.groups: 2}}\nexpect: {{depth: 3}}\n".encode(), tmp_path)
    assert re.findall(r"error\[(\w+)\]", capsys.readouterr().err) == ["E0201", "E0312"]


def test_each_problem_once_at_the_line_that_brought_it_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(f"{HEAD}set: {{block.order: pre}}\nexpect: {{depth: 3}}\n")
    Path("b.yaml").write_text("archc: 1\nname: b\nextends: a\nexpect: {depth: 3}\n")
    assert main(["expect", "."]) == 1
    assert re.findall(r"error\[(\w+)\].*\n *--> (.*)", capsys.readouterr().err) == [("E0346", "./a.yaml:4:7")]


def test_a_file_is_renewed_though_a_link_to_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "z.yaml").write_text(f"{HEAD}expect: {{depth: 3}}\n")
    (tmp_path / "a.yaml").symlink_to(tmp_path / "z.yaml")
    assert (main(["expect", str(tmp_path)]), main(["expect", str(tmp_path / "a.yaml")])) == (0, 0)
    assert (tmp_path / "z.yaml").read_text() == f"{HEAD}expect: {{depth: 20}}\n"


def test_a_printed_figure_that_fails_is_told_and_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reported = "reported: {params: {value: 1e6, from: x, within: 0.01}}"
    before, after = (f"{HEAD}expect: {{depth: {depth}, {reported}}}\n".encode() for depth in (3, 20))
    assert renewed(before, tmp_path) == (1, after)
    assert re.findall(r"error\[(\w+)\]", capsys.readouterr().err) == ["E0351"]


def test_a_sketch_stays_one(tmp_path: Path) -> None:
    text = f"{HEAD}set: {{allow: {{no_expect: a sketch}}}}\n".encode()
    assert renewed(text, tmp_path) == (0, text)


def test_no_file_stops_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = HEAD + "expect: {depth: 3}\n"
    folder, elsewhere = tmp_path / "specs", tmp_path / "elsewhere.yaml"
    folder.mkdir()
    elsewhere.write_text(text)
    (folder / "a.yaml").symlink_to(elsewhere)
    for name, content in (("b", b"[3]"), ("c", b"\xff"), ("d", b""), ("e", b"archc: 99\nname: a\n"), ("f", text.encode())):
        (folder / f"{name}.yaml").write_bytes(content)
    assert (main(["expect", "resnte18", str(folder)]), elsewhere.read_text()) == (1, text)
    assert (folder / "f.yaml").read_text() == HEAD + "expect: {depth: 20}\n"
    told = re.findall(r"error\[(\w+)\]", capsys.readouterr().err)
    assert (len(told), "E0206" in told) == (6, True)


@pytest.mark.parametrize(("option", "code"), [("--check", 1), ("--diff", 0)])
def test_nothing_is_written(option: str, code: int, tmp_path: Path) -> None:
    text = f"{HEAD}expect: {{depth: 3}}\n".encode()
    assert renewed(text, tmp_path, option) == (code, text)


def test_what_is_right_passes_the_check(tmp_path: Path) -> None:
    text = f"{HEAD}expect: {RIGHT}\n".encode()
    assert renewed(text, tmp_path, "--check") == (0, text)


def test_old_and_new_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(HEAD + "expect: {depth: 3, macs: 40813000, outputs: {layer3: [1, 1]}}\n")
    Path("b.yaml").write_text(HEAD)
    Path("c.yaml").write_text(HEAD + "set: {clases: 3}\n")
    Path("d.yaml").write_text((ROOT / "specs" / "blocks" / "basic.yaml").read_text())
    assert (main(["expect", "a.yaml", "b.yaml", "c.yaml"]), main(["expect", "."])) == (1, 1)
    assert [line for line in capsys.readouterr().err.splitlines() if line.startswith(("a.", "b.", "0", "6"))] == [
        "a.yaml: macs 40,813,000 → 40,551,040",
        "a.yaml: depth 3 → 20",
        "a.yaml: outputs.layer3 [1, 1] → [64, 8, 8]",
        "b.yaml: params 269,722, which was not stated",
        "b.yaml: macs 40,551,040, which was not stated",
        "b.yaml: depth 20, which was not stated",
        "6 figures renewed in 2 of 3 files",
        "0 figures renewed in 0 of 4 files",
    ]


def test_the_patch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    renewed(f"{HEAD}expect: {{depth: 3}}\n".encode(), tmp_path, "--diff")
    assert capsys.readouterr().out.splitlines()[3:] == [
        *(" archc: 1", " name: net", " extends: cifar_resnet20", "-expect: {depth: 3}", "+expect: {depth: 20}")
    ]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-"], 2, "error: `archc expect` changes files, and `-` is none"),
        (["resnet18"], 2, "error: `resnet18` ships with archc, and only files of your own are changed"),
        (["nothing.yaml"], 2, "error[E0001]: cannot find `nothing.yaml`"),
        (["resnte18"], 2, "error[E0001]: there is no file and no shipped network `resnte18`"),
        (["block.yaml"], 1, "error[E0307]: `block.yaml` is a definition, and only networks have figures"),
    ],
)
def test_no_network_of_ones_own(
    words: list[str], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("block.yaml").write_text((ROOT / "specs" / "blocks" / "basic.yaml").read_text())
    assert (main(["expect", *words]), capsys.readouterr().err.splitlines()[0]) == (code, said)


def test_its_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "errors" / "E0359.md").read_text(encoding="utf-8")
    [spec], [said] = (re.findall(rf"^```{kind}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL) for kind in ("yaml", "console"))
    Path("net.yaml").write_text(spec)
    main(["expect", "net.yaml"])
    assert "$ archc expect net.yaml\n" + capsys.readouterr().err == said
