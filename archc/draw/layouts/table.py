"""Networks side by side, a box each layer, as He et al. 2015, Fig. 3: aligned by output size, a row each layer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from archc.draw.content import ENTRY, Cell, Network, Part, Unit, Wire
from archc.draw.layouts.lanes import Measures, said, unit_width
from archc.draw.layouts.routes import rounded
from archc.draw.layouts.shades import shade
from archc.draw.metrics import width
from archc.draw.scene import Box, Curve, Facts, Group, Item, Plate, Role, Rule, Scene, Text
from archc.draw.words import cost, size

MEASURES = Measures(box=25.0)
GAP = 8.0
BAND = 20.0
"""Between rows, and between output sizes."""
ARC = 26.0
TOP = 66.0
LEFT = 84.0


@dataclass(slots=True)
class _Row:
    """A layer, the size of its output, and what its row begins or ends."""

    unit: Unit
    role: Role
    part: Part
    y: float = 0.0


@dataclass(slots=True)
class _Arc:
    """A shortcut from a row to a row; `source` is -1 for the image."""

    source: int
    target: int
    wire: Wire


@dataclass(slots=True)
class _Fold:
    """Rows that stand for `count` equal blocks."""

    first: int
    last: int
    count: int
    ids: tuple[str, ...]


@dataclass(slots=True)
class _Column:
    network: Network
    rows: list[_Row] = field(default_factory=list)
    arcs: list[_Arc] = field(default_factory=list)
    folds: list[_Fold] = field(default_factory=list)
    x: float = 0.0
    width: float = 0.0
    right: float = 0.0


def side_by_side(networks: Sequence[Network], shades: Sequence[int], unfolded: frozenset[str] | None) -> Scene:
    """One column for each network. `shades` are the widths that have a colour, `unfolded` the stages whose equal blocks are
    drawn one by one; None: all.
    """
    columns = [_column(network, shades, unfolded) for network in networks]
    bands = _bands(columns)
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


def role_of(unit: Unit, part: Part, shades: Sequence[int]) -> Role:
    """A convolution has the colour of its stage's width; those of a stem have their own."""
    if not (unit.role == "conv" or (unit.layer and unit.role == "gate" and unit.side == "main")):
        return "plain" if unit.role in ("pool", "linear", "reshape") else unit.role
    return shade(part, shades)


def _column(network: Network, shades: Sequence[int], unfolded: frozenset[str] | None) -> _Column:
    column = _Column(network)
    for part in network.parts:
        for run in part.runs:
            whole = unfolded is None or part.id in unfolded or len(run.cells) == 1
            for cell in run.cells if whole else run.cells[:1]:
                first = len(column.rows)
                _cell(column, cell, part, shades)
                if not whole and len(column.rows) > first:
                    column.folds.append(_Fold(first, len(column.rows) - 1, len(run.cells), run.ids))
    return column


def _cell(column: _Column, cell: Cell, part: Part, shades: Sequence[int]) -> None:
    """The layers of a block as rows, and its shortcut from the row before to its last row."""
    before = len(column.rows) - 1
    rows: dict[int, int] = {ENTRY: before}
    for index, unit in enumerate(cell.units):
        if unit.layer:
            column.rows.append(_Row(unit, role_of(unit, part, shades), part))
            rows[index] = len(column.rows) - 1
        else:
            rows[index] = max([rows[w.source] for w in cell.wires if w.target == index], default=before)
    for wire in cell.wires:
        target = len(column.rows) - 1 if wire.target == len(cell.units) else rows[wire.target]
        source = rows[wire.source]
        if target - source > 1 or (wire.side == "shortcut" and target > source):
            column.arcs.append(_Arc(source, target, wire))


def _band(row: _Row) -> str:
    return size(row.unit.shape)


def _bands(columns: Sequence[_Column]) -> dict[str, float]:
    """Every output size, the largest first, with a place that is not yet set."""
    areas: dict[str, int] = {}
    for column in columns:
        for row in column.rows:
            shape = row.unit.shape
            areas[_band(row)] = shape[1] * shape[2] if len(shape) == 3 else 1
    return dict.fromkeys(sorted(areas, key=lambda name: -areas[name]), 0.0)


def _rows(columns: Sequence[_Column], bands: dict[str, float]) -> float:
    """The y of every band and row; returns where they end."""
    step = MEASURES.box + GAP
    y = TOP + 34
    for name in bands:
        bands[name] = y
        most = 0.0
        for column in columns:
            at = y
            for index, row in enumerate(column.rows):
                if _band(row) == name:
                    starts = any(fold.first == index for fold in column.folds)
                    ends = any(fold.last == index for fold in column.folds)
                    row.y = at + (6 if starts else 0)
                    at = row.y + step + (6 if ends else 0)
            most = max(most, at - y)
        y += most - GAP + BAND
    return y - BAND + 24


def _columns(columns: Sequence[_Column]) -> float:
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
        title = max(width(column.network.title, 16, "bold"), width(_subtitle(column.network), 11)) / 2
        half = column.width / 2
        column.x = edge + max(0.0, title - half) + half
        edge = column.x + max(half + column.right, title) + 34
    return edge - 10


def _subtitle(network: Network) -> str:
    return cost(network.facts.params, network.facts.macs)


def _drawn(column: _Column, rules: Sequence[float], prefix: str) -> Group:
    network, x = column.network, column.x
    items: list[Item] = [
        Text(x=x, y=34, words=network.title, size=16, face="bold", anchor="middle"),
        Text(x=x, y=52, words=_subtitle(network), size=11, anchor="middle", tone="muted"),
    ]
    items += _folds(column, prefix)
    items += _flow(column, prefix)
    items += [item for arc in column.arcs for item in _arc(column, arc, rules, prefix)]
    for part in network.parts:
        boxes = [_box(column, row, prefix) for row in column.rows if row.part is part]
        if boxes:
            items.append(Group(id=f"{prefix}{part.id}", role=part.kind, label=part.label, items=tuple(boxes), facts=None))
    return Group(id=network.name if prefix else f"{network.name}/", role="network", label=network.title, items=tuple(items))


def _box(column: _Column, row: _Row, prefix: str) -> Box:
    return Box(
        id=prefix + row.unit.id, x=column.x - column.width / 2, y=row.y, width=column.width, height=MEASURES.box, role=row.role,
        lines=row.unit.words, facts=row.unit.facts, mark=row.unit.mark,
    )  # fmt: skip


def _flow(column: _Column, prefix: str) -> Iterator[Item]:
    """The straight connections, down the middle; the first comes from the image."""
    x = column.x
    if not column.rows:
        return
    first = column.rows[0]
    image = Text(x=x, y=first.y - 22, words="image", size=12, anchor="middle")
    yield image
    yield Curve(id=f"{prefix}{first.unit.id}<image", start=(x, first.y - 17), path=((x, first.y),), target=prefix + first.unit.id)
    for above, below in zip(column.rows, column.rows[1:], strict=False):
        yield Curve(
            id=f"{prefix}{below.unit.id}<{above.unit.id}", start=(x, above.y + MEASURES.box), path=((x, below.y),),
            source=prefix + above.unit.id, target=prefix + below.unit.id,
        )  # fmt: skip


def _arc(column: _Column, arc: _Arc, rules: Sequence[float], prefix: str) -> Iterator[Item]:
    edge = column.x + column.width / 2
    end = column.rows[arc.target]
    below = end.y + MEASURES.box * 0.5
    above = column.rows[arc.source].y + MEASURES.box * 0.68 if arc.source >= 0 else column.rows[0].y - 10
    start = edge if arc.source >= 0 else column.x
    source = prefix + column.rows[arc.source].unit.id if arc.source >= 0 else ""
    far = edge + ARC
    path = rounded(((start, above), (far, above), (far, below), (edge, below)), min(ARC - 6, (below - above) / 2))
    yield Curve(
        id=f"{prefix}{end.unit.id}<={arc.wire.side}", start=(start, above), path=path, role="shortcut", source=source,
        target=prefix + end.unit.id, dashed=arc.wire.changes, mark=arc.wire.mark, facts=arc.wire.facts,
    )  # fmt: skip
    if arc.wire.side == "shortcut" and arc.wire.words:
        lines = said(arc.wire)
        first = (above + below) / 2 + 3.5 - 12 * (len(lines) - 1) / 2
        crossed = next((y for y in rules if first - 11 < y < first + 12 * (len(lines) - 1) + 5), None)
        first = first if crossed is None else crossed + 12
        for index, line in enumerate(lines):
            yield Text(x=far + 6, y=first + 12 * index, words=line, size=10, face="italic", tone="muted")


def _folds(column: _Column, prefix: str) -> Iterator[Item]:
    """A ground behind rows that stand for several blocks, with their number."""
    edge = column.x + column.width / 2
    for fold in column.folds:
        top, bottom = column.rows[fold.first].y - 6, column.rows[fold.last].y + MEASURES.box + 6
        words = f"×{fold.count}"
        right = edge + ARC + 12
        told = Facts(f"{fold.ids[0]} to {fold.ids[-1].rpartition('.')[2]}: {fold.count} equal blocks")
        left = column.x - column.width / 2 - 8
        ident = f"{prefix}{fold.ids[0]}{words}"
        yield Plate(id=ident, x=left, y=top, width=right - left, height=bottom - top, role="panel", facts=told)
        yield Text(x=right + 7, y=(top + bottom) / 2 + 5, words=words, size=15, face="bold")
