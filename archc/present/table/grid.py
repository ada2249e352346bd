"""A grid is a laid-out table: bands of rows beside their heads, cells of text and brackets. Formats are written from it."""

from typing import Literal, TypeAlias

from archc.record import Record

Side: TypeAlias = Literal["left", "center", "right"]


class Bracket(Record):
    """Lines in brackets, `times` over: the blocks of a stage."""

    lines: tuple[str, ...]
    times: int = 1


Part: TypeAlias = str | Bracket


class Cell(Record):
    """Parts one below the other."""

    parts: tuple[Part, ...] = ()
    side: Side = "center"
    """Where the parts stand in a column that is wider."""


class Band(Record):
    """Rows with one head."""

    head: tuple[Cell, ...] = ()
    """A cell for each stub, or fewer, the last of which spans the other stubs."""
    rows: tuple[tuple[Cell, ...], ...] = ()
    """Each row has a cell for each column, or one that spans all of them."""
    title: str = ""
    """The title spans everything, above the rows; it may stand alone."""
    ruled: bool = False
    """Whether a rule divides the band from the one above."""


class Grid(Record):
    """A laid-out table."""

    stubs: tuple[str, ...]
    """The titles of the columns that heads stand in."""
    columns: tuple[Cell, ...]
    """The titles of the other columns."""
    bands: tuple[Band, ...]
    notes: tuple[str, ...] = ()
    framed: bool = True
    """Whether every band is ruled, as in papers; else only the titles are."""


def cell_at(row: tuple[Cell, ...], column: int) -> Cell:
    """Return a cell of a row, which may have one cell for all columns."""
    return row[column] if column < len(row) else row[0]


def text_cell(text: str, side: Side = "center") -> Cell:
    """Return a cell of one line, of none where the text is empty."""
    return Cell((text,) if text else (), side)


def transposed(grid: Grid) -> Grid | None:
    """Turn columns to rows, under cells that spanned all columns.

    The result is None where no rows are left, and where there are sections, which would become columns.
    """
    if any(band.title for band in grid.bands):
        return None
    shared: list[Band] = []
    columns: list[Cell] = []
    cells: list[list[Cell]] = [[] for _ in grid.columns]
    for band in grid.bands:
        name = ", ".join(part for cell in band.head for part in cell.parts if isinstance(part, str))
        own = [row for row in band.rows if len(row) == len(grid.columns)]
        once = [part for row in band.rows if len(row) != len(grid.columns) for cell in row for part in cell.parts]
        if once:
            shared.append(Band(title=f"{name}: {', '.join(map(inline, once))}"))
        if own:
            columns.append(Cell(tuple(part for cell in band.head for part in cell.parts)))
            for number, column in enumerate(cells):
                column.append(Cell(tuple(part for row in own for part in row[number].parts), own[0][number].side))
    if not columns:
        return None
    bands = [Band((Cell(head.parts, "left"),), (tuple(row),)) for head, row in zip(grid.columns, cells, strict=True)]
    return Grid(("",), tuple(columns), (*shared, *bands), grid.notes, grid.framed)


def inline(part: Part) -> str:
    """Write a part on one line, as `[3×3, 64; 3×3, 64]×2`."""
    return part if isinstance(part, str) else f"[{'; '.join(part.lines)}]×{part.times}"
