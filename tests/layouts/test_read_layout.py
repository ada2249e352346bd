"""Layout documents as tables, and what is wrong in them, with its place."""

import pytest

from archc.diagnostics import Source, SpecError
from archc.language.document.loader import parse
from archc.language.layouts.table import Layout, Path, read_layout
from archc.limits import Limits

TEXT = """\
archc: 1
layout: zoo/family
stages: stages.{i}
blocks: block{stage}-{n}
stem: {self: "", conv: 0, norm: conv.norm}
block: {"*": "#", shortcut: ""}
head: {self: head}
modules:
  res2: {scales.conv: "convs.{i}", parameters: {place.weight: table}}
keys_only: true
"""


def read(text: str) -> Layout:
    return read_layout(parse(Source("zoo.yaml", text), Limits()))


def levels(path: Path | None) -> tuple[str, ...] | None:
    return None if path is None else path.levels


@pytest.fixture(scope="module")
def layout() -> Layout:
    return read(TEXT)


def test_name_and_keys(layout: Layout) -> None:
    assert (layout.name, layout.keys_only) == ("zoo/family", True)


def test_stages(layout: Layout) -> None:
    assert layout.stages.levels == ("stages", "{i}")


def test_stages_by_name() -> None:
    found = read('archc: 1\nlayout: zoo\nstages: {layer1: res2, layer2: "s.{n}"}\n').by_stage
    assert {name: path.levels for name, path in found.items()} == {"layer1": ("res2",), "layer2": ("s", "{n}")}


def test_a_number_is_a_level(layout: Layout) -> None:
    assert layout.stem.steps["conv"].levels == ("0",)


def test_a_dot_makes_a_level(layout: Layout) -> None:
    assert layout.stem.steps["norm"].levels == ("conv", "norm")


@pytest.mark.parametrize(
    ("part", "own", "rest"),
    [("stem", (), None), ("block", None, ("#",)), ("head", ("head",), None)],
    ids=["stem", "block", "head"],
)
def test_self_and_rest(layout: Layout, part: str, own: object, rest: object) -> None:
    table = getattr(layout, part)
    assert (levels(table.own), levels(table.rest)) == (own, rest)


def test_no_level(layout: Layout) -> None:
    assert layout.block.steps["shortcut"].levels == ()


def test_loops_and_tensors(layout: Layout) -> None:
    table = layout.modules["res2"]
    assert (table.steps["scales.conv"].levels, table.parameters["place.weight"].levels) == (("convs", "{i}"), ("table",))


WRONG = {
    "stem: {conv: a b}": ("E0321", 14),
    "stem: {conv: a..b}": ("E0321", 14),
    "stem: {conv: a.}": ("E0321", 14),
    "stem: {conv: 'a\"b'}": ("E0321", 14),
    "stem: {conv: é}": ("E0321", 14),
    "stem: {conv: a#}": ("E0321", 14),
    "stem: {conv: true}": ("E0321", 14),
    "stem: {conv: [a]}": ("E0321", 14),
    'stem: {conv: "c{i}"}': ("E0324", 14),
    "stages: s{stage}": ("E0324", 9),
    'stages: {layer1: "s{index}"}': ("E0324", 18),
    'modules: {res2: {scales.conv: "convs.{name}"}}': ("E0324", 31),
}


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_and_where(line: str) -> None:
    with pytest.raises(SpecError) as error:
        read(f"archc: 1\nlayout: zoo\n{line}\n")
    [found] = error.value.diagnostics
    assert found.span is not None
    assert (found.code, found.span.line, found.span.column) == (WRONG[line][0], 3, WRONG[line][1])


def test_the_nearest_placeholder() -> None:
    with pytest.raises(SpecError) as error:
        read("archc: 1\nlayout: zoo\nblocks: block{stgae}\n")
    assert error.value.diagnostics[0].help == "did you mean `{stage}`?"


def test_all_that_is_wrong() -> None:
    with pytest.raises(SpecError) as error:
        read('archc: 1\nlayout: zoo\nblocks: "{x}"\nstem: {conv: "a b", norm: "c d"}\n')
    assert [d.code for d in error.value.diagnostics] == ["E0324", "E0321", "E0321"]
