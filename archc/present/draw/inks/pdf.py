"""A scene becomes PDF: vectors with the bundled font embedded, the same bytes on every machine."""

from io import BytesIO
from typing import TYPE_CHECKING

from archc.present.draw.inks.shapes import shaft, symbol_size, tip, weight
from archc.present.draw.lengths import pixels
from archc.present.draw.metrics import drawable, font_file
from archc.present.draw.scene import Box, Curve, Face, Item, Join, Plate, Rule, Scene, Text, baselines, flat
from archc.present.draw.themes import Theme

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

POINTS = 0.75
"""The points in a pixel."""
FONTS: dict[Face, str] = {"regular": "archcSans", "bold": "archcSans-Bold", "italic": "archcSans-Italic"}


def pdf(scene: Scene, theme: Theme, *, width: str = "") -> bytes:
    """Return one page of the figure's size."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    for face, name in FONTS.items():
        pdfmetrics.registerFont(TTFont(name, BytesIO(font_file(f"{face}.ttf"))))
    wanted = pixels(width) if width else None
    unit = POINTS * (1.0 if wanted is None else wanted / scene.width)
    out = BytesIO()
    canvas = Canvas(out, pagesize=(scene.width * unit, scene.height * unit), invariant=1, initialFontName=FONTS["regular"])  # type: ignore[arg-type]  # the stubs say float
    canvas.setTitle(scene.title)
    canvas.setSubject(scene.description)
    canvas.setAuthor("archc")
    canvas.scale(unit, unit)
    canvas.translate(0, scene.height)
    canvas.setFillColor(theme.page)
    canvas.rect(0, -scene.height, scene.width, scene.height, stroke=0, fill=1)
    for item in flat(scene.items):
        _draw(canvas, item, theme)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: "Canvas", item: Item, theme: Theme) -> None:
    """Draw an item; y is mirrored here, since mirroring the page would mirror its letters."""
    match item:
        case Plate():
            fill, line = theme.plates[item.role]
            _outlined(canvas, fill, line, weight(item), dashed=item.role == "module")
            canvas.roundRect(item.x, -item.y - item.height, item.width, item.height, item.radius, fill=int(fill != "none"))
        case Box():
            fill, line = theme.boxes[item.role]
            _outlined(canvas, fill, theme.marks.get(item.mark, line), weight(item), dashed=item.mark == "removed")
            canvas.roundRect(item.x, -item.y - item.height, item.width, item.height, item.radius, fill=1)
            for index, (y, words) in enumerate(zip(baselines(item), item.lines, strict=True)):
                face: Face = "bold" if item.lead and not index else "regular"
                _words(canvas, words, (item.x + item.width / 2, y), item.size, face, "middle", theme.box_text)
        case Join():
            _outlined(canvas, theme.page, theme.line, weight(item), dashed=False)
            canvas.circle(item.x, -item.y, item.radius, fill=1)
            size = symbol_size(item)
            _words(canvas, item.symbol, (item.x, item.y + size * 0.345), size, "regular", "middle", theme.box_text)
        case Curve():
            _curve(canvas, item, theme)
        case Text():
            _words(canvas, item.words, (item.x, item.y), item.size, item.face, item.anchor, theme.texts[item.tone])
        case Rule():
            _outlined(canvas, "none", theme.rule, 1.0, dashed=True)
            canvas.line(item.x1, -item.y1, item.x2, -item.y2)
        case _:
            raise TypeError(f"{type(item).__name__} is not drawn by itself")


def _outlined(canvas: "Canvas", fill: str, line: str, thick: float, *, dashed: bool) -> None:
    if fill != "none":
        canvas.setFillColor(fill)
    canvas.setStrokeColor(line)
    canvas.setLineWidth(thick)
    canvas.setDash(*((3, 3) if dashed else ()))


def _curve(canvas: "Canvas", item: Curve, theme: Theme) -> None:
    colour = theme.trunk if item.role == "trunk" else theme.marks.get(item.mark, theme.line)
    _outlined(canvas, colour, colour, weight(item), dashed=False)
    canvas.setDash(*((4, 3) if item.dashed else ()))
    path = canvas.beginPath()
    path.moveTo(item.start[0], -item.start[1])
    for segment in shaft(item):
        if len(segment) == 2:
            path.lineTo(segment[0], -segment[1])
        else:
            a, b, c, d, e, f = segment
            path.curveTo(a, -b, c, -d, e, -f)
    canvas.drawPath(path, stroke=1, fill=0)
    if item.arrow:
        head = canvas.beginPath()
        (x, y), *others = tip(item)
        head.moveTo(x, -y)
        for x, y in others:
            head.lineTo(x, -y)
        head.close()
        canvas.drawPath(head, stroke=0, fill=1)


def _words(canvas: "Canvas", words: str, at: tuple[float, float], size: float, face: Face, anchor: str, colour: str) -> None:
    canvas.setFillColor(colour)
    canvas.setFont(FONTS[face], size)
    text = drawable(words)
    match anchor:
        case "middle":
            canvas.drawCentredString(at[0], -at[1], text)
        case "end":
            canvas.drawRightString(at[0], -at[1], text)
        case _:
            canvas.drawString(at[0], -at[1], text)
