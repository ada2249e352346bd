"""Stages have colours: a role of the ramp for each width that a figure's stages have."""

from collections.abc import Sequence

from archc.present.draw.content import Part
from archc.present.draw.scene import Role


def shade(part: Part, shades: Sequence[int]) -> Role:
    """Return the role of a part's convolutions."""
    if part.kind != "stage" or part.width not in shades:
        return "stem" if part.kind == "stem" else "plain"
    ramp: tuple[Role, ...] = ("shade0", "shade1", "shade2", "shade3", "shade4")
    count, place = len(shades), list(shades).index(part.width)
    return ramp[place if count <= len(ramp) else place * len(ramp) // count]
