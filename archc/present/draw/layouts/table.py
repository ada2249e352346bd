"""Networks side by side, a box each layer, as He et al. 2015, Fig. 3: aligned by output size, a row each layer."""

from collections.abc import Iterator, Sequence

from archc.present.draw.content import Network, Part
from archc.present.draw.layouts.lanes import Measures, said, unit_width
from archc.present.draw.layouts.layers import Arc, Column, Row, band_of, bands_of, column_of, subtitle, told
from archc.present.draw.layouts.routes import rounded
from archc.present.draw.metrics import width
from archc.present.draw.scene import Box, Curve, Group, Item, Plate, Rule, Scene, Text

MEASURES = Measures(box=25.0)
GAP = 8.0
BAND = 20.0
"""Between rows, and between output sizes."""
ARC = 26.0
TOP = 66.0
LEFT = 84.0


def side_by_side(networks: Sequence[Network], shades: Sequence[int], unfolded: frozenset[str] | None) -> Scene:
    """One column for each network. `shades` are the widths that have a colour, `unfolded` the stages whose equal blocks are
    drawn one by one; None: all.
    """
    columns = [column_of(network, shades, unfolded) for network in networks]
    bands = bands_of(columns)
    height = _rows(columns, bands)
    edge = _columns(columns)
    several = len(columns) > 1
    items: list[Item] = []
    for index, (name, top) in enumerate(bands.items()):
        if index:
            items.append(Rule(x1=16, y1=top - BAND / 2, x2=edge - 16, y2=top - BAND / 2))
        items.append(Text(x=LEFT / 2 + 8, y=top + 9, words="output", size=10, anchor="middle", tone="muted"))
        items.append(Text(x=LEFT / 2 + 8, y=top + 23, words=name, size=12.5, face="bold", anchor="middle"))
    rules = [top - BAND / 2 for top in bands.values()]
    items += [_drawn(column, rules, f"{column.network.name}/" if several else "") for column in columns]
    titles = ", ".join(column.network.title for column in columns)
    what = "side by side, " if several else ""
    described = (
        f"{titles}: {what}a box for each layer, in rows by output size; curves are shortcuts, dashed where the shape changes."
    )
    return Scene(width=edge, height=height, title=titles, description=described, items=tuple(items))


def _rows(columns: Sequence[Column], bands: dict[str, float]) -> float:
    """The y of every band and row; returns where they end."""
    step = MEASURES.box + GAP
    y = TOP + 34
    for name in bands:
        bands[name] = y
        most = 0.0
        for column in columns:
            at = y
            for index, row in enumerate(column.rows):
                if band_of(row) == name:
                    starts = any(fold.first == index for fold in column.folds)
                    ends = any(fold.last == index for fold in column.folds)
                    row.at = at + (6 if starts else 0)
                    at = row.at + step + (6 if ends else 0)
            most = max(most, at - y)
        y += most - GAP + BAND
    return y - BAND + 24


def _columns(columns: Sequence[Column]) -> float:
    """The x of every column; returns the right edge."""
    edge = LEFT + 24
    for column in columns:
        column.width = max([112.0, *(unit_width(row.unit, MEASURES) for row in column.rows)])
        arcs = [
            ARC + 8 + max(width(line, 10, "italic") for line in said(arc.wire))
            for arc in column.arcs
            if arc.wire.side == "shortcut"
        ]
        column.right = max([0.0, *(value for value in arcs)])
        column.right += max([0.0, *(width(f"×{fold.count}", 15, "bold") + 22 for fold in column.folds)])
        title = max(width(column.network.title, 16, "bold"), width(subtitle(column.network), 11)) / 2
        half = column.width / 2
        column.x = edge + max(0.0, title - half) + half
        edge = column.x + max(half + column.right, title) + 34
    return edge - 10


def _drawn(column: Column, rules: Sequence[float], prefix: str) -> Group:
    network, x = column.network, column.x
    items: list[Item] = [
        Text(x=x, y=34, words=network.title, size=16, face="bold", anchor="middle"),
        Text(x=x, y=52, words=subtitle(network), size=11, anchor="middle", tone="muted"),
    ]
    items += _folds(column, prefix)
    items += _flow(column, prefix)
    items += [item for arc in column.arcs for item in _arc(column, arc, rules, prefix)]
    for part in network.parts:
        boxes = list(boxes_of(column, part, prefix))
        if boxes:
            items.append(Group(id=f"{prefix}{part.id}", role=part.kind, label=part.label, items=tuple(boxes), facts=part.facts))
    ident = network.name if prefix else f"{network.name}/"
    return Group(id=ident, role="network", label=network.title, items=tuple(items), facts=network.facts)


def boxes_of(column: Column, part: Part, prefix: str) -> Iterator[Item]:
    """The boxes of a part; those that stand for several blocks belong together."""
    folded = {index: fold for fold in column.folds for index in range(fold.first, fold.last + 1)}
    for index, row in enumerate(column.rows):
        fold = folded.get(index)
        if row.part is not part or (fold is not None and index != fold.first):
            continue
        if fold is None:
            yield _box(column, row, prefix)
            continue
        inside = tuple([_box(column, one, prefix) for one in column.rows[fold.first : fold.last + 1]])
        yield Group(id=prefix + fold.ids[0], role="block", label=f"{fold.count} equal blocks", items=inside, count=fold.count)


def _box(column: Column, row: Row, prefix: str) -> Box:
    return Box(
        id=prefix + row.unit.id, x=column.x - column.width / 2, y=row.at, width=column.width, height=MEASURES.box, role=row.role,
        lines=row.unit.words, facts=row.unit.facts, mark=row.unit.mark,
    )  # fmt: skip


def _flow(column: Column, prefix: str) -> Iterator[Item]:
    """The straight connections, down the middle; the first comes from the image."""
    x = column.x
    if not column.rows:
        return
    first = column.rows[0]
    image = Text(x=x, y=first.at - 22, words="image", size=12, anchor="middle")
    yield image
    yield Curve(
        id=f"{prefix}{first.unit.id}<image", start=(x, first.at - 17), path=((x, first.at),), target=prefix + first.unit.id
    )
    for above, below in zip(column.rows, column.rows[1:], strict=False):
        yield Curve(
            id=f"{prefix}{below.unit.id}<{above.unit.id}", start=(x, above.at + MEASURES.box), path=((x, below.at),),
            source=prefix + above.unit.id, target=prefix + below.unit.id,
        )  # fmt: skip


def _arc(column: Column, arc: Arc, rules: Sequence[float], prefix: str) -> Iterator[Item]:
    edge = column.x + column.width / 2
    end = column.rows[arc.target]
    below = end.at + MEASURES.box * 0.5
    above = column.rows[arc.source].at + MEASURES.box * 0.68 if arc.source >= 0 else column.rows[0].at - 10
    start = edge if arc.source >= 0 else column.x
    source = prefix + column.rows[arc.source].unit.id if arc.source >= 0 else ""
    far = edge + ARC
    path = rounded(((start, above), (far, above), (far, below), (edge, below)), min(ARC - 6, (below - above) / 2))
    yield Curve(
        id=f"{prefix}{end.unit.id}<={arc.wire.side}", start=(start, above), path=path, role="shortcut", source=source,
        target=prefix + end.unit.id, dashed=arc.wire.changes, mark=arc.wire.mark, facts=arc.wire.facts,
        words=arc.wire.words if arc.wire.side == "shortcut" else "",
    )  # fmt: skip
    if arc.wire.side == "shortcut" and arc.wire.words:
        lines = said(arc.wire)
        first = (above + below) / 2 + 3.5 - 12 * (len(lines) - 1) / 2
        crossed = next((y for y in rules if first - 11 < y < first + 12 * (len(lines) - 1) + 5), None)
        first = first if crossed is None else crossed + 12
        for index, line in enumerate(lines):
            yield Text(x=far + 6, y=first + 12 * index, words=line, size=10, face="italic", tone="muted")


def _folds(column: Column, prefix: str) -> Iterator[Item]:
    """A ground behind rows that stand for several blocks, with their number."""
    edge = column.x + column.width / 2
    for fold in column.folds:
        top, bottom = column.rows[fold.first].at - 6, column.rows[fold.last].at + MEASURES.box + 6
        words = f"×{fold.count}"
        right = edge + ARC + 12
        left = column.x - column.width / 2 - 8
        ident = f"{prefix}{fold.ids[0]}{words}"
        yield Plate(id=ident, x=left, y=top, width=right - left, height=bottom - top, role="panel", facts=told(fold))
        yield Text(x=right + 7, y=(top + bottom) / 2 + 5, words=words, size=15, face="bold")
