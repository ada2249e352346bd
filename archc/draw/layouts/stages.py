"""A network as one box for each stage: what its blocks are and how many, its output, its cost."""

from collections.abc import Sequence

from archc.draw.content import Network, Part
from archc.draw.layouts.shades import shade
from archc.draw.metrics import width
from archc.draw.scene import Box, Curve, Group, Item, Role, Scene, Text
from archc.draw.words import cost, dimensions

LINE = 16.0
GAP = 20.0
MARGIN = 20.0


def stages(network: Network, shades: Sequence[int], *, across: bool) -> Scene:
    """Boxes from top to bottom, or `across` from left to right."""
    lines = [_lines(part) for part in network.parts]
    wide = max(width(text, 12.5, "bold" if not i else "regular") for found in lines for i, text in enumerate(found)) + 28
    wide = max(wide, 150.0)
    high = max(len(found) for found in lines) * LINE + 18
    count = len(network.parts)
    title = max(width(network.title, 17, "bold"), 200.0)
    row = count * wide + (count - 1) * GAP
    edge = (row if across else max(wide, title)) + 2 * MARGIN + (60 if across else 0)
    x, y = (MARGIN + 44, 74.0) if across else ((edge - wide) / 2, 96.0)
    items: list[Item] = [
        Text(x=edge / 2, y=32, words=network.title, size=17, face="bold", anchor="middle"),
        Text(x=edge / 2, y=50, words=cost(network.facts.params, network.facts.macs), size=11.5, anchor="middle", tone="muted"),
    ]
    image = f"image {dimensions(network.input)}"
    before = ""
    if across:
        items.append(Text(x=MARGIN, y=y + high / 2 + 4, words="image", size=12))
    else:
        items.append(Text(x=edge / 2, y=y - 22, words=image, size=12, anchor="middle"))
    for part, found in zip(network.parts, lines, strict=True):
        tall = high if across else len(found) * LINE + 18
        role: Role = shade(part, shades) if part.kind != "head" else "plain"
        box = Box(
            id=part.id, x=x, y=y, width=wide, height=tall, role=role, lines=tuple(found), size=12.5, lead=True, facts=part.facts
        )
        start = (x - (GAP if before else 10), y + tall / 2) if across else (edge / 2, y - (GAP if before else 17))
        tip = (x, y + tall / 2) if across else (edge / 2, y)
        items.append(Curve(id=f"{part.id}<{before or 'image'}", start=start, path=(tip,), source=before, target=part.id))
        items.append(Group(id=f"{part.id}/", role=part.kind, label=part.label, items=(box,)))
        before = part.id
        x, y = (x + wide + GAP, y) if across else (x, y + tall + GAP)
    bottom = y + high + MARGIN if across else y - GAP + MARGIN
    described = f"{network.title}: a box for each stage with its blocks, output and cost."
    return Scene(width=edge, height=bottom, title=network.title, description=described, items=tuple(items))


def _lines(part: Part) -> list[str]:
    found = [part.label]
    if part.kind == "stage":
        found += [f"{run.template} ×{len(run.cells)}" for run in _merged(part)]
    elif part.kind == "head":
        found += [unit.words[0] for run in part.runs for unit in run.cells[0].units if unit.layer]
    else:
        found += [unit.words[0] for run in part.runs for unit in run.cells[0].units if unit.layer]
    found.append(f"{dimensions(part.shape)}")
    spent = cost(part.facts.params, part.facts.macs)
    return [*found, spent] if spent else found


class _Count:
    """Blocks of one kind in a row."""

    def __init__(self, template: str) -> None:
        self.template = template
        self.cells: list[object] = []


def _merged(part: Part) -> list[_Count]:
    found: list[_Count] = []
    for run in part.runs:
        if not found or found[-1].template != run.template:
            found.append(_Count(run.template))
        found[-1].cells += run.cells
    return found
