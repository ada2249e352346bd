"""Text is measured by the advance widths of the bundled font, whose metrics are Arial's and Helvetica's too."""

import json
import os
from functools import cache

from archc.present.draw.scene import Face
from archc.rendering.visible import visible

FONTS = os.path.join(os.path.dirname(__file__), "fonts")
UNITS = 2048
"""The font units in an em."""


@cache
def advances() -> dict[str, dict[str, int]]:
    """Return the advance of each character that a face of the font has, in font units."""
    with open(os.path.join(FONTS, "advances.json"), encoding="utf-8") as file:
        by_face: dict[str, dict[str, int]] = json.load(file)
    return by_face


def width(text: str, size: float, face: Face = "regular") -> float:
    """Return the width in pixels; a character that the font lacks counts as an em, which other fonts keep within."""
    known = advances()[face]
    return sum([known.get(character, UNITS) for character in text]) * size / UNITS


def font_file(name: str) -> bytes:
    """Return a bundled font by its name: `regular.ttf`, `bold.woff2`."""
    with open(os.path.join(FONTS, f"archc-sans-{name}"), "rb") as file:
        return file.read()


def lacking(text: str) -> str:
    """Return the characters of a text that the bundled font cannot draw."""
    known = advances()["regular"]
    return "".join(sorted({character for character in visible(text) if character not in known}))


def drawable(text: str) -> str:
    r"""Return text with escapes (`\u6f22`) for what the font lacks, for inks that have no other font."""
    known = advances()["regular"]
    return "".join([c if c in known else c.encode("ascii", "backslashreplace").decode() for c in visible(text)])
