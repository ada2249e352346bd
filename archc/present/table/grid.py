"""A laid-out table: bands of rows beside their heads, cells that hold text and bracketed stacks. Formats are written from it."""

from typing import Literal, TypeAlias

from archc.record import Record

Side: TypeAlias = Literal["left", "center", "right"]


class Bracket(Record):
    """Lines in brackets, as often as `times`: a block of a stage."""

    lines: tuple[str, ...]
    times: int = 1


Part: TypeAlias = str | Bracket


class Cell(Record):
    """Parts one below the other. `side` is where they stand if there is room."""

    parts: tuple[Part, ...] = ()
    side: Side = "center"


class Band(Record):
    """Rows with one head. `head` has a cell for each stub column, or fewer, the last of which spans the rest; a row has a cell
    for each column, or one that spans all of them. A `title` spans everything, above; it may stand alone. `ruled`: set apart
    from what is above.
    """

    head: tuple[Cell, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    title: str = ""
    ruled: bool = False


class Grid(Record):
    """`stubs` are the titles of the head's columns, `columns` those of the others.

    `framed`: every band is ruled, as in papers; else only the titles and what is over the columns.
    """

    stubs: tuple[str, ...]
    columns: tuple[Cell, ...]
    bands: tuple[Band, ...]
    notes: tuple[str, ...] = ()
    framed: bool = True


def cell_at(row: tuple[Cell, ...], column: int) -> Cell:
    """Of a row that may have one cell for all columns."""
    return row[column] if column < len(row) else row[0]


def text_cell(text: str, side: Side = "center") -> Cell:
    """A cell of one line; an empty one has none."""
    return Cell((text,) if text else (), side)


def transposed(grid: Grid) -> Grid | None:
    """Columns as rows; what was the same in all of them stands above. None where nothing is left, or where there are
    sections, which would be columns.
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
    """On one line: `[3×3, 64; 3×3, 64]×2`."""
    return part if isinstance(part, str) else f"[{'; '.join(part.lines)}]×{part.times}"
