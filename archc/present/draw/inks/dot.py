"""A scene becomes DOT with every position pinned; `layout=nop2` inside makes plain `dot -Tsvg` reproduce it anywhere."""

import re
from collections.abc import Iterator

from archc.present.draw.inks.shapes import brief, head_size, shaft, symbol_size, tip, weight
from archc.present.draw.metrics import width
from archc.present.draw.scene import Box, Curve, Facts, Join, Plate, Point, Rule, Scene, Segment, Text, flat
from archc.present.draw.themes import Theme
from archc.present.draw.words import tooltip
from archc.rendering.visible import visible

POINTS = 0.75
"""The points in a pixel; DOT counts positions in points and sizes in inches."""
_ODD = re.compile(r"[^\w./~×-]")
FONTS = {"regular": "Arial", "bold": "Arial Bold", "italic": "Arial Italic"}


def dot(scene: Scene, theme: Theme) -> str:
    """Return the source of the graph. Nodes are called by their paths; curves that join nothing end in invisible points."""
    import graphviz

    graph = graphviz.Digraph("figure")
    graph.attr(
        layout="nop2",
        outputorder="nodesfirst",
        bgcolor=theme.page,
        splines="true",
        label="",
        pad="0",
        tooltip=_plain(scene.title),
    )
    graph.attr("node", fixedsize="true", fontname=FONTS["regular"], margin="0", penwidth="1", label="")
    graph.attr("edge", color=theme.line, penwidth="1", arrowsize="0.5")
    for name, attributes in _Nodes(scene, theme).nodes():
        graph.node(_name(name), **attributes)
    for tail, head, attributes in _edges(scene, theme):
        graph.edge(_name(tail), _name(head), **attributes)
    source: str = graph.source
    return source


def _name(ident: str) -> str:
    """Return a node's name: its id, without what DOT reads as a port, an escape or HTML."""
    return _ODD.sub("_", ident)


def _plain(text: str) -> str:
    """Return text that Graphviz reads letter by letter: without escapes, HTML, entities or control characters."""
    import graphviz

    escaped: str = graphviz.escape(visible(text).replace("&", "&amp;"))
    return escaped


class _Nodes:
    """Every node of a figure: its boxes, circles, plates and texts, and the open ends of its curves."""

    def __init__(self, scene: Scene, theme: Theme) -> None:
        self.scene = scene
        self.theme = theme

    def nodes(self) -> Iterator[tuple[str, dict[str, str]]]:
        page = Plate(id="", x=0, y=0, width=self.scene.width, height=self.scene.height, role="card")
        yield (
            "page",
            {**self._at(page), "shape": "box", "style": "filled", "fillcolor": self.theme.page, "color": self.theme.page},
        )
        for number, item in enumerate(flat(self.scene.items)):
            match item:
                case Plate():
                    yield item.id + "/plate" if item.id else f"plate{number}", self._plate(item)
                case Box():
                    yield item.id, self._box(item)
                case Join():
                    yield item.id, self._join(item)
                case Text():
                    yield f"text{number}", self._text(item)
                case Curve():
                    for name, point in _open_ends(item, number):
                        yield name, {**self._point(*point), "shape": "point", "style": "invis", "width": "0.01", "height": "0.01"}
                case Rule():
                    for name, point in ((f"rule{number}a", (item.x1, item.y1)), (f"rule{number}b", (item.x2, item.y2))):
                        yield name, {**self._point(*point), "shape": "point", "style": "invis", "width": "0.01", "height": "0.01"}

    def _point(self, x: float, y: float) -> dict[str, str]:
        return {"pos": f"{brief(x * POINTS)},{brief((self.scene.height - y) * POINTS)}!"}

    def _at(self, item: Box | Plate) -> dict[str, str]:
        return {
            **self._point(item.x + item.width / 2, item.y + item.height / 2),
            "width": _inches(item.width), "height": _inches(item.height),
        }  # fmt: skip

    def _plate(self, item: Plate) -> dict[str, str]:
        fill, line = self.theme.plates[item.role]
        style = "rounded,dashed" if item.role == "module" else "rounded,filled"
        filled = {} if fill == "none" else {"fillcolor": fill}
        return {**self._at(item), "shape": "box", "style": style, "color": line, **filled, **_tooltip(item.facts)}

    def _box(self, item: Box) -> dict[str, str]:
        import graphviz

        fill, line = self.theme.boxes[item.role]
        marked = self.theme.marks.get(item.mark, line)
        label = graphviz.nohtml("\\n".join([_plain(words) for words in item.lines]))
        style = "rounded,filled,dashed" if item.mark == "removed" else "rounded,filled"
        return {
            **self._at(item), "shape": "box", "style": style, "fillcolor": fill, "color": marked, "label": label,
            "fontsize": brief(item.size * POINTS), "fontcolor": self.theme.box_text, "penwidth": brief(weight(item) * POINTS),
            "id": _plain(item.id), "class": item.role, **_tooltip(item.facts),
        }  # fmt: skip

    def _join(self, item: Join) -> dict[str, str]:
        size = _inches(2 * item.radius)
        return {
            **self._point(item.x, item.y), "width": size, "height": size, "shape": "circle", "style": "filled",
            "fillcolor": self.theme.page, "color": self.theme.line, "label": _plain(item.symbol), "class": "join",
            "fontsize": brief(symbol_size(item) * POINTS), "fontcolor": self.theme.box_text, "id": _plain(item.id),
            **_tooltip(item.facts),
        }  # fmt: skip

    def _text(self, item: Text) -> dict[str, str]:
        wide = width(item.words, item.size, item.face)
        x = item.x + {"start": wide / 2, "middle": 0.0, "end": -wide / 2}[item.anchor]
        return {
            **self._point(x, item.y - item.size * 0.36), "shape": "none", "label": _plain(item.words),
            "width": _inches(wide * 1.1 + 8), "height": _inches(item.size * 1.7), "fontname": FONTS[item.face],
            "fontsize": brief(item.size * POINTS), "fontcolor": self.theme.texts[item.tone],
        }  # fmt: skip


def _open_ends(curve: Curve, number: int) -> Iterator[tuple[str, Point]]:
    if not curve.source:
        yield f"open{number}a", curve.start
    if not curve.target:
        x, y = curve.path[-1][-2:]
        yield f"open{number}b", (x, y)


def _edges(scene: Scene, theme: Theme) -> Iterator[tuple[str, str, dict[str, str]]]:
    for number, item in enumerate(flat(scene.items)):
        if isinstance(item, Rule):
            straight = _spline(scene, (item.x1, item.y1), ((item.x2, item.y2),))
            yield (
                f"rule{number}a",
                f"rule{number}b",
                {"pos": straight, "arrowhead": "none", "style": "dashed", "color": theme.rule},
            )
        elif isinstance(item, Curve):
            colour = theme.trunk if item.role == "trunk" else theme.marks.get(item.mark, theme.line)
            attributes = {
                "pos": _spline(scene, item.start, shaft(item)),
                "penwidth": brief(weight(item) * POINTS),
                "color": colour,
            }
            if item.arrow:
                (x, y), _, _ = tip(item)
                attributes["pos"] = f"e,{_pair(scene, x, y)} {attributes['pos']}"
                # Graphviz's arrowheads grow with the width of the line.
                attributes["arrowsize"] = "0.3" if item.role == "trunk" else brief(head_size(item)[0] / 13)
            else:
                attributes["arrowhead"] = "none"
            if item.dashed:
                attributes["style"] = "dashed"
            tail, head = item.source or f"open{number}a", item.target or f"open{number}b"
            yield tail, head, {**attributes, "id": _plain(item.id), "class": item.role, **_tooltip(item.facts)}


def _spline(scene: Scene, start: Point, path: tuple[Segment, ...]) -> str:
    """Return a start and three points for each segment; lines are cubics too."""
    pairs, (x, y) = [_pair(scene, *start)], start
    for segment in path:
        points = segment if len(segment) == 6 else (x, y, *segment, *segment)
        pairs += [_pair(scene, points[i], points[i + 1]) for i in (0, 2, 4)]
        x, y = segment[-2:]
    return " ".join(pairs)


def _pair(scene: Scene, x: float, y: float) -> str:
    return f"{brief(x * POINTS)},{brief((scene.height - y) * POINTS)}"


def _inches(pixels: float) -> str:
    return f"{pixels / 96:.4f}".rstrip("0").rstrip(".")


def _tooltip(facts: Facts | None) -> dict[str, str]:
    """Return the attribute of a tooltip, in lines."""
    import graphviz

    return {"tooltip": graphviz.nohtml("\n".join(map(_plain, tooltip(facts).split("\n"))))} if facts is not None else {}
