"""A network as rows of layers: arcs between them, and rows that stand for several equal blocks."""

from collections.abc import Sequence
from math import prod

from archc.present.draw.content import ENTRY, Cell, Network, Part, Unit, Wire
from archc.present.draw.layouts.shades import shade
from archc.present.draw.scene import Facts, Role
from archc.present.draw.words import cost, size
from archc.record import Record, field


class Row(Record, frozen=False):
    """A layer, the size of its output, and what its row begins or ends."""

    unit: Unit
    role: Role
    part: Part
    at: float = 0.0
    """Where it begins: its top."""


class Arc(Record, frozen=False):
    """A shortcut from a row to a row; `source` is -1 for the image."""

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
    """A convolution has the colour of its stage's width; those of a stem have their own."""
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
    """The layers of a block as rows, and its shortcut from the row before to its last row."""
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
    """Every output size, the largest first, with a place that is not yet set."""
    areas: dict[str, int] = {}
    for column in columns:
        for row in column.rows:
            areas[band_of(row)] = prod(row.unit.output.spatial)
    return dict.fromkeys(sorted(areas, key=lambda name: -areas[name]), 0.0)


def subtitle(network: Network) -> str:
    return cost(network.facts.params, network.facts.macs)


def told(fold: Fold) -> Facts:
    """What is told of rows that stand for several blocks."""
    return Facts(f"{fold.ids[0]} to {fold.ids[-1].rpartition('.')[2]}: {fold.count} equal blocks")
