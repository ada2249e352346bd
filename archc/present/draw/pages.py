"""A page shows a figure in parts: each is drawn folded, and with each block by itself where that differs."""

from collections.abc import Sequence
from typing import Literal

from archc.compile.pipeline import Compiled
from archc.present.draw.compose import MEANINGS, Asked, read, shades_of, stages_unfolded
from archc.present.draw.content import Network, Part
from archc.present.draw.layouts.bands import bands
from archc.present.draw.layouts.cards import panels_of, title_of
from archc.present.draw.layouts.columns import LABEL, LEAD, TITLE, foot_of, frame_of, lead_of, piece
from archc.present.draw.layouts.lanes import Measures
from archc.present.draw.scene import Facts, Group, Item, Point, Scene, Text, renamed
from archc.record import Record, replace


class Form(Record, kw_only=True):
    """A part of a figure as it is drawn."""

    id: str
    label: str
    items: tuple[Item, ...]
    height: float
    where: Literal["top", "lead", "row", "foot"] = "top"
    """At the top, above the first part, in a row of parts, or below the last part."""
    row: int = 0
    """The row, which parts of several networks share."""
    link: Point | None = None
    """The beginning of the line to the next part."""
    unfolded: tuple[Item, ...] | None = None
    """The items with each block by itself, where they differ."""
    tall: float = 0.0
    """The height of the unfolded items."""
    unlink: Point | None = None
    """The beginning of the line to the next part where the items are unfolded."""
    open: bool = False
    """Whether it is shown unfolded at first."""


class Drawn(Record, kw_only=True):
    """A network, or a figure that does not fold: its parts, `width` wide."""

    forms: tuple[Form, ...]
    width: float
    facts: Facts


class Page(Record, kw_only=True):
    """The contents of a page."""

    drawn: tuple[Drawn, ...]
    top: float = 0.0
    """The place of the first row."""
    firsts: tuple[tuple[int, str], ...] = ()
    """The rows at which another output size begins, and its name."""
    margin: float = 0.0
    """The room on the left of several networks, for the names of output sizes."""
    legend: tuple[Item, ...] = ()
    """The meanings of the marks of a comparison."""


def whole(scene: Scene) -> Page:
    """Return a page of a figure that does not fold."""
    form = Form(id="", label=scene.title, items=scene.items, height=scene.height)
    return Page(drawn=(Drawn(forms=(form,), width=scene.width, facts=Facts(scene.title)),))


def draw_pieces(networks: Sequence[Compiled], asked: Asked) -> Page:
    """Draw networks in parts that a page can fold and unfold, each network as a column."""
    shown = read(networks, asked)
    shades = shades_of(shown)
    alignment = bands(shown)
    several = len(shown) > 1
    drawn = [_pieces(network, asked, shades, rows) for network, rows in zip(shown, alignment.rows, strict=True)]
    if several:
        drawn = [_under(one, f"{network.name}/") for one, network in zip(drawn, shown, strict=True)]
    legend = [
        Text(x=12, y=18 + 15 * line, words=words, size=11, face="bold", tone=tone)
        for line, (tone, words) in enumerate(MEANINGS if asked.marks else ())
    ]
    margin = LABEL if several else 0.0
    return Page(drawn=tuple(drawn), top=TITLE + LEAD, firsts=alignment.firsts, margin=margin, legend=tuple(legend))


def _pieces(network: Network, asked: Asked, shades: Sequence[int], rows: Sequence[int]) -> Drawn:
    plain = asked.level == "block"
    shown, _ = stages_unfolded([network], asked, several=False)
    folded = panels_of(network, shades, frozenset(), Measures(), plain=plain)
    whole = panels_of(network, shades, None, Measures(), plain=plain)
    frame = frame_of(network, [*folded, *whole])
    forms = [
        Form(id="", label="", items=tuple(title_of(network, frame.edge / 2)), height=TITLE),
        Form(id="", label="", items=tuple(lead_of(network, frame)), height=LEAD, where="lead"),
    ]
    for few, all_, row in zip(folded, whole, rows, strict=True):
        part = few.part
        short, long = piece(few, frame), piece(all_, frame)
        form = Form(
            id=part.id, label=part.label, items=_grouped(part, short.items), height=short.height, where="row", row=row,
            link=short.link.start,
        )  # fmt: skip
        if len(few.cards) != len(all_.cards):
            form = replace(
                form, unfolded=_grouped(part, long.items), tall=long.height, unlink=long.link.start,
                open=shown is None or part.id in shown,
            )  # fmt: skip
        forms.append(form)
    foot, low = foot_of(network, piece(folded[-1], frame), frame)
    forms.append(Form(id="", label="", items=tuple(foot), height=low, where="foot"))
    return Drawn(forms=tuple(forms), width=frame.edge, facts=network.facts)


def _grouped(part: Part, items: Sequence[Item]) -> tuple[Item, ...]:
    return (Group(id=part.id, role=part.kind, label=part.label, items=tuple(items), facts=part.facts),)


def _under(drawn: Drawn, prefix: str) -> Drawn:
    """Return a network with a prefix before every id."""
    forms = []
    for form in drawn.forms:
        unfolded = None if form.unfolded is None else tuple([renamed(item, prefix) for item in form.unfolded])
        forms.append(replace(form, items=tuple([renamed(item, prefix) for item in form.items]), unfolded=unfolded))
    return replace(drawn, forms=tuple(forms))
