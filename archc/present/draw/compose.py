"""Compiled networks become a scene: settings choose the level, the layout, and what is folded."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from archc.compile.pipeline import Compiled
from archc.ir.graph import Graph, Scope
from archc.present.draw.cells import Grain
from archc.present.draw.content import Network
from archc.present.draw.layouts.lanes import Measures
from archc.present.draw.metrics import width
from archc.present.draw.read import read_network, read_scope, reading_of
from archc.present.draw.scene import Group, Item, Mark, Rule, Scene, Text, Tone, moved, renamed
from archc.present.draw.words import Detail, cost, dimensions
from archc.record import Record, replace

if TYPE_CHECKING:
    from archc.present.draw.bare import Bare
    from archc.present.draw.layouts.closeup import Closeup

Level: TypeAlias = Literal["network", "block", "layer", "op"]
Direction: TypeAlias = Literal["column", "strip"]
Placing: TypeAlias = Literal["own", "dot"]

MEANINGS: tuple[tuple[Tone, str], ...] = (("removed", "− removed"), ("added", "+ added"), ("changed", "~ changed"))
"""The words of the marks of a comparison."""
UNFOLDED = 300
"""Networks side by side are folded if they have more boxes."""
BOXES = 20_000
"""A figure with more boxes is folded, also where the user asks to unfold it."""


class Asked(Record, kw_only=True):
    """The settings of a figure."""

    level: Level = "block"
    direction: Direction = "column"
    expand: tuple[str, ...] = ()
    """The stages whose equal blocks are drawn one by one, or `all`."""
    layout: Placing = "own"
    width: float | None = None
    """The printed width in pixels, where there is one."""
    marks: tuple[Mapping[str, Mark], ...] = ()
    """The marks of each network's nodes and scopes in a comparison."""


def draw_networks(networks: Sequence[Compiled], asked: Asked) -> Scene:
    """Draw one network, or several side by side. Raises FigureError where `dot` is needed and is not installed."""
    shown = read(networks, asked)
    if asked.level == "layer":
        from archc.present.draw.layouts.rails import rails
        from archc.present.draw.layouts.table import side_by_side

        unfolded, notes = stages_unfolded(shown, asked, several=len(shown) > 1)
        laid = rails if asked.direction == "strip" else side_by_side
        scene = replace(laid(shown, shades_of(shown), unfolded), notes=notes)
    elif asked.level == "network":
        from archc.present.draw.layouts.stages import stages

        scene = stages(shown, shades_of(shown), across=asked.direction == "strip")
    else:
        scene = _in_panels(shown, asked, shades_of(shown))
    return _with_legend(scene) if asked.marks else scene


def read(networks: Sequence[Compiled], asked: Asked) -> list[Network]:
    """Read each network at the grain of the level."""
    brief = asked.level == "block" and asked.direction == "strip"
    grain: Grain = "op" if asked.level == "op" else "layer"
    marks = asked.marks or ({},) * len(networks)
    detail: Detail = "brief" if brief else "full"
    readings = [read_network(c.graph, c.spec.title, grain, detail, of) for c, of in zip(networks, marks, strict=True)]
    # Networks of one name get numbers, since ids begin with the name.
    before = [sum(other.name == one.name for other in readings[:index]) for index, one in enumerate(readings)]
    return [replace(one, name=f"{one.name}~{count + 1}") if count else one for one, count in zip(readings, before, strict=True)]


def _with_legend(scene: Scene) -> Scene:
    """Add a legend of the marks of a comparison below the figure."""
    y = scene.height + 6
    legend: list[Item] = [Rule(x1=16, y1=scene.height - 12, x2=scene.width - 16, y2=scene.height - 12)]
    x = 20.0
    for tone, words in MEANINGS:
        legend.append(Text(x=x, y=y, words=words, size=12, face="bold", tone=tone))
        x += width(words, 12, "bold") + 18
    group = Group(id="legend", role="legend", label="what the marks mean", items=tuple(legend))
    return replace(scene, height=scene.height + 20, width=max(scene.width, x), items=(*scene.items, group))


def _in_panels(networks: Sequence[Network], asked: Asked, shades: Sequence[int]) -> Scene:
    """Draw blocks or operations, in a panel for each stage or where Graphviz puts them."""
    if asked.layout == "dot":
        from archc.present.draw.layouts.external import by_dot

        scenes = []
        for network in networks:
            unfolded, notes = stages_unfolded([network], asked, several=False)
            scenes.append(replace(by_dot(network, unfolded), notes=notes))
        return scenes[0] if len(scenes) == 1 else _beside(scenes, [network.name for network in networks], asked)
    from archc.present.draw.layouts.cards import panels_of

    unfolded, notes = stages_unfolded(networks, asked, several=False)
    panels = [panels_of(network, shades, unfolded, Measures(), plain=asked.level == "block") for network in networks]
    if asked.direction == "column":
        from archc.present.draw.layouts.columns import columns

        return replace(columns(networks, panels), notes=notes)
    from archc.present.draw.layouts.strips import strips

    scene = strips(networks, panels, asked.width)
    return replace(scene, notes=(*notes, *scene.notes))


def shades_of(networks: Sequence[Network]) -> list[int]:
    """Return the widths of stages, each of which has a colour."""
    return sorted({part.width for network in networks for part in network.parts if part.kind == "stage" and part.width})


def stages_unfolded(networks: Sequence[Network], asked: Asked, *, several: bool) -> tuple[frozenset[str] | None, tuple[str, ...]]:
    """Return the stages that are drawn block by block, None for all, and notes about what is folded."""
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
    """Put several figures into one: columns beside each other, strips below each other."""
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
    """Draw a block, module, stem or head close up: its layers as in He et al. 2015, Fig. 5, or with `op` every operation."""
    from archc.present.draw.layouts.closeup import MEASURES, grid

    graph = compiled.graph
    name = scope.template.replace("_", " ")
    kind = f"{name} {scope.kind}" if scope.kind in ("block", "module") else f"{scope.kind} of {compiled.spec.title or graph.name}"
    closeup = _closeup(graph, scope, level, kind, f"{graph.name}, {scope.path}")
    described = f"{kind} {scope.path} of {compiled.spec.title or graph.name}: its layers, and what its shortcut does."
    return grid([closeup], MEASURES, title=f"{kind}, {graph.name} {scope.path}", described=described, columns=1)


def draw_bare(bare: "Bare", level: Level) -> Scene:
    """Draw a definition by itself, as it is in the network around it, and both cases of a shortcut policy."""
    from archc.present.draw.layouts.closeup import MEASURES, grid

    graph = bare.compiled.graph
    scopes = {scope.path: scope for scope in graph.scopes}
    lines = [line for line in (bare.place, bare.chosen) if line]
    alone = len(bare.shown) == 1
    if alone:
        closeups = [_closeup(graph, scopes[bare.shown[0][0]], level, bare.title, *lines)]
    else:
        closeups = [_closeup(graph, scopes[path], level, caption, "") for path, caption in bare.shown]
    heading = [] if alone else [bare.title, *lines]
    described = f"{bare.title}, {bare.place}: {bare.chosen}"
    return grid(closeups, MEASURES, title=bare.title, described=described, columns=2, heading=heading)


def _closeup(graph: Graph, scope: Scope, level: Level, caption: str, *lines: str) -> "Closeup":
    """Return a scope with its caption; the first of the lines below it ends with the scope's cost."""
    from archc.present.draw.layouts.closeup import Closeup

    reading = reading_of(graph, "op" if level == "op" else "layer", detail="brief", closed=False)
    cell = read_scope(graph, scope.path, reading)
    # A module that is the whole figure has no ground in it.
    units = tuple([replace(unit, module="") if unit.module == scope.path else unit for unit in cell.units])
    cell = replace(cell, units=units, modules=tuple([module for module in cell.modules if module[0] != scope.path]))
    inside = f"{scope.path}."
    spent = [reading.costs[node.name] for node in graph.nodes if node.scope == scope.path or node.scope.startswith(inside)]
    spent_words = cost(sum(c.parameters for c in spent), sum(c.macs for c in spent))
    first = " · ".join([words for words in (lines[0], spent_words) if words])
    above, below = _ends(graph, scope)
    return Closeup(scope.path, caption, cell, above, below, tuple([line for line in (first, *lines[1:]) if line]))


def _ends(graph: Graph, scope: Scope) -> tuple[str, str]:
    """Return the shapes of what a scope reads and gives."""
    inside = f"{scope.path}."
    nodes = [node for node in graph.nodes if node.scope == scope.path or node.scope.startswith(inside)]
    reads = scope.inputs[0] if scope.inputs else nodes[0].inputs[0]
    gives = scope.output or nodes[-1].outputs[0]
    return dimensions(graph.types[reads].shape), dimensions(graph.types[gives].shape)
