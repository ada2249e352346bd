"""Normalisation and activation."""

from typing import Literal, NamedTuple, TypeAlias, assert_never

from archc.ir.behaviour import Behaviour, Pointwise
from archc.ir.op import AXES, ONE, SIZE, ZERO, Flags, Init, Kept, Op, Parameter, TensorRole, Types
from archc.ir.types import ShapeError, TensorType, feature_map, image_map, must_divide
from archc.record import field

NormName: TypeAlias = Literal["batch", "group", "layer", "instance", "evonorm_s0", "filter_response"]


class Normalisation(NamedTuple):
    """What is known of a norm."""

    label: str
    """Its name on figures."""
    work: int
    """Operations an element: a multiply-add with the channel's two numbers, and one for each sum its statistics are made of."""
    counted: tuple[int, int, int] = (0, 0, 0)
    """Operations an element that fvcore (in training), ptflops and thop count of torch's module."""
    gate: tuple[str, TensorRole, Init] | None = None
    """The tensor of the activation that is in it, its role and how it begins; None where there is none."""
    gate_work: int = 0
    """What that activation adds to the work."""


NORMS: dict[NormName, Normalisation] = {
    "batch": Normalisation("BN", 1, (5, 2, 4)),
    "group": Normalisation("GN", 3, (5, 2, 0)),
    "layer": Normalisation("LN", 3, (5, 1, 4)),
    "instance": Normalisation("IN", 3, (5, 2, 4)),
    "evonorm_s0": Normalisation("EvoNorm-S0", 3, gate=("v", "weight", ONE), gate_work=3),
    "filter_response": Normalisation("FRN", 2, gate=("tau", "threshold", ZERO), gate_work=1),
}


class Activation(NamedTuple):
    """What is known of an activation."""

    label: str
    """Its name on figures."""
    slope: float | None = None
    """The slope where a spec states none; None where it takes none."""
    saves: Literal["nothing", "input", "output"] = "input"
    """What autograd saves of it."""
    saves_own: int = 0
    """Factors and arguments of its own that autograd saves, where torch composes it of several operators."""
    in_place: Literal["no", "output", "copy"] = "no"
    """Whether it may write over its input, and what autograd saves then: the output, or a copy of the input."""
    ptflops: int = 0
    """How often ptflops counts it: as a module, and as the function that the module calls."""
    is_gate: bool = False
    """Whether it is drawn as a gate."""


ACTIVATIONS: dict[str, Activation] = {
    "relu": Activation("ReLU", saves="output", in_place="output", ptflops=2),
    "relu6": Activation("ReLU6", in_place="copy", ptflops=1),
    "leaky_relu": Activation("leaky ReLU", slope=0.01, in_place="output", ptflops=1),
    "elu": Activation("ELU", slope=1.0, ptflops=2),
    "celu": Activation("CELU", slope=1.0),
    "selu": Activation("SELU"),
    "silu": Activation("SiLU", ptflops=1),
    "gelu": Activation("GELU", ptflops=2),
    "gelu_tanh": Activation("GELU (tanh)", ptflops=2),
    "quick_gelu": Activation("quick GELU", saves_own=1),
    "mish": Activation("mish"),
    "tanh": Activation("tanh", saves="output"),
    "sigmoid": Activation("sigmoid", saves="output", is_gate=True),
    "hard_sigmoid": Activation("hard sigmoid", is_gate=True),
    "hard_swish": Activation("hard swish"),
    "hard_mish": Activation("hard mish", saves="nothing", saves_own=3),
    "softplus": Activation("softplus"),
    "softsign": Activation("softsign", saves_own=1),
}
"""Every activation; `gelu` is exact (erf), `gelu_tanh` and `quick_gelu` (x · sigmoid(1.702 x)) its approximations."""


BY_POSITION, BY_IMAGE = Pointwise(bound=True), Pointwise(spread=True, bound=True)


class Norm(
    Op, kind="norm", work="norm", counted="norm", saves="by rule", output="spare", channels="kept", box="norm", row="none",
    drawn="words",
):  # fmt: skip
    """Normalisation with a learned scale and shift per channel.

    `batch` over N, H, W (Ioffe and Szegedy 2015; `frozen`: running statistics and parameters fixed); `group` over H, W and the
    channels of a group (Wu and He 2018); `layer` over the channels at each position; `instance` over H, W.
    `evonorm_s0` (Liu et al. 2020, Table 1): x · sigmoid(v · x), divided by the deviation of its group. `filter_response` (Singh
    and Krishnan 2019): x by its root mean square over H, W, at least a learned tau. Both are an activation too, unless `linear`.
    """

    norm: NormName
    channels: int
    eps: float = 1e-5
    momentum: float = 0.1
    groups: int = 1
    frozen: bool = False
    linear: bool = False
    axes: int = field(default=2, metadata=AXES)

    def words(self, medium: Literal["table", "figure"] = "table") -> str:
        return f"{self.norm.replace('_', ' ')} norm" + (f", {self.groups} groups" if self.groups > 1 else "")

    def behaviour(self) -> Behaviour:
        return BY_POSITION if self.norm in ("batch", "layer") else BY_IMAGE

    def check(self, *inputs: TensorType) -> None:
        (type_,) = inputs
        if type_.channels != self.channels:
            raise ShapeError("", f"a norm of {self.channels} channels reads {type_.channels}")
        if self.norm in ("group", "evonorm_s0"):
            must_divide(self.groups, self.channels, "channels", "groups")
        if self.norm != "layer" and not type_.is_map:
            raise ShapeError("E0310", f"{self.norm} norm needs a feature map NxCxHxW, not {type_}")
        if self.norm == "instance" and type_.is_pixel:
            helped = "norm before the map is pooled, or by another norm"
            raise ShapeError("E0313", f"an instance norm of {type_} has one value to take a mean of", help=helped)

    def is_spare(self, *, of_map: bool) -> bool:
        """A layer norm at each position of a map ends in a permuted view, as a linear layer does."""
        return self.norm != "layer" or not of_map

    def parameters(self) -> tuple[Parameter, ...]:
        shape = (self.channels,)
        learned = not self.frozen
        scale, shift = Parameter("weight", shape, "weight", ONE, learned), Parameter("bias", shape, "bias", ZERO, learned)
        if (gate := NORMS[self.norm].gate) and not self.linear:
            name, role, begins = gate
            return scale, shift, Parameter(name, shape, role, begins, learned)
        if self.norm != "batch":
            return scale, shift
        mean = Parameter("running_mean", shape, "running_mean", ZERO, trainable=False)
        return scale, shift, mean, Parameter("running_var", shape, "running_var", ONE, trainable=False)

    def operations(self, inputs: Types, outputs: Types) -> int:
        traits = NORMS[self.norm]
        return outputs[0].elements * (traits.work + (0 if self.linear else traits.gate_work))

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        """The input, and statistics: two numbers for each set of elements that is normalised together."""
        channels, n, flows = self.channels, inputs[0].elements, needs[0]
        match self.norm:
            case "batch":
                return Kept((0,), fixed=0 if self.frozen else 2 * channels)
            case "group":
                return Kept((0,), image=2 * self.groups)
            case "layer":
                return Kept((0,), image=2 * (n // channels))
            case "instance":
                return Kept(image=3 * channels + n) if rows[0] and n > channels else Kept((0,), image=3 * channels)
            case "evonorm_s0":
                return self._kept_of_evonorm(n, flows=flows)
            case "filter_response":
                # what the weight scales, and what is compared with tau; for the input's gradient itself and its root mean square
                image = ((not self.frozen) + (not self.linear)) * n + (channels if flows else 0)
                return Kept((0,) if flows else (), image=image)
            case _:
                assert_never(self.norm)

    def _kept_of_evonorm(self, n: int, *, flows: bool) -> Kept:
        """What the weight scales; where it is gated the sigmoid and the product with it; the deviation, at every element where a
        group is several channels and not all.
        """
        copied = 1 < self.groups < self.channels
        image = (0 if self.frozen else n) + (0 if self.linear else n) + (n if flows and not self.linear else 0)
        if flows:
            image += self.groups + (n if copied else 0)
        elif not self.linear:
            image += n if copied else self.groups
        return Kept((0,) if flows or not self.linear else (), image=image)


class Act(
    Op, kind="act", work="activation", counted="activation", saves="by rule", output="own", channels="kept", box="act",
    row="none", drawn="words", does=Pointwise(),
):  # fmt: skip
    """A pointwise non-linearity; `slope` is leaky_relu's (negative side), elu's and celu's alpha, 0 elsewhere."""

    act: str
    slope: float = 0.0

    def words(self, medium: Literal["table", "figure"] = "table") -> str:
        return ACTIVATIONS[self.act].label if medium == "figure" else self.act.replace("_", " ")

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        traits, n = ACTIVATIONS[self.act], outputs[0].elements
        if not needs[0]:
            return Kept()
        if in_place and traits.in_place == "copy":
            return Kept(image=n)
        if traits.saves_own:
            return Kept((0,) if traits.saves == "input" else (), image=traits.saves_own * n)
        return Kept(output=True) if in_place or traits.saves == "output" else Kept((0,))


class Softmax(
    Op, kind="softmax", work="activation", counted="none", saves="output", output="own", channels="kept", box="gate", row="none",
    drawn="box", words="softmax over {over}",
):  # fmt: skip
    """`space`: over H·W of each channel. `parts`: over P where the channels are P equal parts, part first (NxP·C)."""

    over: Literal["space", "parts"]
    parts: int = 1

    def behaviour(self) -> Behaviour:
        return Pointwise(spread=self.over == "space", parts=self.parts)

    def check(self, *inputs: TensorType) -> None:
        if self.over == "space":
            feature_map(inputs[0], "softmax over space")
        elif inputs[0].is_tokens:
            raise ShapeError("E0310", f"`softmax` over parts needs a feature map or a vector, not {inputs[0]}")
        if self.over == "parts":
            must_divide(self.parts, inputs[0].channels, "channels", "parts")


class Affine(
    Op, kind="affine", work="multiplication", counted="none", saves="nothing", output="own", channels="kept", box="gate",
    row="none", drawn="detail", words="affine, {scale:g}, {shift:g}", does=Pointwise(),
):  # fmt: skip
    """`scale · x + shift`, two constants."""

    scale: float = 1.0
    shift: float = 0.0


class Scale(
    Op, kind="scale", work="multiplication", counted="none", saves="input", output="own", channels="kept", box="gate", row="none",
    drawn="detail",
):  # fmt: skip
    """A learned factor per channel, begun at `value` (layer scale, Touvron et al. 2021); `channels` 0: one for all, a tensor
    without axes (SkipInit).
    """

    channels: int
    value: float = 1.0
    axes: int = field(default=2, metadata=AXES)

    def behaviour(self) -> Behaviour:
        return Pointwise(bound=self.channels > 0)

    def check(self, *inputs: TensorType) -> None:
        if self.channels not in (0, inputs[0].channels):
            raise ShapeError("", f"a scale of {self.channels} channels reads {inputs[0].channels}")

    def parameters(self) -> tuple[Parameter, ...]:
        return (Parameter("weight", (self.channels,) if self.channels else (), "weight", Init("constant", self.value)),)


Drop: TypeAlias = Literal["elements", "path", "channels", "block"]
DROPS: dict[Drop, str] = {"elements": "dropout", "path": "drop path", "channels": "drop channels", "block": "drop block"}
"""What dropout is called, by what it drops."""


class Dropout(
    Op, kind="dropout", work=None, counted="none", saves="by rule", output="view", channels="kept", box="gate", row="none",
    drawn="words", words="dropout of {what}, {rate:g}", does=Pointwise(),
):  # fmt: skip
    """Zeroes elements with probability `rate` in training; `path` whole images (Huang et al. 2016), `channels` whole channels
    (Tompson et al. 2015), `block` squares of `size`. What is kept is scaled so that the mean stays.

    The `law` of squares: by `paper` (Ghiasi et al. 2018, algorithm 1) they lie in the map, and each channel has its own; by
    `timm` they may reach over the border, where they are cut, and all channels share them.
    """

    rate: float
    what: Drop = "elements"
    size: int = field(default=7, metadata=SIZE)
    law: Literal["paper", "timm"] = "paper"

    def check(self, *inputs: TensorType) -> None:
        if not 0 <= self.rate < 1:
            raise ShapeError("E0309", f"a rate of {self.rate:g} is not in [0, 1)", "rate")
        if self.what == "channels":
            feature_map(inputs[0], "drop_channels")
        elif self.what == "block" and self.rate > 0:
            image_map(inputs[0], "drop_block")

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        """The mask."""
        n = inputs[0].elements
        if not needs[0] or self.rate == 0:
            return Kept()
        match self.what:
            case "elements":
                return Kept(image=n)
            case "path":
                return Kept(image=1)
            case "channels":
                return Kept(image=inputs[0].shape[0])
            case "block":
                return Kept(image=n if self.law == "paper" else n // inputs[0].shape[0])
            case _:
                assert_never(self.what)
