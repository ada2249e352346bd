"""Operations without a module, as expressions in forward."""

from typing import assert_never

from archc.ir import ops
from archc.ir.types import places
from archc_torch.flow import Attribute
from archc_torch.library import Library
from archc_torch.parts import Applied
from archc_torch.printer import Bracket, Doc, Operators, call, flat, number
from archc_torch.tree import Module


def expression(applied: Applied, operands: list[Doc], attribute: Attribute, library: Library) -> Doc | None:  # noqa: C901  a case an operation
    """The expression over operands that are names or calls; None for an operation that is a module."""
    op, x = applied.op, flat(operands[0])
    if isinstance(op, Module):
        return None
    match op:
        case ops.Identity():
            return x
        case ops.Add():
            return Operators(tuple(operands), "+")
        case ops.Mul():
            return Operators(tuple(operands), "*")
        case ops.Div():
            return Operators(tuple(operands), "/")
        case ops.Mix():
            return call(library.use("mix_rows" if op.along == "height" else "mix_columns"), *operands)
        case ops.Concat():
            axis = f"dim={places(op.along, library.axes)[0]}"
            return call("torch.cat", Bracket("(", tuple(operands), ")", spread=True), axis)
        case ops.Split():
            return f"{x}.chunk({op.parts}, dim=1)" if op.parts > 1 else x
        case ops.Affine():
            return _affine(op, x, attribute)
        case ops.Softmax():
            return _softmax(op, x, library)
        case ops.Sum() | ops.Mean() | ops.Max():
            axes = places(op.over, library.axes)
            over = str(axes[0]) if len(axes) == 1 else str(axes)
            return f"{x}.{'amax' if op.kind == 'max' else op.kind}({over}, keepdim=True)"
        case ops.Pad():
            sides = [attribute(side).text for side in op.sides]
            return call("F.pad", x, f"({', '.join(sides)})")
        case ops.PadChannels():
            before, after = attribute("before").text, attribute("after").text
            return call("F.pad", x, f"({'0, 0, ' * library.axes}{before}, {after})")
        case ops.Subsample():
            stride = attribute("stride")
            step = f"::{stride.text}" if stride.literal else f":: {stride.text}"
            return f"{x}[:, :{f', {step}' * library.axes}]"
        case ops.SpaceToDepth():
            return call(library.use("space_to_depth"), x, attribute("block").text)
        case ops.PixelShuffle():
            return call("F.pixel_shuffle", x, attribute("block").text)
        case ops.Shuffle():
            return call(library.use("shuffle"), x, number(op.groups), number(op.parts))
        case ops.Flatten():
            return call("torch.flatten", x, "1")
        case ops.Tokens():
            return f"{x}.flatten(2).transpose(1, 2)"
        case ops.Attention():
            return call(library.use("attention"), *operands, attribute("heads").text)
        case ops.Take():
            return f"{x}[:, {attribute('index').text}]"
        case _:
            assert_never(op)


def _affine(op: ops.Affine, x: str, attribute: Attribute) -> str:
    if (op.scale, op.shift) == (-1, 1):
        return f"1 - {x}"
    scale, shift = attribute("scale"), attribute("shift")
    text = x if scale.text in ("1", "1.0") else f"{x} * {scale.text}"
    return text if shift.text in ("0", "0.0") else f"{text} + {shift.text}"


def _softmax(op: ops.Softmax, x: str, library: Library) -> Doc:
    match op.over:
        case "space":
            return call(library.use("softmax_over_space"), x)
        case "parts":
            return call(library.use("softmax_over_parts"), x, number(op.parts))
        case _:
            assert_never(op.over)
