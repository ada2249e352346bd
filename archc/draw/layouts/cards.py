"""A network in a column of panels: one for each stage, its blocks on cards, equal ones folded to a stack and their number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archc.draw.content import Cell, Network, Part, Run
from archc.draw.layouts.drawn import draw_cell
from archc.draw.layouts.geometry import shape_of
from archc.draw.layouts.lanes import Measures
from archc.draw.layouts.shades import shade
from archc.draw.metrics import width
from archc.draw.scene import Curve, Facts, Group, Item, Plate, Scene, Text, moved
from archc.draw.words import cost, dimensions, size

MARGIN = 20.0
PAD = 12.0
"""Of a card around its block."""
STACK = 4.0
"""How far each sheet of a stack shows."""
BETWEEN = 20.0
"""From card to card, with room for an arrow."""
SPACE = 16.0
"""From panel to panel."""


@dataclass(frozen=True, slots=True)
class Card:
    """One block, or a stack of `count`: its items around a straight line at x = 0 from y = 0 to `height`."""

    items: tuple[Item, ...]
    left: float
    right: float
    height: float
    count: int
    first: str
    last: str
    framed: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the network and its cards."""

    part: Part
    cards: tuple[Card, ...]


def panels_of(
    network: Network, shades: Sequence[int], unfolded: frozenset[str] | None, measures: Measures, *, plain: bool = True
) -> list[Panel]:
    """Cards of each part. `plain`: convolutions have the colour of their stage; else each box that of its operation."""
    found = []
    entry = ""
    for part in network.parts:
        cards: list[Card] = []
        for run in part.runs:
            whole = unfolded is None or part.id in unfolded or len(run.cells) == 1
            for index, cell in enumerate(run.cells if whole else run.cells[:1]):
                shown = run.ids[index]
                count = 1 if whole else len(run.cells)
                cards.append(_card(cell, part, run, shown, count, measures, shades if plain else None, entry))
                entry = cards[-1].last
        found.append(Panel(part, tuple(cards)))
    return found


def _card(
    cell: Cell, part: Part, run: Run, path: str, count: int, measures: Measures, shades: Sequence[int] | None, entry: str
) -> Card:
    shape = shape_of(cell, measures)
    tint = shade(part, shades) if shades is not None else None
    items = draw_cell(cell, measures, 0.0, 0.0, entry=entry, exit_="", shade=tint)
    sources = [wire.source for wire in cell.wires if wire.target == len(cell.units)]
    last = cell.units[sources[0]].id if sources and sources[0] >= 0 else entry
    index = run.ids.index(path)
    facts = run.facts[index]
    if count > 1:
        total = sum(f.params for f in run.facts), sum(f.macs for f in run.facts)
        ends = f"{run.ids[0]} to {run.ids[-1].rpartition('.')[2]}: {count} × {run.template}"
        facts = Facts(ends, facts.shape, *total, facts.place, facts.line)
    group = Group(
        id=path, role="block" if part.kind == "stage" else part.kind, label=facts.title, items=tuple(items), facts=facts
    )
    return Card((group,), shape.left, shape.right, shape.height, count, path, last, part.kind == "stage")


def heading(part: Part) -> tuple[str, str]:
    """`conv2_x`, and `56×56 · 256 channels · 3 blocks`."""
    words = [size(part.shape), f"{part.shape[0]} channels" if len(part.shape) == 3 else f"{part.shape[-1]} values"]
    if part.kind == "stage":
        words.append(f"{part.blocks} block{'s' if part.blocks > 1 else ''}")
    return part.label, " · ".join(words)


def footing(part: Part) -> str:
    """`0.22 M params · 0.68 GMACs`."""
    return cost(part.facts.params, part.facts.macs)


def sheets(card: Card, x: float, y: float) -> Iterator[Item]:
    """The sheet a block lies on, `x` and `y` the top of its straight line, and those below it in a stack."""
    if not card.framed:
        return
    left, wide = x - card.left - PAD, card.left + card.right + 2 * PAD
    for sheet in range(min(card.count, 3) - 1, 0, -1):
        yield Plate(id="", x=left + STACK * sheet, y=y + STACK * sheet, width=wide, height=card.height, role="stack")
    yield Plate(id="", x=left, y=y, width=wide, height=card.height, role="card")


@dataclass(frozen=True, slots=True)
class Frame:
    """The x of a column's straight line, and its right edge."""

    x: float
    edge: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a column by itself: its items from y = 0 to `height`, where the next one begins."""

    part: Part
    items: tuple[Item, ...]
    height: float


def frame_of(panels: Sequence[Panel]) -> Frame:
    """Wide enough for the stages' names and numbers on the left, the cards, and the numbers of stacks on the right."""
    cards = [card for panel in panels for card in panel.cards]
    left = max(card.left for card in cards) + PAD
    stacked = width("×00", 17, "bold") + 14 if any(card.count > 1 for card in cards) else 0.0
    right = max(card.right for card in cards) + PAD + stacked
    names = [width(line, 11) for panel in panels for line in _side(panel.part)]
    names += [width(panel.part.label, 14, "bold") for panel in panels]
    x = MARGIN + max(names) + 28 + left
    return Frame(x, x + right + MARGIN + 10)


def column(network: Network, panels: Sequence[Panel]) -> Scene:
    """Panels below each other: the stage's name, size and cost on the left."""
    frame = frame_of(panels)
    items, y = top_of(network, frame)
    for panel in panels:
        part = piece(panel, frame)
        role = panel.part.kind
        inside = tuple([moved(item, 0.0, y) for item in part.items])
        items.append(Group(id=panel.part.id, role=role, label=panel.part.label, items=inside, facts=panel.part.facts))
        y += part.height
    foot, high = bottom_of(network, panels, frame)
    items += [moved(item, 0.0, y) for item in foot]
    return scene_of(network, frame.edge, y + high, items)


def top_of(network: Network, frame: Frame) -> tuple[list[Item], float]:
    """The title and the image, and where the first part begins."""
    image = f"image {dimensions(network.input)}"
    items = title_of(network, frame.edge / 2)
    items.append(Text(x=frame.x, y=78, words=image, size=12, anchor="middle"))
    items.append(Curve(id="", start=(frame.x, 84), path=((frame.x, 100),), arrow=False))
    return items, 100.0


def bottom_of(network: Network, panels: Sequence[Panel], frame: Frame) -> tuple[list[Item], float]:
    """What comes out, and how much room it needs."""
    last = panels[-1].cards[-1].last
    arrow = Curve(id="", start=(frame.x, 0), path=((frame.x, 12),), source=last)
    return [arrow, Text(x=frame.x, y=26, words=_output(network), size=12, anchor="middle")], 46.0


def piece(panel: Panel, frame: Frame) -> Piece:
    """A part and its cards below each other, the line through them from its upper edge to the next part's."""
    x, framed = frame.x, panel.part.kind == "stage"
    at = 14.0 if framed else 0.0
    inside: list[Item] = [_down(panel, 0, x, 0.0, at)]
    for index, card in enumerate(panel.cards):
        if index:
            inside.append(_down(panel, index, x, at, at + BETWEEN))
            at += BETWEEN
        inside += sheets(card, x, at)
        inside += [moved(item, x, at) for item in card.items]
        if card.count > 1:
            beside = x + card.right + PAD + STACK * min(card.count - 1, 2) + 8
            inside.append(Text(x=beside, y=at + card.height / 2 + 6, words=f"×{card.count}", size=17, face="bold"))
        at += card.height
    ground = max(at + (14 + 2 * STACK if framed else 0), 30 + 15.0 * len(_side(panel.part)))
    inside.append(Curve(id="", start=(x, at), path=((x, ground + SPACE),), arrow=False, source=panel.cards[-1].last))
    return Piece(panel.part, (*_panel(panel, ground, frame.edge), *inside), ground + SPACE)


def _output(network: Network) -> str:
    return f"output {network.facts.shape}"


def _down(panel: Panel, index: int, x: float, y1: float, y2: float) -> Curve:
    """The line that leads to a card; its arrowhead is inside the card, at the first box."""
    return Curve(id=f"{panel.cards[index].first}<", start=(x, y1), path=((x, y2),), arrow=False)


def _panel(panel: Panel, bottom: float, edge: float) -> Iterator[Item]:
    part = panel.part
    framed = part.kind == "stage"
    if framed:
        yield Plate(id="", x=MARGIN / 2, y=0, width=edge - MARGIN, height=bottom, role="panel", radius=12)
    y = 26.0 if framed else 14.0
    yield Text(x=MARGIN + 6, y=y, words=part.label, size=14, face="bold")
    for index, line in enumerate(_side(part)):
        yield Text(x=MARGIN + 6, y=y + 17 + 15 * index, words=line, size=11, tone="muted")


def _side(part: Part) -> list[str]:
    first, second = heading(part)
    words = second.split(" · ")
    found = [" · ".join(words[:2]), *words[2:]]
    return [line for line in [*found, *(footing(part).split(" · "))] if line and line != first]


def title_of(network: Network, x: float) -> list[Item]:
    return [
        Text(x=x, y=32, words=network.title, size=17, face="bold", anchor="middle"),
        Text(x=x, y=50, words=cost(network.facts.params, network.facts.macs), size=11.5, anchor="middle", tone="muted"),
    ]


def scene_of(network: Network, wide: float, high: float, items: Sequence[Item]) -> Scene:
    described = (
        f"{network.title}: a panel for each stage, its blocks on cards, equal blocks folded to one and their number; "
        "curves are shortcuts, dashed where the shape changes."
    )
    return Scene(width=wide, height=high, title=network.title, description=described, items=tuple(items))
