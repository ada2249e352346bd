"""Tables on a terminal: one width for all lines, no wider than asked, nothing that a terminal would obey."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table.tables import FIVE, grids, network

from archc.present.table.architecture import architecture
from archc.present.table.cells import measured, wrapped
from archc.present.table.figures import FIGURES
from archc.present.table.grid import Grid
from archc.present.table.terminal import to_terminal
from archc.rendering.visible import visible


@pytest.fixture(scope="module")
def paper() -> Grid:
    return architecture([network(name) for name in FIVE], [FIGURES["params"], FIGURES["macs"]])


@settings(max_examples=60, deadline=None)
@given(grids())
def test_a_frame_has_one_width(grid: Grid) -> None:
    lines = to_terminal(grid).splitlines()
    framed = [line for line in lines if line[:1] in "┌├│└" and line]
    assert len({measured(line) for line in framed}) == 1


@settings(max_examples=60, deadline=None)
@given(grids(), st.integers(20, 60))
def test_no_line_is_wider_than_asked(grid: Grid, width: int) -> None:
    assert [line for line in to_terminal(grid, width=width).split("\n") if measured(line) > width] == []


@settings(max_examples=40, deadline=None)
@given(grids())
def test_nothing_a_terminal_would_obey(grid: Grid) -> None:
    assert [line for line in to_terminal(grid).split("\n") if visible(line) != line] == []


@settings(max_examples=40, deadline=None)
@given(grids())
def test_ascii_is_ascii(grid: Grid) -> None:
    assert to_terminal(grid, ascii=True).isascii()


@pytest.mark.parametrize("width", [20, 40, 80, 99, 100, 200])
def test_the_paper_fits(paper: Grid, width: int) -> None:
    assert max(map(measured, to_terminal(paper, width=width).splitlines())) <= width


def test_below_a_hundred_columns_networks_are_rows(paper: Grid) -> None:
    lines = to_terminal(paper, width=80).splitlines()
    assert sum(line.startswith("│ ResNet-152 v1 │") for line in lines) == 2


def test_twenty_columns_are_a_list(paper: Grid) -> None:
    assert to_terminal(paper, width=20).splitlines()[:6] == [
        "ResNet-18 A",
        "  conv1, 112×112:",
        "    7×7, 64, stride",
        "     2",
        "  conv2_x, 56×56:",
        "    3×3 max pool,",
    ]


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("one two three", 20, ["one two three"]),
        ("one two three", 8, ["one two", " three"]),
        ("abcdefghijkl", 5, ["abcd", " efgh", " ijkl"]),
        ("中中中", 5, ["中中", " 中"]),
        ("", 5, [""]),
    ],
)
def test_wrapping(text: str, room: int, lines: list[str]) -> None:
    assert wrapped(text, room, " ") == lines
