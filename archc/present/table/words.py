"""What a row of a table says beside the words of an operation: its stride, `3×3, 64, stride 2`."""

from archc.ir.ops import Operation
from archc.ir.types import Sides, shown


def stride(op: Operation) -> Sides:
    """1 where an operation has none."""
    found: Sides = getattr(op, "stride", 1)
    return found


def with_stride(text: str, step: Sides) -> str:
    """The paper's `, stride 2`; nothing for 1."""
    return text if step == 1 else f"{text}, stride {shown(step)}"


def spoken(name: str) -> str:
    """The name of a definition as words: `squeeze_excite`."""
    return name.replace("_", " ")
