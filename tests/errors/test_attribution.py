"""Which document a problem is told in: the one whose own lines bring it about, and each such document once."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from small_specs import GOOD

from archc.analyse.checking import check_file
from archc.compile.pipeline import Changes, compile_spec, complete_spec, read_spec
from archc.diagnostics import Diagnostic, SpecError
from archc.language.library import Library
from archc.limits import DEFAULT_LIMITS, Limits


def child(parent: str, *lines: str) -> str:
    return "\n".join(
        ["archc: 1", "name: net", f"extends: {parent}", *(["set:"] if lines else []), *(f"  {line}" for line in lines)]
    )


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(files: Mapping[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(f"{text}\n", encoding="utf-8")


def told(found: tuple[Diagnostic, ...]) -> list[str]:
    """The code and the line of each, and the files of its notes."""
    return [
        " ".join(
            [d.code, f"{d.span.source.name}:{d.span.line}" if d.span else "-"]
            + [
                f"< {note.span.source.name}:{note.span.line}"
                for note in d.notes
                if note.span and not is_shipped(note.span.source.name)
            ]
        )
        for d in found
    ]


def is_shipped(name: str) -> bool:
    """Lines of what ships may change."""
    return name.startswith("archc:")


PRE = "block.order: pre"
TWO = ("vars: {a: 2, b: 2}", "stages.layer1: {out: 64, repeat: 'max(a, b)', blocks: {1: {act: silu}}}")
LABELS = [f"stages.layer{number}.label: a" for number in (1, 2, 3, 4)]
MODULE = """\
archc: 1
module: gate
parameters:
  width: {type: channels}
steps:
  conv: {kernel: 1, out: width}
  y: {op: mul, of: [x, act]}"""
BROKEN = "archc: 1\nmodule: gate\nsteps:\n  conv: {kernel: 1, out: 8, stride: none of it"
USE = "block.insert: {gate: {module: gate.yaml, width: 3, before: add}}"
LAYOUT = "archc: 1\nlayout: my/net\nstages: 'layer{x}'"
CASES = {
    "a change of a word": ({"net.yaml": child("resnet18", PRE)}, ["E0346 net.yaml:5"]),
    "of several changes the one at fault": (
        {"net.yaml": child("resnet18", "classes: 10", PRE, "act: silu")},
        ["E0346 net.yaml:6"],
    ),
    "two that are at fault together": (
        {"p.yaml": child("resnet18", *TWO), "net.yaml": child("p", "vars.a: 1", "act: silu", "vars.b: 1")},
        ["E0355 net.yaml:7 < net.yaml:5 < p.yaml:6"],
    ),
    "of very many changes the first from which on it is there": (
        {"net.yaml": child("resnet18", *LABELS, PRE, "classes: 9", "act: silu", "conv: plain")},
        ["E0346 net.yaml:9"],
    ),
    "a value that is taken away": ({"net.yaml": child("resnet18", "input.height: null")}, ["E0202 net.yaml:5"]),
    "a whole part that is taken away": ({"net.yaml": child("resnet18", "classes: null")}, ["E0371 net.yaml:5"]),
    "a stage that does not fit": ({"net.yaml": child("resnet50", "block.groups: 48")}, ["E0312 net.yaml:5"]),
    "a name that loses its meaning": ({"net.yaml": child("cifar_resnet20", "vars: {m: 3}")}, ["E0371 net.yaml:5"]),
    "sizes": ({"net.yaml": child("resnet18", "stem.pool: {op: space_to_depth, block: 2}")}, ["E0352 net.yaml:5 < net.yaml:5"]),
    "a feature that is taken away": (
        {"p.yaml": child("resnet18", "features: [layer1, layer4]"), "net.yaml": child("p", "stages.layer4: null")},
        ["E0356 net.yaml:5 < p.yaml:5"],
    ),
    "a layout that no longer fits": (
        {"net.yaml": child("resnet18", "layouts: {mine: mine.yaml}"), "mine.yaml": LAYOUT},
        ["E0324 mine.yaml:3 < net.yaml:5"],
    ),
    "the grandchild's change": (
        {"p.yaml": child("resnet18", "classes: 10"), "net.yaml": child("p", PRE)},
        ["E0346 net.yaml:5"],
    ),
    "the parent's change": (
        {"p.yaml": child("resnet18", PRE), "net.yaml": child("p", "classes: 10")},
        ["E0346 p.yaml:5 < net.yaml:3"],
    ),
    "the grandparent's own value": (
        {"a.yaml": GOOD.format(name="a").replace("classes: 10", "classes: ten"), "p.yaml": child("a"), "net.yaml": child("p")},
        ["E0203 a.yaml:4 < net.yaml:3 < p.yaml:3"],
    ),
    "a parent that cannot be read": (
        {"p.yaml": "archc: [", "net.yaml": child("p")},
        ["E0101 p.yaml:1 < net.yaml:3"],
    ),
    "an argument of a definition": (
        {"gate.yaml": MODULE, "net.yaml": child("resnet18", USE)},
        ["E0315 net.yaml:5 < gate.yaml:7"],
    ),
    "a definition that is wrong itself": (
        {"gate.yaml": BROKEN, "net.yaml": child("resnet18", USE)},
        ["E0103 gate.yaml:4 < gate.yaml:4 < net.yaml:5"],
    ),
    "a definition with an unknown name": (
        {"gate.yaml": MODULE.replace("of: [x, act]", "of: [x, acts]"), "net.yaml": child("resnet18", USE)},
        ["E0330 gate.yaml:7 < net.yaml:5"],
    ),
    "a definition's own change of its parent": (
        {"net.yaml": "archc: 1\nblock: net\nextends: bottleneck\nset: {steps.conv2.groups: 1}"},
        ["E0336 net.yaml:4"],
    ),
    "a definition's change of a parent of the user's": (
        {
            "p.yaml": "archc: 1\nblock: p\nextends: bottleneck\nset: {parameters.most: {type: integer, default: 2}, "
            "steps.conv2.groups: most}",
            "b.yaml": "archc: 1\nblock: b\nextends: p\nset:\n  title: b\n  parameters.most: null\n  parameters.groups: null",
            "net.yaml": child("resnet50", "layouts: null", "block.kind: b"),
        },
        ["E0371 b.yaml:6 < p.yaml:4 < net.yaml:6"],
    ),
    "a definition's change of what ships": (
        {
            "b.yaml": "archc: 1\nblock: b\nextends: bottleneck\nset: {parameters.groups: null}",
            "net.yaml": child("resnet50", "layouts: null", "block.kind: b"),
        },
        ["E0371 b.yaml:4 < net.yaml:6"],
    ),
    "a layout's change of what ships": (
        {
            "my/net.yaml": "archc: 1\nlayout: my/net\nextends: timm/resnet\nset: {stem.conv: bn1}",
            "net.yaml": child("resnet18", "layouts: {timm: my/net}"),
        },
        ["E0322 my/net.yaml:4 < net.yaml:5 < my/net.yaml:4 < net.yaml:5"],
    ),
    "a unit of a definition with another name": (
        {
            "b.yaml": "archc: 1\nblock: b\nstride_at: conv1\nsteps: {conv1: {kernel: 3, out: out}, two: {kernel: 1, out: out}}",
            "net.yaml": child("resnet18", "layouts: null", "block.kind: b"),
        },
        ["E0332 b.yaml:4 < net.yaml:6"],
    ),
    "a definition that leaves out an argument": (
        {
            "gate.yaml": "archc: 1\nmodule: gate\nsteps: {a: {module: squeeze_excite}}",
            "net.yaml": child("resnet18", "block.insert: {gate: {module: gate.yaml, before: add}}"),
        },
        ["E0308 gate.yaml:3 < net.yaml:5"],
    ),
    "an argument that a definition's definition cannot take": (
        {
            "gate.yaml": "archc: 1\nmodule: gate\nparameters: {act: {type: word}}\nsteps: {a: {op: act, kind: act}}",
            "net.yaml": child("resnet18", "block.insert: {gate: {module: gate.yaml, act: relyu, before: add}}"),
        },
        ["E0204 net.yaml:5 < gate.yaml:4"],
    ),
    "an even kernel as an argument": (
        {
            "gate.yaml": "archc: 1\nmodule: gate\nparameters: {side: {type: integer}}\nsteps: {conv: {kernel: side, out: in}}",
            "net.yaml": child("resnet18", "block.insert: {gate: {module: gate.yaml, side: 2, before: add}}"),
        },
        ["E0202 net.yaml:5"],
    ),
    "two of very many that are at fault together": (
        {"p.yaml": child("resnet18", *TWO), "net.yaml": child("p", "vars.a: 1", *LABELS, "act: silu", "vars.b: 1")},
        ["E0355 net.yaml:11 < net.yaml:5 < p.yaml:6"],
    ),
    "a warning": ({"net.yaml": child("resnet50", "block.stride_at: conv1")}, ["W0606 net.yaml:2", "W0603 net.yaml:5"]),
    "a parent's warning": (
        {"p.yaml": child("resnet50", "block.stride_at: conv1"), "net.yaml": child("p", "classes: 10")},
        ["W0606 net.yaml:2", "W0603 p.yaml:5 < net.yaml:3"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_the_document_at_fault(files: dict[str, str], expected: list[str]) -> None:
    written(files)
    assert told(check_file("net.yaml", lint=True)) == expected


def test_each_child_at_fault_is_told() -> None:
    written({"a.yaml": child("resnet18", PRE), "b.yaml": child("resnet18", "act: silu", PRE)})
    library = Library(DEFAULT_LIMITS)
    assert [told(check_file(name, library=library)) for name in ("a.yaml", "b.yaml")] == [["E0346 a.yaml:5"], ["E0346 b.yaml:6"]]


class TestOptions:
    """Of the command line, or of the API."""

    @pytest.mark.parametrize(
        ("overrides", "expected"),
        [
            (["block.order=pre"], ["E0346 --set:1"]),
            (["classes=10", "block.order=pre"], ["E0346 --set:1"]),
            (["input.height=null"], ["E0202 --set:1"]),
        ],
        ids=["of a word", "of several", "taken away"],
    )
    def test_set(self, overrides: list[str], expected: list[str]) -> None:
        written({"net.yaml": child("resnet18", "classes: 10")})
        assert [
            [each.partition(" <")[0] for each in told(check_file(name, overrides=overrides))] for name in ("net.yaml", "resnet18")
        ] == [expected, expected]

    def test_which_of_several(self) -> None:
        [problem] = check_file("resnet18", overrides=["act=silu", "block.order=pre", "classes=10"])
        assert problem.span is not None
        assert problem.span.source.text == "block.order=pre"

    def test_the_documents_own_fault_stays_its_own(self) -> None:
        written({"net.yaml": child("resnet18", PRE)})
        assert told(check_file("net.yaml", overrides=["classes=10"])) == ["E0346 net.yaml:5"]

    def test_a_lowered_limit(self) -> None:
        written({"net.yaml": child("resnet18", "classes: 10")})
        found = check_file("net.yaml", limits=Limits(channels=500))
        assert [(d.code, str(d.span), d.span and d.span.source.text) for d in found] == [("E0411", "--limit:1:1", "channels=500")]

    def test_frozen_norm(self) -> None:
        with pytest.raises(SpecError) as error:
            compile_spec("resnet50_gn", changes=Changes(frozen_norm=True))
        assert told(error.value.diagnostics) == ["E0358 --frozen-norm:1"]

    def test_without_a_head(self) -> None:
        written({"net.yaml": child("resnet18", "features: [layer4, head.pool]")})
        with pytest.raises(SpecError) as error:
            compile_spec("net.yaml", changes=Changes(without_head=True))
        assert told(error.value.diagnostics) == ["E0356 --no-head:1 < net.yaml:5"]

    @pytest.mark.parametrize("read", [read_spec, complete_spec, compile_spec], ids=lambda read: read.__name__)
    def test_every_way_to_read_a_spec(self, read: type[object]) -> None:
        with pytest.raises(SpecError) as error:
            read("resnet18", overrides=["input.height=null"])
        assert told(error.value.diagnostics) == ["E0202 --set:1"]
