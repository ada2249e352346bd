"""From `{op: …}` to an operation: its attributes are read as its class declares them, but for those that say more than one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from archc.compile.lower.attributes import Attributes
from archc.compile.lower.context import Context
from archc.compile.lower.faults import blame
from archc.compile.lower.kinds import Defaults, act_kind, norm_kind
from archc.compile.lower.names import NoNorm, NormKind
from archc.ir import ops
from archc.ir.norms import DROPS, Drop
from archc.ir.ops import Operation
from archc.ir.types import Sides, TensorType, alike, along
from archc.language.document.nodes import Map
from archc.record import Field, Record


class Made(Record, compiled=True):
    """What a step's attributes come to for operands of these types."""

    attributes: Attributes
    types: tuple[TensorType, ...]
    channels: str | None
    defaults: Defaults

    def channels_of(self, field: str) -> int:
        """Channels of the first operand; which argument of the scope they are is recorded for a field."""
        if self.channels is not None:
            self.attributes.arguments.append((field, self.channels))
        return self.types[0].channels

    def values(self, cls: type[Operation], *names: str) -> tuple[Any, ...]:
        """What the step says of these attributes of an operation, or of all of them."""
        fields = cls.record_fields
        return tuple([self._value(fields[name]) for name in names or fields])

    def _value(self, field: Field) -> object:
        match field.metadata.get("of_operand"):
            case "channels":
                return self.channels_of(field.name)
            case "axes":
                return len(self.types[0].spatial) or field.default
            case _:
                return self.attributes.read(field)


def operation(word: str, made: Made) -> Operation:
    """The operation of a word of a spec."""
    own = OWN.get(word)
    if own is not None:
        return own(made)
    cls = ops.OPERATIONS[word]
    return cls(*made.values(cls))


def _convolution(made: Made) -> Operation:
    """`{op: conv}` and the convolution of a unit. Padding keeps the size at stride 1, so an even kernel must say."""
    a = made.attributes
    conv = made.defaults.restated(_only(a, "conv"), a.names).conv
    in_channels, out, kernel, stride = made.values(ops.Conv, "in_channels", "out_channels", "kernel", "stride")
    if kernel == 1:
        a.given.pop("dilation", None)
    (dilation,) = made.values(ops.Conv, "dilation")
    padding = made.values(ops.Conv, "padding")[0] if a.has("padding") else _usual_padding(a, kernel, dilation)
    (groups,), bias = made.values(ops.Conv, "groups"), a.truth("bias", default=conv.bias)
    eps = 1e-6 if conv.weights == "plain" else conv.eps
    gamma = conv.gamma if conv.weights == "scaled" else 1.0
    return ops.Conv(in_channels, out, kernel, stride, padding, dilation, groups, bias, conv.weights, eps, gamma)


def _transposed_convolution(made: Made) -> Operation:
    """Its bias is the nearest `conv`'s, as that of a convolution."""
    names = [name for name in ops.ConvTranspose.record_fields if name != "bias"]
    values = dict(zip(names, made.values(ops.ConvTranspose, *names), strict=True))
    return ops.ConvTranspose(**values, bias=made.attributes.truth("bias", default=made.defaults.conv.bias))


def _usual_padding(a: Attributes, kernel: Sides, dilation: Sides) -> Sides:
    for side in along(kernel, 1):
        if side % 2 == 0:
            at = a.step.entry("kernel")
            span = at.span if at else a.step.span
            if at is not None and (cause := blame(at.value, a.names)) != at.value.span:
                span = cause
            message = f"{a.what} has an even kernel of {side} and does not say its `padding`"
            raise a.names.context.fail("E0202", message, span)
    axes = max(len(along(kernel, 1)), len(along(dilation, 1)))
    a.seen.add("padding")
    padding = alike(tuple([d * (k - 1) // 2 for k, d in zip(along(kernel, axes), along(dilation, axes), strict=True)]))
    a.defaults["padding"] = padding
    return padding


def _only(a: Attributes, key: str) -> Map:

    a.seen.add(key)
    entry = a.step.entry(key)
    return Map((entry,) if entry else (), a.step.span)


def norm_of(kind: NormKind, channels: int, context: Context) -> ops.Norm:
    """A norm over so many channels."""
    size, groups = kind.group_size, kind.groups
    if size and channels % size:
        label = f"there are {channels}"
        raise context.fail("E0312", f"groups of {size} do not divide {channels} channels", kind.origin, label)
    if size:
        groups = channels // size
    return ops.Norm(kind.norm, channels, kind.eps, kind.momentum, groups, kind.frozen, kind.linear)


def _norm(made: Made) -> Operation:
    """`{op: norm}` is the nearest default; with `kind` it says its own."""
    a = made.attributes
    kind = made.defaults.norm
    if a.has("kind"):
        own = ("kind", "eps", "frozen", "momentum", "groups", "group_size", "linear")
        a.seen.update(own)
        kind = norm_kind(Map(tuple(e for e in a.step if e.key in own), a.step.span), a.names, a.defaults)
    if isinstance(kind, NoNorm):
        return ops.Identity()
    if not isinstance(kind, NormKind):
        raise a.names.context.fail("E0331", "a norm that is a module is used as `{module: …}`", a.step.span)
    return norm_of(kind, made.channels_of("channels"), a.names.context)


def _act(made: Made) -> Operation:
    a = made.attributes
    kind = made.defaults.act
    if (node := a.node("kind")) is not None:
        a.seen.add("slope")
        own = Map(tuple(e for e in a.step if e.key in ("kind", "slope")), a.step.span)
        kind = act_kind(own if "slope" in own else node, a.names, a.defaults)
    return kind.op if kind.op is not None else ops.Identity()


def _pad(made: Made) -> Operation:
    a = made.attributes
    size = a.whole("size", 0, 0, "size")
    left, right, top, bottom = (a.whole(side, size, 0, "size") for side in ("left", "right", "top", "bottom"))
    return ops.Pad(left, right, top, bottom)


def _pad_channels(made: Made) -> Operation:
    """Zeros up to `out` channels: all after, or half on either side."""
    a = made.attributes
    have, out = made.types[0].channels, a.whole("out", None, 1, "channels", "out_channels")
    zeros = a.choice("zeros", ("after", "both"))
    a.arguments = [pair for pair in a.arguments if pair[0] != "out_channels"]
    if out < have:
        raise a.names.context.fail("E0317", f"{have} channels cannot be padded to {out}", a.step.span, "fewer than there are")
    before = (out - have) // 2 if zeros == "both" else 0
    return ops.PadChannels(before, out - have - before)


def _scale(made: Made) -> Operation:
    a = made.attributes
    shared = a.truth("shared", default=False)
    return ops.Scale(0 if shared else made.channels_of("channels"), *made.values(ops.Scale, "value"))


def _softmax(made: Made) -> Operation:
    (over,) = made.values(ops.Softmax, "over")
    return ops.Softmax(over, made.attributes.whole("parts") if over == "parts" else 1)


def _mean(made: Made) -> Operation:
    """The mean over height and width is the global pool."""
    (over,) = made.values(ops.Sum, "over")
    return ops.GlobalPool() if over == "space" else ops.Mean(over)


def _dropout(made: Made, what: Drop) -> Operation:
    (rate,) = made.values(ops.Dropout, "rate")
    return ops.Dropout(rate, what, *(made.values(ops.Dropout, "size", "law") if what == "block" else ()))


def _position(made: Made) -> Operation:
    type_ = made.types[0]
    if not type_.is_tokens:
        a = made.attributes
        raise a.names.context.fail("E0310", f"`position` needs tokens NxTxC, not {type_}", a.step.span)
    return ops.Position(type_.shape[0], type_.channels)


DROP_WORDS: dict[str, Drop] = {name.replace(" ", "_"): what for what, name in DROPS.items()}
OWN: dict[str, Callable[[Made], Operation]] = {
    "conv": _convolution, "conv_transpose": _transposed_convolution, "norm": _norm, "act": _act, "pad": _pad,
    "pad_channels": _pad_channels, "scale": _scale, "softmax": _softmax, "mean": _mean, "position": _position,
    **{word: partial(_dropout, what=what) for word, what in DROP_WORDS.items()},
}  # fmt: skip
"""The words whose step says an attribute in more than one way, or by more than one key."""
WORDS: dict[str, type[Operation]] = {
    word: cls for kind, cls in ops.OPERATIONS.items() for word in (DROP_WORDS if cls is ops.Dropout else (kind,))
}
"""The operation that each word of a spec stands for."""
