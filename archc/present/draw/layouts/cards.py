"""A network has a panel for each part, with its blocks on cards; equal blocks are folded to a stack with their number."""

from collections.abc import Iterator, Sequence

from archc.present.draw.content import Cell, Network, Part, Run
from archc.present.draw.layouts.drawn import draw_cell
from archc.present.draw.layouts.geometry import shape_of
from archc.present.draw.layouts.lanes import Measures
from archc.present.draw.layouts.shades import shade
from archc.present.draw.metrics import width
from archc.present.draw.scene import Facts, Group, Item, Plate, Point, Scene, Text, moved, renamed
from archc.present.draw.words import cost, size
from archc.record import Record

MARGIN = 20.0
PAD = 12.0
"""The room of a card around its block."""
STACK = 4.0
"""Each sheet of a stack shows so much."""
BETWEEN = 20.0
"""The room from card to card, for an arrow."""
SPACE = 16.0
"""The room from panel to panel."""


class Card(Record):
    """A block, or a stack of `count` blocks: items around a straight line at x = 0 from y = 0 to `height`."""

    items: tuple[Item, ...]
    left: float
    right: float
    height: float
    count: int
    first: str
    last: str
    framed: bool


class Panel(Record):
    """A part of the network and its cards."""

    part: Part
    cards: tuple[Card, ...]


def panels_of(
    network: Network, shades: Sequence[int], unfolded: frozenset[str] | None, measures: Measures, *, plain: bool = True
) -> list[Panel]:
    """Return the cards of each part; where they are `plain`, convolutions have the colour of their stage."""
    panels = []
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
        panels.append(Panel(part, tuple(cards)))
    return panels


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
        id=path,
        role="block" if part.kind == "stage" else part.kind,
        label=facts.title,
        items=tuple(items),
        facts=facts,
        count=count,
    )
    return Card((group,), shape.left, shape.right, shape.height, count, path, last, part.kind == "stage")


def heading(part: Part) -> tuple[str, str]:
    """Return `conv2_x`, and `56×56 · 256 channels · 3 blocks`."""
    words = [size(part.output), f"{part.output.channels} {'channels' if part.output.is_map else 'values'}"]
    if part.kind == "stage":
        words.append(f"{part.blocks} block{'s' if part.blocks > 1 else ''}")
    return part.label, " · ".join(words)


def footing(part: Part) -> str:
    """Return `0.22 M params · 0.68 GMACs`."""
    return cost(part.facts.params, part.facts.macs)


def sheets(card: Card, x: float, y: float) -> Iterator[Item]:
    """Yield the sheet under a block whose straight line begins at `x` and `y`, and the sheets below it in a stack."""
    if not card.framed:
        return
    left, wide = x - card.left - PAD, card.left + card.right + 2 * PAD
    for sheet in range(min(card.count, 3) - 1, 0, -1):
        yield Plate(id="", x=left + STACK * sheet, y=y + STACK * sheet, width=wide, height=card.height, role="stack")
    yield Plate(id="", x=left, y=y, width=wide, height=card.height, role="card")


def title_of(network: Network, x: float) -> list[Item]:
    return [
        Text(x=x, y=32, words=network.title, size=17, face="bold", anchor="middle"),
        Text(x=x, y=50, words=cost(network.facts.params, network.facts.macs), size=11.5, anchor="middle", tone="muted"),
    ]


def title_width(network: Network) -> float:
    return max(width(network.title, 17, "bold"), width(cost(network.facts.params, network.facts.macs), 11.5))


def label_of(name: str, x: float, y: float) -> list[Item]:
    """Return `output 56×56`, which stands beside a row of several networks."""
    return [
        Text(x=x, y=y + 14, words="output", size=10, anchor="middle", tone="muted"),
        Text(x=x, y=y + 28, words=name, size=12.5, face="bold", anchor="middle"),
    ]


def network_group(network: Network, items: Sequence[Item], place: Point = (0.0, 0.0), *, several: bool = True) -> Group:
    """Group the items of a network at their place in the figure; where there are several, ids begin with its name."""
    inside = tuple([moved(renamed(item, f"{network.name}/") if several else item, *place) for item in items])
    ident = network.name if several else f"{network.name}/"
    return Group(id=ident, role="network", label=network.title, items=inside, facts=network.facts)


def scene_of(networks: Sequence[Network], wide: float, high: float, items: Sequence[Item]) -> Scene:
    titles = ", ".join(network.title for network in networks)
    beside = "side by side, parts of one output size in one row, " if len(networks) > 1 else ""
    described = (
        f"{titles}: {beside}a panel for each stage, its blocks on cards, equal blocks folded to one and their number; "
        "curves are shortcuts, dashed where the shape changes."
    )
    return Scene(width=wide, height=high, title=titles, description=described, items=tuple(items))
