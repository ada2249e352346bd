"""From `{op: …}` to an operation: one small function for each word."""

from collections.abc import Callable

from archc.compile.lower.attributes import Attributes
from archc.compile.lower.context import Context
from archc.compile.lower.faults import blame
from archc.compile.lower.kinds import Defaults, act_kind, norm_kind
from archc.compile.lower.names import NoNorm, NormKind
from archc.ir import ops
from archc.ir.ops import Operation
from archc.ir.pools import Over
from archc.ir.types import Sides, TensorType, pair
from archc.language.document.nodes import Map
from archc.record import Record


class Made(Record, compiled=True):
    """What a step's attributes come to for operands of these types."""

    attributes: Attributes
    types: tuple[TensorType, ...]
    channels: str | None
    defaults: Defaults

    @property
    def channels_in(self) -> int:
        """Channels of the first operand; which argument of the scope that is, is recorded."""
        if self.channels is not None:
            self.attributes.arguments.append(("in_channels", self.channels))
        return self.types[0].channels


def convolution(made: Made) -> Operation:
    """`{op: conv}` and the convolution of a unit. Padding keeps the size at stride 1, so an even kernel must say."""
    a = made.attributes
    conv = made.defaults.restated(_only(a, "conv"), a.names).conv
    in_channels, out = made.channels_in, a.channels()
    kernel, stride = a.window(), a.stride()
    if kernel == 1:
        a.given.pop("dilation", None)
    dilation = a.sides("dilation", 1, 1, "size")
    padding = a.sides("padding", 0, 0, "size") if a.has("padding") else _usual_padding(a, kernel, dilation)
    groups, bias = a.whole("groups", 1), a.truth("bias", default=conv.bias)
    eps = 1e-6 if conv.weights == "plain" else conv.eps
    gamma = conv.gamma if conv.weights == "scaled" else 1.0
    return ops.Conv(in_channels, out, kernel, stride, padding, dilation, groups, bias, conv.weights, eps, gamma)


def _usual_padding(a: Attributes, kernel: Sides, dilation: Sides) -> Sides:
    for side in pair(kernel):
        if side % 2 == 0:
            at = a.step.entry("kernel")
            span = at.span if at else a.step.span
            if at is not None and (cause := blame(at.value, a.names)) != at.value.span:
                span = cause
            message = f"{a.what} has an even kernel of {side} and does not say its `padding`"
            raise a.names.context.fail("E0202", message, span)
    high, wide = (d * (k - 1) // 2 for k, d in zip(pair(kernel), pair(dilation), strict=True))
    a.seen.add("padding")
    padding = high if high == wide else (high, wide)
    a.defaults["padding"] = padding
    return padding


def _only(a: Attributes, key: str) -> Map:

    a.seen.add(key)
    entry = a.step.entry(key)
    return Map((entry,) if entry else (), a.step.span)


def _linear(made: Made) -> Operation:
    return ops.Linear(made.channels_in, made.attributes.channels(), made.attributes.truth("bias", default=True))


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
    if made.channels is not None:
        a.arguments.append(("channels", made.channels))
    return norm_of(kind, made.types[0].channels, a.names.context)


def _act(made: Made) -> Operation:
    a = made.attributes
    kind = made.defaults.act
    if (node := a.node("kind")) is not None:
        a.seen.add("slope")
        own = Map(tuple(e for e in a.step if e.key in ("kind", "slope")), a.step.span)
        kind = act_kind(own if "slope" in own else node, a.names, a.defaults)
    return kind.op if kind.op is not None else ops.Identity()


def _max_pool(made: Made) -> Operation:
    a = made.attributes
    return ops.MaxPool(a.window(), a.stride(), a.sides("padding", 0, 0), a.truth("ceil", default=False))


def _avg_pool(made: Made) -> Operation:
    a = made.attributes
    kernel, stride, padding = a.window(), a.stride(), a.sides("padding", 0, 0)
    return ops.AvgPool(kernel, stride, padding, a.truth("ceil", default=False), a.truth("count_include_pad", default=True))


def _blur_pool(made: Made) -> Operation:
    a = made.attributes
    if made.channels is not None:
        a.arguments.append(("channels", made.channels))
    return ops.BlurPool(made.types[0].channels, a.kernel("kernel", 3), a.whole("stride", 1, 1, "size"))


def _pad(made: Made) -> Operation:
    a = made.attributes
    size = a.whole("size", 0, 0, "size")
    left, right, top, bottom = (a.whole(side, size, 0, "size") for side in ("left", "right", "top", "bottom"))
    return ops.Pad(left, right, top, bottom)


def _pad_channels(made: Made) -> Operation:
    """Zeros up to `out` channels: all after, or half on either side."""
    a = made.attributes
    have, out, zeros = made.types[0].channels, a.channels(), a.word("zeros", ("after", "both"))
    a.arguments = [pair for pair in a.arguments if pair[0] != "out_channels"]
    if out < have:
        raise a.names.context.fail("E0317", f"{have} channels cannot be padded to {out}", a.step.span, "fewer than there are")
    before = (out - have) // 2 if zeros == "both" else 0
    return ops.PadChannels(before, out - have - before)


def _scale(made: Made) -> Operation:
    a = made.attributes
    shared = a.truth("shared", default=False)
    if made.channels is not None and not shared:
        a.arguments.append(("channels", made.channels))
    return ops.Scale(0 if shared else made.types[0].channels, a.real("value", 1.0))


def _softmax(made: Made) -> Operation:
    a = made.attributes
    over = a.word("over", ("space", "parts"))
    if over == "parts":
        return ops.Softmax("parts", a.whole("parts"))
    return ops.Softmax("space")


def _drop_block(made: Made) -> Operation:
    a = made.attributes
    rate, size = a.real("rate"), a.whole("size", 7, 1, "size")
    return ops.Dropout(rate, "block", size, a.choice("law", ("paper", "timm"), "paper"))


def _over(made: Made) -> Over:
    return made.attributes.choice("over", OVER, "space")


def _mean(made: Made) -> Operation:
    """The mean over height and width is the global pool."""
    over = _over(made)
    return ops.GlobalPool() if over == "space" else ops.Mean(over)


def _position(made: Made) -> Operation:
    type_ = made.types[0]
    if not type_.is_tokens:
        a = made.attributes
        raise a.names.context.fail("E0310", f"`position` needs tokens NxTxC, not {type_}", a.step.span)
    return ops.Position(type_.shape[0], type_.channels)


OVER: tuple[Over, ...] = ("space", "channels", "height", "width")

OPERATIONS: dict[str, Callable[[Made], Operation]] = {
    "conv": convolution,
    "linear": _linear,
    "channel_conv": lambda made: ops.ChannelConv(made.attributes.kernel()),
    "norm": _norm,
    "act": _act,
    "max_pool": _max_pool,
    "avg_pool": _avg_pool,
    "blur_pool": _blur_pool,
    "global_pool": lambda _: ops.GlobalPool(),
    "adaptive_avg_pool": lambda made: ops.AdaptiveAvgPool(made.attributes.sides("size", None, 1, "size")),
    "adaptive_max_pool": lambda made: ops.AdaptiveMaxPool(made.attributes.sides("size", None, 1, "size")),
    "sum": lambda made: ops.Sum(_over(made)),
    "mean": _mean,
    "max": lambda made: ops.Max(_over(made)),
    "pad": _pad,
    "subsample": lambda made: ops.Subsample(made.attributes.whole("stride", None, 1, "size")),
    "pad_channels": _pad_channels,
    "space_to_depth": lambda made: ops.SpaceToDepth(made.attributes.whole("block", None, 1, "size")),
    "pixel_shuffle": lambda made: ops.PixelShuffle(made.attributes.whole("block", None, 1, "size")),
    "shuffle": lambda made: ops.Shuffle(made.attributes.whole("groups"), made.attributes.whole("parts")),
    "split": lambda made: ops.Split(made.attributes.whole("parts", None, 1, "turns")),
    "concat": lambda made: ops.Concat(made.attributes.choice("along", ("channels", "height", "width"), "channels")),
    "identity": lambda _: ops.Identity(),
    "add": lambda _: ops.Add(),
    "mul": lambda _: ops.Mul(),
    "div": lambda _: ops.Div(),
    "mix": lambda made: ops.Mix(made.attributes.choice("along", ("height", "width"))),
    "affine": lambda made: ops.Affine(made.attributes.real("scale", 1.0), made.attributes.real("shift", 0.0)),
    "scale": _scale,
    "softmax": _softmax,
    "dropout": lambda made: ops.Dropout(made.attributes.real("rate")),
    "drop_path": lambda made: ops.Dropout(made.attributes.real("rate"), "path"),
    "drop_channels": lambda made: ops.Dropout(made.attributes.real("rate"), "channels"),
    "drop_block": _drop_block,
    "flatten": lambda _: ops.Flatten(),
    "tokens": lambda _: ops.Tokens(),
    "position": _position,
    "attention": lambda made: ops.Attention(made.attributes.whole("heads")),
    "take": lambda made: ops.Take(made.attributes.whole("index", 0, 0)),
}
