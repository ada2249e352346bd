"""A figure is written in an ink, by the suffix of its file."""

from typing import Literal, TypeAlias, assert_never, get_args

from archc.present.draw.scene import Scene
from archc.present.draw.themes import THEMES, ThemeName
from archc.record import Record

Format: TypeAlias = Literal["svg", "png", "pdf", "tex", "dot", "mmd"]

FORMATS: tuple[Format, ...] = get_args(Format)
SUFFIXES: dict[str, Format] = {".gv": "dot", ".tikz": "tex", ".mermaid": "mmd"}
"""Other suffixes of the same formats."""


class Look(Record, kw_only=True):
    """A theme, and the printed width with its unit, "" for the natural width."""

    theme: ThemeName = "default"
    width: str = ""


def written(scene: Scene, ink: Format, look: Look) -> bytes:
    """Return the bytes of a figure's file."""
    theme = THEMES[look.theme]
    match ink:
        case "svg":
            from archc.present.draw.inks.svg import svg
            from archc.present.draw.themes import DARK

            return svg(scene, theme, width=look.width, dark=DARK if look.theme == "default" else None).encode()
        case "png":
            from archc.present.draw.inks.png import png

            return png(scene, theme, width=look.width)
        case "pdf":
            from archc.present.draw.inks.pdf import pdf

            return pdf(scene, theme, width=look.width)
        case "tex":
            from archc.present.draw.inks.tikz import tikz

            return tikz(scene, theme, width=look.width).encode()
        case "dot":
            from archc.present.draw.inks.dot import dot

            return dot(scene, theme).encode()
        case "mmd":
            from archc.present.draw.inks.mermaid import mermaid

            return mermaid(scene, theme).encode()
        case _:
            assert_never(ink)
