"""A table becomes an HTML document of its own, without scripts and without anything to load, light or dark as the system is."""

from archc.present.table.grid import Band, Cell, Grid, Part
from archc.rendering.escape import xml

STYLE = """\
:root { color-scheme: light dark; --ink: #1d2126; --paper: #ffffff; --rule: #8a9099; --soft: #f2f4f7; --note: #555c66; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e7eb; --paper: #16191d; --rule: #69717c; --soft: #20252b; --note: #a4acb7; }
}
body { margin: 2rem; background: var(--paper); color: var(--ink); font: 15px/1.4 Georgia, "Times New Roman", serif; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .8rem; text-align: center; vertical-align: middle; font-weight: normal; }
thead th { background: var(--soft); font-weight: bold; }
.framed th, .framed td { border: 1px solid var(--rule); }
.listed { border-top: 2px solid var(--ink); border-bottom: 2px solid var(--ink); }
.listed thead tr { border-bottom: 1px solid var(--ink); }
.listed tr.total { border-top: 1px solid var(--ink); }
th.title { text-align: left; font-weight: bold; background: var(--soft); }
.left { text-align: left; }
.right { text-align: right; white-space: nowrap; }
.block { display: inline-flex; align-items: center; margin: .2em 0; white-space: nowrap; }
.lines { display: inline-block; margin-right: .25em; padding: 0 .5em; position: relative; text-align: center; }
.lines::before, .lines::after { content: ""; position: absolute; top: 0; bottom: 0; width: .3em; border: 1.5px solid; }
.lines::before { left: 0; border-right: 0; }
.lines::after { right: 0; border-left: 0; }
ul { color: var(--note); font-size: .9em; padding-left: 1.2rem; max-width: 60rem; }
"""


def to_html(grid: Grid, *, title: str) -> str:
    """Return the document, which ends with a newline."""
    kind = "framed" if grid.framed else "listed"
    heads = [
        *(f'<th scope="col">{xml(stub)}</th>' for stub in grid.stubs),
        *(_cell(cell, "th", ' scope="col"') for cell in grid.columns),
    ]
    notes = "".join(f"<li>{xml(note)}</li>\n" for note in grid.notes)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            f'<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{xml(title)}</title>',
            f"<style>\n{STYLE}</style></head>",
            "<body>",
            f'<div class="wide"><table class="{kind}">',
            f"<thead><tr>{''.join(heads)}</tr></thead>",
            "<tbody>",
            *(row for band in grid.bands for row in _band(band, grid)),
            "</tbody>",
            "</table></div>",
            *([f"<ul>\n{notes}</ul>"] if notes else []),
            "</body>",
            "</html>",
            "",
        ]
    )


def _band(band: Band, grid: Grid) -> list[str]:
    """Return the rows of a band, with the head beside the first."""
    stubs, count = len(grid.stubs), len(grid.columns)
    rows = [f'<tr><th class="title" scope="rowgroup" colspan="{stubs + count}">{xml(band.title)}</th></tr>'] if band.title else []
    last = len(band.head) - 1
    for number, row in enumerate(band.rows):
        cells = []
        if number == 0:
            down = f' rowspan="{len(band.rows)}"' if len(band.rows) > 1 else ""
            for place, cell in enumerate(band.head):
                across = f' colspan="{stubs - last}"' if place == last and stubs - last > 1 else ""
                cells.append(_cell(cell, "th", f' scope="row"{across}{down}'))
        spans = f' colspan="{count}"' if len(row) == 1 < count else ""
        cells += [_cell(cell, "td", spans) for cell in row]
        kind = ' class="total"' if band.ruled else ""
        rows.append(f"<tr{kind}>{''.join(cells)}</tr>")
    return rows


def _cell(cell: Cell, tag: str, attributes: str) -> str:
    side = "" if cell.side == "center" else f' class="{cell.side}"'
    return f"<{tag}{side}{attributes}>{'<br>'.join(map(_part, cell.parts))}</{tag}>"


def _part(part: Part) -> str:
    if isinstance(part, str):
        return xml(part)
    return f'<span class="block"><span class="lines">{"<br>".join(map(xml, part.lines))}</span>×{part.times}</span>'
