"""The inputs that functions are compared on: the declared size, another batch, another size where the network takes one."""

from pathlib import Path

import pytest
from small_specs import graph_of, spec

from archc.analyse.verify.cases import Case, cases, other_size
from archc.analyse.verify.errors import VerifyError
from archc.compile.pipeline import compile_spec

BASIC = "{kind: basic, order: post, shortcut: B}"
ANY: tuple[None, ...] = (None,) * 4


def shapes(found: list[Case]) -> list[tuple[bool, tuple[int, ...]]]:
    return [(case.training, case.shape) for case in found]


def test_every_size() -> None:
    found = cases(compile_spec("resnet50").graph, [], ANY, trains=True)
    assert shapes(found) == [(False, (1, 3, 224, 224)), (False, (3, 3, 113, 141)), (True, (3, 3, 113, 141))]


def test_one_size() -> None:
    found = cases(compile_spec("resnet50_clip").graph, [], ANY, trains=True)
    assert shapes(found) == [(False, (1, 3, 224, 224)), (False, (3, 3, 224, 224)), (True, (3, 3, 224, 224))]


def test_multiples(tmp_path: Path) -> None:
    stem = "{squares: {op: space_to_depth, block: 4}, conv: {kernel: 3, out: 16}}"
    text = spec(BASIC, stem=stem).replace("width: 32", "width: 32, multiple: 4")
    found = cases(graph_of(tmp_path, text), [], ANY, trains=False)
    assert shapes(found) == [(False, (1, 3, 32, 32)), (False, (3, 3, 20, 24))]


@pytest.mark.parametrize(
    ("declared", "other"),
    [((32, 32), (33, 41)), ((1, 1), (33, 41)), ((64, 64), (65, 81)), ((224, 32), (113, 41)), ((1, 600), (33, 376))],
)
def test_no_map_is_one_pixel_that_need_not_be(declared: tuple[int, int], other: tuple[int, int]) -> None:
    """The whole stride is 32."""
    size = [f"input.height={declared[0]}", f"input.width={declared[1]}"]
    assert other_size(compile_spec("resnet18", overrides=[*size, "expect=null"]).graph) == other


def test_height_and_width_differ_where_sizes_are_coarse(tmp_path: Path) -> None:
    stem = "{squares: {op: space_to_depth, block: 32}, conv: {kernel: 3, out: 16}}"
    graph = graph_of(tmp_path, spec(BASIC, stem=stem).replace("width: 32", "width: 32, multiple: 32"))
    assert other_size(graph) == (96, 128)


def test_what_a_file_leaves_no_choice_of(tmp_path: Path) -> None:
    found = cases(graph_of(tmp_path, spec(BASIC)), [], (2, 3, 40, 48), trains=False)
    assert shapes(found) == [(False, (2, 3, 40, 48))]


def test_sizes_that_are_asked_for(tmp_path: Path) -> None:
    found = cases(graph_of(tmp_path, spec(BASIC)), [(8, 8), (24, 16)], ANY, trains=True)
    assert shapes(found) == [(False, (1, 3, 8, 8)), (False, (3, 3, 24, 16)), (True, (3, 3, 24, 16))]


@pytest.mark.parametrize(
    ("stem", "size", "why"),
    [
        (
            "{conv: {kernel: 7, padding: 0, out: 16}}",
            (5, 9),
            "at `stem.conv` a window of 7 does not fit a size of 5 with padding 0",
        ),
        (
            "{squares: {op: space_to_depth, block: 4}, conv: {kernel: 3, out: 16}}",
            (34, 32),
            "at `stem.squares` squares of 4 do not divide 34x32",
        ),
    ],
)
def test_a_size_that_is_not_possible(stem: str, size: tuple[int, int], why: str, tmp_path: Path) -> None:
    multiple = ", multiple: 4" if "squares" in stem else ""
    graph = graph_of(tmp_path, spec(BASIC, stem=stem).replace("width: 32", f"width: 32{multiple}"))
    with pytest.raises(VerifyError, match="E0624") as caught:
        cases(graph, [size], ANY, trains=True)
    said = f"`small` takes no input of {size[0]}x{size[1]}: {why}"
    assert caught.value.diagnostics[0].message == said
