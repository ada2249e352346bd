"""From compiled networks and what was asked for to a scene: the level, the layout, what is folded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from archc.draw.cells import Grain
from archc.draw.content import Network
from archc.draw.layouts.lanes import Measures
from archc.draw.metrics import width
from archc.draw.read import read_network, read_scope, reading_of
from archc.draw.scene import Group, Item, Mark, Rule, Scene, Text, Tone, moved, renamed
from archc.draw.words import Detail, cost, dimensions
from archc.ir.graph import Graph, Scope
from archc.pipeline import Compiled

Level: TypeAlias = Literal["network", "block", "layer", "op"]
Direction: TypeAlias = Literal["column", "strip"]

UNFOLDED = 300
"""Boxes above which networks side by side are folded."""
BOXES = 20_000
"""Boxes above which even what was asked to be unfolded is folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the figure is to be. `expand`: stages whose equal blocks are drawn one by one, or `all`."""

    level: Level = "block"
    direction: Direction = "column"
    expand: tuple[str, ...] = ()
    layout: Literal["own", "dot"] = "own"
    width: float | None = None
    """The printed width in pixels, where there is one."""
    marks: tuple[Mapping[str, Mark], ...] = ()
    """Of a comparison, what became of each network's nodes and scopes."""


def draw_networks(networks: Sequence[Compiled], asked: Asked) -> Scene:
    """One network, or several side by side. Raises FigureError where `dot` is asked for and is not there."""
    told = read(networks, asked)
    if asked.level == "layer":
        from archc.draw.layouts.table import side_by_side

        unfolded, notes = _unfolded(told, asked, several=len(told) > 1)
        found = replace(side_by_side(told, shades_of(told), unfolded), notes=notes)
    else:
        scenes = [_alone(network, asked, shades_of(told)) for network in told]
        found = scenes[0] if len(scenes) == 1 else _beside(scenes, [network.name for network in told], asked)
    return _with_legend(found) if asked.marks else found


def read(networks: Sequence[Compiled], asked: Asked) -> list[Network]:
    """What is shown of each network, at the grain of the level."""
    brief = asked.level == "block" and asked.direction == "strip"
    grain: Grain = "op" if asked.level == "op" else "layer"
    marks = asked.marks or ({},) * len(networks)
    detail: Detail = "brief" if brief else "full"
    return [read_network(c.graph, c.spec.title, grain, detail, of) for c, of in zip(networks, marks, strict=True)]


def _with_legend(scene: Scene) -> Scene:
    """What the marks of a comparison mean, below the figure."""
    y = scene.height + 6
    legend: list[Item] = [Rule(x1=16, y1=scene.height - 12, x2=scene.width - 16, y2=scene.height - 12)]
    x = 20.0
    tones: tuple[tuple[Tone, str], ...] = (("removed", "− removed"), ("added", "+ added"), ("changed", "~ changed"))
    for tone, words in tones:
        legend.append(Text(x=x, y=y, words=words, size=12, face="bold", tone=tone))
        x += width(words, 12, "bold") + 18
    group = Group(id="legend", role="legend", label="what the marks mean", items=tuple(legend))
    return replace(scene, height=scene.height + 20, width=max(scene.width, x), items=(*scene.items, group))


def _alone(network: Network, asked: Asked, shades: Sequence[int]) -> Scene:
    if asked.level == "network":
        from archc.draw.layouts.stages import stages

        return stages(network, shades, across=asked.direction == "strip")
    unfolded, notes = _unfolded([network], asked, several=False)
    if asked.layout == "dot":
        from archc.draw.layouts.external import by_dot

        return replace(by_dot(network, unfolded), notes=notes)
    from archc.draw.layouts.cards import column, panels_of

    panels = panels_of(network, shades, unfolded, Measures(), plain=asked.level == "block")
    if asked.direction == "column":
        return replace(column(network, panels), notes=notes)
    from archc.draw.layouts.strips import strip

    return replace(strip(network, panels, asked.width), notes=notes)


def shades_of(networks: Sequence[Network]) -> list[int]:
    """The widths of stages, each of which has a colour."""
    return sorted({part.width for network in networks for part in network.parts if part.kind == "stage" and part.width})


def _unfolded(networks: Sequence[Network], asked: Asked, *, several: bool) -> tuple[frozenset[str] | None, tuple[str, ...]]:
    """The stages drawn block by block (None: all), and what has to be said about it."""
    boxes = sum(len(cell.units) for one in networks for part in one.parts for run in part.runs for cell in run.cells)
    if boxes > BOXES:
        return frozenset(), (f"{boxes:,} boxes are more than {BOXES:,}: equal blocks are folded",)
    if "all" in asked.expand:
        return None, ()
    if several and not asked.expand:
        if boxes <= UNFOLDED:
            return None, ()
        return frozenset(), (f"{boxes:,} boxes are more than {UNFOLDED}: equal blocks are folded; --expand all unfolds them",)
    return frozenset(asked.expand), ()


def _beside(scenes: Sequence[Scene], names: Sequence[str], asked: Asked) -> Scene:
    """Several figures in one: columns beside each other, strips below each other."""
    x = y = 0.0
    items: list[Item] = []
    across = asked.direction == "column"
    for scene, name in zip(scenes, names, strict=True):
        items += [moved(renamed(item, f"{name}/"), x, y) for item in scene.items]
        x, y = (x + scene.width, y) if across else (x, y + scene.height)
    wide = x if across else max(scene.width for scene in scenes)
    high = max(scene.height for scene in scenes) if across else y
    title = ", ".join(scene.title for scene in scenes)
    notes = tuple(dict.fromkeys(note for scene in scenes for note in scene.notes))
    return Scene(
        width=wide, height=high, title=title, description=" ".join(s.description for s in scenes), items=tuple(items), notes=notes
    )


def draw_scope(compiled: Compiled, scope: Scope, level: Level) -> Scene:
    """One block, module, stem or head close up: its layers as He et al. 2015, Fig. 5, or with `op` every operation."""
    from archc.draw.layouts.closeup import MEASURES, Closeup, grid

    graph = compiled.graph
    reading = reading_of(graph, "op" if level == "op" else "layer", detail="brief", closed=False)
    cell = read_scope(graph, scope.path, reading)
    spent = [
        reading.costs[node.name] for node in graph.nodes if node.scope == scope.path or node.scope.startswith(f"{scope.path}.")
    ]
    above, below = _ends(graph, scope)
    name = scope.template.replace("_", " ")
    kind = f"{name} {scope.kind}" if scope.kind in ("block", "module") else f"{scope.kind} of {compiled.spec.title or graph.name}"
    what = " · ".join([f"{graph.name}, {scope.path}", cost(sum(c.parameters for c in spent), sum(c.macs for c in spent))])
    closeup = Closeup(scope.path, kind, cell, above, below, what.removesuffix(" · "))
    described = f"{kind} {scope.path} of {compiled.spec.title or graph.name}: its layers, and what its shortcut does."
    return grid([closeup], MEASURES, title=f"{kind}, {graph.name} {scope.path}", described=described, columns=1)


def _ends(graph: Graph, scope: Scope) -> tuple[str, str]:
    """The shapes of what a scope reads and gives."""
    inside = f"{scope.path}."
    nodes = [node for node in graph.nodes if node.scope == scope.path or node.scope.startswith(inside)]
    reads = scope.inputs[0] if scope.inputs else nodes[0].inputs[0]
    gives = scope.output or nodes[-1].outputs[0]
    return dimensions(graph.types[reads].shape), dimensions(graph.types[gives].shape)
