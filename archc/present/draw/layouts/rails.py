"""Layers stand from left to right, networks below each other, aligned by output size; shortcuts are above the boxes."""

from collections.abc import Iterator, Sequence

from archc.present.draw.content import Network
from archc.present.draw.layouts import layers
from archc.present.draw.layouts.cards import network_group
from archc.present.draw.layouts.lanes import lines_beside
from archc.present.draw.metrics import width
from archc.present.draw.scene import Box, Item, Plate, Rule, Scene, Text

SIZE = 12.0
"""The size of a box's text, whose parts stand below each other."""
LINE = 15.0
GAP = 15.0
BAND = 26.0
"""The room between boxes, and between output sizes."""
MARGIN = 20.0
IMAGE = 54.0
HEAD = 36.0
TITLE = 62.0


def rails(networks: Sequence[Network], shades: Sequence[int], unfolded: frozenset[str] | None) -> Scene:
    """Draw a strip for each network; `shades` and `unfolded` are those of `side_by_side`."""
    columns = [layers.column_of(network, shades, unfolded) for network in networks]
    units = [row.unit for column in columns for row in column.rows]
    lines = [_lines(row) for column in columns for row in column.rows]
    wide = max([52.0, *(width(line, SIZE) + 18 for texts in lines for line in texts)])
    high = max(len(texts) for texts in lines) * LINE + 12 if units else LINE
    bands = layers.bands_of(columns)
    edge = layers.place(columns, bands, MARGIN + IMAGE, length=wide, gap=GAP, change=BAND) + MARGIN
    titles = [max(width(one.title, 16, "bold"), width(layers.subtitle(one), 11)) + 2 * MARGIN for one in networks]
    edge = max(edge, *titles)
    items: list[Item] = []
    y, spans = HEAD, list[tuple[float, float]]()
    for column in columns:
        drawn, tall, top = _strip(column, wide, high, edge)
        items.append(network_group(column.network, drawn, (0.0, y), several=len(columns) > 1))
        spans.append((y + top - 4, y + top + high + 4))
        y += tall
    items = [*_sizes(columns, bands, spans, wide), *items]
    joined = ", ".join(network.title for network in networks)
    described = f"{joined}: a box for each layer, by output size; curves are shortcuts, dashed where the shape changes."
    return Scene(width=edge, height=y, title=joined, description=described, items=tuple(items), across=True)


def _lines(row: layers.Row) -> tuple[str, ...]:
    """Return the lines of a box: `3×3 conv`, `64`, `/2`."""
    return tuple([part for line in row.unit.words for part in line.split(", ")])


def _sizes(
    columns: Sequence[layers.Column], bands: dict[str, float], spans: Sequence[tuple[float, float]], wide: float
) -> Iterator[Item]:
    """Yield the output sizes above, and rules between them beside the boxes."""
    for index, (name, x) in enumerate(bands.items()):
        ends = [row.at + wide for column in columns for row in column.rows if layers.band_of(row) == name]
        middle = (x + max(ends)) / 2
        if index:
            for top, bottom in spans:
                yield Rule(x1=x - BAND / 2, y1=top, x2=x - BAND / 2, y2=bottom)
        yield Text(x=middle, y=18, words="output", size=10, anchor="middle", tone="muted")
        yield Text(x=middle, y=32, words=name, size=12.5, face="bold", anchor="middle")


def _strip(column: layers.Column, wide: float, high: float, edge: float) -> tuple[list[Item], float, float]:
    """Return one network's strip, its height, and the top of its boxes."""
    network = column.network
    lines = max([0, *(len(lines_beside(arc.wire)) for arc in column.arcs if arc.wire.words and arc.wire.side == "shortcut")])
    top = TITLE + 12.0 * lines + (layers.ARC if column.arcs else 0.0)
    items: list[Item] = [
        Text(x=edge / 2, y=26, words=network.title, size=16, face="bold", anchor="middle"),
        Text(x=edge / 2, y=44, words=layers.subtitle(network), size=11, anchor="middle", tone="muted"),
    ]
    items += _folds(column, wide, high, top)
    if column.rows:
        image, middle = column.rows[0].at - IMAGE, top + high / 2
        items.append(Text(x=image, y=middle + 4, words="image", size=12))
        items += layers.flow_of(column, image + width("image", 12) + 5, wide, middle, across=True)
    items += [item for arc in column.arcs for item in _arc(column, arc, wide, top)]

    def box(row: layers.Row) -> Box:
        return Box(
            id=row.unit.id, x=row.at, y=top, width=wide, height=high, role=row.role, lines=_lines(row), size=SIZE,
            facts=row.unit.facts, mark=row.unit.mark,
        )  # fmt: skip

    items += layers.groups_of(column, box, lambda fold: layers.facts_of(fold).title)
    return items, top + high + (34 if column.folds else 24), top


def _arc(column: layers.Column, arc: layers.Arc, wide: float, y: float) -> Iterator[Item]:
    """Yield a shortcut above the boxes, and its words above its middle."""
    left = column.rows[arc.source].at + wide * 0.68 if arc.source >= 0 else column.rows[0].at - 12
    right = column.rows[arc.target].at + wide * 0.5
    top, middle = y - layers.ARC, (left + right) / 2
    corners = ((left, y), (left, top), (right, top), (right, y))
    yield layers.arc_of(column, arc, corners, min(layers.ARC - 8, (right - left) / 2))
    lines = lines_beside(arc.wire) if layers.words_of(arc) else []
    for index, line in enumerate(lines):
        below = 12 * (len(lines) - 1 - index)
        yield Text(x=middle, y=top - 5 - below, words=line, size=10, face="italic", anchor="middle", tone="muted")


def _folds(column: layers.Column, wide: float, high: float, y: float) -> Iterator[Item]:
    """Yield a ground behind boxes that stand for several blocks, and their number."""
    for fold in column.folds:
        left, right = column.rows[fold.first].at - 7, column.rows[fold.last].at + wide + 7
        top, bottom = y - (layers.ARC if column.arcs else 0.0) - 6, y + high + 6
        ident = f"{fold.ids[0]}×{fold.count}"
        yield Plate(id=ident, x=left, y=top, width=right - left, height=bottom - top, role="panel", facts=layers.facts_of(fold))
        yield Text(x=(left + right) / 2, y=bottom + 17, words=f"×{fold.count}", size=15, face="bold", anchor="middle")
