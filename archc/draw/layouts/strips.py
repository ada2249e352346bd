"""A network in a strip: panels beside each other with an arrow from card to card, in rows where the page is narrow."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from archc.draw.content import Network
from archc.draw.layouts.cards import BETWEEN, MARGIN, PAD, SPACE, STACK, Card, Panel, footing, heading, scene_of, sheets, title_of
from archc.draw.layouts.routes import rounded
from archc.draw.metrics import width
from archc.draw.scene import Curve, Group, Item, Plate, Point, Scene, Segment, Text, moved

TOP = 66.0
HEAD = 52.0
FOOT = 48.0
ROWS = 30.0
"""From row to row."""
SIDE = 16.0
"""Beside the rows of a strip that has several, for the arrow from one to the next."""
READABLE = 5.5
"""Points: text that would be printed smaller breaks a strip into rows, of which there are at most three."""
SMALLEST = 11.0
"""Of a strip's texts, in pixels."""


@dataclass(slots=True)
class _Row:
    """Panels of one row, the middle of their cards, and where the flow leaves the last and enters the first."""

    panels: list[Panel]
    y: float = 0.0
    height: float = 0.0
    middle: float = 0.0


def strip(network: Network, panels: Sequence[Panel], printed: float | None = None) -> Scene:
    """The strip; `printed` is the width it is printed at, in pixels."""
    rows = _rows(panels, printed)
    several = len(rows) > 1
    left = MARGIN + (SIDE if several else 0.0)
    edge = max(sum(_wide(panel) + SPACE for panel in row.panels) for row in rows) - SPACE + 2 * left
    items = title_of(network, edge / 2)
    y, last = TOP, ""
    leaving: Point | None = None
    for row in rows:
        tall = max(card.height for panel in row.panels for card in panel.cards)
        row.y, row.height, row.middle = y, HEAD + tall + FOOT + 2 * STACK, y + HEAD + tall / 2
        spare = edge - 2 * left - sum(_wide(panel) + SPACE for panel in row.panels) + SPACE
        x = left + (spare / 2 if several else 0.0)
        for panel in row.panels:
            group, leaving, last = _panel(panel, row, x, leaving, last, edge)
            items.append(group)
            x += _wide(panel) + SPACE
        y += row.height + ROWS
    return scene_of(network, edge, y - ROWS + MARGIN * 0.8, items)


def _rows(panels: Sequence[Panel], printed: float | None) -> list[_Row]:
    """One row, or as many as keep text readable: broken where the widest row is narrowest."""
    found = [_Row(list(panels))]
    for count in (2, 3):
        wide = max(sum(_wide(panel) + SPACE for panel in row.panels) for row in found) + 2 * MARGIN
        if printed is None or SMALLEST * 0.75 * printed / wide >= READABLE or len(panels) < count:
            break
        best: tuple[float, list[_Row]] | None = None
        for cuts in combinations(range(1, len(panels)), count - 1):
            ends = (0, *cuts, len(panels))
            rows = [_Row(list(panels[a:b])) for a, b in pairwise(ends)]
            widest = max(sum(_wide(panel) for panel in row.panels) for row in rows)
            if best is None or widest < best[0]:
                best = (widest, rows)
        found = best[1] if best else found
    return found


def _span(card: Card) -> tuple[float, float]:
    """How far a card reaches to the left and right of its straight line."""
    pad = PAD if card.framed else 4.0
    return card.left + pad, card.right + pad


def _body(panel: Panel) -> float:
    return sum(sum(_span(card)) for card in panel.cards) + BETWEEN * (len(panel.cards) - 1)


def _wide(panel: Panel) -> float:
    label, about = heading(panel.part)
    words = max(width(label, 14, "bold"), width(about, 11), width(footing(panel.part), 11))
    return max(_body(panel), words) + (28 if panel.part.kind == "stage" else 8)


def _panel(panel: Panel, row: _Row, x: float, leaving: Point | None, last: str, edge: float) -> tuple[Group, Point, str]:
    """A panel at `x`, with the arrow that comes from `leaving`; returns where the flow leaves it."""
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
    """Straight to the right; from the row before around its end and back to the beginning of this one."""
    if start[1] == end[1]:
        return (end,)
    right, left, between = edge - MARGIN / 2, MARGIN / 2, row.y - ROWS / 2
    corners = (start, (right, start[1]), (right, between), (left, between), (left, end[1]), end)
    return rounded(corners, 12)


def _ground(panel: Panel, x: float, row: _Row) -> list[Item]:
    label, about = heading(panel.part)
    wide, found = _wide(panel), list[Item]()
    if panel.part.kind == "stage":
        found.append(Plate(id="", x=x, y=row.y, width=wide, height=row.height, role="panel", radius=12))
    middle, bottom = x + wide / 2, row.y + row.height
    return [
        *found,
        Text(x=middle, y=row.y + 22, words=label, size=14, face="bold", anchor="middle"),
        Text(x=middle, y=row.y + 38, words=about, size=11, anchor="middle", tone="muted"),
        Text(x=middle, y=bottom - 12, words=footing(panel.part), size=11, anchor="middle", tone="muted"),
    ]
