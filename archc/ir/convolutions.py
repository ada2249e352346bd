"""Operations with weights that count as multiply-adds: convolutions and linear layers."""

from math import prod
from typing import Literal, TypeAlias, assert_never

from archc.ir.behaviour import Behaviour, Enlarged, Fixed, Pointwise, windowed
from archc.ir.op import AXES, CHANNELS, KERNEL, OF_OPERAND, ONE, SIZE, SIZE_OR_NONE, Flags, Init, Kept, Op, Parameter, Types
from archc.ir.types import ShapeError, Sides, TensorType, along, by_axis, feature_map, must_divide, shown
from archc.record import field

Weights: TypeAlias = Literal["plain", "standardized", "scaled"]


class Conv(
    Op, kind="conv", work="conv", counted="convolution", saves="by rule", output="spare", channels="own", box="conv", row="layer",
    drawn="layer",
):  # fmt: skip
    """A convolution. `standardized`: weights of zero mean and unit variance over each filter (Qiao et al. 2019);
    `scaled`: the same times a learned gain and `gamma / sqrt(fan_in)` (Brock et al. 2021).
    """

    in_channels: int = field(metadata=OF_OPERAND)
    out_channels: int = field(metadata=CHANNELS)
    kernel: Sides = field(metadata=KERNEL)
    stride: Sides = field(default=1, metadata=SIZE)
    padding: Sides = field(default=0, metadata=SIZE_OR_NONE)
    dilation: Sides = field(default=1, metadata=SIZE)
    groups: int = 1
    bias: bool = False
    weights: Weights = "plain"
    eps: float = 1e-6
    gamma: float = 1.0
    axes: int = field(default=2, metadata=AXES)

    def words(self, medium: Literal["table", "figure"] = "table") -> str:
        """With its cardinality in the notation of Xie et al. 2017, Table 1."""
        grouped = f", C={self.groups}" if self.groups > 1 else ""
        dilated = "" if self.dilation == 1 else f", dilation {shown(self.dilation)}"
        return f"{by_axis(self.kernel, self.axes)}, {self.out_channels}{grouped}{dilated}"

    def behaviour(self) -> Behaviour:
        return windowed(self.kernel, self.stride, self.padding, self.dilation)

    def check(self, *inputs: TensorType) -> None:
        if inputs[0].channels != self.in_channels:
            raise ShapeError("", f"a convolution of {self.in_channels} channels reads {inputs[0].channels}")
        for what, count in (("input", self.in_channels), ("output", self.out_channels)):
            must_divide(self.groups, count, f"{what} channels", "groups")

    def width(self, channels: int) -> int:
        return self.out_channels

    def parameters(self) -> tuple[Parameter, ...]:
        found = [
            Parameter(
                "weight", (self.out_channels, self.in_channels // self.groups, *along(self.kernel, self.axes)), "filter", "conv"
            )
        ]
        if self.bias:
            found.append(Parameter("bias", (self.out_channels,), "bias", "conv"))
        if self.weights == "scaled":
            found.append(Parameter("gain", (self.out_channels, 1, *[1] * self.axes), "gain", ONE))
        return tuple(found)

    def macs(self, inputs: Types, outputs: Types) -> int:
        return outputs[0].elements * (self.in_channels // self.groups) * prod(along(self.kernel, self.axes))

    def operations(self, inputs: Types, outputs: Types) -> int:
        return self.macs(inputs, outputs)

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        """The input, and tensors made of the weights alone: the filters that are applied, and what they are made of."""
        weights = self.out_channels * (self.in_channels // self.groups) * prod(along(self.kernel, self.axes))
        match self.weights:
            case "plain":
                return Kept((0,))
            case "standardized":
                return Kept((0,), fixed=2 * weights + self.out_channels)
            case "scaled":
                return Kept((0,), fixed=3 * weights + 2 * self.out_channels)
            case _:
                assert_never(self.weights)


class ConvTranspose(
    Op, kind="conv_transpose", work="conv", counted="transposed convolution", saves="input", output="spare", channels="own",
    box="conv", row="layer", drawn="layer", enlarges=True,
):  # fmt: skip
    """A transposed convolution: each position of the map adds its filter, times its value, to a window of the output; windows
    lie `stride` apart. `padding` cuts rows and columns off every side, and `output_padding` leaves so many more behind.
    """

    in_channels: int = field(metadata=OF_OPERAND)
    out_channels: int = field(metadata=CHANNELS)
    kernel: Sides = field(metadata=KERNEL)
    stride: Sides = field(default=1, metadata=SIZE)
    padding: Sides = field(default=0, metadata=SIZE_OR_NONE)
    output_padding: Sides = field(default=0, metadata=SIZE_OR_NONE)
    dilation: Sides = field(default=1, metadata=SIZE)
    groups: int = 1
    bias: bool = False
    axes: int = field(default=2, metadata=AXES)

    def words(self, medium: Literal["table", "figure"] = "table") -> str:
        grouped = f", C={self.groups}" if self.groups > 1 else ""
        dilated = "" if self.dilation == 1 else f", dilation {shown(self.dilation)}"
        return f"{by_axis(self.kernel, self.axes)} deconv, {self.out_channels}{grouped}{dilated}"

    def behaviour(self) -> Enlarged:
        attributes = (self.kernel, self.stride, self.padding, self.output_padding, self.dilation)
        sides = zip(*(along(attribute, self.axes) for attribute in attributes), strict=True)
        extra = [dilation * (kernel - 1) + 1 - stride - 2 * padding + more for kernel, stride, padding, more, dilation in sides]
        return Enlarged(self.stride, tuple(extra))

    def check(self, *inputs: TensorType) -> None:
        if inputs[0].channels != self.in_channels:
            raise ShapeError("", f"a transposed convolution of {self.in_channels} channels reads {inputs[0].channels}")
        for what, count in (("input", self.in_channels), ("output", self.out_channels)):
            must_divide(self.groups, count, f"{what} channels", "groups")
        for more, stride in zip(along(self.output_padding, self.axes), along(self.stride, self.axes), strict=True):
            if more >= stride:
                message = f"an output padding of {more} is not below the stride of {stride}"
                raise ShapeError("E0309", message, "output_padding")
        lengths = inputs[0].spatial
        for padding, length, after in zip(along(self.padding, self.axes), lengths, self.behaviour().sizes(lengths), strict=True):
            if after < 1:
                raise ShapeError("E0311", f"a padding of {padding} leaves nothing of a size of {length}", "padding")

    def width(self, channels: int) -> int:
        return self.out_channels

    def parameters(self) -> tuple[Parameter, ...]:
        shape = (self.in_channels, self.out_channels // self.groups, *along(self.kernel, self.axes))
        weight = Parameter("weight", shape, "filter", "conv")
        return (weight, Parameter("bias", (self.out_channels,), "bias", "conv")) if self.bias else (weight,)

    def macs(self, inputs: Types, outputs: Types) -> int:
        return inputs[0].elements * (self.out_channels // self.groups) * prod(along(self.kernel, self.axes))

    def operations(self, inputs: Types, outputs: Types) -> int:
        return self.macs(inputs, outputs)


class Linear(
    Op, kind="linear", work="linear", counted="linear", saves="by rule", output="spare", channels="own", box="linear",
    row="layer", drawn="layer", words="{out_channels}-d fc", does=Pointwise(bound=True),
):  # fmt: skip
    """A matrix product over the channels, at each position of a map, each token, or of a vector."""

    in_channels: int = field(metadata=OF_OPERAND)
    out_channels: int = field(metadata=CHANNELS)
    bias: bool = True
    axes: int = field(default=2, metadata=AXES)

    def check(self, *inputs: TensorType) -> None:
        if inputs[0].channels != self.in_channels:
            raise ShapeError("", f"a linear layer of {self.in_channels} channels reads {inputs[0].channels}")

    def width(self, channels: int) -> int:
        return self.out_channels

    def is_spare(self, *, of_map: bool) -> bool:
        """At each position of a map it ends in a permuted view, which torch.jit.script does not let be written over."""
        return not of_map

    def parameters(self) -> tuple[Parameter, ...]:
        weight = Parameter("weight", (self.out_channels, self.in_channels), "filter", "linear")
        return (weight, Parameter("bias", (self.out_channels,), "bias", "linear")) if self.bias else (weight,)

    def macs(self, inputs: Types, outputs: Types) -> int:
        return outputs[0].elements * self.in_channels

    def operations(self, inputs: Types, outputs: Types) -> int:
        return self.macs(inputs, outputs)

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        copied = not inputs[0].is_vector and not rows[0] and self.in_channels > 1
        return Kept(image=inputs[0].elements) if copied else Kept((0,))


class ChannelConv(
    Op, kind="channel_conv", work="attention", counted="filter", saves="input", output="own", channels="kept", box="conv",
    row="layer", drawn="layer", words="{kernel}, along channels", figure="1×{kernel} channel conv", does=Fixed(),
):  # fmt: skip
    """A 1-D convolution along the channels of a pooled map NxCx1x1 (Wang et al. 2020, ECA); one filter, zero padding."""

    kernel: int = field(metadata=KERNEL)

    def check(self, *inputs: TensorType) -> None:
        feature_map(inputs[0], "channel_conv")
        if not inputs[0].is_pixel:
            raise ShapeError("E0310", f"`channel_conv` needs a pooled map NxCx1x1, not {inputs[0]}")
        if self.kernel % 2 == 0:
            raise ShapeError("E0309", f"a kernel of {self.kernel} along the channels is even", "kernel")

    def parameters(self) -> tuple[Parameter, ...]:
        return (Parameter("weight", (1, 1, self.kernel), "filter", Init("torch")),)

    def operations(self, inputs: Types, outputs: Types) -> int:
        return outputs[0].elements * self.kernel
