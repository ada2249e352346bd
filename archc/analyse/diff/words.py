"""Operations and values in words: what a change prints of them."""

from fractions import Fraction

from archc.ir import ops
from archc.ir.norms import DROPS
from archc.ir.op import Op, stated
from archc.ir.text import literal
from archc.ir.types import by_axis

PLAIN_NAMES = {
    "act": "activation", "conv": "convolution", "conv_transpose": "transposed convolution", "add": "addition", "mul": "product",
}  # fmt: skip


def op_text(op: Op) -> str:
    """Equal for equal operations."""
    return op.kind + "".join(f" {name}={value!r}" for name, value in stated(op))


def shown(value: object) -> str:
    """A value of an attribute or argument: 0.25 for a quarter, 1/3 for a third."""
    if isinstance(value, Fraction) and value.denominator not in (0, 1):
        rest = value.denominator
        for prime in (2, 5):
            while rest % prime == 0:
                rest //= prime
        return f"{float(value):g}" if rest == 1 and value.denominator < 10**6 else literal(value)
    if isinstance(value, tuple):
        return by_axis(value)
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return literal(value).replace("`", "'")


def named(*names: str) -> str:
    """Names in quotes: `conv1`, `conv2`. There is no backtick in a name, and what is taken for one must not end the quotes."""
    return ", ".join("`" + name.replace("`", "'") + "`" for name in names)


def brief(op: Op) -> str:
    """An operation in a few words: `3×3 convolution`, `batch norm`, `relu`."""
    if isinstance(op, ops.Norm):
        return f"{op.norm} norm".replace("_", " ")
    if isinstance(op, ops.Act):
        return op.act
    if isinstance(op, ops.Dropout):
        return f"{DROPS[op.what]} of {shown(op.rate)}"
    name = PLAIN_NAMES.get(op.kind, op.kind.replace("_", " "))
    kernel = getattr(op, "kernel", 0)
    return f"{by_axis(kernel, getattr(op, 'axes', 2))} {name}" if kernel and op.kind != "channel_conv" else name


def width(op: Op) -> str:
    """What of an operation differs from stage to stage: the channels it puts out, "" where it keeps them."""
    return str(getattr(op, "out_channels", ""))


def further(op: Op) -> str:
    """What else is told of an operation: stride, groups, dilation."""
    stride, groups, dilation = (getattr(op, name, 1) for name in ("stride", "groups", "dilation"))
    words = [f"stride {shown(stride)}"] if stride != 1 else []
    words += [f"{groups} groups"] if isinstance(op, ops.Conv | ops.ConvTranspose) and groups > 1 else []
    words += [f"dilation {shown(dilation)}"] if dilation != 1 else []
    return "".join(f", {text}" for text in words)


def values(texts: list[str]) -> str:
    """Distinct values in order, at most six of them."""
    distinct = list(dict.fromkeys(texts))
    return ", ".join(distinct if len(distinct) <= 6 else [*distinct[:3], "…", distinct[-1]])
