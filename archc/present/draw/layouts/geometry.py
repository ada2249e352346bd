"""Cells that are drawn alike have one geometry, which is computed once."""

from functools import lru_cache

from archc.present.draw.content import Cell
from archc.present.draw.layouts.lanes import Measures
from archc.present.draw.layouts.plates import crowded, extent
from archc.present.draw.layouts.routes import Shape, laid_out
from archc.record import replace


def shape_of(cell: Cell, measures: Measures) -> Shape:
    """Return the geometry of a cell."""
    modules = [path for path, _ in cell.modules]
    units = tuple([(u.words, u.symbol, u.side, modules.index(u.module) if u.module else -1) for u in cell.units])
    wires = tuple([(wire.source, wire.target, wire.side, wire.words) for wire in cell.wires])
    names = tuple([name for _, name in cell.modules])
    return _shape(_Alike((units, wires, names, measures), cell, measures))


class _Alike:
    """A cell by what its geometry depends on."""

    __slots__ = ("cell", "key", "measures")

    def __init__(self, key: tuple[object, ...], cell: Cell, measures: Measures) -> None:
        self.key = key
        self.cell = cell
        self.measures = measures

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Alike) and self.key == other.key


@lru_cache(maxsize=256)
def _shape(alike: _Alike) -> Shape:
    cell, measures = alike.cell, alike.measures
    shape = laid_out(cell, measures)
    if not measures.words:
        return shape
    narrow = crowded(cell, shape, measures)
    if narrow:
        shape = laid_out(cell, measures, narrow)
    left, right = extent(cell, shape, measures)
    return replace(shape, left=left, right=right)
