"""The geometry of a cell is the places of its units, and the path of each wire between them, rounded at every corner."""

from collections.abc import Sequence

from archc.present.draw.content import ENTRY, Cell, Wire
from archc.present.draw.layouts.lanes import Lanes, Measures, lanes_of, lines_beside, shared, unit_width, width_beside
from archc.present.draw.metrics import width
from archc.present.draw.scene import Point, Segment
from archc.record import Record


class Spot(Record):
    """A unit's middle and size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height / 2


class Route(Record):
    """The path of a wire."""

    corners: tuple[Point, ...]
    words: tuple[float, float, bool] | None
    """The x and y of the first baseline of its words, and whether they end there."""


class Shape(Record):
    """A laid-out cell around its straight line at x = 0, from y = 0 to `height`."""

    spots: tuple[Spot, ...]
    routes: tuple[Route, ...]
    left: float
    right: float
    height: float
    lanes: Lanes


def laid_out(cell: Cell, measures: Measures, named: frozenset[str] = frozenset()) -> Shape:
    """Lay out a cell, with room at the right of the modules `named` for their names."""
    return _Laying(cell, measures, named).shape()


class _Laying:
    """The rows, columns and routes of one cell while they are computed."""

    def __init__(self, cell: Cell, measures: Measures, named: frozenset[str]) -> None:
        self.cell = cell
        self.named = named
        self.measures = measures
        self.lanes = lanes_of(cell, measures)
        self.shared = shared(cell) if measures.words else {}
        self.count = len(cell.units)
        self.rows = max([0, *(rank + 1 for rank in self.lanes.rank)])
        self.sizes = [(unit_width(u, measures), 2 * measures.join if u.symbol else measures.box) for u in cell.units]
        self.tops, self.bottoms, self.height = self._rows()
        self.x = self._columns()
        self.spots = [
            Spot(self.x[self.lanes.lane[u]], (self.tops[r] + self.bottoms[r]) / 2, *self.sizes[u])
            for u, r in enumerate(self.lanes.rank)
        ]
        self.taken: dict[int, list[tuple[float, float]]] = {}

    def shape(self) -> Shape:
        order = sorted(range(len(self.cell.wires)), key=lambda index: index not in self.lanes.straight)
        routes = {index: self._route(index) for index in order}
        in_order = [routes[index] for index in range(len(self.cell.wires))]
        xs = [0.0]
        for spot in self.spots:
            xs += [spot.x - spot.width / 2, spot.x + spot.width / 2]
        for unit, spot in zip(self.cell.units, self.spots, strict=True):
            if unit.symbol and unit.words[0]:
                beside = self.measures.small * 0.6 * len(unit.words[0]) + 8
                xs.append(spot.x + (spot.width / 2 + beside) * (1 if spot.x > 0 else -1))
        for wire, route in zip(self.cell.wires, in_order, strict=True):
            xs += [x for x, _ in route.corners]
            if route.words is not None:
                x, _, ends = route.words
                xs.append(x - (width_beside(wire, self.measures) - 8) if ends else x + width_beside(wire, self.measures) - 8)
        return Shape(tuple(self.spots), tuple(in_order), -min(xs), max(xs), self.height, self.lanes)

    def _rows(self) -> tuple[list[float], list[float], float]:
        """Return top and bottom of each row, with more room where wires leave or enter sideways, or have words."""
        m = self.measures
        below = [0.0] * (self.rows + 1)
        above = [0.0] * (self.rows + 1)
        rank = self.lanes.rank
        for index, wire in enumerate(self.cell.wires):
            start = 0 if wire.source == ENTRY else rank[wire.source] + 1
            end = self.rows if wire.target == self.count else rank[wire.target]
            if not self._direct(index):
                below[start] = max(below[start], self._step(wire) + m.branch * 0.3)
                if wire.target == self.count:
                    above[end] = max(above[end], m.branch)
            elif self._has_words(wire) and wire.side != "shortcut":
                below[start] = max(below[start], m.small * 1.4)
        gaps = [m.gap + a + b for a, b in zip(above, below, strict=True)]
        self._titles(gaps)
        tops, bottoms, y = [], [], 0.0
        for row in range(self.rows):
            y += gaps[row]
            height = max([self.sizes[u][1] for u in range(self.count) if rank[u] == row], default=0.0)
            tops.append(y)
            bottoms.append(y + height)
            y += height
        return tops, bottoms, y + gaps[self.rows]

    def _titles(self, gaps: list[float]) -> None:
        """Add room for a module's name above its first row, and below its last."""
        if not self.measures.words:
            return
        for module in {unit.module for unit in self.cell.units if unit.module}:
            rows = [r for r, unit in zip(self.lanes.rank, self.cell.units, strict=True) if unit.module == module]
            gaps[min(rows)] += self.measures.small * 1.8
            gaps[max(rows) + 1] += self.measures.small * 0.8

    def _has_words(self, wire: Wire) -> bool:
        return bool(width_beside(wire, self.measures))

    def _direct(self, index: int) -> bool:
        """Return whether a wire runs straight down."""
        wire = self.cell.wires[index]
        lane = self.lanes.lane
        source = 0 if wire.source == ENTRY else lane[wire.source]
        return index in self.lanes.straight and source == (0 if wire.target == self.count else lane[wire.target])

    def _columns(self) -> dict[int, float]:
        """Return the x of each lane, as near to the straight line as the lanes between allow."""
        m = self.measures
        half: dict[int, tuple[float, float]] = {0: (0.0, 0.0)}

        def widen(lane: int, left: float, right: float) -> None:
            a, b = half.get(lane, (0.0, 0.0))
            half[lane] = (max(a, left), max(b, right))

        for unit, lane in enumerate(self.lanes.lane):
            widen(lane, self.sizes[unit][0] / 2, self.sizes[unit][0] / 2)
        for index, wire in enumerate(self.cell.wires):
            end = 0 if wire.target == self.count else self.lanes.lane[wire.target]
            lane = self.lanes.arcs.get(index, end)
            words = width_beside(wire, m)
            if index in self.lanes.straight or index in self.lanes.arcs or self._last(wire):
                widen(lane, words if lane < 0 else 0.0, words if lane >= 0 else 0.0)
        for module, name in self.cell.modules:
            if module in self.named:
                lanes = [lane for lane, unit in zip(self.lanes.lane, self.cell.units, strict=True) if unit.module == module]
                beside = width(name, m.small) + 28
                # what stands in one lane has its ground in the middle of it
                widen(max(lanes), beside if min(lanes) == max(lanes) != 0 else 0.0, beside)
        x = {0: 0.0}
        for sign in (1, -1):
            lane, edge = sign, half[0][1] if sign > 0 else half[0][0]
            while lane in half:
                near, far = half[lane] if sign > 0 else half[lane][::-1]
                # a lane of wires alone needs less room than one with boxes
                x[lane] = sign * (edge + (m.lane if near or abs(lane) == 1 else m.lane * 0.6) + near)
                edge = abs(x[lane]) + far
                lane += sign
        return x

    def _last(self, wire: Wire) -> bool:
        return wire.source != ENTRY and wire.target < self.count and self.lanes.lane[wire.source] != 0

    def _sideways(self, wire: Wire, channel: float) -> bool:
        """Return whether a wire can enter at its target's side, since no other unit of the row is in the way."""
        row, spot = self.lanes.rank[wire.target], self.spots[wire.target]
        near, far = sorted((channel, spot.x))
        others = [self.spots[u] for u in range(self.count) if self.lanes.rank[u] == row and u != wire.target]
        return not any(near - other.width / 2 < other.x < far + other.width / 2 for other in others)

    def _route(self, index: int) -> Route:
        wire = self.cell.wires[index]
        x0, y0 = (0.0, 0.0) if wire.source == ENTRY else (self.spots[wire.source].x, self.spots[wire.source].bottom)
        x1, y1 = (0.0, self.height) if wire.target == self.count else (self.spots[wire.target].x, self.spots[wire.target].top)
        if self._direct(index):
            return Route(((x0, y0), (x1, y1)), self._below(wire, x0, y0, y1))
        start = y0 + self._step(wire)
        if index in self.lanes.straight:
            return Route(((x0, start), (x1, start), (x1, y1)), self._beside(wire, x1, (start + y1) / 2, left=x1 < 0))
        lane = self.lanes.arcs.get(index)
        if lane is not None:
            channel = self.x[lane]
        elif wire.source != ENTRY and self._clear(wire):
            channel = x0
        elif wire.target == self.count or self.lanes.lane[wire.target] == 0 or x0 == x1:
            half = max(self.spots[u].width for u in range(self.count) if self.spots[u].x == x0) / 2
            channel = x0 - (half + 10) * (1 if x0 > 0 else -1)
        else:
            sign = 1 if x0 < x1 else -1
            rank, first = self.lanes.rank, 0 if wire.source == ENTRY else self.lanes.rank[wire.source] + 1
            passed = [u for u in range(self.count) if self.spots[u].x == x1 and first <= rank[u] <= rank[wire.target]]
            room = 22 if self.cell.units[wire.target].symbol else 9
            channel = x1 - sign * (max(self.spots[u].width for u in passed) / 2 + room)
        head = [(x0, y0)] if channel == x0 else [(x0, start), (channel, start)]
        return self._home(wire, head, channel)

    def _clear(self, wire: Wire) -> bool:
        """Return whether nothing stands below a wire's source in its lane as far as its target."""
        lane, rank = self.lanes.lane[wire.source], self.lanes.rank
        last = self.rows if wire.target == self.count else rank[wire.target]
        return not any(self.lanes.lane[u] == lane and rank[wire.source] < rank[u] <= last for u in range(self.count))

    def _home(self, wire: Wire, head: Sequence[Point], channel: float) -> Route:
        """Return the route down a channel and into the target, at its side or from above where a unit is in the way."""
        left = channel < 0
        if wire.target == self.count:
            y = self.height - self.measures.gap / 2
            corners = [*head, (channel, y), (0.0, y)]
            return Route(tuple(corners), self._beside(wire, channel, (head[-1][1] + y) / 2, left=left))
        spot = self.spots[wire.target]
        sign = 1 if channel > spot.x else -1
        if self._sideways(wire, channel):
            order = self._order(self.lanes.rank[wire.target], *sorted((channel, spot.x)))
            # side by side as long as there is room, then all in one line
            up = min(6.0 * order, spot.height / 2 - 4)
            y, reach = spot.y - up, spot.width / 2
            if self.cell.units[wire.target].symbol:
                reach = (reach**2 - up**2) ** 0.5
            corners = [*head, (channel, y), (spot.x + sign * reach, y)]
        else:
            y = spot.top - self.measures.gap * 0.8
            order = self._order(-1 - wire.target, 0.0, 1.0)
            corners = [*head, (channel, y - 3 * order), (spot.x, y - 3 * order), (spot.x, spot.top)]
        return Route(tuple(corners), self._beside(wire, channel, (head[-1][1] + y) / 2, left=left))

    def _order(self, row: int, near: float, far: float) -> int:
        """Return how many earlier wires run along the same stretch of a row."""
        others = self.taken.setdefault(row, [])
        order = sum(1 for a, b in others if a < far and near < b)
        others.append((near, far))
        return order

    def _step(self, wire: Wire) -> float:
        """Return how far below its source a wire turns aside."""
        return self.measures.branch * 0.7 + (self.measures.small * 1.5 if wire.source in self.shared else 0.0)

    def _below(self, wire: Wire, x: float, y0: float, y1: float) -> tuple[float, float, bool] | None:
        """Return the place of a straight wire's words: near its source, a shortcut's in the middle."""
        if not self._has_words(wire):
            return None
        size = self.measures.small
        if wire.side == "shortcut":
            return self._beside(wire, x, (y0 + y1) / 2, left=False)
        return (x + 8, y0 + self.measures.gap * 0.35 + size * 0.8, False)

    def _beside(self, wire: Wire, x: float, y: float, *, left: bool) -> tuple[float, float, bool] | None:
        if not self._has_words(wire) or wire.source in self.shared:
            return None
        size = self.measures.small
        first = y + size * 0.35 - size * 1.2 * (len(lines_beside(wire)) - 1) / 2
        return (x - 8 if left else x + 8, first, left)


def rounded(corners: Sequence[Point], radius: float) -> tuple[Segment, ...]:
    """Return the path through the corners after the first, each a quarter turn of at most `radius`."""
    path: list[Segment] = []
    for i in range(1, len(corners) - 1):
        (ax, ay), (bx, by), (cx, cy) = corners[i - 1], corners[i], corners[i + 1]
        before, after = max(abs(bx - ax), abs(by - ay)), max(abs(cx - bx), abs(cy - by))
        first, last = i == 1, i == len(corners) - 2
        r = min(radius, before if first else before / 2, after - 6 if last and after > 12 else after if last else after / 2)
        if r <= 0 or before == 0 or after == 0:
            path.append((bx, by))
            continue
        ux, uy = (bx - ax) / before, (by - ay) / before
        vx, vy = (cx - bx) / after, (cy - by) / after
        k = 0.45 * r  # a quarter circle's handles end 0.55 r before the corner
        if r < before:
            path.append((bx - ux * r, by - uy * r))
        path.append((bx - ux * k, by - uy * k, bx + vx * k, by + vy * k, bx + vx * r, by + vy * r))
    path.append(corners[-1])
    return tuple(path)
