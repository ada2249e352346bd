"""An operation of ours and a step of another program are put in words, and what is visibly unlike between them."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from archc.analyse.verify.recorder import Step
from archc.ir.op import Op, stated

Attributes: TypeAlias = Mapping[str, object]

LIKE: dict[str, tuple[str, ...]] = {
    "conv": ("convolution",),
    "conv_transpose": ("convolution",),
    "linear": ("addmm", "mm", "bmm", "linear", "convolution"),
    "channel_conv": ("convolution",),
    "norm": ("native_batch_norm", "native_group_norm", "native_layer_norm", "_native_batch_norm_legit", "mul", "add"),
    "act": (
        "relu", "hardtanh", "clamp", "clamp_min", "leaky_relu", "elu", "silu", "gelu", "mish", "tanh", "sigmoid", "hardsigmoid",
        "hardswish", "softplus", "mul", "div", "minimum", "maximum",
    ),
    "softmax": ("_softmax", "softmax", "sigmoid"),
    "affine": ("mul", "add", "sub", "div"),
    "scale": ("mul",),
    "max_pool": ("max_pool2d_with_indices", "avg_pool2d", "max_pool2d"),
    "avg_pool": ("avg_pool2d", "max_pool2d_with_indices", "mean", "_adaptive_avg_pool2d"),
    "global_pool": ("mean", "_adaptive_avg_pool2d", "adaptive_max_pool2d", "amax", "sum"),
    "adaptive_avg_pool": ("_adaptive_avg_pool2d", "mean"),
    "blur_pool": ("convolution", "reflection_pad2d"),
    "adaptive_max_pool": ("adaptive_max_pool2d", "amax"),
    "sum": ("sum", "mean"),
    "mean": ("mean", "sum"),
    "max": ("amax", "max", "adaptive_max_pool2d"),
    "div": ("div", "mul"),
    "mix": ("bmm", "mm"),
    "pixel_shuffle": ("pixel_shuffle",),
    "add": ("add", "add_relu", "sub"),
    "mul": ("mul", "div"),
    "concat": ("cat",),
    "split": ("split", "split_with_sizes", "chunk", "slice"),
    "pad": ("constant_pad_nd",),
    "pad_channels": ("constant_pad_nd", "cat"),
    "attention": ("_scaled_dot_product_flash_attention_for_cpu", "bmm", "_softmax"),
}  # fmt: skip
"""The ATen operations that may stand in the place of each of our kinds, likeliest first."""

ARGUMENTS: dict[str, tuple[str, ...]] = {
    "convolution": ("", "", "", "stride", "padding", "dilation", "", "output_padding", "groups"),
    "max_pool2d_with_indices": ("", "kernel", "stride", "padding", "dilation", "ceil"),
    "avg_pool2d": ("", "kernel", "stride", "padding", "ceil", "count_include_pad"),
    "native_batch_norm": ("", "", "", "", "", "", "momentum", "eps"),
    "native_group_norm": ("", "", "", "", "", "", "groups", "eps"),
    "native_layer_norm": ("", "", "", "", "eps"),
    "leaky_relu": ("", "slope"),
    "constant_pad_nd": ("", "padding"),
}
"""Our names for the arguments of ATen operations, by position."""

DEFAULTS: Attributes = {
    "ceil": False, "count_include_pad": True, "padding": 0, "output_padding": 0, "dilation": 1, "groups": 1, "stride": 1,
}  # fmt: skip
WORDS = {"convolution": "convolution", "native_batch_norm": "batch_norm", "max_pool2d_with_indices": "max_pool2d"}


def like(op: Op, step: Step) -> bool:
    """Return whether a step may stand in the place of an operation."""
    return step.op in LIKE.get(op.kind, ())


def described(op: Op) -> str:
    """Describe an operation by its kind and its attributes, without defaults and without what follows from shapes."""
    texts = [f"{name} {_value(value)}" for name, value in stated(op) if name not in ("in_channels", "out_channels", "channels")]
    return f"{op.kind} ({', '.join(texts)})" if texts else op.kind


def step_text(step: Step) -> str:
    """Describe a step by its operation, place and attributes: `` `max_pool2d` in `maxpool` (kernel 3, stride 2) ``."""
    texts = ", ".join(f"{name} {_value(value)}" for name, value in attributes(step).items() if DEFAULTS.get(name) != value)
    word = WORDS.get(step.op, step.op.removeprefix("native_").strip("_"))
    return f"`{word}`{f' in `{step.where}`' if step.where else ''}{f' ({texts})' if texts else ''}"


def unlike(op: Op, step: Step) -> str:
    """List the differences of the attributes that both have: `stride 2 here, 1 there`."""
    theirs = attributes(step)
    differences = []
    for name, value in theirs.items():
        ours = getattr(op, name, None)
        if ours is not None and not _equal(ours, value) and not (name == "groups" and op.kind == "norm"):
            differences.append(f"{name} {_value(ours)} here, {_value(value)} there")
    return "; ".join(differences)


def _equal(ours: object, theirs: object) -> bool:
    """Compare two values; a number that a file keeps as float32 is the same number."""
    if isinstance(ours, float) and isinstance(theirs, float):
        return abs(ours - theirs) <= 1e-6 * abs(ours)
    return ours == theirs


def attributes(step: Step) -> Attributes:
    """Return the arguments that have a name here; where both axes have equal numbers, as one."""
    named: dict[str, object] = {}
    for name, value in zip(ARGUMENTS.get(step.op, ()), step.arguments, strict=False):
        if name:
            named[name] = _one(value)
    defaulted = {name: DEFAULTS[name] for name in ARGUMENTS.get(step.op, ()) if name in DEFAULTS and name not in named}
    if "kernel" in named and named.get("stride") in ((), None):
        named["stride"] = named["kernel"]
    return {**named, **defaulted}


def _one(value: Any) -> object:
    if isinstance(value, tuple) and value and all(item == value[0] for item in value):
        return value[0]
    return value


def number(value: float) -> str:
    """Write a number with two digits."""
    return f"{value:.1e}" if value < 0.01 or value >= 1000 else f"{value:.2g}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
