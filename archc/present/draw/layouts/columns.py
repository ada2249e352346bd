"""Networks are columns of panels, one or several side by side; parts of one output size stand in one row."""

from collections.abc import Iterator, Sequence

from archc.present.draw.content import Network, Part
from archc.present.draw.layouts.bands import Bands, bands, tops
from archc.present.draw.layouts.cards import (
    BETWEEN,
    MARGIN,
    PAD,
    SPACE,
    STACK,
    Card,
    Panel,
    footing,
    heading,
    label_of,
    network_group,
    scene_of,
    sheets,
    title_of,
    title_width,
)
from archc.present.draw.metrics import width
from archc.present.draw.scene import Curve, Group, Item, Plate, Point, Rule, Scene, Text, moved
from archc.present.draw.words import dimensions
from archc.record import Record, replace

TITLE = 58.0
"""The height of the title and the cost of a network."""
LEAD = 42.0
"""The room from the image's word to the first part."""
CHANGE = 8.0
"""More room between panels where another output size begins."""
LABEL = 84.0
"""The room for the output sizes on the left of several networks."""


class Frame(Record):
    """The x of a column's straight line, and its right edge."""

    x: float
    edge: float


class Piece(Record):
    """A part of a column by itself, from y = 0."""

    part: Part
    items: tuple[Item, ...]
    height: float
    """Where the next part begins at the earliest."""
    link: Curve
    """The line to the next part."""


def linked(piece: Piece, high: float) -> tuple[Item, ...]:
    """Return the items of a part, where the next part begins `high` below its own beginning."""
    return (*piece.items, replace(piece.link, path=((piece.link.start[0], high),)))


def frame_of(network: Network, panels: Sequence[Panel]) -> Frame:
    """Return a frame with room for names and numbers on the left, cards, numbers of stacks on the right, and the title."""
    cards = [card for panel in panels for card in panel.cards]
    left = max(card.left for card in cards) + PAD
    stacked = width("×00", 17, "bold") + 14 if any(card.count > 1 for card in cards) else 0.0
    right = max(card.right for card in cards) + PAD + stacked
    names = [width(line, 11) for panel in panels for line in side(panel.part)]
    names += [width(panel.part.label, 14, "bold") for panel in panels]
    x = MARGIN + max(names) + 28 + left
    spare = max(0.0, title_width(network) + 2 * MARGIN - (x + right + MARGIN + 10))
    return Frame(x + spare / 2, x + right + MARGIN + 10 + spare)


def columns(networks: Sequence[Network], panels: Sequence[Sequence[Panel]]) -> Scene:
    """Put panels below each other, names, sizes and costs on the left, and output sizes where there are several networks."""
    several = len(networks) > 1
    frames = [frame_of(network, of) for network, of in zip(networks, panels, strict=True)]
    pieces = [[piece(panel, frame) for panel in of] for of, frame in zip(panels, frames, strict=True)]
    alignment = bands(networks)
    places = tops([[one.height for one in of] for of in pieces], alignment, TITLE + LEAD, 0.0, CHANGE if several else 0.0)
    x = LABEL if several else 0.0
    edge = x + sum(frame.edge for frame in frames)
    items: list[Item] = sizes_beside(alignment, places, SPACE, edge) if several else []
    bottom = 0.0
    for network, frame, of, rows in zip(networks, frames, pieces, alignment.rows, strict=True):
        drawn, end = _column(network, frame, of, [places[row] for row in rows])
        items += [network_group(network, drawn, (x, 0.0))] if several else drawn
        x, bottom = x + frame.edge, max(bottom, end)
    return scene_of(networks, edge, bottom, items)


def sizes_beside(alignment: Bands, places: Sequence[float], between: float, edge: float) -> list[Item]:
    """Return the output sizes on the left, with a rule above each but the first; parts are `between` apart."""
    items: list[Item] = []
    for row, name in alignment.firsts:
        y = places[row]
        if row:
            items.append(Rule(x1=16, y1=y - (between + CHANGE) / 2, x2=edge - 16, y2=y - (between + CHANGE) / 2))
        if name:
            items += label_of(name, LABEL / 2 + 4, y)
    return items


def sizes_above(alignment: Bands, places: Sequence[float], between: float, spans: Sequence[Point]) -> list[Item]:
    """Return the output sizes above strips, with a rule before each but the first, along the `spans` without titles."""
    items: list[Item] = []
    for index, (row, name) in enumerate(alignment.firsts):
        last = alignment.firsts[index + 1][0] if index + 1 < len(alignment.firsts) else alignment.count
        end = places[last] - (between if last < alignment.count else 0.0)
        x = places[row] - between / 2
        items += [Rule(x1=x, y1=top, x2=x, y2=bottom) for top, bottom in spans] if row else []
        if name:
            middle = (places[row] + end) / 2
            items.append(Text(x=middle, y=24, words=f"output {name}", size=12.5, face="bold", anchor="middle"))
    return items


def _column(network: Network, frame: Frame, pieces: Sequence[Piece], places: Sequence[float]) -> tuple[list[Item], float]:
    """Draw a network whose parts begin at `places`, and return where it ends."""
    items = title_of(network, frame.edge / 2)
    items += [moved(item, 0.0, places[0]) for item in lead_of(network, frame)]
    end = places[-1] + pieces[-1].height
    for one, y, below in zip(pieces, places, [*places[1:], end], strict=True):
        part = one.part
        inside = tuple([moved(item, 0.0, y) for item in linked(one, below - y)])
        items.append(Group(id=part.id, role=part.kind, label=part.label, items=inside, facts=part.facts))
    foot, high = foot_of(network, pieces[-1], frame)
    return [*items, *[moved(item, 0.0, end) for item in foot]], end + high


def lead_of(network: Network, frame: Frame) -> list[Item]:
    """Return the image's word and line, above y = 0."""
    image = f"image {dimensions(network.input)}"
    return [
        Text(x=frame.x, y=-22, words=image, size=12, anchor="middle"),
        Curve(id="", start=(frame.x, -16), path=((frame.x, 0),), arrow=False),
    ]


def foot_of(network: Network, last: Piece, frame: Frame) -> tuple[list[Item], float]:
    """Return the output's arrow and words, and their height."""
    arrow = Curve(id="", start=(frame.x, 0), path=((frame.x, 12),), source=last.link.source)
    words = f"output {network.facts.shape}"
    return [arrow, Text(x=frame.x, y=26, words=words, size=12, anchor="middle")], 46.0


def piece(panel: Panel, frame: Frame) -> Piece:
    """Draw a part and its cards below each other, with the line through them from its upper edge to the next part's."""
    x, framed = frame.x, panel.part.kind == "stage"
    at = 14.0 if framed else 0.0
    inside: list[Item] = [_down(panel.cards[0], x, 0.0, at)]
    for index, card in enumerate(panel.cards):
        if index:
            inside.append(_down(card, x, at, at + BETWEEN))
            at += BETWEEN
        inside += sheets(card, x, at)
        inside += [moved(item, x, at) for item in card.items]
        if card.count > 1:
            beside = x + card.right + PAD + STACK * min(card.count - 1, 2) + 8
            inside.append(Text(x=beside, y=at + card.height / 2 + 6, words=f"×{card.count}", size=17, face="bold"))
        at += card.height
    ground = max(at + (14 + 2 * STACK if framed else 0), 30 + 15.0 * len(side(panel.part)))
    link = Curve(id="", start=(x, at), path=((x, ground + SPACE),), arrow=False, source=panel.cards[-1].last)
    return Piece(panel.part, (*_panel(panel, ground, frame.edge), *inside), ground + SPACE, link)


def _down(card: Card, x: float, y1: float, y2: float) -> Curve:
    """Return the line that leads to a card; its arrowhead is inside the card, at the first box."""
    return Curve(id=f"{card.first}<", start=(x, y1), path=((x, y2),), arrow=False)


def _panel(panel: Panel, bottom: float, edge: float) -> Iterator[Item]:
    part = panel.part
    framed = part.kind == "stage"
    if framed:
        yield Plate(id="", x=MARGIN / 2, y=0, width=edge - MARGIN, height=bottom, role="panel", radius=12)
    y = 26.0 if framed else 14.0
    yield Text(x=MARGIN + 6, y=y, words=part.label, size=14, face="bold")
    for index, line in enumerate(side(part)):
        yield Text(x=MARGIN + 6, y=y + 17 + 15 * index, words=line, size=11, tone="muted")


def side(part: Part) -> list[str]:
    """Return the lines below a part's name: its size, channels, blocks and cost."""
    first, second = heading(part)
    words = second.split(" · ")
    lines = [" · ".join(words[:2]), *words[2:]]
    return [line for line in [*lines, *(footing(part).split(" · "))] if line and line != first]
