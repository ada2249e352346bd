"""Figures of networks and blocks."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, cast, get_args

from archc.api.network import Network, loaded
from archc.api.values import Shown
from archc.arguments import StrPath, choice, instance, text, texts, unknown
from archc.exceptions import WrongType, WrongValue
from archc.limits import DEFAULT_LIMITS, Limits
from archc.record import Record, field

if TYPE_CHECKING:
    from archc.compile.pipeline import Compiled
    from archc.present.draw.compose import Asked, Direction, Level, Placing
    from archc.present.draw.files import Format
    from archc.present.draw.scene import Mark, Scene
    from archc.present.draw.themes import ThemeName

THEMES = ("default", "paper", "grey", "dark")
LEVELS = ("network", "block", "layer", "op")
SMALLEST = 5
"""Points below which printed text is too small to read."""

Named = Literal["shortcuts", "activation-orders"]


class Style(Record):
    """What has a box (None: as suits the figure), the colours, and the printed width with its unit, "" for the natural one."""

    level: "Level | None" = None
    theme: str = "default"
    width: str = ""

    def figure(self, name: str, scene: "Scene", networks: "tuple[Compiled, ...]" = (), asked: "Asked | None" = None) -> "Figure":
        return Figure(name, scene, self.theme, self.width, networks, asked)


class Figure(Shown, Record):
    """A figure: boxes, curves and texts at their places, to be written in any format."""

    name: str
    scene: "Scene"
    theme: str = "default"
    width: str = ""
    networks: "tuple[Compiled, ...]" = ()
    asked: "Asked | None" = field(default=None, repr=False)
    formats: ClassVar[Mapping[str, str]] = {
        ".svg": "to_svg",
        ".png": "to_png",
        ".pdf": "to_pdf",
        ".tex": "to_tikz",
        ".tikz": "to_tikz",
        ".dot": "to_dot",
        ".gv": "to_dot",
        ".mmd": "to_mermaid",
        ".mermaid": "to_mermaid",
        ".html": "to_html",
    }

    def __repr__(self) -> str:
        return f"<Figure {self.name}: {self.scene.width:.0f} × {self.scene.height:.0f} px>"

    def said(self) -> str:
        return self.to_svg()

    def to_text(self) -> str:
        """What the figure shows, in words."""
        return f"{self.scene.title}\n{self.scene.description}\n"

    def to_svg(self) -> str:
        """Light and dark in one file, where no theme was asked for."""
        return self.written("svg").decode()

    def to_png(self) -> bytes:
        return self.written("png")

    def to_pdf(self) -> bytes:
        return self.written("pdf")

    def to_tikz(self) -> str:
        return self.written("tex").decode()

    def to_dot(self) -> str:
        return self.written("dot").decode()

    def to_mermaid(self) -> str:
        return self.written("mmd").decode()

    def to_html(self) -> str:
        """A page to look around in: a network in columns of panels folds and unfolds, any other figure is on it as it is."""
        from archc.present.draw.inks.html import html
        from archc.present.draw.pages import draw_pieces, whole
        from archc.present.draw.themes import THEMES as KNOWN

        asked = self.asked
        folds = asked is not None and asked.level in ("block", "op") and asked.direction == "column" and asked.layout == "own"
        drawn = draw_pieces(self.networks, asked) if asked is not None and folds else whole(self.scene)
        spans = [node.origin for one in self.networks for node in one.graph.nodes]
        spans += [scope.origin for one in self.networks for scope in one.graph.scopes]
        sources = {span.source.name: span.source.text for span in spans if span is not None}
        return html(self.scene.title, self.scene.description, drawn, sources, KNOWN[cast("ThemeName", self.theme)])

    def written(self, ink: "Format") -> bytes:
        """The figure in one of the formats of `archc draw`. Raises FigureError where a package that one needs is missing."""
        from archc.present.draw.files import Look, written

        return written(self.scene, ink, Look(theme=cast("ThemeName", self.theme), width=self.width))

    @property
    def notes(self) -> tuple[str, ...]:
        """What was drawn otherwise than asked for, and text that would be printed too small to read."""
        from archc.present.draw.lengths import pixels
        from archc.present.draw.scene import Box, Text, flat

        wanted = pixels(self.width) if self.width else None
        sizes = [item.size for item in flat(self.scene.items) if isinstance(item, Box | Text)]
        if wanted is None or not sizes:
            return tuple(self.scene.notes)
        points = min(sizes) * wanted / self.scene.width * 0.75
        small = f"at {self.width} the smallest text is {points:.1f} pt; another --level or --direction may fit better"
        return (*self.scene.notes, *([small] if points < SMALLEST else []))

    def _repr_svg_(self) -> str:
        return self.to_svg()


def draw(
    *networks: Network | StrPath,
    block: str | None = None,
    figure: Named | None = None,
    level: "Level | None" = None,
    direction: Literal["column", "strip"] = "column",
    expand: Sequence[str] = (),
    layout: Literal["own", "dot"] = "own",
    diff: bool = False,
    theme: str = "default",
    width: str = "",
) -> Figure:
    """A figure of a network, or of several side by side.

    `block` is the path of a block, module, stem or head of the one network to draw close up (`layer2.0`); without a network it is
    the name or file of a block, module or shortcut policy. `figure` is one of He et al. 2016: Fig. 2 (`shortcuts`) or Fig. 4
    (`activation-orders`). `level` is what has a box: each stage (`network`), block (the default of one network), layer (of
    several) or operation. `expand` names stages whose equal blocks are drawn one by one, or `all`. `layout` "dot" lets Graphviz
    place operations. `diff` marks what differs between two networks. `width` is the printed width, as `8.5cm`.
    Raises SpecError, and FigureError where the figure cannot be drawn.

    >>> import archc
    >>> archc.draw("resnet18").save("resnet18.svg")  # doctest: +SKIP
    """
    from archc.present.draw.lengths import pixels

    choice("theme", theme, THEMES)
    choice("direction", direction, ("column", "strip"))
    choice("layout", layout, ("own", "dot"))
    if level is not None:
        choice("level", level, LEVELS)
    if layout == "dot" and level != "op":
        raise WrongValue("layout `dot` is for operations", "ask for level `op` too")
    if text("width", width, "a length, as 8.5cm") and pixels(width) is None:
        raise WrongValue(f"`{width}` is not a length", "write a number and cm, mm, in, pt or px, as 8.5cm")
    if instance("diff", diff, bool, "true or false") and len(networks) != 2:
        raise WrongValue("`diff` compares two networks", "give it two")
    if sum((bool(networks) and block is None, block is not None, figure is not None)) != 1 or (block and len(networks) > 1):
        raise WrongType("a figure is of networks, of one `block`, or a `figure` of a paper")
    style = Style(level, theme, width)
    if figure is not None:
        return paper_figure(cast("Named", choice("figure", figure, get_args(Named))), style)
    if block is not None and not networks:
        return definition_figure(text("block", block, "a path or a name"), style)
    found = tuple(map(loaded, networks))
    if block is not None:
        return block_figure(found[0], text("block", block, "a path"), style)
    paths = texts("expand", expand, "a list of stages")
    return networks_figure(found, style, direction=direction, expand=paths, layout=layout, diff=diff)


def networks_figure(
    networks: Sequence[Network], style: Style, *, direction: str, expand: Sequence[str], layout: str, diff: bool
) -> Figure:
    """Networks side by side."""
    from archc.present.draw.compose import Asked, draw_networks
    from archc.present.draw.lengths import pixels

    known = [scope.path for one in networks for scope in one.graph.scopes if scope.kind == "stage"]
    for stage in expand:
        if stage not in (*known, "all"):
            raise unknown("stage", stage, [*dict.fromkeys(known), "all"])
    asked = Asked(
        level=style.level or ("block" if len(networks) == 1 else "layer"),
        direction=cast("Direction", direction),
        expand=tuple(expand),
        layout=cast("Placing", layout),
        width=pixels(style.width) if style.width else None,
        marks=_marks(*networks) if diff else (),
    )
    name = "-".join(one.graph.name for one in networks)
    return style.figure(name, draw_networks(networks, asked), tuple(networks), asked)


def block_figure(network: Network, path: str, style: Style) -> Figure:
    """A block, module, stem or head of a network, close up."""
    from archc.present.draw.compose import draw_scope

    scopes = {scope.path: scope for scope in network.graph.scopes if scope.kind in ("block", "module", "stem", "head")}
    if path not in scopes:
        raise unknown("block", path, scopes)
    scene = draw_scope(network, scopes[path], style.level or "layer")
    return style.figure(f"{network.graph.name}_{path.replace('.', '_')}", scene, (network,))


def definition_figure(
    definition: StrPath, style: Style, overrides: Sequence[str] = (), limits: Limits = DEFAULT_LIMITS
) -> Figure:
    """A block, module or shortcut policy by itself."""
    from archc.present.draw.bare import around
    from archc.present.draw.compose import draw_bare

    bare = around(definition, overrides, limits)
    return style.figure(bare.name, draw_bare(bare, style.level or "layer"), (bare.compiled,))


def paper_figure(name: Named, style: Style, limits: Limits = DEFAULT_LIMITS) -> Figure:
    """A figure of a paper."""
    from archc.present.draw.figures import draw_figure

    return style.figure(name, draw_figure(name, limits))


def _marks(old: Network, new: Network) -> "tuple[Mapping[str, Mark], ...]":
    from archc.analyse.diff.compare import Network as Side
    from archc.analyse.diff.compare import compare
    from archc.analyse.diff.marks import marks

    return marks(compare(Side(old), Side(new)))
