"""The nn.Module of an operation, as its constructor is written."""

from typing import NamedTuple, assert_never

from archc.backend import BackendError
from archc.ir import ops
from archc.ir.norms import ACTIVATIONS
from archc_torch.arguments import Expr
from archc_torch.flow import Attribute
from archc_torch.library import Library
from archc_torch.parts import Applied
from archc_torch.printer import Doc, call, number
from archc_torch.tree import ChainedModule


class Names(NamedTuple):
    """What torch calls an activation."""

    module: str
    function: str
    given: str = ""
    """An argument that stands for the activation."""
    slope: str = ""
    """The module's name for the slope, where it takes one."""


_ACTIVATIONS = {
    "relu": Names("ReLU", "F.relu"), "relu6": Names("ReLU6", "F.relu6"), "selu": Names("SELU", "F.selu"),
    "leaky_relu": Names("LeakyReLU", "F.leaky_relu", slope="negative_slope"), "elu": Names("ELU", "F.elu", slope="alpha"),
    "celu": Names("CELU", "F.celu", slope="alpha"), "silu": Names("SiLU", "F.silu"), "gelu": Names("GELU", "F.gelu"),
    "gelu_tanh": Names("GELU", "F.gelu", 'approximate="tanh"'), "mish": Names("Mish", "F.mish"),
    "tanh": Names("Tanh", "torch.tanh"), "sigmoid": Names("Sigmoid", "torch.sigmoid"),
    "hard_sigmoid": Names("Hardsigmoid", "F.hardsigmoid"), "hard_swish": Names("Hardswish", "F.hardswish"),
    "softplus": Names("Softplus", "F.softplus"), "softsign": Names("Softsign", "F.softsign"),
}  # fmt: skip
_OWN = {"quick_gelu": "QuickGELU", "hard_mish": "HardMish"}
"""Activations that torch has no module for; the function of the library has the activation's own name."""


def names_of(act: str, library: Library, *, layer: bool) -> Names:
    """What the emitted code calls an activation; as a `layer` or as a function it may need one of the library."""
    if act in _OWN:
        name = library.use(_OWN[act] if layer else act)
        return Names(name, name)
    names = _ACTIVATIONS[act]
    return names._replace(module=f"nn.{names.module}")


def keyword(name: str, value: Expr, default: float) -> list[str]:
    """`name=value`, nothing where it is torch's default."""
    if value.literal and value.text == number(default):
        return []
    return [f"{name}={value.text}"]


def constructor(  # noqa: C901  a case an operation
    applied: Applied, attribute: Attribute, library: Library, *, in_place: bool
) -> Doc:
    """The call that makes the module; helper classes it needs are noted in `library`."""
    op = applied.op
    if not isinstance(op, ChainedModule):
        raise BackendError("E0507", f"`{op.kind}` is no torch module")
    match op:
        case ops.Conv():
            return _conv(op, attribute, library)
        case ops.ConvTranspose():
            return _conv_transpose(op, attribute)
        case ops.Linear():
            name = library.use("PositionLinear") if applied.reads == "map" else "nn.Linear"
            bias = [] if op.bias else ["bias=False"]
            return call(name, attribute("in_channels").text, attribute("out_channels").text, *bias)
        case ops.ChannelConv():
            return call(library.use("ChannelConv"), attribute("kernel").text)
        case ops.Norm():
            return _norm(op, applied.reads, attribute, library)
        case ops.Act():
            return _act(op, attribute, library, in_place=in_place)
        case ops.Dropout():
            return _dropout(op, attribute, library)
        case ops.MaxPool() | ops.AvgPool():
            return _pool(op, attribute)
        case ops.BlurPool():
            kernel, stride = attribute("kernel"), attribute("stride")
            return call(
                library.use("BlurPool"),
                attribute("channels").text,
                *keyword("kernel_size", kernel, 3),
                *keyword("stride", stride, 1),
            )
        case ops.GlobalPool():
            return call(f"nn.AdaptiveAvgPool{op.axes}d", "1")
        case ops.AdaptiveAvgPool():
            return call(f"nn.AdaptiveAvgPool{op.axes}d", attribute("size").text)
        case ops.AdaptiveMaxPool():
            return call(f"nn.AdaptiveMaxPool{op.axes}d", attribute("size").text)
        case ops.Scale():
            value = keyword("value", attribute("value"), 1.0)
            if op.channels == 0:
                return call(library.use("SharedScale"), *value)
            name = library.use("ChannelScale" if applied.reads == "map" else "VectorScale")
            return call(name, attribute("channels").text, *value)
        case ops.Position():
            return call(library.use("Position"), attribute("tokens").text, attribute("channels").text)
        case ops.Flatten():
            return call("nn.Flatten")
        case ops.Identity():
            return call("nn.Identity")
        case ops.Pad():
            return call(f"nn.ZeroPad{op.axes}d", f"({', '.join(attribute(side).text for side in op.sides)})")
        case _:
            assert_never(op)


def _conv(op: ops.Conv, attribute: Attribute, library: Library) -> Doc:
    name = {"plain": f"nn.Conv{op.axes}d", "standardized": "StandardizedConv2d", "scaled": "ScaledConv2d"}[op.weights]
    further: list[str] = []
    if op.weights != "plain":
        name = library.use(name)
        further += keyword("eps", attribute("eps"), 1e-6)
    if op.weights == "scaled":
        further += keyword("gamma", attribute("gamma"), 1.0)
    given = [
        *(attribute(key).text for key in ("in_channels", "out_channels", "kernel")),
        *keyword("stride", attribute("stride"), 1),
        *keyword("padding", attribute("padding"), 0),
        *keyword("dilation", attribute("dilation"), 1),
        *keyword("groups", attribute("groups"), 1),
    ]
    return call(name, *given, *([] if op.bias else ["bias=False"]), *further)


def _conv_transpose(op: ops.ConvTranspose, attribute: Attribute) -> Doc:
    defaults = {"stride": 1, "padding": 0, "output_padding": 0, "dilation": 1, "groups": 1}
    given = [attribute(key).text for key in ("in_channels", "out_channels", "kernel")]
    given += [text for key, default in defaults.items() for text in keyword(key, attribute(key), default)]
    return call(f"nn.ConvTranspose{op.axes}d", *given, *([] if op.bias else ["bias=False"]))


def _norm(op: ops.Norm, reads: str, attribute: Attribute, library: Library) -> Doc:
    channels, eps = attribute("channels").text, keyword("eps", attribute("eps"), 1e-5)
    fixed = ".requires_grad_(False)" if op.frozen else ""
    match op.norm:
        case "batch" if op.frozen:
            return call(library.use("FrozenBatchNorm2d"), channels, *eps)
        case "batch":
            return call(f"nn.BatchNorm{op.axes}d", channels, *eps, *keyword("momentum", attribute("momentum"), 0.1))
        case "group":
            made = call("nn.GroupNorm", attribute("groups").text, channels, *eps)
        case "layer":
            made = call(library.use("LayerNorm2d") if reads == "map" else "nn.LayerNorm", channels, *eps)
        case "instance":
            made = call(f"nn.InstanceNorm{op.axes}d", channels, *eps, "affine=True")
        case "evonorm_s0":
            linear = ["linear=True"] if op.linear else []
            made = call(library.use("EvoNormS0"), attribute("groups").text, channels, *eps, *linear)
        case "filter_response":
            linear = ["linear=True"] if op.linear else []
            made = call(library.use("FilterResponseNorm"), channels, *eps, *linear)
        case _:
            assert_never(op.norm)
    return type(made)(made.head, made.items, made.tail + fixed)


def _act(op: ops.Act, attribute: Attribute, library: Library, *, in_place: bool) -> Doc:
    names = names_of(op.act, library, layer=True)
    given = [names.given] if names.given else []
    if names.slope:
        given += keyword(names.slope, attribute("slope"), ACTIVATIONS[op.act].slope or 0.0)
    return call(names.module, *given, *(["inplace=True"] if in_place else []))


def _dropout(op: ops.Dropout, attribute: Attribute, library: Library) -> Doc:
    rate = attribute("rate").text
    match op.what:
        case "elements":
            return call("nn.Dropout", rate)
        case "path":
            return call(library.use("DropPath"), rate)
        case "channels":
            return call(f"nn.Dropout{library.axes}d", rate)
        case "block":
            return call(library.use("DropBlock" if op.law == "paper" else "TimmDropBlock"), rate, attribute("size").text)
        case _:
            assert_never(op.what)


def _pool(op: ops.MaxPool | ops.AvgPool, attribute: Attribute) -> Doc:
    given = [f"kernel_size={attribute('kernel').text}"]
    stride = attribute("stride")
    # torch's default stride is the kernel
    given += [] if stride.text == attribute("kernel").text else [f"stride={stride.text}"]
    given += keyword("padding", attribute("padding"), 0)
    given += ["ceil_mode=True"] if op.ceil else []
    if isinstance(op, ops.AvgPool) and not op.count_include_pad:
        given.append("count_include_pad=False")
    return call(f"nn.{'Max' if isinstance(op, ops.MaxPool) else 'Avg'}Pool{op.axes}d", *given)
