"""A table becomes LaTeX, ruled as in the paper or by booktabs: a float, or a document of its own that compiles."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from archc.present.table.formula import formula
from archc.present.table.grid import Band, Cell, Grid, Part
from archc.rendering.escape import tex

Style: TypeAlias = Literal["ruled", "booktabs"]

PACKAGES = (r"\usepackage[T1]{fontenc}", r"\usepackage{textcomp,amsmath,booktabs}")


def to_latex(grid: Grid, *, style: Style = "ruled", standalone: bool = False) -> str:
    """Return the float, which needs the packages that its first line names, or the document."""
    float_ = [
        r"\begin{table*}[!ht]",
        r"\centering\small\renewcommand{\arraystretch}{1.1}\setlength{\tabcolsep}{4pt}",
        *_tabular(grid, style),
        *_caption(grid.notes),
        r"\end{table*}",
    ]
    if not standalone:
        return "\n".join(["% needs " + " ".join(PACKAGES), *float_, ""])
    own = (r"\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}", r"\usepackage[a3paper,landscape,margin=1cm]{geometry}")
    return "\n".join(
        [r"\documentclass{article}", *PACKAGES, *own, r"\pagestyle{empty}", r"\begin{document}", *float_, r"\end{document}", ""]
    )


def _caption(notes: Sequence[str]) -> list[str]:
    return [r"\caption{" + " ".join(f"{tex(note[:1].upper() + note[1:])}." for note in notes) + "}"] if notes else []


def _tabular(grid: Grid, style: Style) -> list[str]:
    count, stubs = len(grid.columns), len(grid.stubs)
    ruled = style == "ruled"
    wall = "|" if ruled else ""
    sides = ["l" if number == 0 or not grid.framed else "c" for number in range(stubs)]
    sides += ["r" if not grid.framed else "c"] * count
    top, middle, bottom = (r"\hline", r"\hline", r"\hline") if ruled else (r"\toprule", r"\midrule", r"\bottomrule")
    lines = [rf"\begin{{tabular}}{{{wall}{wall.join(sides)}{wall}}}", top]
    lines.append(_row([*map(tex, grid.stubs), *(_cell(cell) for cell in grid.columns)]))
    layers = True
    for number, band in enumerate(grid.bands):
        below = layers and _below(band, grid)
        layers = layers and not below
        if number == 0 or band.title or band.ruled or below or (ruled and grid.framed):
            lines.append(middle)
        elif grid.framed:
            lines.append(r"\addlinespace")
        lines += _band(band, stubs, count, style, middle)
    return [*lines, bottom, r"\end{tabular}"]


def _below(band: Band, grid: Grid) -> bool:
    """Return whether a band stands below the layers, since its head spans all stubs."""
    return len(band.head) < len(grid.stubs)


def _band(band: Band, stubs: int, count: int, style: Style, middle: str) -> list[str]:
    wall = "|" if style == "ruled" else ""
    lines = []
    if band.title:
        lines.append(rf"\multicolumn{{{stubs + count}}}{{{wall}l{wall}}}{{\textbf{{{tex(band.title)}}}}} \\")
        lines += [middle] if band.rows else []
    rule = r"\cline" if style == "ruled" else r"\cmidrule(lr)"
    for number, row in enumerate(band.rows):
        if number:
            lines.append(f"{rule}{{{stubs + 1}-{stubs + count}}}")
        heads = _heads(band, stubs, wall) if number == 0 else [""] * stubs
        cells = (
            [rf"\multicolumn{{{count}}}{{c{wall}}}{{{_cell(row[0])}}}"]
            if len(row) == 1 < count
            else [_cell(cell) for cell in row]
        )
        lines.append(_row([*heads, *cells]))
    return lines


def _row(cells: Sequence[str]) -> str:
    """Join cells to a row, which must not begin with a bracket or star: those would be arguments of the line end before."""
    text = " & ".join(cells)
    return ("{}" if text[:1] in ("[", "*") else "") + text + r" \\"


def _heads(band: Band, stubs: int, wall: str) -> list[str]:
    heads = [_cell(cell) for cell in band.head]
    if len(heads) < stubs:
        heads[-1] = rf"\multicolumn{{{stubs - len(heads) + 1}}}{{{wall}l{wall}}}{{{heads[-1]}}}"
    return heads


def _cell(cell: Cell) -> str:
    parts = [_part(part) for part in cell.parts]
    if len(parts) < 2:
        return "".join(parts)
    return r"\begin{tabular}{@{}c@{}}" + r"\\ ".join(f"{{}}{part}" for part in parts) + r"\end{tabular}"


def _part(part: Part) -> str:
    if isinstance(part, str):
        return tex(part)
    rows = r"\\ ".join(f"{{}}{formula(line)}" for line in part.lines)
    # A strut keeps rules away from the bracket.
    strut = rf"\rule[-{0.68 * len(part.lines) - 0.1:.2f}em]{{0pt}}{{{1.36 * len(part.lines) + 0.4:.2f}em}}"
    return rf"${strut}\left[\,\begin{{array}}{{@{{}}c@{{}}}}{rows}\end{{array}}\,\right]\!\times\!{part.times}$"
