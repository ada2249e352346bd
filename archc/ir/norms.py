"""Normalisation and activation."""

from typing import ClassVar, Literal, TypeAlias

from archc.ir.op import Op, Parameter
from archc.ir.types import ShapeError, TensorType, feature_map, must_divide

NormName: TypeAlias = Literal["batch", "group", "layer", "instance", "evonorm_s0", "filter_response"]

GATES = {"evonorm_s0": "v", "filter_response": "tau"}
"""Norms that are an activation too, and the tensor that it needs."""

ACTIVATIONS = (
    "relu", "relu6", "leaky_relu", "elu", "celu", "selu", "silu", "gelu", "gelu_tanh", "quick_gelu", "mish", "tanh",
    "sigmoid", "hard_sigmoid", "hard_swish", "hard_mish", "softplus",
)  # fmt: skip
"""Every activation; `gelu` is exact (erf), `gelu_tanh` and `quick_gelu` (x · sigmoid(1.702 x)) its approximations."""


class Norm(Op):
    """Normalisation with a learned scale and shift per channel.

    `batch` over N, H, W (Ioffe and Szegedy 2015; `frozen`: running statistics and parameters fixed); `group` over H, W and the
    channels of a group (Wu and He 2018); `layer` over the channels at each position; `instance` over H, W.
    `evonorm_s0` (Liu et al. 2020, Table 1): x · sigmoid(v · x), divided by the deviation of its group. `filter_response` (Singh
    and Krishnan 2019): x by its root mean square over H, W, at least a learned tau. Both are an activation too, unless `linear`.
    """

    kind: ClassVar[str] = "norm"
    norm: NormName
    channels: int
    eps: float = 1e-5
    momentum: float = 0.1
    groups: int = 1
    frozen: bool = False
    linear: bool = False

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        (type_,) = inputs
        if type_.channels != self.channels:
            raise ShapeError("", f"a norm of {self.channels} channels reads {type_.channels}")
        if self.norm in ("group", "evonorm_s0"):
            must_divide(self.groups, self.channels, "channels", "groups")
        if self.norm != "layer" and len(type_.shape) != 3:
            raise ShapeError("E0310", f"{self.norm} norm needs a feature map NxCxHxW, not {type_}")
        if self.norm == "instance" and type_.shape[1:] == (1, 1):
            helped = "norm before the map is pooled, or by another norm"
            raise ShapeError("E0313", f"an instance norm of {type_} has one value to take a mean of", help=helped)
        return (type_,)

    def parameters(self) -> tuple[Parameter, ...]:
        shape = (self.channels,)
        learned = (Parameter("weight", shape, not self.frozen), Parameter("bias", shape, not self.frozen))
        if self.norm in GATES and not self.linear:
            return (*learned, Parameter(GATES[self.norm], shape, not self.frozen))
        if self.norm != "batch":
            return learned
        return (*learned, Parameter("running_mean", shape, trainable=False), Parameter("running_var", shape, trainable=False))


class Act(Op):
    """A pointwise non-linearity; `slope` is leaky_relu's (negative side), elu's and celu's alpha, 0 elsewhere."""

    kind: ClassVar[str] = "act"
    act: str
    slope: float = 0.0

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (inputs[0],)


class Softmax(Op):
    """`space`: over H·W of each channel. `parts`: over P where the channels are P equal parts, part first (NxP·C)."""

    kind: ClassVar[str] = "softmax"
    over: Literal["space", "parts"]
    parts: int = 1

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        if self.over == "space":
            feature_map(inputs[0], "softmax over space")
        elif len(inputs[0].shape) == 2:
            raise ShapeError("E0310", f"`softmax` over parts needs a feature map or a vector, not {inputs[0]}")
        if self.over == "parts":
            must_divide(self.parts, inputs[0].channels, "channels", "parts")
        return (inputs[0],)


class Affine(Op):
    """`scale · x + shift`, two constants."""

    kind: ClassVar[str] = "affine"
    scale: float = 1.0
    shift: float = 0.0

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (inputs[0],)


class Scale(Op):
    """A learned factor per channel, begun at `value` (layer scale, Touvron et al. 2021); `channels` 0: one for all, a tensor
    without axes (SkipInit).
    """

    kind: ClassVar[str] = "scale"
    channels: int
    value: float = 1.0

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        if self.channels not in (0, inputs[0].channels):
            raise ShapeError("", f"a scale of {self.channels} channels reads {inputs[0].channels}")
        return (inputs[0],)

    def parameters(self) -> tuple[Parameter, ...]:
        return (Parameter("weight", (self.channels,) if self.channels else ()),)


class Dropout(Op):
    """Zeroes elements with probability `rate` in training; `path` whole images (Huang et al. 2016), `channels` whole channels
    (Tompson et al. 2015), `block` squares of `size`. What is kept is scaled so that the mean stays.

    The `law` of squares: by `paper` (Ghiasi et al. 2018, algorithm 1) they lie in the map, and each channel has its own; by
    `timm` they may reach over the border, where they are cut, and all channels share them.
    """

    kind: ClassVar[str] = "dropout"
    rate: float
    what: Literal["elements", "path", "block", "channels"] = "elements"
    size: int = 7
    law: Literal["paper", "timm"] = "paper"

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        if not 0 <= self.rate < 1:
            raise ShapeError("E0309", f"a rate of {self.rate:g} is not in [0, 1)", "rate")
        if self.what == "channels" or (self.what == "block" and self.rate > 0):
            feature_map(inputs[0], f"drop_{self.what}")
        return (inputs[0],)
