"""How wide text is, by the advance widths of the bundled font, whose metrics are Arial's and Helvetica's too."""

import json
import os
from functools import cache

from archc.present.draw.scene import Face
from archc.rendering.visible import visible

FONTS = os.path.join(os.path.dirname(__file__), "fonts")
UNITS = 2048
"""Font units in an em."""


@cache
def advances() -> dict[str, dict[str, int]]:
    """By face, the advance of each character the font has, in font units."""
    with open(os.path.join(FONTS, "advances.json"), encoding="utf-8") as file:
        found: dict[str, dict[str, int]] = json.load(file)
    return found


def width(text: str, size: float, face: Face = "regular") -> float:
    """In pixels. What the font lacks counts as a whole em, which is as wide as another font will draw it."""
    known = advances()[face]
    return sum([known.get(character, UNITS) for character in text]) * size / UNITS


def font_file(name: str) -> bytes:
    """A bundled font by its name: `regular.ttf`, `bold.woff2`."""
    with open(os.path.join(FONTS, f"archc-sans-{name}"), "rb") as file:
        return file.read()


def lacking(text: str) -> str:
    """The characters of a text that the bundled font cannot draw."""
    known = advances()["regular"]
    return "".join(sorted({character for character in visible(text) if character not in known}))


def drawable(text: str) -> str:
    r"""The text with what the font lacks as an escape (`\u6f22`), for inks that have no other font."""
    known = advances()["regular"]
    return "".join([c if c in known else c.encode("ascii", "backslashreplace").decode() for c in visible(text)])
