"""The modules of a close-up have dashed grounds, each with its name where no line runs through it."""

from itertools import pairwise

from archc.present.draw.content import Cell, Wire
from archc.present.draw.layouts.lanes import Measures, lines_beside
from archc.present.draw.layouts.routes import Shape
from archc.present.draw.metrics import width
from archc.present.draw.scene import Item, Plate, Point, Text


def plates(cell: Cell, shape: Shape, m: Measures, at: Point, prefix: str) -> list[Item]:
    """Return a ground and a name for each module of a cell whose straight line begins at `at`."""
    grounds: list[Item] = []
    for module, name in grounded(cell, shape, m):
        left, top, right, bottom = _around(cell, shape, m, module)
        wide = width(name, m.small)
        start = _clear_of_lines(shape, (left, right), wide, (top, top + m.small * 1.5))
        right = max(right, start + wide + 7)
        middle = _one_lane(cell, shape, module)
        if middle is not None:
            left = min(left, 2 * middle - right)
        grounds.append(
            Plate(
                id=f"{prefix}{module}/", x=left + at[0], y=top + at[1], width=right - left, height=bottom - top, role="module"
            )
        )  # fmt: skip
        grounds.append(Text(x=start + at[0], y=top + at[1] + m.small * 1.15, words=name, size=m.small, tone="muted"))
    return grounds


def _one_lane(cell: Cell, shape: Shape, module: str) -> float | None:
    """Return the x of a module all of whose units stand below each other beside the straight line."""
    [*places] = {spot.x for spot, unit in zip(shape.spots, cell.units, strict=True) if unit.module == module}
    return places[0] if len(places) == 1 and places[0] else None


def grounded(cell: Cell, shape: Shape, m: Measures) -> list[tuple[str, str]]:
    """Return the modules that have a ground, those among whose units no other unit stands."""
    modules = []
    for module, name in cell.modules:
        left, top, right, bottom = _around(cell, shape, m, module)
        others = [spot for spot, unit in zip(shape.spots, cell.units, strict=True) if unit.module != module]
        if not any(left < s.x + s.width / 2 and s.x - s.width / 2 < right and top < s.bottom and s.top < bottom for s in others):
            modules.append((module, name))
    return modules


def extent(cell: Cell, shape: Shape, m: Measures) -> tuple[float, float]:
    """Return how far a cell with its grounds reaches to the left and right of its straight line."""
    drawn = [item for item in plates(cell, shape, m, (0.0, 0.0), "") if isinstance(item, Plate)]
    left = max([shape.left, *(-plate.x for plate in drawn)])
    return left, max([shape.right, *(plate.x + plate.width for plate in drawn)])


def _around(cell: Cell, shape: Shape, m: Measures, module: str) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a module: its units, the wires between them, and the words of the last."""
    spots = [spot for spot, unit in zip(shape.spots, cell.units, strict=True) if unit.module == module]
    wires = zip(cell.wires, shape.routes, strict=True)
    inner = [(wire, route) for wire, route in wires if _inside(cell, wire, module)]
    bends = [x for _, route in inner for x, _ in route.corners]
    bends += [_end_of_words(wire, route.words, m) for wire, route in inner if route.words is not None]
    for unit, spot, lane in zip(cell.units, shape.spots, shape.lanes.lane, strict=True):
        if unit.module == module and unit.symbol and unit.words[0]:
            bends.append(spot.x + (spot.width / 2 + 5 + width(unit.words[0], m.small)) * (1 if lane > 0 else -1))
    left = min([*bends, *(spot.x - spot.width / 2 for spot in spots)]) - 8
    right = max([*bends, *(spot.x + spot.width / 2 for spot in spots)]) + 8
    lowest = max(spot.bottom for spot in spots)
    last = [index for index, spot in enumerate(shape.spots) if spot.bottom == lowest and cell.units[index].module == module]
    speaks = any(wire.words and wire.source in last for wire in cell.wires)
    return left, min(spot.top for spot in spots) - m.small * 1.9, right, lowest + (m.small * 1.9 if speaks else 8)


def _end_of_words(wire: Wire, words: tuple[float, float, bool], m: Measures) -> float:
    """Return the x at which the words of a wire end, away from it."""
    long = max(width(line, m.small, "italic") for line in lines_beside(wire))
    return words[0] - long if words[2] else words[0] + long


def crowded(cell: Cell, shape: Shape, m: Measures) -> frozenset[str]:
    """Return the modules that are not wide enough for their names."""
    modules = []
    for module, name in grounded(cell, shape, m):
        left, top, right, _ = _around(cell, shape, m, module)
        wide = width(name, m.small)
        if _clear_of_lines(shape, (left, right), wide, (top, top + m.small * 1.5)) + wide + 7 > right:
            modules.append(module)
    return frozenset(modules)


def _clear_of_lines(shape: Shape, sides: tuple[float, float], wide: float, rows: tuple[float, float]) -> float:
    """Return where a module's name begins so that no line crosses it: at the left, at the right, or right of all lines."""
    left, right = sides[0] + 7, sides[1] - 7
    lines = [
        a[0]
        for route in shape.routes
        for a, b in pairwise(route.corners)
        if a[0] == b[0] and min(a[1], b[1]) < rows[1] and rows[0] < max(a[1], b[1]) and left <= a[0] <= right
    ]
    for start in (left, max(left, right - wide)):
        if not any(start - 4 < x < start + wide + 4 for x in lines):
            return start
    return max(lines) + 9


def _inside(cell: Cell, wire: Wire, module: str) -> bool:
    """Return whether both ends of a wire stand in a module."""
    ends = [cell.units[end].module for end in (wire.source, wire.target) if 0 <= end < len(cell.units)]
    return ends == [module, module]
