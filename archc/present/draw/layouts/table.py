"""Networks stand side by side with a box for each layer, aligned by output size, as in He et al. 2015, Fig. 3."""

from collections.abc import Iterator, Sequence

from archc.present.draw.content import Network
from archc.present.draw.layouts import layers
from archc.present.draw.layouts.cards import label_of, network_group
from archc.present.draw.layouts.lanes import Measures, lines_beside, unit_width
from archc.present.draw.metrics import width
from archc.present.draw.scene import Box, Item, Plate, Rule, Scene, Text

MEASURES = Measures(box=25.0)
GAP = 8.0
BAND = 20.0
"""The room between rows, and between output sizes."""
TOP = 66.0
LEFT = 84.0


def side_by_side(networks: Sequence[Network], shades: Sequence[int], unfolded: frozenset[str] | None) -> Scene:
    """Draw a column for each network.

    `shades` are the widths that have a colour, `unfolded` the stages whose equal blocks are drawn one by one; None is all.
    """
    columns = [layers.column_of(network, shades, unfolded) for network in networks]
    bands = layers.bands_of(columns)
    height = layers.place(columns, bands, TOP + 34, length=MEASURES.box, gap=GAP, change=BAND) + 24
    edge = _columns(columns)
    several = len(columns) > 1
    items: list[Item] = []
    for index, (name, top) in enumerate(bands.items()):
        if index:
            items.append(Rule(x1=16, y1=top - BAND / 2, x2=edge - 16, y2=top - BAND / 2))
        items += label_of(name, LEFT / 2 + 8, top - 5)
    rules = [top - BAND / 2 for top in bands.values()]
    items += [network_group(column.network, _drawn(column, rules), several=several) for column in columns]
    titles = ", ".join(column.network.title for column in columns)
    what = "side by side, " if several else ""
    described = (
        f"{titles}: {what}a box for each layer, in rows by output size; curves are shortcuts, dashed where the shape changes."
    )
    return Scene(width=edge, height=height, title=titles, description=described, items=tuple(items))


def _columns(columns: Sequence[layers.Column]) -> float:
    """Set the x of every column, and return the right edge."""
    edge = LEFT + 24
    for column in columns:
        column.width = max([112.0, *(unit_width(row.unit, MEASURES) for row in column.rows)])
        arcs = [
            layers.ARC + 8 + max(width(line, 10, "italic") for line in lines_beside(arc.wire))
            for arc in column.arcs
            if arc.wire.side == "shortcut"
        ]
        column.right = max([0.0, *(value for value in arcs)])
        column.right += max([0.0, *(width(f"×{fold.count}", 15, "bold") + 22 for fold in column.folds)])
        title = max(width(column.network.title, 16, "bold"), width(layers.subtitle(column.network), 11)) / 2
        half = column.width / 2
        column.x = edge + max(0.0, title - half) + half
        edge = column.x + max(half + column.right, title) + 34
    return edge - 10


def _drawn(column: layers.Column, rules: Sequence[float]) -> list[Item]:
    """Return the title, boxes, connections and shortcuts of a network."""
    network, x = column.network, column.x
    items: list[Item] = [
        Text(x=x, y=34, words=network.title, size=16, face="bold", anchor="middle"),
        Text(x=x, y=52, words=layers.subtitle(network), size=11, anchor="middle", tone="muted"),
    ]
    items += _folds(column)
    if column.rows:
        top = column.rows[0].at
        items.append(Text(x=x, y=top - 22, words="image", size=12, anchor="middle"))
        items += layers.flow_of(column, top - 17, MEASURES.box, x, across=False)
    items += [item for arc in column.arcs for item in _arc(column, arc, rules)]

    def box(row: layers.Row) -> Box:
        return Box(
            id=row.unit.id, x=x - column.width / 2, y=row.at, width=column.width, height=MEASURES.box, role=row.role,
            lines=row.unit.words, facts=row.unit.facts, mark=row.unit.mark,
        )  # fmt: skip

    return [*items, *layers.groups_of(column, box, lambda fold: f"{fold.count} equal blocks")]


def _arc(column: layers.Column, arc: layers.Arc, rules: Sequence[float]) -> Iterator[Item]:
    """Yield a shortcut at the right of the boxes, and its words beside it, where no rule crosses them."""
    edge = column.x + column.width / 2
    below = column.rows[arc.target].at + MEASURES.box * 0.5
    above = column.rows[arc.source].at + MEASURES.box * 0.68 if arc.source >= 0 else column.rows[0].at - 10
    start = edge if arc.source >= 0 else column.x
    far = edge + layers.ARC
    corners = ((start, above), (far, above), (far, below), (edge, below))
    yield layers.arc_of(column, arc, corners, min(layers.ARC - 6, (below - above) / 2))
    if layers.words_of(arc):
        lines = lines_beside(arc.wire)
        first = (above + below) / 2 + 3.5 - 12 * (len(lines) - 1) / 2
        crossed = next((y for y in rules if first - 11 < y < first + 12 * (len(lines) - 1) + 5), None)
        first = first if crossed is None else crossed + 12
        for index, line in enumerate(lines):
            yield Text(x=far + 6, y=first + 12 * index, words=line, size=10, face="italic", tone="muted")


def _folds(column: layers.Column) -> Iterator[Item]:
    """Yield a ground behind rows that stand for several blocks, and their number."""
    edge = column.x + column.width / 2
    for fold in column.folds:
        top, bottom = column.rows[fold.first].at - layers.PAD, column.rows[fold.last].at + MEASURES.box + layers.PAD
        words = f"×{fold.count}"
        left, right = column.x - column.width / 2 - 8, edge + layers.ARC + 12
        ident = f"{fold.ids[0]}{words}"
        yield Plate(id=ident, x=left, y=top, width=right - left, height=bottom - top, role="panel", facts=layers.facts_of(fold))
        yield Text(x=right + 7, y=(top + bottom) / 2 + 5, words=words, size=15, face="bold")
