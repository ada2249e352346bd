"""A figure in the parts that a page shows: each as drawn folded, and with each block by itself where that differs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from archc.draw.compose import Asked, read, shades_of
from archc.draw.content import Network, Part
from archc.draw.layouts.cards import bottom_of, frame_of, panels_of, piece, top_of
from archc.draw.layouts.lanes import Measures
from archc.draw.scene import Facts, Group, Item, Scene, renamed
from archc.pipeline import Compiled


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A part of a figure as it is drawn: its items and height; `unfolded` the same with each block by itself, if that differs."""

    id: str
    label: str
    items: tuple[Item, ...]
    height: float
    unfolded: tuple[Item, ...] | None = None
    tall: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A network, or a figure that does not fold: its parts below each other, `width` wide."""

    forms: tuple[Form, ...]
    width: float
    facts: Facts


def whole(scene: Scene) -> Drawn:
    """A figure that does not fold."""
    form = Form(id="", label=scene.title, items=scene.items, height=scene.height)
    return Drawn(forms=(form,), width=scene.width, facts=Facts(scene.title))


def draw_pieces(networks: Sequence[Compiled], asked: Asked) -> list[Drawn]:
    """The same in parts that a page can fold and unfold, each network a column."""
    told = read(networks, asked)
    shades = shades_of(told)
    return [_pieces(network, asked, shades, several=len(told) > 1) for network in told]


def _pieces(network: Network, asked: Asked, shades: Sequence[int], *, several: bool) -> Drawn:
    plain = asked.level == "block"
    folded = panels_of(network, shades, frozenset(), Measures(), plain=plain)
    whole = panels_of(network, shades, None, Measures(), plain=plain)
    frame = frame_of([*folded, *whole])
    top, high = top_of(network, frame)
    foot, low = bottom_of(network, folded, frame)
    forms = [Form(id="", label="", items=tuple(top), height=high)]
    for few, all_ in zip(folded, whole, strict=True):
        part = few.part
        short, long = piece(few, frame), piece(all_, frame)
        kept = [_grouped(part, one.items) for one in (short, long)]
        differ = len(few.cards) != len(all_.cards)
        forms.append(
            Form(
                id=part.id, label=part.label, items=kept[0], height=short.height, unfolded=kept[1] if differ else None,
                tall=long.height,
            )
        )  # fmt: skip
    forms.append(Form(id="", label="", items=tuple(foot), height=low))
    if several:
        forms = [_under(form, f"{network.name}/") for form in forms]
    return Drawn(forms=tuple(forms), width=frame.edge, facts=network.facts)


def _grouped(part: Part, items: Sequence[Item]) -> tuple[Item, ...]:
    return (Group(id=part.id, role=part.kind, label=part.label, items=tuple(items), facts=part.facts),)


def _under(form: Form, prefix: str) -> Form:
    unfolded = None if form.unfolded is None else tuple([renamed(item, prefix) for item in form.unfolded])
    return replace(form, items=tuple([renamed(item, prefix) for item in form.items]), unfolded=unfolded)
