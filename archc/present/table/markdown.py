"""A table becomes GitHub's Markdown: lines with <br>, or brackets as formulas; a cell that spans columns stands in each."""

from archc.present.table.formula import formula
from archc.present.table.grid import Cell, Grid, Part, Side, cell_at
from archc.rendering.escape import markdown

_RULE: dict[Side, str] = {"left": ":--", "center": ":-:", "right": "--:"}


def to_markdown(grid: Grid, *, math: bool = False) -> str:
    """Return the table, which ends with a newline; with `math` brackets are formulas."""
    count = len(grid.columns)
    rules = [_RULE["left"]] * len(grid.stubs) + [_RULE[_side(grid, number)] for number in range(count)]
    titles = [*(markdown(stub) for stub in grid.stubs), *(_cell(cell, math=math) for cell in grid.columns)]
    lines = [_row(titles), _row(rules)]
    for band in grid.bands:
        if band.title:
            lines.append(_row([f"**{markdown(band.title.strip())}**", *[""] * (len(rules) - 1)]))
        if not band.rows:
            continue
        stubs = [_cell(cell, math=math) for cell in band.head]
        stubs += [""] * (len(grid.stubs) - len(stubs))
        columns = [[cell_at(row, number) for row in band.rows] for number in range(count)]
        lines.append(
            _row([*stubs, *("<br>".join(filter(None, (_cell(cell, math=math) for cell in cells))) for cells in columns)])
        )
    notes = [f"* {markdown(note).strip()}" for note in grid.notes]
    return "\n".join([*lines, *(["", *notes] if notes else []), ""])


def _side(grid: Grid, column: int) -> Side:
    """Return where the cells of a column stand, as the first of them does."""
    for band in grid.bands:
        for row in band.rows:
            if len(row) == len(grid.columns):
                return row[column].side
    return "center"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |".replace("  ", " ")


def _cell(cell: Cell, *, math: bool) -> str:
    return "<br>".join(_part(part, math=math) for part in cell.parts)


def _part(part: Part, *, math: bool) -> str:
    if isinstance(part, str):
        return markdown(part)
    if math:
        # There is neither \\ nor \[, since Markdown takes the backslash away before the formula is read.
        rows = r"\cr ".join(formula(line) for line in part.lines)
        return rf"$\left\lbrack\begin{{array}}{{c}}{rows}\end{{array}}\right\rbrack\times {part.times}$"
    return rf"\[{'<br>'.join(map(markdown, part.lines))}\]×{part.times}"
