"""Convolutions and linear layers as ONNX nodes. Weights stay as the state dict has them: what changes them is in the graph."""

from math import prod

from archc.ir import ops
from archc.ir.types import pair
from archc_onnx.emitter import Place


def conv(place: Place, op: ops.Conv) -> None:
    """One Conv, its weights standardised before it where the operation says so."""
    inputs = [place.x, _weight(place, op)]
    if op.bias:
        inputs.append(place.tensor("bias"))
    place.give("Conv", *inputs, **conv_attributes(op))


def conv_attributes(op: ops.Conv) -> dict[str, int | list[int]]:
    """What is not at ONNX's default, and the kernel."""
    found: dict[str, int | list[int]] = {"kernel_shape": [*pair(op.kernel)]}
    if op.padding:
        found["pads"] = [*pair(op.padding)] * 2
    if op.stride != 1:
        found["strides"] = [*pair(op.stride)]
    if op.dilation != 1:
        found["dilations"] = [*pair(op.dilation)]
    if op.groups > 1:
        found["group"] = op.groups
    return found


def _weight(place: Place, op: ops.Conv) -> str:
    if op.weights == "plain":
        return place.tensor("weight")
    weight = place.standardized(place.tensor("weight"), (1, 2, 3), op.eps)
    if op.weights == "standardized":
        return weight
    fan_in = op.in_channels // op.groups * prod(pair(op.kernel))
    gain = place.step("gain", "Mul", place.tensor("gain"), place.number(op.gamma / fan_in**0.5))
    return place.step("scaled", "Mul", weight, gain)


def linear(place: Place, op: ops.Linear) -> None:
    """Gemm of a vector, MatMul of tokens, a 1x1 convolution of a map."""
    bias = [place.tensor("bias")] if op.bias else []
    match len(place.shape):
        case 1:
            place.give("Gemm", place.x, place.tensor("weight"), *bias, transB=1)
        case 2:
            weight = place.step("transposed", "Transpose", place.tensor("weight"), perm=[1, 0])
            if not bias:
                place.give("MatMul", place.x, weight)
                return
            place.give("Add", place.step("product", "MatMul", place.x, weight), *bias)
        case _:
            filters = place.step("filters", "Unsqueeze", place.tensor("weight"), place.integers(2, 3))
            place.give("Conv", place.x, filters, *bias, kernel_shape=[1, 1])


def channel_conv(place: Place, op: ops.ChannelConv) -> None:
    """The channels of a pooled map as one row, and back."""
    channels = place.channels
    row = place.step("row", "Reshape", place.x, place.integers(0, 1, channels))
    made = place.step("conv", "Conv", row, place.tensor("weight"), kernel_shape=[op.kernel], pads=[op.kernel // 2] * 2)
    place.give("Reshape", made, place.integers(0, channels, 1, 1))


def blur_pool(place: Place, op: ops.BlurPool) -> None:
    edge = op.padding
    x = place.x
    if edge:
        x = place.step("padded", "Pad", x, place.integers(0, 0, edge, edge, 0, 0, edge, edge), mode="reflect")
    place.give("Conv", x, place.tensor("filt"), kernel_shape=[op.kernel] * 2, strides=[op.stride] * 2, group=op.channels)
