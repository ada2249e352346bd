"""Every operation of the graph as ONNX nodes: the one `match` over the closed set."""

from typing import assert_never

from archc.ir.graph import Node
from archc.ir.ops import (
    Act,
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    Add,
    Affine,
    Attention,
    AvgPool,
    BlurPool,
    ChannelConv,
    Concat,
    Conv,
    Div,
    Dropout,
    Flatten,
    GlobalPool,
    Identity,
    Linear,
    Max,
    MaxPool,
    Mean,
    Mix,
    Mul,
    Norm,
    Pad,
    PadChannels,
    PixelShuffle,
    Position,
    Scale,
    Shuffle,
    Softmax,
    SpaceToDepth,
    Split,
    Subsample,
    Sum,
    Take,
    Tokens,
)
from archc.ir.spatial import AXES
from archc_onnx import activations, arrange, convolutions, norms, spatial
from archc_onnx.emitter import Emitter, Place


def is_absent(node: Node, *, training: bool) -> bool:
    """Whether a node changes nothing, so that its input stands for its output."""
    return isinstance(node.op, Identity) or (isinstance(node.op, Dropout) and (not training or node.op.rate == 0))


def emit(emitter: Emitter, node: Node) -> None:  # noqa: C901, PLR0915 -- one case for each kind of operation
    """Append the nodes of one operation. Raises BackendError (E0561, E0562) where ONNX has none for it."""
    place = Place(emitter, node, tuple(emitter.value(name) for name in node.inputs))
    if is_absent(node, training=emitter.training):
        place.give("Identity", place.x)
        return
    match op := node.op:
        case Conv():
            convolutions.conv(place, op)
        case Linear():
            convolutions.linear(place, op)
        case ChannelConv():
            convolutions.channel_conv(place, op)
        case Norm():
            norms.norm(place, op)
        case Act():
            activations.activation(place, op)
        case Softmax():
            norms.softmax(place, op)
        case Affine():
            norms.affine(place, op)
        case Scale():
            norms.scale(place, op)
        case Dropout():
            norms.dropout(place, op)
        case MaxPool():
            spatial.max_pool(place, op)
        case AvgPool():
            spatial.avg_pool(place, op)
        case BlurPool():
            convolutions.blur_pool(place, op)
        case GlobalPool():
            place.give("GlobalAveragePool", place.x)
        case AdaptiveAvgPool():
            spatial.adaptive_avg_pool(place, op)
        case AdaptiveMaxPool():
            spatial.adaptive_max_pool(place, op)
        case Sum():
            place.give("ReduceSum", place.x, place.integers(*AXES[op.over]), keepdims=1)
        case Mean():
            place.reduce("ReduceMean", place.x, AXES[op.over])
        case Max() if op.over == "space":
            place.give("GlobalMaxPool", place.x)
        case Max():
            place.reduce("ReduceMax", place.x, AXES[op.over])
        case Pad():
            spatial.pad(place, op)
        case Subsample():
            spatial.subsample(place, op)
        case SpaceToDepth():
            place.give("SpaceToDepth", place.x, blocksize=op.block)
        case PixelShuffle():
            place.give("DepthToSpace", place.x, blocksize=op.block, mode="CRD")
        case Identity():
            place.give("Identity", place.x)
        case Add():
            arrange.chain(place, "Add")
        case Mul():
            arrange.chain(place, "Mul")
        case Div():
            place.give("Div", *place.inputs)
        case Mix():
            arrange.mix(place, op)
        case Concat():
            place.give("Concat", *place.inputs, axis=AXES[op.along][0])
        case Split():
            arrange.split(place, op)
        case PadChannels():
            spatial.pad_channels(place, op)
        case Shuffle():
            arrange.shuffle(place, op)
        case Flatten():
            place.give("Flatten", place.x, axis=1)
        case Tokens():
            arrange.tokens(place)
        case Position():
            place.give("Add", place.x, place.tensor("weight"))
        case Attention():
            arrange.attention(place, op)
        case Take():
            place.give("Gather", place.x, emitter.integer(op.index), axis=1)
        case _:
            assert_never(op)
