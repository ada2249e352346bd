"""Every operation of the graph becomes ONNX nodes in one `match` over the closed set.

Weights stay as the state dict has them: what changes them is in the graph.
"""

from math import prod
from typing import assert_never

from archc.ir import ops
from archc.ir.graph import Node
from archc.ir.types import along, places
from archc_onnx import activations, arrange, norms, spatial
from archc_onnx.emitter import Emitter, Place


def is_absent(node: Node, *, training: bool) -> bool:
    """Return whether a node changes nothing, so that its input stands for its output."""
    return isinstance(node.op, ops.Identity) or (isinstance(node.op, ops.Dropout) and (not training or node.op.rate == 0))


def emit(emitter: Emitter, node: Node) -> None:  # noqa: C901, PLR0915 -- one case for each kind of operation
    """Append the nodes of one operation. Raises BackendError (E0561, E0562) where ONNX has none for it."""
    place = Place(emitter, node, tuple(emitter.value(name) for name in node.inputs))
    if is_absent(node, training=emitter.training):
        place.give("Identity", place.x)
        return
    match op := node.op:
        case ops.Conv():
            conv(place, op)
        case ops.ConvTranspose():
            conv_transpose(place, op)
        case ops.Linear():
            linear(place, op)
        case ops.ChannelConv():
            channel_conv(place, op)
        case ops.Norm():
            norms.norm(place, op)
        case ops.Act():
            activations.activation(place, op)
        case ops.Softmax():
            norms.softmax(place, op)
        case ops.Affine():
            norms.affine(place, op)
        case ops.Scale():
            norms.scale(place, op)
        case ops.Dropout():
            norms.dropout(place, op)
        case ops.MaxPool():
            spatial.max_pool(place, op)
        case ops.AvgPool():
            spatial.avg_pool(place, op)
        case ops.BlurPool():
            blur_pool(place, op)
        case ops.GlobalPool():
            place.give("GlobalAveragePool", place.x)
        case ops.AdaptiveAvgPool():
            spatial.adaptive_avg_pool(place, op)
        case ops.AdaptiveMaxPool():
            spatial.adaptive_max_pool(place, op)
        case ops.Sum():
            place.give("ReduceSum", place.x, place.integers(*places(op.over, place.axes)), keepdims=1)
        case ops.Mean():
            place.reduce("ReduceMean", place.x, places(op.over, place.axes))
        case ops.Max() if op.over == "space":
            place.give("GlobalMaxPool", place.x)
        case ops.Max():
            place.reduce("ReduceMax", place.x, places(op.over, place.axes))
        case ops.Pad():
            spatial.pad(place, op)
        case ops.Subsample():
            spatial.subsample(place, op)
        case ops.SpaceToDepth():
            place.give("SpaceToDepth", place.x, blocksize=op.block)
        case ops.PixelShuffle():
            place.give("DepthToSpace", place.x, blocksize=op.block, mode="CRD")
        case ops.Identity():
            place.give("Identity", place.x)
        case ops.Add():
            arrange.chain(place, "Add")
        case ops.Mul():
            arrange.chain(place, "Mul")
        case ops.Div():
            place.give("Div", *place.inputs)
        case ops.Mix():
            arrange.mix(place, op)
        case ops.Concat():
            place.give("Concat", *place.inputs, axis=places(op.along, place.axes)[0])
        case ops.Split():
            arrange.split(place, op)
        case ops.PadChannels():
            spatial.pad_channels(place, op)
        case ops.Shuffle():
            arrange.shuffle(place, op)
        case ops.Flatten():
            place.give("Flatten", place.x, axis=1)
        case ops.Tokens():
            arrange.tokens(place)
        case ops.Position():
            place.give("Add", place.x, place.tensor("weight"))
        case ops.Attention():
            arrange.attention(place, op)
        case ops.Take():
            place.give("Gather", place.x, emitter.integer(op.index), axis=1)
        case _:
            assert_never(op)


def conv(place: Place, op: ops.Conv) -> None:
    """Write one Conv, with its weights standardised before it where the operation says so."""
    inputs = [place.x, _weight(place, op)]
    if op.bias:
        inputs.append(place.tensor("bias"))
    place.give("Conv", *inputs, **conv_attributes(op))


def conv_transpose(place: Place, op: ops.ConvTranspose) -> None:
    attributes = conv_attributes(op)
    if op.output_padding:
        attributes["output_padding"] = [*along(op.output_padding, op.axes)]
    place.give("ConvTranspose", place.x, place.tensor("weight"), *([place.tensor("bias")] if op.bias else []), **attributes)


def conv_attributes(op: ops.Conv | ops.ConvTranspose) -> dict[str, int | list[int]]:
    """Return the kernel and the attributes that are not at ONNX's default."""
    attributes: dict[str, int | list[int]] = {"kernel_shape": [*along(op.kernel, op.axes)]}
    if op.padding:
        attributes["pads"] = [*along(op.padding, op.axes)] * 2
    if op.stride != 1:
        attributes["strides"] = [*along(op.stride, op.axes)]
    if op.dilation != 1:
        attributes["dilations"] = [*along(op.dilation, op.axes)]
    if op.groups > 1:
        attributes["group"] = op.groups
    return attributes


def _weight(place: Place, op: ops.Conv) -> str:
    if op.weights == "plain":
        return place.tensor("weight")
    weight = place.standardized(place.tensor("weight"), range(1, op.axes + 2), op.eps)
    if op.weights == "standardized":
        return weight
    fan_in = op.in_channels // op.groups * prod(along(op.kernel, op.axes))
    gain = place.step("gain", "Mul", place.tensor("gain"), place.number(op.gamma / fan_in**0.5))
    return place.step("scaled", "Mul", weight, gain)


def linear(place: Place, op: ops.Linear) -> None:
    """Write a Gemm for a vector, a MatMul for tokens, a 1x1 convolution for a map."""
    bias = [place.tensor("bias")] if op.bias else []
    match place.type.kind:
        case "vector":
            place.give("Gemm", place.x, place.tensor("weight"), *bias, transB=1)
        case "tokens":
            weight = place.step("transposed", "Transpose", place.tensor("weight"), perm=[1, 0])
            if not bias:
                place.give("MatMul", place.x, weight)
                return
            place.give("Add", place.step("product", "MatMul", place.x, weight), *bias)
        case "map":
            filters = place.step("filters", "Unsqueeze", place.tensor("weight"), place.integers(*range(2, place.axes + 2)))
            place.give("Conv", place.x, filters, *bias, kernel_shape=[1] * place.axes)
        case _:
            assert_never(place.type.kind)


def channel_conv(place: Place, op: ops.ChannelConv) -> None:
    """Convolve the channels of a pooled map as one row."""
    channels = place.channels
    row = place.step("row", "Reshape", place.x, place.integers(0, 1, channels))
    row_out = place.step("conv", "Conv", row, place.tensor("weight"), kernel_shape=[op.kernel], pads=[op.kernel // 2] * 2)
    place.give("Reshape", row_out, place.integers(0, channels, *[1] * place.axes))


def blur_pool(place: Place, op: ops.BlurPool) -> None:
    edge = op.padding
    x = place.x
    if edge:
        x = place.step("padded", "Pad", x, place.integers(*[0, 0, *[edge] * op.axes] * 2), mode="reflect")
    place.give(
        "Conv", x, place.tensor("filt"), kernel_shape=[op.kernel] * op.axes, strides=[op.stride] * op.axes, group=op.channels
    )
