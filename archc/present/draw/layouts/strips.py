"""Networks are strips: panels beside each other with an arrow from card to card, in rows where the page is narrow."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import inf

from archc.present.draw.content import Network
from archc.present.draw.layouts.bands import Bands, bands, tops
from archc.present.draw.layouts.cards import (
    BETWEEN,
    MARGIN,
    PAD,
    SPACE,
    STACK,
    Card,
    Panel,
    footing,
    heading,
    network_group,
    scene_of,
    sheets,
    title_of,
    title_width,
)
from archc.present.draw.layouts.columns import CHANGE, sizes_above
from archc.present.draw.layouts.routes import rounded
from archc.present.draw.metrics import width
from archc.present.draw.scene import Curve, Group, Item, Plate, Point, Scene, Segment, Text, moved
from archc.record import Record, replace

TOP = 66.0
HEAD = 52.0
FOOT = 48.0
ROWS = 30.0
"""The room from row to row."""
SIDE = 16.0
"""The room beside several rows of a strip, for the arrow from one to the next."""
IMAGE = 58.0
"""The room for the image's word and its arrow."""
LABEL = 36.0
"""The room above several strips, for the output sizes."""
READABLE = 5.5
"""Points; text that would be printed smaller breaks a strip into rows."""
SMALLEST = 11.0
"""The size of a strip's smallest texts, in pixels."""


class _Row(Record, frozen=False):
    """The panels of one row, and its place."""

    panels: list[Panel]
    y: float = 0.0
    """The top."""
    height: float = 0.0
    middle: float = 0.0
    """The middle of the cards."""
    places: tuple[float, ...] = ()
    """The left edge of each panel."""


def strips(networks: Sequence[Network], panels: Sequence[Sequence[Panel]], printed: float | None = None) -> Scene:
    """Put strips below each other, parts of one output size in one column; `printed` is the width in pixels on paper.

    Where text would be too small, strips are broken into rows and are not aligned.
    """
    if len(networks) == 1:
        items, wide, high = _strip(networks[0], _rows(panels[0], printed))
        return replace(scene_of(networks, wide, high, items), across=True)
    alignment = bands(networks)
    places = tops([[_wide(panel) for panel in of] for of in panels], alignment, MARGIN + IMAGE, SPACE, CHANGE)
    together = printed is None or _readable(places[-1] + MARGIN, printed)
    broken = [_rows(of, printed) for of in panels]
    y, edge, notes = LABEL if together else 0.0, 0.0, tuple[str, ...]()
    items, spans = list[Item](), list[Point]()
    for network, rows, of, numbers in zip(networks, broken, panels, alignment.rows, strict=True):
        one = [_Row(list(of), places=_centred(of, numbers, alignment, places))] if together else rows
        drawn, wide, high = _strip(network, one, places[-1] + MARGIN if together else 0.0)
        items.append(network_group(network, drawn, (0.0, y)))
        spans.append((y + TOP - 6, y + high - 10))
        edge, y = max(edge, wide), y + high
    if together:
        items = [*sizes_above(alignment, places, SPACE + CHANGE, spans), *items]
    else:
        notes = ("strips broken into rows for this width are not aligned by output size; --direction column aligns them",)
    return replace(scene_of(networks, edge, y, items), notes=notes, across=True)


def _centred(panels: Sequence[Panel], rows: Sequence[int], alignment: Bands, places: Sequence[float]) -> tuple[float, ...]:
    """Return the left edges of panels, each of which is in the middle of its column."""
    changes = {row for row, _ in alignment.firsts}
    ends = [
        places[row + 1] - (SPACE + (CHANGE if row + 1 in changes else 0.0) if row + 1 < alignment.count else 0.0) for row in rows
    ]
    return tuple([(places[row] + end - _wide(panel)) / 2 for panel, row, end in zip(panels, rows, ends, strict=True)])


def _strip(network: Network, rows: Sequence[_Row], least: float = 0.0) -> tuple[list[Item], float, float]:
    """Return one network's strip, its width and height."""
    several = len(rows) > 1
    left = MARGIN + (SIDE if several else 0.0)
    edge = max(least, *(_across(row, first=row is rows[0]) + 2 * left for row in rows))
    edge = max(edge, title_width(network) + 2 * MARGIN)
    items = title_of(network, edge / 2)
    y, last = TOP, ""
    leaving: Point | None = None
    for row in rows:
        tall = max(card.height for panel in row.panels for card in panel.cards)
        row.y, row.height, row.middle = y, HEAD + tall + FOOT + 2 * STACK, y + HEAD + tall / 2
        if not row.places:
            _place(row, (edge - _across(row, first=row is rows[0])) / 2, first=row is rows[0])
        if leaving is None:
            items.append(Text(x=row.places[0] - IMAGE, y=row.middle + 4, words="image", size=12))
            leaving = (row.places[0] - IMAGE + width("image", 12) + 6, row.middle)
        for panel, x in zip(row.panels, row.places, strict=True):
            group, leaving, last = _panel(panel, row, x, leaving, last, edge)
            items.append(group)
        y += row.height + ROWS
    return items, edge, y - ROWS + MARGIN * 0.8


def _across(row: _Row, *, first: bool) -> float:
    """Return the width of a row; the first begins with the image."""
    return sum(_wide(panel) + SPACE for panel in row.panels) - SPACE + (IMAGE if first else 0.0)


def _place(row: _Row, x: float, *, first: bool) -> None:
    """Place panels one after the other from `x` on."""
    at, places = x + (IMAGE if first else 0.0), list[float]()
    for panel in row.panels:
        places.append(at)
        at += _wide(panel) + SPACE
    row.places = tuple(places)


def _readable(wide: float, printed: float) -> bool:
    return SMALLEST * 0.75 * printed / wide >= READABLE


def _rows(panels: Sequence[Panel], printed: float | None) -> list[_Row]:
    """Break panels into the fewest rows that keep text readable, the widest as narrow as possible, or into one each."""
    sizes = [_wide(panel) + SPACE for panel in panels]
    sizes[0] += IMAGE
    if printed is None or _readable(sum(sizes) - SPACE + 2 * MARGIN, printed):
        return [_Row(list(panels))]
    most, count, at = SMALLEST * 0.75 * printed / READABLE + SPACE - 2 * (MARGIN + SIDE), 1, 0.0
    for size in sizes:
        at += size
        if at > most and at > size:
            count, at = count + 1, size
    return [_Row(list(panels[a:b])) for a, b in pairwise(_broken(sizes, count))]


def _broken(sizes: Sequence[float], count: int) -> tuple[int, ...]:
    """Break a sequence into `count` pieces so that the largest is smallest, by the best last break of each prefix."""
    sums = [0.0, *accumulate(sizes)]
    best: list[tuple[float, tuple[int, ...]]] = [(0.0 if not b else inf, (0,)) for b in range(len(sums))]
    for _ in range(count):
        tried = [[(max(best[a][0], sums[b] - sums[a]), (*best[a][1], b)) for a in range(b)] for b in range(len(sums))]
        best = [min(breaks, default=(inf, (0,))) for breaks in tried]
    return best[-1][1]


def _span(card: Card) -> tuple[float, float]:
    """Return how far a card reaches to the left and right of its straight line."""
    pad = PAD if card.framed else 4.0
    return card.left + pad, card.right + pad


def _body(panel: Panel) -> float:
    return sum(sum(_span(card)) for card in panel.cards) + BETWEEN * (len(panel.cards) - 1)


def _wide(panel: Panel) -> float:
    label, about = heading(panel.part)
    words = max(width(label, 14, "bold"), width(about, 11), width(footing(panel.part), 11))
    return max(_body(panel), words) + (28 if panel.part.kind == "stage" else 8)


def _panel(panel: Panel, row: _Row, x: float, leaving: Point | None, last: str, edge: float) -> tuple[Group, Point, str]:
    """Draw a panel at `x`, with the arrow from `leaving`, and return where the flow leaves it."""
    framed, wide = panel.part.kind == "stage", _wide(panel)
    at = x + (wide - _body(panel)) / 2
    items = _ground(panel, x, row)
    for card in panel.cards:
        a, b = _span(card)
        y = row.middle - card.height / 2
        if leaving is not None:
            path = _path(leaving, (at, row.middle), row, edge)
            items.append(Curve(id=f"{card.first}<", start=leaving, path=path, source=last))
        items += sheets(card, at + a, y)
        items += [moved(item, at + a, y) for item in card.items]
        if card.count > 1:
            below = y + card.height + 2 * STACK + 17
            items.append(Text(x=at + a, y=below, words=f"×{card.count}", size=15, face="bold", anchor="middle"))
        leaving = (at + a + b + (STACK * min(card.count - 1, 2) if framed else 0.0), row.middle)
        last = card.last
        at += a + b + BETWEEN
    label = heading(panel.part)[0]
    group = Group(id=panel.part.id, role=panel.part.kind, label=label, items=tuple(items), facts=panel.part.facts)
    return group, leaving or (x, row.middle), last


def _path(start: Point, end: Point, row: _Row, edge: float) -> tuple[Segment, ...]:
    """Return the path straight to the right, or around the end of the row before to the beginning of this one."""
    if start[1] == end[1]:
        return (end,)
    right, left, between = edge - MARGIN / 2, MARGIN / 2, row.y - ROWS / 2
    corners = (start, (right, start[1]), (right, between), (left, between), (left, end[1]), end)
    return rounded(corners, 12)


def _ground(panel: Panel, x: float, row: _Row) -> list[Item]:
    label, about = heading(panel.part)
    wide, ground = _wide(panel), list[Item]()
    if panel.part.kind == "stage":
        ground.append(Plate(id="", x=x, y=row.y, width=wide, height=row.height, role="panel", radius=12))
    middle, bottom = x + wide / 2, row.y + row.height
    return [
        *ground,
        Text(x=middle, y=row.y + 22, words=label, size=14, face="bold", anchor="middle"),
        Text(x=middle, y=row.y + 38, words=about, size=11, anchor="middle", tone="muted"),
        Text(x=middle, y=bottom - 12, words=footing(panel.part), size=11, anchor="middle", tone="muted"),
    ]
