"""A scene becomes SVG without scripts: ids are paths of nodes, classes are roles, colours follow dark mode."""

import base64
from collections.abc import Iterable, Iterator

from archc.present.draw.inks.shapes import brief, shaft, symbol_size, tip
from archc.present.draw.metrics import font_file
from archc.present.draw.scene import Box, Curve, Facts, Group, Item, Join, Plate, Rule, Scene, Text, baselines, flat
from archc.present.draw.themes import DARK, Theme
from archc.present.draw.words import tooltip
from archc.rendering.escape import xml

FAMILY = "'archc Sans','Liberation Sans',Arial,Helvetica,sans-serif"
"""The bundled font, then those of the same metrics, so that text fits its box whatever is installed."""


def svg(scene: Scene, theme: Theme, *, width: str = "", dark: Theme | None = DARK, fonts: bool = True) -> str:
    """Return the document; `width` is the printed width with its unit, `dark` the colours for a reader in dark mode."""
    w, h = brief(scene.width), brief(scene.height)
    size = f'width="{width}"' if width else f'width="{w}" height="{h}"'
    named = Names()
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {w} {h}" role="img" aria-labelledby="title desc">',
            f'<title id="title">{xml(scene.title)}</title>',
            f'<desc id="desc">{xml(scene.description)}</desc>',
            f"<style>{style(scene, theme, dark=dark, fonts=fonts)}</style>",
            f'<rect class="page" width="{w}" height="{h}"/>',
            *fragments(scene.items, named),
            "</svg>\n",
        ]
    )


class Names:
    """The ids of a document; a second item of one name gets a number."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {"title": 1, "desc": 1}

    def unique(self, name: str) -> str:
        # HTML and XML want an id without spaces; paths have none, what a caller joined may.
        plain = xml(name).replace(" ", "_")
        count = self._given.get(plain, 0)
        self._given[plain] = count + 1
        return plain if not count else f"{plain}~{count + 1}"


def fragments(items: Iterable[Item], named: Names) -> Iterator[str]:
    """Yield the elements of items, a line each."""
    for item in items:
        match item:
            case Group():
                label = f' aria-label="{xml(item.label)}"' if item.label else ""
                yield f'<g id="{named.unique(item.id)}" class="{item.role}" role="group"{label}>{_tooltip(item.facts)}'
                yield from fragments(item.items, named)
                yield "</g>"
            case Box():
                yield _box(item, named)
            case Join():
                yield _join(item, named)
            case Curve():
                yield _curve(item, named)
            case Text():
                yield _text(item)
            case Plate():
                ident = f' id="{named.unique(item.id)}"' if item.id else ""
                yield (
                    f'<rect{ident} class="plate {item.role}{_mark(item.mark)}" {_place(item)} rx="{brief(item.radius)}"'
                    + (f">{_tooltip(item.facts)}</rect>" if item.facts else "/>")
                )
            case Rule():
                yield f'<path class="rule" d="M{brief(item.x1)} {brief(item.y1)}L{brief(item.x2)} {brief(item.y2)}"/>'


def _place(item: Box | Plate) -> str:
    return f'x="{brief(item.x)}" y="{brief(item.y)}" width="{brief(item.width)}" height="{brief(item.height)}"'


def _mark(mark: str) -> str:
    return f" {mark}" if mark else ""


def _tooltip(facts: Facts | None) -> str:
    return f"<title>{xml_lines(tooltip(facts))}</title>" if facts is not None else ""


def xml_lines(text: str) -> str:
    """Escape text and keep its line ends."""
    return "\n".join([xml(line) for line in text.split("\n")])


def _box(box: Box, named: Names) -> str:
    middle, lines = brief(box.x + box.width / 2), []
    for index, (y, line) in enumerate(zip(baselines(box), box.lines, strict=True)):
        bold = ' font-weight="bold"' if box.lead and not index else ""
        lines.append(f'<text x="{middle}" y="{brief(y)}"{_size(box.size)}{bold}>{xml(line)}</text>')
    return (
        f'<g id="{named.unique(box.id)}" class="box {box.role}{_mark(box.mark)}">{_tooltip(box.facts)}'
        f'<rect {_place(box)} rx="{brief(box.radius)}"/>{"".join(lines)}</g>'
    )


def _join(join: Join, named: Names) -> str:
    size = symbol_size(join)
    x, y = brief(join.x), brief(join.y + size * 0.345)
    return (
        f'<g id="{named.unique(join.id)}" class="join{_mark(join.mark)}">{_tooltip(join.facts)}'
        f'<circle cx="{x}" cy="{brief(join.y)}" r="{brief(join.radius)}"/>'
        f'<text x="{x}" y="{y}"{_size(size)}>{xml(join.symbol)}</text></g>'
    )


def _curve(curve: Curve, named: Names) -> str:
    path = f"M{brief(curve.start[0])} {brief(curve.start[1])}"
    for segment in shaft(curve):
        numbers = " ".join([brief(value) for value in segment])
        path += f"L{numbers}" if len(segment) == 2 else f"C{numbers}"
    kind = f"edge {curve.role}{' changes' if curve.dashed else ''}{_mark(curve.mark)}"
    head = ""
    if curve.arrow:
        corners = "L".join([f"{brief(x)} {brief(y)}" for x, y in tip(curve)])
        head = f'<path class="tip" d="M{corners}Z"/>'
    ident = f' id="{named.unique(curve.id)}"' if curve.id else ""
    return f'<g{ident} class="{kind}">{_tooltip(curve.facts)}<path class="line" d="{path}"/>{head}</g>'


def _text(text: Text) -> str:
    face = {"regular": "", "bold": ' font-weight="bold"', "italic": ' font-style="italic"'}[text.face]
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    look = f"{_size(text.size)}{face}{anchor}"
    return f'<text class="words {text.tone}" x="{brief(text.x)}" y="{brief(text.y)}"{look}>{xml(text.words)}</text>'


def _size(size: float) -> str:
    return f' font-size="{brief(size)}"' if size != 13 else ""


def style(scene: Scene, theme: Theme, *, dark: Theme | None, fonts: bool) -> str:
    """Return the style sheet: the faces in use, the colours, and those of dark mode."""
    used = {item.face for item in flat(scene.items) if isinstance(item, Text)} | {"regular"}
    if any(isinstance(item, Box) and item.lead for item in flat(scene.items)):
        used.add("bold")
    faces = "".join([font_face(face) for face in sorted(used)]) if fonts else ""
    night = f"@media (prefers-color-scheme:dark){{{colours(dark)}}}" if dark is not None and dark is not theme else ""
    return f"{faces}svg{{font-family:{FAMILY};font-size:13px}}" + shapes() + colours(theme) + night


def shapes() -> str:
    """Return the rules that no theme changes: widths, dashes and alignments."""
    return (
        ".edge .line,.rule{fill:none}.box text,.join text{text-anchor:middle}"
        ".edge .line{stroke-width:1.3}.trunk .line{stroke-width:4}.changes .line{stroke-dasharray:4 3}"
        ".box rect,.join circle{stroke-width:1.3}.plate{stroke-width:1}.module,.rule{stroke-dasharray:3 3}"
        ".added rect,.changed rect,.removed rect,.added circle,.changed circle,.removed circle{stroke-width:2.5}"
        ".changed rect,.changed circle{stroke-dasharray:6 2}.removed rect,.removed circle{stroke-dasharray:2 2}"
    )


def font_face(face: str) -> str:
    """Return the rule that carries a face of the bundled font in the document."""
    data = base64.b64encode(font_file(f"{face}.woff2")).decode()
    kind = {"regular": "", "bold": "font-weight:bold;", "italic": "font-style:italic;"}[face]
    return f"@font-face{{font-family:'archc Sans';{kind}src:url(data:font/woff2;base64,{data}) format('woff2')}}"


def colours(theme: Theme) -> str:
    """Return the rules of a theme."""
    boxes = "".join([f".box.{role} rect{{fill:{fill};stroke:{line}}}" for role, (fill, line) in theme.boxes.items()])
    plates = "".join([f".plate.{role}{{fill:{fill};stroke:{line}}}" for role, (fill, line) in theme.plates.items()])
    texts = "".join([f".words.{tone}{{fill:{colour}}}" for tone, colour in theme.texts.items()])
    marks = "".join(
        [f".box.{mark} rect,.join.{mark} circle,.edge.{mark} .line{{stroke:{colour}}}" for mark, colour in theme.marks.items()]
    )
    return (
        f".page{{fill:{theme.page}}}.box text,.join text{{fill:{theme.box_text}}}"
        f".edge .line,.join circle{{stroke:{theme.line}}}.join circle{{fill:{theme.page}}}.tip{{fill:{theme.line}}}"
        f".trunk .line{{stroke:{theme.trunk}}}.trunk .tip{{fill:{theme.trunk}}}.rule{{stroke:{theme.rule}}}"
        f"{boxes}{plates}{texts}{marks}"
    )
