"""How many channels a value has, as an expression over the arguments of the class it is in."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from archc.ir import ops
from archc.ir.ops import Operation
from archc_torch.arguments import Expr, over, plus, times
from archc_torch.parts import Applied

Attribute: TypeAlias = Callable[[str], Expr]
"""The expression of an operation's attribute."""


def channels_after(applied: Applied, inputs: list[Expr | None], made: Mapping[str, Expr]) -> Expr | None:
    """The channels of each output; `made` holds the attributes the constructor has written. None where they do not follow."""
    op: Operation = applied.op
    first = inputs[0]
    match op:
        case ops.Conv() | ops.ConvTranspose() | ops.Linear():
            return made.get("out_channels")
        case ops.Mul() | ops.Div():
            known = [flow for flow in inputs if flow is not None]
            return max(known, key=lambda flow: flow.values) if len(known) == len(inputs) else None
        case ops.Add():
            known = [flow for flow in inputs if flow is not None]
            return next((flow for flow in known if not flow.literal), known[0] if known else None)
        case ops.Concat():
            return first if applied.reads == "tokens" or op.along != "channels" else _sum(inputs)
        case ops.Split():
            return over(first, op.parts) if first is not None else None
        case ops.PadChannels():
            return made.get("out")
        case ops.SpaceToDepth():
            return times(first, op.block**2) if first is not None else None
        case ops.PixelShuffle():
            return over(first, op.block**2) if first is not None else None
        case ops.Flatten():
            return times(first, applied.count) if first is not None else None
        case ops.Attention():
            return inputs[2]
        case _:
            return first if op.passes_channels() else None


def _sum(inputs: list[Expr | None]) -> Expr | None:
    known = [flow for flow in inputs if flow is not None]
    return plus(*known) if len(known) == len(inputs) else None
