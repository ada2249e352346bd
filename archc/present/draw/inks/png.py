"""A scene becomes PNG: resvg renders its SVG with the bundled font, and no other."""

import os

from archc.present.draw.errors import FigureError
from archc.present.draw.inks.svg import svg
from archc.present.draw.lengths import pixels
from archc.present.draw.metrics import FONTS, drawable
from archc.present.draw.scene import Scene
from archc.present.draw.themes import Theme

SCALE = 2.0
"""The pixels of the picture for each pixel of the scene."""
DPI = 300
"""The resolution of a picture with a printed width."""
PIXELS = 100_000_000
"""The most pixels that a picture may have, which take 400 MB while it is drawn."""


def png(scene: Scene, theme: Theme, *, width: str = "") -> bytes:
    """Return the picture, with a printed width at 300 pixels an inch. Raises FigureError where it would be too large."""
    import resvg_py

    printed = pixels(width) if width else None
    scale = SCALE if printed is None else printed / 96 * DPI / scene.width
    wide, high = round(scene.width * scale), round(scene.height * scale)
    if wide * high > PIXELS:
        raise FigureError(f"a picture of {wide:,} by {high:,} pixels is too large", "svg has no such limit")
    # Resvg has the bundled font alone, and would draw a character that it lacks as an empty box.
    document = drawable_lines(svg(scene, theme, dark=None, fonts=False))
    fonts = [os.path.join(FONTS, f"archc-sans-{face}.ttf") for face in ("regular", "bold", "italic")]
    picture: bytes = bytes(
        resvg_py.svg_to_bytes(
            svg_string=document, skip_system_fonts=True, font_files=fonts, sans_serif_family="archc Sans",
            font_family="archc Sans", zoom=scale, dpi=96,
        )
    )  # fmt: skip
    return picture


def drawable_lines(document: str) -> str:
    """Return the document with escapes for what the font lacks; its line ends stay."""
    return "\n".join([drawable(line) for line in document.split("\n")])
