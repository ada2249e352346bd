"""Networks have a box for each stage, which tells its blocks and their number, its output, its cost."""

from collections.abc import Sequence

from archc.present.draw.cells import SIGNS
from archc.present.draw.content import Network, Part
from archc.present.draw.layouts.bands import Bands, bands, tops
from archc.present.draw.layouts.cards import network_group, title_of, title_width
from archc.present.draw.layouts.columns import CHANGE, LABEL, sizes_above, sizes_beside
from archc.present.draw.layouts.shades import shade
from archc.present.draw.metrics import width
from archc.present.draw.scene import Box, Curve, Group, Item, Point, Role, Scene, Text, moved
from archc.present.draw.words import cost, dimensions
from archc.record import Record, replace

LINE = 16.0
GAP = 20.0
MARGIN = 20.0
IMAGE = 58.0
"""The room on the left for the image's word."""
TOP = 96.0
ROW = 74.0
"""The room above the boxes of a column, and of a row."""


class _Boxes(Record):
    """A network's boxes: their lines, their width, and the height of each."""

    network: Network
    lines: tuple[tuple[str, ...], ...]
    wide: float
    heights: tuple[float, ...]

    @property
    def title(self) -> float:
        return max(title_width(self.network), 200.0)


def stages(networks: Sequence[Network], shades: Sequence[int], *, across: bool) -> Scene:
    """Put boxes from top to bottom, or `across` from left to right, networks side by side in rows by output size."""
    alignment = bands(networks)
    boxes = [_boxes(network) for network in networks]
    if across:
        boxes = [replace(one, wide=max(other.wide for other in boxes)) for one in boxes]
    drawn = _rows(boxes, alignment, shades) if across else _columns(boxes, alignment, shades)
    several = len(networks) > 1
    (edge, bottom), items = drawn[0], list[Item](drawn[1])
    for network, inside in zip(networks, drawn[2], strict=True):
        items += [network_group(network, inside)] if several else inside
    titles = ", ".join(network.title for network in networks)
    beside = "side by side, in rows by output size, " if several else ""
    described = f"{titles}: {beside}a box for each stage with its blocks, output and cost."
    return Scene(width=edge, height=bottom, title=titles, description=described, items=tuple(items), across=across)


def _boxes(network: Network) -> _Boxes:
    lines = tuple([tuple(_lines(part)) for part in network.parts])
    wide = max(width(text, 12.5, "bold" if not i else "regular") for texts in lines for i, text in enumerate(texts)) + 28
    return _Boxes(network, lines, max(wide, 150.0), tuple([len(texts) * LINE + 18 for texts in lines]))


_Drawn = tuple[Point, list[Item], list[list[Item]]]
"""The size of the figure, what stands between networks, and the items of each network."""


def _columns(boxes: Sequence[_Boxes], alignment: Bands, shades: Sequence[int]) -> _Drawn:
    several = len(boxes) > 1
    places = tops([one.heights for one in boxes], alignment, TOP, GAP, CHANGE if several else 0.0)
    x, bottom, drawn = LABEL if several else 0.0, places[-1] + MARGIN, list[list[Item]]()
    for one, rows in zip(boxes, alignment.rows, strict=True):
        edge = max(one.wide, one.title) + 2 * MARGIN
        middle, y = x + edge / 2, places[rows[0]]
        items = title_of(one.network, middle)
        items.append(Text(x=middle, y=y - 22, words=f"image {dimensions(one.network.input)}", size=12, anchor="middle"))
        leaving: Point = (middle, y - 17)
        before = ""
        for index, row in enumerate(rows):
            y = places[row]
            box = _box(one, index, shades, (middle - one.wide / 2, y), one.heights[index])
            items += _joined(one, index, box, leaving, (middle, y), before)
            leaving, before = (middle, y + box.height), box.id
        drawn.append(items)
        x += edge
    return (x, bottom), sizes_beside(alignment, places, GAP, x) if several else [], drawn


def _rows(boxes: Sequence[_Boxes], alignment: Bands, shades: Sequence[int]) -> _Drawn:
    several = len(boxes) > 1
    places = tops([[one.wide] * len(one.lines) for one in boxes], alignment, MARGIN + IMAGE, GAP, CHANGE if several else 0.0)
    edge = max(places[-1] + MARGIN, *(one.title + 2 * MARGIN for one in boxes))
    spare = (edge - places[-1] - MARGIN) / 2
    y, drawn, spans = 36.0 if several else 0.0, list[list[Item]](), list[Point]()
    for one, rows in zip(boxes, alignment.rows, strict=True):
        high = max(one.heights)
        items = title_of(one.network, edge / 2)
        at, middle = spare + places[rows[0]], ROW + high / 2
        items.append(Text(x=at - IMAGE, y=middle + 4, words="image", size=12))
        leaving: Point = (at - IMAGE + width("image", 12) + 5, middle)
        before = ""
        for index, row in enumerate(rows):
            at = spare + places[row]
            box = _box(one, index, shades, (at, ROW), high)
            items += _joined(one, index, box, leaving, (at, middle), before)
            leaving, before = (at + one.wide, middle), box.id
        drawn.append([moved(item, 0.0, y) for item in items])
        spans.append((y + ROW - 12, y + ROW + high + 12))
        y += ROW + high + MARGIN
    between = sizes_above(alignment, [spare + place for place in places], GAP + CHANGE, spans) if several else []
    return (edge, y), between, drawn


def _box(one: _Boxes, index: int, shades: Sequence[int], at: Point, high: float) -> Box:
    part = one.network.parts[index]
    role: Role = shade(part, shades) if part.kind != "head" else "plain"
    return Box(
        id=part.id, x=at[0], y=at[1], width=one.wide, height=high, role=role, lines=one.lines[index], size=12.5, lead=True,
        facts=part.facts, mark=part.mark,
    )  # fmt: skip


def _joined(one: _Boxes, index: int, box: Box, leaving: Point, entering: Point, before: str) -> list[Item]:
    part = one.network.parts[index]
    flow = Curve(id=f"{part.id}<{before or 'image'}", start=leaving, path=(entering,), source=before, target=part.id)
    return [flow, Group(id=f"{part.id}/", role=part.kind, label=part.label, items=(box,))]


def _lines(part: Part) -> list[str]:
    lines = [SIGNS[part.mark] + part.label]
    if part.kind == "stage":
        lines += [f"{template} ×{count}" for template, count in _merged(part)]
    else:
        lines += [unit.words[0] for run in part.runs for unit in run.cells[0].units if unit.layer]
    lines.append(f"{dimensions(part.output.shape)}")
    spent = cost(part.facts.params, part.facts.macs)
    return [*lines, spent] if spent else lines


def _merged(part: Part) -> list[tuple[str, int]]:
    """Count the blocks of one kind in a row."""
    counts: list[tuple[str, int]] = []
    for run in part.runs:
        if counts and counts[-1][0] == run.template:
            counts[-1] = (run.template, counts[-1][1] + len(run.cells))
        else:
            counts.append((run.template, len(run.cells)))
    return counts
