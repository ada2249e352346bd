"""A cell is drawn: its geometry gets boxes, circles, curves and words under their own ids."""

from archc.present.draw.content import ENTRY, Cell, Unit, Wire
from archc.present.draw.layouts.geometry import shape_of
from archc.present.draw.layouts.lanes import Measures, lines_beside, width_beside
from archc.present.draw.layouts.plates import plates
from archc.present.draw.layouts.routes import Route, Spot, rounded
from archc.present.draw.scene import Box, Curve, EdgeRole, Item, Join, Role, Text

RADIUS = 16.0
"""The radius of a wire's turns."""


def draw_cell(
    cell: Cell, measures: Measures, x: float, y: float, *, entry: str, exit_: str, shade: Role | None = None, prefix: str = ""
) -> list[Item]:
    """Draw a cell whose straight line enters at `x`, `y`.

    `entry` and `exit_` are the ids of what it is joined to; `shade` is the role of its convolutions, where each has not its own.
    """
    shape = shape_of(cell, measures)
    items: list[Item] = plates(cell, shape, measures, (x, y), prefix) if measures.words else []
    for wire, route in zip(cell.wires, shape.routes, strict=True):
        items += _wire(cell, wire, route, measures, x, y, entry, exit_, prefix)
    for index, (unit, spot) in enumerate(zip(cell.units, shape.spots, strict=True)):
        items += _unit(unit, spot, shape.lanes.lane[index], measures, x, y, shade, prefix)
    return items


def _unit(unit: Unit, spot: Spot, lane: int, m: Measures, x: float, y: float, shade: Role | None, prefix: str) -> list[Item]:
    if unit.symbol:
        join = Join(
            id=prefix + unit.id, x=spot.x + x, y=spot.y + y, radius=spot.width / 2, symbol=unit.symbol, facts=unit.facts,
            mark=unit.mark,
        )  # fmt: skip
        if not unit.words[0]:
            return [join]
        sign = 1 if lane > 0 else -1
        at = spot.x + x + sign * (spot.width / 2 + 5)
        beside = Text(
            x=at,
            y=spot.y + y + m.small * 0.36,
            words=unit.words[0],
            size=m.small,
            anchor="start" if sign > 0 else "end",
            tone="muted",
        )
        return [join, beside]
    role = shade if shade is not None and unit.role == "conv" and unit.layer else unit.role
    return [
        Box(
            id=prefix + unit.id, x=spot.x - spot.width / 2 + x, y=spot.top + y, width=spot.width, height=spot.height, role=role,
            lines=unit.words, size=m.text, facts=unit.facts, mark=unit.mark,
        )
    ]  # fmt: skip


def _wire(
    cell: Cell, wire: Wire, route: Route, m: Measures, x: float, y: float, entry: str, exit_: str, prefix: str
) -> list[Item]:
    corners = [(cx + x, cy + y) for cx, cy in route.corners]
    source = prefix + cell.units[wire.source].id if wire.source != ENTRY else entry
    target = prefix + cell.units[wire.target].id if wire.target < len(cell.units) else exit_
    trunk = m.trunk and len(corners) == 2 and corners[0][0] == x == corners[1][0]
    role: EdgeRole = "trunk" if trunk else "shortcut" if wire.side == "shortcut" else "flow"
    curve = Curve(
        id=f"{target}<{source}", start=corners[0], path=rounded(corners, RADIUS), role=role, source=source, target=target,
        dashed=wire.changes, mark=wire.mark, facts=wire.facts, arrow=wire.target < len(cell.units),
        words=wire.words if width_beside(wire, m) else "",
    )  # fmt: skip
    items: list[Item] = [curve]
    if route.words is not None:
        at, first, ends = route.words
        for line, words in enumerate(lines_beside(wire)):
            items.append(
                Text(
                    x=at + x, y=first + y + line * m.small * 1.2, words=words, size=m.small, face="italic",
                    anchor="end" if ends else "start", tone="muted",
                )
            )  # fmt: skip
    return items
