"""Layers from left to right, one or several networks below each other: aligned by output size, shortcuts above the boxes."""

from collections.abc import Iterator, Sequence

from archc.present.draw.content import Network, Part
from archc.present.draw.layouts.lanes import said
from archc.present.draw.layouts.layers import Arc, Column, Row, band_of, bands_of, column_of, subtitle, told
from archc.present.draw.layouts.routes import rounded
from archc.present.draw.metrics import width
from archc.present.draw.scene import Box, Curve, Group, Item, Plate, Rule, Scene, Text, moved, renamed

SIZE = 12.0
"""Of a box's text, whose parts stand below each other."""
LINE = 15.0
GAP = 15.0
BAND = 26.0
"""Between boxes, and between output sizes."""
ARC = 26.0
"""How high a shortcut rises above the boxes."""
MARGIN = 20.0
IMAGE = 54.0
HEAD = 36.0
TITLE = 62.0


def rails(networks: Sequence[Network], shades: Sequence[int], unfolded: frozenset[str] | None) -> Scene:
    """A strip for each network; as in `side_by_side`, `unfolded` are the stages whose equal blocks are drawn one by one."""
    columns = [column_of(network, shades, unfolded) for network in networks]
    units = [row.unit for column in columns for row in column.rows]
    lines = [_lines(row) for column in columns for row in column.rows]
    wide = max([52.0, *(width(line, SIZE) + 18 for found in lines for line in found)])
    high = max(len(found) for found in lines) * LINE + 12 if units else LINE
    bands = bands_of(columns)
    edge = _places(columns, bands, wide)
    titles = [max(width(one.title, 16, "bold"), width(subtitle(one), 11)) + 2 * MARGIN for one in networks]
    edge = max(edge, *titles)
    items: list[Item] = []
    y, spans = HEAD, list[tuple[float, float]]()
    for column in columns:
        drawn, tall, top = _strip(column, wide, high, edge)
        inside = tuple([moved(renamed(item, f"{column.network.name}/") if len(columns) > 1 else item, 0.0, y) for item in drawn])
        ident = column.network.name + ("/" if len(columns) == 1 else "")
        facts = column.network.facts
        items.append(Group(id=ident, role="network", label=column.network.title, items=inside, facts=facts))
        spans.append((y + top - 4, y + top + high + 4))
        y += tall
    items = [*_sizes(columns, bands, spans, wide), *items]
    joined = ", ".join(network.title for network in networks)
    described = f"{joined}: a box for each layer, by output size; curves are shortcuts, dashed where the shape changes."
    return Scene(width=edge, height=y, title=joined, description=described, items=tuple(items), across=True)


def _lines(row: Row) -> tuple[str, ...]:
    """`3×3 conv`, `64`, `/2`."""
    return tuple([part for line in row.unit.words for part in line.split(", ")])


def _places(columns: Sequence[Column], bands: dict[str, float], wide: float) -> float:
    """The left edge of every band and box; returns where they end."""
    x = MARGIN + IMAGE
    for name in bands:
        bands[name] = x
        most = 0.0
        for column in columns:
            at = x
            for index, row in enumerate(column.rows):
                if band_of(row) == name:
                    row.at = at + (6 if any(fold.first == index for fold in column.folds) else 0)
                    at = row.at + wide + GAP + (6 if any(fold.last == index for fold in column.folds) else 0)
            most = max(most, at - x)
        x += most - GAP + BAND
    return x - BAND + MARGIN


def _sizes(
    columns: Sequence[Column], bands: dict[str, float], spans: Sequence[tuple[float, float]], wide: float
) -> Iterator[Item]:
    """The output sizes above, and rules between them beside the boxes."""
    for index, (name, x) in enumerate(bands.items()):
        ends = [row.at + wide for column in columns for row in column.rows if band_of(row) == name]
        middle = (x + max(ends)) / 2
        if index:
            for top, bottom in spans:
                yield Rule(x1=x - BAND / 2, y1=top, x2=x - BAND / 2, y2=bottom)
        yield Text(x=middle, y=18, words="output", size=10, anchor="middle", tone="muted")
        yield Text(x=middle, y=32, words=name, size=12.5, face="bold", anchor="middle")


def _strip(column: Column, wide: float, high: float, edge: float) -> tuple[list[Item], float, float]:
    """One network's strip, its height, and the top of its boxes."""
    network = column.network
    lines = max([0, *(len(said(arc.wire)) for arc in column.arcs if arc.wire.words and arc.wire.side == "shortcut")])
    top = TITLE + 12.0 * lines + (ARC if column.arcs else 0.0)
    items: list[Item] = [
        Text(x=edge / 2, y=26, words=network.title, size=16, face="bold", anchor="middle"),
        Text(x=edge / 2, y=44, words=subtitle(network), size=11, anchor="middle", tone="muted"),
    ]
    items += _folds(column, wide, high, top)
    items += _flow(column, wide, top + high / 2)
    for arc in column.arcs:
        items += _arc(column, arc, wide, top)
    for part in network.parts:
        boxes = tuple(_boxes(column, part, wide, high, top))
        if boxes:
            items.append(Group(id=part.id, role=part.kind, label=part.label, items=boxes, facts=part.facts))
    return items, top + high + (34 if column.folds else 24), top


def _boxes(column: Column, part: Part, wide: float, high: float, y: float) -> Iterator[Item]:
    folded = {index: fold for fold in column.folds for index in range(fold.first, fold.last + 1)}
    for index, row in enumerate(column.rows):
        fold = folded.get(index)
        if row.part is not part or (fold is not None and index != fold.first):
            continue
        rows = [row] if fold is None else column.rows[fold.first : fold.last + 1]
        boxes = tuple([_box(one, wide, high, y) for one in rows])
        if fold is None:
            yield from boxes
        else:
            yield Group(id=fold.ids[0], role="block", label=told(fold).title, items=boxes, count=fold.count)


def _box(row: Row, wide: float, high: float, y: float) -> Box:
    return Box(
        id=row.unit.id, x=row.at, y=y, width=wide, height=high, role=row.role, lines=_lines(row), size=SIZE, facts=row.unit.facts,
        mark=row.unit.mark,
    )  # fmt: skip


def _flow(column: Column, wide: float, y: float) -> Iterator[Item]:
    """The straight connections; the first comes from the image."""
    if not column.rows:
        return
    first = column.rows[0]
    start = first.at - IMAGE + width("image", 12) + 5
    yield Text(x=first.at - IMAGE, y=y + 4, words="image", size=12)
    yield Curve(id=f"{first.unit.id}<image", start=(start, y), path=((first.at, y),), target=first.unit.id)
    for before, after in zip(column.rows, column.rows[1:], strict=False):
        yield Curve(
            id=f"{after.unit.id}<{before.unit.id}", start=(before.at + wide, y), path=((after.at, y),), source=before.unit.id,
            target=after.unit.id,
        )  # fmt: skip


def _arc(column: Column, arc: Arc, wide: float, y: float) -> Iterator[Item]:
    """A shortcut above the boxes, and what it does in the middle of it."""
    end = column.rows[arc.target]
    source = column.rows[arc.source] if arc.source >= 0 else None
    left = source.at + wide * 0.68 if source else column.rows[0].at - 12
    right = end.at + wide * 0.5
    words = arc.wire.words if arc.wire.side == "shortcut" else ""
    path = rounded(((left, y), (left, y - ARC), (right, y - ARC), (right, y)), min(ARC - 8, (right - left) / 2))
    yield Curve(
        id=f"{end.unit.id}<={arc.wire.side}", start=(left, y), path=path, role="shortcut",
        source=source.unit.id if source else "", target=end.unit.id, dashed=arc.wire.changes, mark=arc.wire.mark,
        facts=arc.wire.facts, words=words,
    )  # fmt: skip
    lines = said(arc.wire) if words else []
    for index, line in enumerate(lines):
        below = 12 * (len(lines) - 1 - index)
        yield Text(x=(left + right) / 2, y=y - ARC - 5 - below, words=line, size=10, face="italic", anchor="middle", tone="muted")


def _folds(column: Column, wide: float, high: float, y: float) -> Iterator[Item]:
    """A ground behind boxes that stand for several blocks, with their number."""
    for fold in column.folds:
        left, right = column.rows[fold.first].at - 7, column.rows[fold.last].at + wide + 7
        top, bottom = y - (ARC if column.arcs else 0.0) - 6, y + high + 6
        ident = f"{fold.ids[0]}×{fold.count}"
        yield Plate(id=ident, x=left, y=top, width=right - left, height=bottom - top, role="panel", facts=told(fold))
        yield Text(x=(left + right) / 2, y=bottom + 17, words=f"×{fold.count}", size=15, face="bold", anchor="middle")
