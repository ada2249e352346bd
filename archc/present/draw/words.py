"""An operation has words on a figure, and a kind of box."""

from collections.abc import Sequence
from math import prod
from typing import Literal, TypeAlias

from archc.ir import ops
from archc.ir.graph import Node
from archc.ir.norms import ACTIVATIONS, DROPS, NORMS
from archc.ir.ops import Operation
from archc.ir.types import Sides, TensorType, alike, along, by_axis, shown
from archc.present.draw.scene import Facts, Role

Detail: TypeAlias = Literal["full", "brief", "kernel", "symbol"]
"""`3×3 conv, 64, /2`; `3×3, 64, /2`, as He et al. 2015, Fig. 5; `3×3 conv`, as He et al. 2016, Fig. 2; `weight`, Fig. 4."""


def role(op: Operation) -> Role:
    """Return the kind of box that an operation is drawn as."""
    return "gate" if isinstance(op, ops.Act) and ACTIVATIONS[op.act].is_gate else op.box


def symbol(op: Operation) -> str:
    """Return the sign in the circle of an operation that joins or weighs values, "" where it is a box."""
    match op:
        case ops.Add():
            return "+"
        case ops.Mul():
            return "×"
        case ops.Div():
            return "÷"
        case ops.Affine(scale=-1.0, shift=1.0):
            return "1−"
        case ops.Affine(shift=0.0) | ops.Scale():
            return "×"
        case _:
            return ""


def beside(op: Operation) -> str:
    """Return the words beside such a circle: the constant or the learned factor that it multiplies by."""
    match op:
        case ops.Affine(scale=scale, shift=0.0):
            return f"{scale:.3g}"
        case ops.Scale(channels=channels):
            return "learned, per channel" if channels else "learned"
        case _:
            return ""


def words(node: Node, detail: Detail = "full") -> str:
    """Write an operation as papers do: `7×7 conv, 64, /2`, `max pool, /2`, `fc 1000`."""
    op = node.op
    match op:
        case ops.Conv() | ops.ConvTranspose():
            return _conv(op, detail)
        case ops.Linear(out_channels=out):
            return f"fc {out}" if detail in ("full", "brief") else "fc"
        case ops.Norm(norm=norm, groups=groups):
            name = NORMS[norm].label
            return f"{name}, {groups} groups" if norm == "group" and detail in ("full", "brief") else name
        case ops.Softmax(over=over, parts=parts):
            return (
                "softmax"
                if detail not in ("full", "brief")
                else f"softmax over {parts if over == 'parts' else ''} {over}".replace("  ", " ")
            )
        case ops.Affine(scale=scale, shift=shift):
            return f"{scale:.3g}·x + {shift:.3g}" if shift else f"× {scale:.3g}"
        case ops.Scale(channels=channels):
            return "scale" if channels else "scale (one)"
        case ops.Dropout(rate=rate, what=what):
            return f"{DROPS[what]} {rate:.2g}" if detail in ("full", "brief") else DROPS[what]
        case ops.PadChannels(before=before, after=after):
            return f"+{before + after} zero channels"
        case _:
            return op.words("figure") + _stride(op.reduction)


def _conv(op: ops.Conv | ops.ConvTranspose, detail: Detail) -> str:
    if detail == "symbol":
        return "weight"
    depthwise = op.groups == op.in_channels == op.out_channels and op.groups > 1
    name = "deconv" if op.enlarges else "conv"
    text = f"{by_axis(op.kernel, op.axes)} {'depthwise ' if depthwise else ''}{name}"
    if detail == "kernel":
        return text
    if detail == "brief" and not depthwise and not op.enlarges:
        text = by_axis(op.kernel, op.axes)
    text += f", {op.out_channels}"
    if op.groups > 1 and not depthwise:
        text += f", {op.groups} groups"
    if op.dilation != 1:
        text += f", dilation {shown(op.dilation)}"
    return f"{text}, ×{shown(op.stride)}" if op.enlarges and op.stride != 1 else text + _stride(op.reduction)


def _stride(stride: Sides) -> str:
    return "" if stride == 1 else f", /{shown(stride)}"


def shortcut_words(nodes: Sequence[Node]) -> str:
    """Write how a shortcut gets its new shape: `project, /2`, `pad, /2`, `avg pool, project, /2`, "" for an identity."""
    steps: list[str] = []
    strides: list[Sides] = []
    for node in nodes:
        match node.op:
            case ops.Conv(kernel=kernel, stride=step, axes=axes):
                steps.append("project" if kernel == 1 else f"project {by_axis(kernel, axes)}")
                strides.append(step)
            case ops.AvgPool(stride=step) | ops.MaxPool(stride=step) | ops.BlurPool(stride=step):
                steps.append(words(node, "kernel").split(", ")[0].partition(" ")[2])
                strides.append(step)
            case ops.Subsample(stride=step):
                strides.append(step)
            case ops.PadChannels():
                steps.append("pad")
            case ops.Dropout():
                steps.append("dropout")
            case ops.Identity() | ops.Norm() | ops.Act():
                pass
            case _:
                steps.append(words(node, "kernel"))
    axes = max((len(along(step, 1)) for step in strides), default=1)
    stride = alike(tuple([prod(along(step, axes)[axis] for step in strides) for axis in range(axes)]))
    return ", ".join([*steps, f"/{shown(stride)}"] if stride != 1 else steps)


def number(count: float, unit: str = "") -> str:
    """Write `21.8 M`, `3.66 G`, `512`: three digits and a factor of a thousand."""
    for factor, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= factor * 0.9995:
            return f"{count / factor:#.3g}".rstrip(".") + f" {letter}{unit}"
    return f"{count:g} {unit}".rstrip()


def cost(params: int, macs: int) -> str:
    """Write `0.22 M params · 0.68 GMACs`, without a number that is 0."""
    counts = [number(params) + " params"] if params else []
    return " · ".join([*counts, number(macs, "MACs")] if macs else counts)


def size(type_: TensorType) -> str:
    """`56×56` of a map, `197 tokens`, `1×1` of a vector."""
    if type_.is_map:
        return dimensions(type_.spatial)
    return f"{type_.shape[0]} tokens" if type_.is_tokens else "1×1"


def dimensions(shape: tuple[int, ...]) -> str:
    """`256×56×56`."""
    return "×".join(map(str, shape))


def tooltip(facts: Facts) -> str:
    """Return the facts in lines."""
    lines = [facts.title, facts.shape]
    if facts.params:
        lines.append(f"{facts.params:,} parameters")
    if facts.macs:
        lines.append(f"{facts.macs:,} MACs ({number(facts.macs)})")
    if facts.place:
        lines.append(f"{facts.place}  {facts.line}")
    return "\n".join([line for line in lines if line])
