"""What a shortcut is called that has no box of its own: how it gets its new shape."""

from collections.abc import Sequence
from math import prod

from archc.ir import ops
from archc.ir.graph import Node
from archc.ir.types import Sides, by_axis, pair, shown
from archc.present.draw.words import words


def how(nodes: Sequence[Node]) -> str:
    """How a shortcut gets its new shape: `project, /2`, `pad, /2`, `avg pool, project, /2`; "" for an identity."""
    found: list[str] = []
    strides: list[Sides] = []
    for node in nodes:
        match node.op:
            case ops.Conv(kernel=kernel, stride=step):
                found.append("project" if kernel == 1 else f"project {by_axis(kernel)}")
                strides.append(step)
            case ops.AvgPool(stride=step) | ops.MaxPool(stride=step) | ops.BlurPool(stride=step):
                found.append(words(node, "kernel").split(", ")[0].partition(" ")[2])
                strides.append(step)
            case ops.Subsample(stride=step):
                strides.append(step)
            case ops.PadChannels():
                found.append("pad")
            case ops.Dropout():
                found.append("dropout")
            case ops.Identity() | ops.Norm() | ops.Act():
                pass
            case _:
                found.append(words(node, "kernel"))
    high, wide = (prod(pair(step)[axis] for step in strides) for axis in (0, 1))
    return ", ".join([*found, f"/{shown(high if high == wide else (high, wide))}"] if (high, wide) != (1, 1) else found)
