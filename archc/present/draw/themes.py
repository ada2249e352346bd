"""A theme has colours by role. No figure says anything by colour alone: words, dashes and shapes say it too."""

from typing import Literal, TypeAlias

from archc.present.draw.scene import Mark, PlateRole, Role, Tone
from archc.record import Record, field, replace

ThemeName: TypeAlias = Literal["default", "paper", "grey", "dark"]

Ink: TypeAlias = tuple[str, str]
"""A fill and a stroke."""


class Theme(Record, kw_only=True):
    """Fill and stroke of each box and plate, and the colours of texts and lines."""

    page: str
    line: str
    trunk: str
    rule: str
    texts: dict[Tone, str]
    boxes: dict[Role, Ink]
    plates: dict[PlateRole, Ink]
    marks: dict[Mark, str] = field(factory=dict)
    box_text: str = "#1a1a1a"


_LIGHT_PLATES: dict[PlateRole, Ink] = {
    "panel": ("#f4f5f7", "#f4f5f7"), "card": ("#ffffff", "#b9bec6"), "stack": ("#ffffff", "#b9bec6"),
    "module": ("none", "#8a929e"), "highlight": ("#eef4ea", "#eef4ea"),
}  # fmt: skip
_LIGHT_TEXTS: dict[Tone, str] = {
    "ink": "#1a1a1a", "muted": "#5b6068", "added": "#1b6b3a", "removed": "#a3312a", "changed": "#7a4b00",
}  # fmt: skip
_LIGHT_MARKS: dict[Mark, str] = {"added": "#1b6b3a", "removed": "#a3312a", "changed": "#9a5f00"}

# The ramp of five keeps at least 5.5 ΔE between neighbours under protanopia, 7.6 deuteranopia, 12.5 tritanopia, 6.8 in grey.
DEFAULT = Theme(
    page="#ffffff", line="#404348", trunk="#9aa3b2", rule="#c9cdd3", texts=_LIGHT_TEXTS, plates=_LIGHT_PLATES, marks=_LIGHT_MARKS,
    boxes={
        "shade0": ("#fff3c4", "#a8861c"), "shade1": ("#cde8b5", "#5d8a3a"), "shade2": ("#8fd0bd", "#2f7f69"),
        "shade3": ("#6fb0d2", "#25658a"), "shade4": ("#8f8fc9", "#4a4a8f"), "stem": ("#f3d9e4", "#9b5675"),
        "plain": ("#ffffff", "#70757d"), "stage": ("#e6eef5", "#4f6f8f"),
        "conv": ("#cfe3f3", "#2f6fa7"), "norm": ("#fff0bf", "#a37c10"), "act": ("#f9d3c3", "#b4532a"),
        "gate": ("#e2d6ec", "#7350a0"), "pool": ("#e4f0e2", "#55804e"), "linear": ("#d3ecec", "#2e7c7c"),
        "reshape": ("#f2f2f2", "#70757d"),
    },
)  # fmt: skip

PAPER = replace(
    DEFAULT,
    boxes={
        **DEFAULT.boxes,
        "shade0": ("#dcd5f0", "#6a56a8"), "shade1": ("#d5eac6", "#4f8a37"), "shade2": ("#f8cfcb", "#b34a43"),
        "shade3": ("#cbe6f0", "#2f7e9c"), "shade4": ("#d9d9d9", "#666666"), "stem": ("#fce3c0", "#b87a1c"),
    },
)  # fmt: skip

GREY = replace(
    DEFAULT, line="#333333", trunk="#9a9a9a", rule="#c8c8c8",
    texts={"ink": "#111111", "muted": "#555555", "added": "#111111", "removed": "#111111", "changed": "#111111"},
    marks={"added": "#111111", "removed": "#111111", "changed": "#111111"},
    boxes={
        "shade0": ("#f7f7f7", "#555555"), "shade1": ("#e6e6e6", "#555555"), "shade2": ("#d4d4d4", "#555555"),
        "shade3": ("#c1c1c1", "#444444"), "shade4": ("#adadad", "#444444"), "stem": ("#ffffff", "#222222"),
        "plain": ("#ffffff", "#777777"), "stage": ("#ececec", "#555555"),
        "conv": ("#d4d4d4", "#444444"), "norm": ("#f2f2f2", "#777777"), "act": ("#ffffff", "#444444"),
        "gate": ("#c1c1c1", "#444444"), "pool": ("#e6e6e6", "#777777"), "linear": ("#c8c8c8", "#444444"),
        "reshape": ("#ffffff", "#999999"),
    },
    plates={
        "panel": ("#f5f5f5", "#f5f5f5"), "card": ("#ffffff", "#bbbbbb"), "stack": ("#ffffff", "#bbbbbb"),
        "module": ("none", "#888888"), "highlight": ("#ededed", "#ededed"),
    },
)  # fmt: skip

DARK = Theme(
    page="#14171c", line="#b8bec8", trunk="#6b7484", rule="#3a404a", box_text="#f2f4f7",
    texts={"ink": "#f2f4f7", "muted": "#a9b0bb", "added": "#7ad19a", "removed": "#f0938b", "changed": "#e6b566"},
    marks={"added": "#7ad19a", "removed": "#f0938b", "changed": "#e6b566"},
    boxes={
        "shade0": ("#5a4a12", "#d9b84a"), "shade1": ("#31501c", "#93c46a"), "shade2": ("#1c4f43", "#62b8a1"),
        "shade3": ("#1c4762", "#62a9d1"), "shade4": ("#3b3b74", "#9c9ce0"), "stem": ("#57283d", "#d98bab"),
        "plain": ("#20252c", "#8b93a0"), "stage": ("#22364a", "#7fa3c6"),
        "conv": ("#1f4363", "#6fabdc"), "norm": ("#54430d", "#d6b13d"), "act": ("#5f2d18", "#dd865f"),
        "gate": ("#423059", "#ad8ad6"), "pool": ("#294425", "#88b981"), "linear": ("#1b4646", "#64b3b3"),
        "reshape": ("#2a2f37", "#8b93a0"),
    },
    plates={
        "panel": ("#1c2027", "#1c2027"), "card": ("#14171c", "#4a515d"), "stack": ("#14171c", "#4a515d"),
        "module": ("none", "#6d7683"), "highlight": ("#1d2a22", "#1d2a22"),
    },
)  # fmt: skip

THEMES: dict[ThemeName, Theme] = {"default": DEFAULT, "paper": PAPER, "grey": GREY, "dark": DARK}
