"""A table is drawn on a terminal in a frame where that fits, else transposed, else as a wrapped list, column after column."""

from archc.present.table.cells import BOX, PLAIN, Pen, measured, part_lines, shown, wrapped
from archc.present.table.frame import draw, frame_of
from archc.present.table.grid import Band, Cell, Grid, cell_at, transposed


def to_terminal(grid: Grid, *, width: int | None = None, ascii: bool = False) -> str:
    """Draw lines of at most `width` terminal cells, as wide as the table where there is no limit."""
    pen = PLAIN if ascii else BOX
    lines = _fitting(grid, pen, width)
    for note in grid.notes:
        lines += wrapped(shown(note, pen), width or max([80, *map(measured, lines)]), "  ")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _fitting(grid: Grid, pen: Pen, width: int | None) -> list[str]:
    frame = frame_of(grid, pen, width)
    if width is None or frame.total <= width:
        return draw(grid, frame)
    turned = transposed(grid)
    parts = _parts(turned, pen, width) if turned else []
    if parts:
        return [line for part in parts for line in draw(part, frame_of(part, pen, width))]
    return _listed(grid, pen, width)


def _parts(grid: Grid, pen: Pen, width: int) -> list[Grid]:
    """Divide the columns into as few tables as fit, all with the heads; there are none where a column does not fit."""
    parts: list[Grid] = []
    begin = 0
    for end in range(1, len(grid.columns) + 1):
        if frame_of(_columns(grid, begin, end), pen, width).total > width:
            parts.append(_columns(grid, begin, end - 1))
            begin = end - 1
            if frame_of(_columns(grid, begin, end), pen, width).total > width:
                return []
    return [*parts, _columns(grid, begin, len(grid.columns))]


def _columns(grid: Grid, begin: int, end: int) -> Grid:
    """Return some of the columns; titles above all of them stay with the first."""
    bands = [
        Band(band.head, tuple(row[begin:end] for row in band.rows), band.title) for band in grid.bands if band.rows or begin == 0
    ]
    return Grid(grid.stubs, grid.columns[begin:end], tuple(bands), (), grid.framed)


def _listed(grid: Grid, pen: Pen, width: int) -> list[str]:
    """List a column at a time: its title, then each row's head with the column's cell."""
    lines: list[str] = []
    if not grid.framed:
        return _records(grid, pen, width)
    for number, column in enumerate(grid.columns):
        lines += ["", *_flat(column, pen, width, "")] if lines else _flat(column, pen, width, "")
        for band in grid.bands:
            own = [cell_at(row, number) for row in band.rows]
            lines += _entry(band.head, own, pen, width)
    return lines


def _records(grid: Grid, pen: Pen, width: int) -> list[str]:
    """List a row at a time: its head, then each column's title with its cell."""
    lines: list[str] = []
    for band in grid.bands:
        lines += wrapped(shown(band.title, pen), width) if band.title else []
        for row in band.rows:
            head = " ".join(shown(part, pen) for cell in band.head for part in cell.parts if isinstance(part, str))
            lines += wrapped(head, width, "  ")
            for title, cell in zip(grid.columns, row, strict=False):
                if cell.parts:
                    lines += _entry((title,), [cell], pen, width)
    return lines


def _entry(head: tuple[Cell, ...], cells: list[Cell], pen: Pen, width: int) -> list[str]:
    """Write a head, such as `conv2_x, 56×56`, and below it, indented, the cells."""
    name = ", ".join(shown(part, pen) for cell in head for part in cell.parts if isinstance(part, str))
    below = [line for cell in cells for line in _flat(cell, pen, width, "    ")]
    if len(below) == 1 and 2 + measured(name) + 2 + measured(below[0].strip()) <= width:
        return [f"  {name}: {below[0].strip()}"]
    return [*("  " + line for line in wrapped(f"{name}:", width - 2)), *below]


def _flat(cell: Cell, pen: Pen, width: int, indent: str) -> list[str]:
    """Return a cell's lines; a bracket that does not fit is wrapped as text."""
    flat = []
    for part in cell.parts:
        lines = part_lines(part, pen)
        if all(len(indent) + measured(line) <= width for line in lines):
            flat += [indent + line for line in lines]
        else:
            texts = (
                [lines[0]]
                if isinstance(part, str)
                else [*(shown(line, pen) for line in part.lines), shown(f"×{part.times}", pen)]
            )
            flat += [indent + line for text in texts for line in wrapped(text, width - len(indent), " ")]
    return flat
