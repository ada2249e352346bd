"""Classes and functions that torch does not have, emitted into a network's source where it uses them."""

import re

from archc.record import Record, field
from archc_torch.functions import FUNCTIONS
from archc_torch.layers import LAYERS

HELPERS = {**LAYERS, **FUNCTIONS}


LETTERS = {1: "L", 2: "H, W", 3: "D, H, W"}
"""The lengths of a map in a docstring, by the number of its axes."""


def _listed(first: int, end: int) -> str:
    return ", ".join(map(str, range(first, end)))


def _of_axes(axes: int) -> dict[str, str]:
    """What stands in a source for maps of this many axes in place of what is written for two."""
    rows = ", ".join(["row"] * axes)
    letters = "ijk"[:axes]
    return {
        "2d": f"{axes}d",
        "[:, None, None]": f"[:{', None' * axes}]",
        "tuple[int, int]": f"tuple[{', '.join(['int'] * axes)}]",
        "dim=[1, 2, 3]": f"dim=[{_listed(1, axes + 2)}]",
        "dim=[2, 3, 4]": f"dim=[{_listed(2, axes + 3)}]",
        "dim=[2, 3]": f"dim=[{_listed(2, axes + 2)}]",
        "permute(0, 2, 3, 1)": f"permute(0, {_listed(2, axes + 2)}, 1)",
        "permute(0, 3, 1, 2)": f"permute(0, {axes + 1}, {_listed(1, axes + 1)})",
        "torch.ones(out_channels, 1, 1, 1)": f"torch.ones(out_channels{', 1' * (axes + 1)})",
        "torch.outer(row, row)": f'torch.einsum("{",".join(letters)}->{letters}", {rows})',
        ".repeat(channels, 1, 1, 1)": f".repeat(channels{', 1' * (axes + 1)})",
        "[p, p, p, p]": f"[p] * {2 * axes}",
        ".unsqueeze(3)": "".join(f".unsqueeze({place})" for place in range(3, axes + 2)),
        "(N, C, 1, 1)": f"(N, C{', 1' * axes})",
        "(N, C, H, W)": f"(N, C, {LETTERS[axes]})",
    }


class Library(Record, frozen=False, eq=False):
    """What one network's source needs. Its maps have this many `axes`."""

    axes: int = 2
    used: set[str] = field(factory=set)

    def use(self, name: str) -> str:
        """Note the helper, and return its name."""
        assert name in HELPERS  # noqa: S101  a name of ours
        self.used.add(name)
        return self.of_axes(name)

    def of_axes(self, text: str) -> str:
        """Source for maps of the network's axes, of source for maps of two."""
        if self.axes == 2:
            return text
        replacements = _of_axes(self.axes)
        return re.sub("|".join(map(re.escape, replacements)), lambda match: replacements[match[0]], text)

    def sources(self) -> list[tuple[str, str]]:
        """Name and text of each helper in use, in the order they are declared."""
        return [(self.of_axes(name), self.of_axes(text)) for name, text in HELPERS.items() if name in self.used]
