"""A scene has boxes, joins, curves and texts at their places; every ink draws them, and none moves them.

Lengths are CSS pixels (1/96 inch), y grows downwards. Where several things overlap the later one is on top.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from archc.record import Record, replace

Point: TypeAlias = tuple[float, float]
Segment: TypeAlias = tuple[float, float] | tuple[float, float, float, float, float, float]
"""A line to a point, or a cubic: two control points and its end."""

Face: TypeAlias = Literal["regular", "bold", "italic"]
Anchor: TypeAlias = Literal["start", "middle", "end"]
Tone: TypeAlias = Literal["ink", "muted", "added", "removed", "changed"]
Mark: TypeAlias = Literal["", "added", "removed", "changed"]

Role: TypeAlias = Literal[
    "shade0", "shade1", "shade2", "shade3", "shade4", "stem", "plain",
    "conv", "norm", "act", "gate", "pool", "linear", "reshape", "stage",
]  # fmt: skip
"""What a box stands for: the width of its stage (`shade0` the narrowest), or its kind of operation."""

EdgeRole: TypeAlias = Literal["flow", "trunk", "shortcut"]
PlateRole: TypeAlias = Literal["panel", "card", "stack", "module", "highlight"]


class Facts(Record):
    """The facts that a tooltip tells."""

    title: str
    shape: str = ""
    """The shape of the value."""
    params: int = 0
    macs: int = 0
    place: str = ""
    """The place in the spec, as `net.yaml:3`."""
    line: str = ""
    """The text of that line."""


class Box(Record, kw_only=True):
    """A rounded rectangle with lines of text in its middle; the first is bold where `lead` says so."""

    id: str
    x: float
    y: float
    width: float
    height: float
    role: Role
    lines: tuple[str, ...]
    size: float = 13.0
    radius: float = 6.0
    lead: bool = False
    facts: Facts | None = None
    mark: Mark = ""


class Join(Record, kw_only=True):
    """A circle in which values meet, `x` and `y` its middle; the symbol is `+`, `×`, `1−` or a short word."""

    id: str
    x: float
    y: float
    radius: float
    symbol: str
    facts: Facts | None = None
    mark: Mark = ""


class Curve(Record, kw_only=True):
    """A connection along `path` from `start`; `source` and `target` are the ids of what it joins, "" where it ends in the open.

    `dashed`: a shortcut at which the shape changes. `words`: what is said of it, which stands beside it as a text of its own.
    """

    id: str
    start: Point
    path: tuple[Segment, ...]
    role: EdgeRole = "flow"
    arrow: bool = True
    dashed: bool = False
    words: str = ""
    source: str = ""
    target: str = ""
    facts: Facts | None = None
    mark: Mark = ""


class Text(Record, kw_only=True):
    """Words on a baseline at `y`."""

    x: float
    y: float
    words: str
    size: float = 13.0
    face: Face = "regular"
    anchor: Anchor = "start"
    tone: Tone = "ink"


class Plate(Record, kw_only=True):
    """A rounded ground that other things stand on."""

    id: str
    x: float
    y: float
    width: float
    height: float
    role: PlateRole
    radius: float = 8.0
    facts: Facts | None = None
    mark: Mark = ""


class Rule(Record, kw_only=True):
    """A faint dashed line across."""

    x1: float
    y1: float
    x2: float
    y2: float


class Group(Record, kw_only=True):
    """Items that belong together: a network, a stage, a block."""

    id: str
    role: Literal["network", "stem", "stage", "block", "head", "legend"]
    label: str
    items: tuple["Item", ...]
    facts: Facts | None = None
    count: int = 1
    """The number of equal blocks that the group stands for."""
    ends: tuple[str, str] = ("", "")
    """The words of what comes in and of what goes out."""


Item: TypeAlias = Box | Join | Curve | Text | Plate | Rule | Group


class Scene(Record, kw_only=True):
    """A figure of `width` by `height`."""

    width: float
    height: float
    title: str
    description: str
    items: tuple[Item, ...]
    notes: tuple[str, ...] = ()
    """What was folded or left out, for the user to know."""
    across: bool = False
    """Whether the figure runs from left to right."""


def flat(items: Iterable[Item]) -> Iterator[Item]:
    """Yield every item that is not a group, in the order of drawing."""
    for item in items:
        if isinstance(item, Group):
            yield from flat(item.items)
        else:
            yield item


def moved(item: Item, dx: float, dy: float) -> Item:
    """Return an item at another place."""
    match item:
        case Group():
            return replace(item, items=tuple([moved(inner, dx, dy) for inner in item.items]))
        case Curve():
            path = tuple([_shifted(segment, dx, dy) for segment in item.path])
            return replace(item, start=(item.start[0] + dx, item.start[1] + dy), path=path)
        case Rule():
            return Rule(x1=item.x1 + dx, y1=item.y1 + dy, x2=item.x2 + dx, y2=item.y2 + dy)
        case Box() | Join() | Text() | Plate():
            return replace(item, x=item.x + dx, y=item.y + dy)


def renamed(item: Item, prefix: str) -> Item:
    """Return an item with a prefix before every id, for a scene that is one of several."""
    match item:
        case Group():
            return replace(item, id=prefix + item.id, items=tuple([renamed(inner, prefix) for inner in item.items]))
        case Curve():
            source, target = (prefix + end if end else "" for end in (item.source, item.target))
            return replace(item, id=prefix + item.id if item.id else "", source=source, target=target)
        case Box() | Join() | Plate():
            return replace(item, id=prefix + item.id if item.id else "")
        case Text() | Rule():
            return item


def _shifted(segment: Segment, dx: float, dy: float) -> Segment:
    if len(segment) == 2:
        return (segment[0] + dx, segment[1] + dy)
    a, b, c, d, e, f = segment
    return (a + dx, b + dy, c + dx, d + dy, e + dx, f + dy)


def baselines(box: Box) -> list[float]:
    """Return the baseline of each line of a box; the lines are centred by the height of digits."""
    step = box.size * 1.25
    first = box.y + box.height / 2 + box.size * 0.36 - step * (len(box.lines) - 1) / 2
    return [first + step * i for i in range(len(box.lines))]
