"""A network of layers has rows along an axis, down or across, arcs between them, and rows that stand for equal blocks."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import prod

from archc.present.draw.content import ENTRY, Cell, Network, Part, Unit, Wire
from archc.present.draw.layouts.routes import rounded
from archc.present.draw.layouts.shades import shade
from archc.present.draw.scene import Box, Curve, Facts, Group, Item, Point, Role
from archc.present.draw.words import cost, size
from archc.record import Record, field

ARC = 26.0
"""How far a shortcut reaches beyond the boxes."""
PAD = 6.0
"""More room before and after rows that stand for several blocks."""


class Row(Record, frozen=False):
    """A layer, the role of its box, the part it is in, and where it begins on the axis."""

    unit: Unit
    role: Role
    part: Part
    at: float = 0.0


class Arc(Record, frozen=False):
    """A shortcut from a row to a row; the image is the source -1."""

    source: int
    target: int
    wire: Wire


class Fold(Record, frozen=False):
    """Rows that stand for `count` equal blocks."""

    first: int
    last: int
    count: int
    ids: tuple[str, ...]


class Column(Record, frozen=False):
    network: Network
    rows: list[Row] = field(factory=list)
    arcs: list[Arc] = field(factory=list)
    folds: list[Fold] = field(factory=list)
    x: float = 0.0
    width: float = 0.0
    right: float = 0.0


def role_of(unit: Unit, part: Part, shades: Sequence[int]) -> Role:
    """Return the role of a unit: a convolution has the colour of its stage's width, or the colour of stems."""
    if not (unit.role == "conv" or (unit.layer and unit.role == "gate" and unit.side == "main")):
        return "plain" if unit.role in ("pool", "linear", "reshape") else unit.role
    return shade(part, shades)


def column_of(network: Network, shades: Sequence[int], unfolded: frozenset[str] | None) -> Column:
    column = Column(network)
    for part in network.parts:
        for run in part.runs:
            whole = unfolded is None or part.id in unfolded or len(run.cells) == 1
            for cell in run.cells if whole else run.cells[:1]:
                first = len(column.rows)
                _cell(column, cell, part, shades)
                if not whole and len(column.rows) > first:
                    column.folds.append(Fold(first, len(column.rows) - 1, len(run.cells), run.ids))
    return column


def _cell(column: Column, cell: Cell, part: Part, shades: Sequence[int]) -> None:
    """Add the layers of a block as rows, and its shortcut from the row before to its last row."""
    before = len(column.rows) - 1
    rows: dict[int, int] = {ENTRY: before}
    for index, unit in enumerate(cell.units):
        if unit.layer:
            column.rows.append(Row(unit, role_of(unit, part, shades), part))
            rows[index] = len(column.rows) - 1
        else:
            rows[index] = max([rows[w.source] for w in cell.wires if w.target == index], default=before)
    for wire in cell.wires:
        target = len(column.rows) - 1 if wire.target == len(cell.units) else rows[wire.target]
        source = rows[wire.source]
        if target - source > 1 or (wire.side == "shortcut" and target > source):
            column.arcs.append(Arc(source, target, wire))


def band_of(row: Row) -> str:
    return size(row.unit.output)


def bands_of(columns: Sequence[Column]) -> dict[str, float]:
    """Return every output size, the largest first, with a place that is not yet set."""
    areas: dict[str, int] = {}
    for column in columns:
        for row in column.rows:
            areas[band_of(row)] = prod(row.unit.output.spatial)
    return dict.fromkeys(sorted(areas, key=lambda name: -areas[name]), 0.0)


def place(columns: Sequence[Column], bands: dict[str, float], start: float, *, length: float, gap: float, change: float) -> float:
    """Set the beginning of every band and row, and return where the last band ends.

    Rows are `length` long and `gap` apart, bands of one output size `change` apart.
    """
    for name in bands:
        bands[name] = start
        longest = 0.0
        for column in columns:
            firsts, lasts = {fold.first for fold in column.folds}, {fold.last for fold in column.folds}
            end = start
            for index, row in enumerate(column.rows):
                if band_of(row) == name:
                    row.at = end + (PAD if index in firsts else 0)
                    end = row.at + length + gap + (PAD if index in lasts else 0)
            longest = max(longest, end - start)
        start += longest - gap + change
    return start - change


def groups_of(column: Column, box: Callable[[Row], Box], label: Callable[[Fold], str]) -> Iterator[Group]:
    """Yield the boxes of each part; those that stand for several blocks are a group within it, called by `label`."""
    folded = {index: fold for fold in column.folds for index in range(fold.first, fold.last + 1)}
    for part in column.network.parts:
        items: list[Item] = []
        for index, row in enumerate(column.rows):
            fold = folded.get(index)
            if row.part is part and fold is None:
                items.append(box(row))
            elif row.part is part and fold is not None and index == fold.first:
                inside = tuple(map(box, column.rows[fold.first : fold.last + 1]))
                items.append(Group(id=fold.ids[0], role="block", label=label(fold), items=inside, count=fold.count))
        if items:
            yield Group(id=part.id, role=part.kind, label=part.label, items=tuple(items), facts=part.facts)


def flow_of(column: Column, start: float, length: float, middle: float, *, across: bool) -> Iterator[Curve]:
    """Yield the straight connections through the `middle` of the boxes; the first comes from the image, at `start`."""
    first = column.rows[0].unit.id
    ends = (point(start, middle, across=across), point(column.rows[0].at, middle, across=across))
    yield Curve(id=f"{first}<image", start=ends[0], path=ends[1:], target=first)
    for before, after in pairwise(column.rows):
        source, target = before.unit.id, after.unit.id
        ends = (point(before.at + length, middle, across=across), point(after.at, middle, across=across))
        yield Curve(id=f"{target}<{source}", start=ends[0], path=ends[1:], source=source, target=target)


def arc_of(column: Column, arc: Arc, corners: Sequence[Point], radius: float) -> Curve:
    """Return the curve of a shortcut through `corners`."""
    source = column.rows[arc.source].unit.id if arc.source >= 0 else ""
    target, wire = column.rows[arc.target].unit.id, arc.wire
    return Curve(
        id=f"{target}<={wire.side}", start=corners[0], path=rounded(corners, radius), role="shortcut", source=source,
        target=target, dashed=wire.changes, mark=wire.mark, facts=wire.facts, words=words_of(arc),
    )  # fmt: skip


def words_of(arc: Arc) -> str:
    """Return the words beside an arc; only shortcuts have any."""
    return arc.wire.words if arc.wire.side == "shortcut" else ""


def point(along: float, beside: float, *, across: bool) -> Point:
    """Return the point at a place along the axis, and at one beside it."""
    return (along, beside) if across else (beside, along)


def subtitle(network: Network) -> str:
    return cost(network.facts.params, network.facts.macs)


def facts_of(fold: Fold) -> Facts:
    """Return the facts of rows that stand for several blocks."""
    return Facts(f"{fold.ids[0]} to {fold.ids[-1].rpartition('.')[2]}: {fold.count} equal blocks")
