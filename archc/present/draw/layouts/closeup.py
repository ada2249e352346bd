"""Blocks are drawn close up, one or several in a grid, as in He et al. 2015, Fig. 5 and He et al. 2016, Fig. 2 and 4."""

from collections.abc import Sequence

from archc.present.draw.content import Cell
from archc.present.draw.layouts.drawn import draw_cell
from archc.present.draw.layouts.geometry import shape_of
from archc.present.draw.layouts.lanes import Measures
from archc.present.draw.metrics import width
from archc.present.draw.scene import Curve, EdgeRole, Group, Item, Plate, Scene, Text
from archc.record import Record

MEASURES = Measures(
    text=14.0, box=32.0, pad=16.0, least=104.0, join=11.0, gap=20.0, branch=14.0, lane=30.0, small=12.0, words=True
)
PANEL = 26.0


class Closeup(Record):
    """A cell with its caption, and the words at its ends."""

    id: str
    caption: str
    cell: Cell
    above: str
    below: str
    subtitles: tuple[str, ...] = ()
    marked: bool = False
    """Whether it stands on a ground of its own."""


def grid(
    closeups: Sequence[Closeup], measures: Measures, *, title: str, described: str, columns: int, heading: Sequence[str] = ()
) -> Scene:
    """Put close-ups in rows of `columns`, captions below them and `heading` above all; a single one has its caption above."""
    shapes = [shape_of(closeup.cell, measures) for closeup in closeups]
    alone = len(closeups) == 1
    items: list[Item] = []
    above = _heading(heading, 0.0, 0.0)
    y, edge = PANEL * 0.6 + (48.0 + 16 * (len(heading) - 2) if heading else 0.0), max([0.0, *(_wide(text) for text in above)])
    for start in range(0, len(closeups), columns):
        row = range(start, min(start + columns, len(closeups)))
        tall = max(shapes[i].height for i in row)
        x = PANEL * 0.6
        bottom = 0.0
        for i in row:
            closeup, shape = closeups[i], shapes[i]
            half = (
                max(width(closeup.caption, 17 if alone else 14, "bold"), *(width(line, 12) for line in closeup.subtitles), 0) / 2
            )
            middle = (shape.right - shape.left) / 2
            left, right = max(shape.left, half - middle), max(shape.right, half + middle)
            at = x + PANEL / 2 + left
            group, end = _drawn(closeup, measures, at, y, tall if not alone else shape.height, middle, alone=alone)
            if closeup.marked:
                plate = Plate(id="", x=x, y=y - 4, width=left + right + PANEL, height=end - y + 14, role="highlight", radius=12)
                items.append(plate)
            items.append(group)
            x += left + right + PANEL
            bottom = max(bottom, end)
        edge = max(edge, x)
        y = bottom + PANEL
    items += _heading(heading, (edge + PANEL * 0.6) / 2, PANEL * 0.6)
    return Scene(width=edge + PANEL * 0.6, height=y - PANEL * 0.3, title=title, description=described, items=tuple(items))


def _drawn(
    closeup: Closeup, measures: Measures, x: float, y: float, tall: float, middle: float, *, alone: bool
) -> tuple[Group, float]:
    """Draw a close-up whose straight line is at `x`, and return where it ends."""
    items: list[Item] = []
    if alone:
        items += _heading((closeup.caption, *closeup.subtitles), x + middle, y)
        y += 48 + 16 * max(0, len(closeup.subtitles) - 1)
    top = y + 26
    items += _end(closeup.above, x, y + 16, alone=alone)
    drawn = draw_cell(closeup.cell, measures, x, top, entry="", exit_="", prefix="" if alone else f"{closeup.id}/")
    end = top + shape_of(closeup.cell, measures).height
    role: EdgeRole = "trunk" if measures.trunk else "flow"
    items += drawn
    foot = end if alone else top + tall
    items.append(Curve(id="", start=(x, end), path=((x, foot + 20),), role=role))
    items += _end(closeup.below, x, foot + 36, alone=alone)
    bottom = top + tall + 44
    if not alone:
        items.append(Text(x=x + middle, y=bottom + 22, words=closeup.caption, size=14, face="bold", anchor="middle"))
        bottom += 28
    return Group(
        id=closeup.id, role="block", label=closeup.caption, items=tuple(items), ends=(closeup.above, closeup.below)
    ), bottom


def _heading(lines: Sequence[str], x: float, y: float) -> list[Text]:
    """Return a title and the lines below it."""
    return [
        Text(x=x, y=y + 36 + 16 * (index - 1), words=line, size=12, anchor="middle", tone="muted")
        if index
        else Text(x=x, y=y + 18, words=line, size=17, face="bold", anchor="middle")
        for index, line in enumerate(lines)
    ]


def _wide(text: Text) -> float:
    return width(text.words, text.size, text.face) + PANEL


def _end(words: str, x: float, y: float, *, alone: bool) -> list[Item]:
    """Return the words of a value at an end: `256×56×56`, or a symbol, `x_l`, with its index below."""
    if alone:
        return [Text(x=x, y=y, words=words, size=13, anchor="middle", tone="muted")]
    name, _, index = words.partition("_")
    if not index:
        return [Text(x=x, y=y, words=words, size=13, anchor="middle", tone="muted")]
    first, second = width(name, 17, "italic"), width(index, 11, "italic")
    left = x - (first + second) / 2
    below = Text(x=left + first + 0.5, y=y + 4, words=index, size=11, face="italic")
    return [Text(x=left, y=y, words=name, size=17, face="italic"), below]
