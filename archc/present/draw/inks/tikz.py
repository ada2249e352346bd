r"""A scene becomes TikZ in a document that a paper can `\input` too, with native text in the document's font."""

import re
from collections.abc import Iterator

from archc.present.draw.errors import FigureError
from archc.present.draw.inks.shapes import brief, symbol_size, weight
from archc.present.draw.lengths import pixels
from archc.present.draw.scene import Box, Curve, Join, Plate, Rule, Scene, Segment, Text, flat
from archc.present.draw.themes import Theme
from archc.rendering.escape import tex
from archc.rendering.visible import visible

BIG_POINTS = 0.75
"""The big points in a pixel."""
LONGEST = 15_000
"""The longest figure in points; TeX's dimensions end at 16,383."""
_MATH = {"−": "$-$", "–": "--", "—": "---", "→": r"$\to$", "±": r"$\pm$"}
_SIGNS = re.compile(f"([{''.join(_MATH)}])")


def tikz(scene: Scene, theme: Theme, *, width: str = "") -> str:
    r"""Return the document; `\input` in another one, with the package standalone, is the figure alone."""
    wanted = pixels(width) if width else None
    unit = BIG_POINTS * (1.0 if wanted is None else wanted / scene.width)
    tall = max(scene.width, scene.height) * unit
    if tall > LONGEST:
        raise FigureError(
            f"TeX counts to {LONGEST:,} points, and the figure is {tall:,.0f} long", "svg and pdf have no such limit"
        )
    colours = _Colours()
    body = list(_items(scene, theme, colours, unit))
    lines = [
        f"% {visible(scene.title)}",
        r"\documentclass[tikz,border=0pt]{standalone}",
        r"\usepackage{iftex}",
        r"\ifPDFTeX\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\usepackage{textcomp}\usepackage{lmodern}\fi",
        r"\usetikzlibrary{arrows.meta}",
        r"\begin{document}%",
        *colours.definitions(),
        rf"\begin{{tikzpicture}}[x={_unit(unit)}bp,y=-{_unit(unit)}bp,inner sep=0pt,outer sep=0pt]",
        rf"\useasboundingbox (0,0) rectangle ({brief(scene.width)},{brief(scene.height)});",
        *body,
        r"\end{tikzpicture}%",
        r"\end{document}",
    ]
    return "\n".join(lines) + "\n"


def _unit(value: float) -> str:
    return f"{value:.5f}".rstrip("0").rstrip(".")


class _Colours:
    """The colours in use, each defined once."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def name(self, colour: str) -> str:
        return self._names.setdefault(colour, f"archc{colour.removeprefix('#')}")

    def definitions(self) -> list[str]:
        return [rf"\definecolor{{{name}}}{{HTML}}{{{colour.removeprefix('#').upper()}}}%" for colour, name in self._names.items()]


def _items(scene: Scene, theme: Theme, colours: _Colours, unit: float) -> Iterator[str]:
    if theme.page != "#ffffff":
        yield rf"\fill[{colours.name(theme.page)}] (0,0) rectangle ({brief(scene.width)},{brief(scene.height)});"
    for item in flat(scene.items):
        match item:
            case Plate():
                yield _plate(item, theme, colours, unit)
            case Box():
                yield from _box(item, theme, colours, unit)
            case Join():
                yield _join(item, theme, colours, unit)
            case Curve():
                yield _curve(item, theme, colours, unit)
            case Text():
                yield _text(item, theme, colours, unit)
            case Rule():
                style = f"{colours.name(theme.rule)},densely dashed,line width={brief(unit)}bp"
                yield rf"\draw[{style}] ({brief(item.x1)},{brief(item.y1)}) -- ({brief(item.x2)},{brief(item.y2)});"


def _corners(item: Plate | Box) -> str:
    return f"({brief(item.x)},{brief(item.y)}) rectangle ({brief(item.x + item.width)},{brief(item.y + item.height)})"


def _plate(item: Plate, theme: Theme, colours: _Colours, unit: float) -> str:
    fill, line = theme.plates[item.role]
    style = [f"draw={colours.name(line)}", f"line width={brief(unit)}bp", f"rounded corners={brief(item.radius * unit)}bp"]
    style += [] if fill == "none" else [f"fill={colours.name(fill)}"]
    style += ["densely dashed"] if item.role == "module" else []
    return rf"\path[{','.join(style)}] {_corners(item)};"


def _box(item: Box, theme: Theme, colours: _Colours, unit: float) -> Iterator[str]:
    fill, line = theme.boxes[item.role]
    outline = theme.marks.get(item.mark, line)
    style = [
        f"draw={colours.name(outline)}", f"fill={colours.name(fill)}", f"line width={brief(weight(item) * unit)}bp",
        f"rounded corners={brief(item.radius * unit)}bp", *(["densely dashed"] if item.mark == "removed" else []),
    ]  # fmt: skip
    lines = [rf"\textbf{{{escaped(words)}}}" if item.lead and not i else escaped(words) for i, words in enumerate(item.lines)]
    rows = r" \\{} ".join(lines)
    words = lines[0] if len(lines) == 1 else rf"\begin{{tabular}}{{@{{}}c@{{}}}}{rows}\end{{tabular}}"
    middle = f"({brief(item.x + item.width / 2)},{brief(item.y + item.height / 2)})"
    yield rf"\path[{','.join(style)}] {_corners(item)};"
    yield rf"\node[text={colours.name(theme.box_text)}] at {middle} {{{_font(item.size, unit)}{words}}};"


def _join(item: Join, theme: Theme, colours: _Colours, unit: float) -> str:
    style = [
        "circle", f"minimum size={brief(2 * item.radius * unit)}bp", f"draw={colours.name(theme.line)}",
        f"fill={colours.name(theme.page)}", f"text={colours.name(theme.box_text)}", f"line width={brief(weight(item) * unit)}bp",
    ]  # fmt: skip
    words = {"+": "$+$", "×": r"$\times$", "1−": "$1-$"}.get(item.symbol, escaped(item.symbol))
    return rf"\node[{','.join(style)}] at ({brief(item.x)},{brief(item.y)}) {{{_font(symbol_size(item), unit)}{words}}};"


def _curve(item: Curve, theme: Theme, colours: _Colours, unit: float) -> str:
    colour = theme.trunk if item.role == "trunk" else theme.marks.get(item.mark, theme.line)
    thick = weight(item)
    style = [colours.name(colour), f"line width={brief(thick * unit)}bp"]
    if item.arrow:
        long, half = (9.0, 10.0) if item.role == "trunk" else (6.5, 6.0)
        style.append(f"-{{Latex[length={brief(long * unit)}bp,width={brief(half * unit)}bp]}}")
    style += ["densely dashed"] if item.dashed else []
    path = "".join([_segment(segment) for segment in item.path])
    return rf"\draw[{','.join(style)}] ({brief(item.start[0])},{brief(item.start[1])}){path};"


def _segment(segment: Segment) -> str:
    if len(segment) == 2:
        return f" -- ({brief(segment[0])},{brief(segment[1])})"
    a, b, c, d, e, f = map(brief, segment)
    return f" .. controls ({a},{b}) and ({c},{d}) .. ({e},{f})"


def _text(item: Text, theme: Theme, colours: _Colours, unit: float) -> str:
    anchor = {"start": "base west", "middle": "base", "end": "base east"}[item.anchor]
    face = {"regular": "", "bold": r"\bfseries ", "italic": r"\itshape "}[item.face]
    style = f"anchor={anchor},text={colours.name(theme.texts[item.tone])}"
    place = f"({brief(item.x)},{brief(item.y)})"
    return rf"\node[{style}] at {place} {{{_font(item.size, unit)}{face}{escaped(item.words)}}};"


def _font(size: float, unit: float) -> str:
    # The size is a little below the scene's, since TeX's own fonts are wider than Arial at some sizes.
    points = size * unit * 0.95
    return rf"\fontsize{{{brief(points)}}}{{{brief(points * 1.25)}}}\selectfont "


def escaped(text: str) -> str:
    """Escape text for TeX, signs as mathematics; what an engine's fonts lack is its code point."""
    return "".join([_MATH.get(part) or tex(part) for part in _SIGNS.split(text)])
