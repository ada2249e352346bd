"""A row of a table has the words of an operation, and beside them its stride, as in `3×3, 64, stride 2`."""

from archc.ir.ops import Operation
from archc.ir.types import Sides, shown


def stride(op: Operation) -> Sides:
    """Return the stride of an operation, 1 where it has none."""
    sides: Sides = getattr(op, "stride", 1)
    return sides


def with_stride(text: str, step: Sides) -> str:
    """Add the paper's `, stride 2` to a text, nothing for 1."""
    return text if step == 1 else f"{text}, stride {shown(step)}"


def spoken(name: str) -> str:
    """Return the name of a definition as words: `squeeze excite` for `squeeze_excite`."""
    return name.replace("_", " ")
