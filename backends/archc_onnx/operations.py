"""Every operation of the graph as ONNX nodes: the one `match` over the closed set."""

from typing import assert_never

from archc.ir import ops
from archc.ir.graph import Node
from archc.ir.pools import AXES
from archc_onnx import activations, arrange, convolutions, norms, spatial
from archc_onnx.emitter import Emitter, Place


def is_absent(node: Node, *, training: bool) -> bool:
    """Whether a node changes nothing, so that its input stands for its output."""
    return isinstance(node.op, ops.Identity) or (isinstance(node.op, ops.Dropout) and (not training or node.op.rate == 0))


def emit(emitter: Emitter, node: Node) -> None:  # noqa: C901, PLR0915 -- one case for each kind of operation
    """Append the nodes of one operation. Raises BackendError (E0561, E0562) where ONNX has none for it."""
    place = Place(emitter, node, tuple(emitter.value(name) for name in node.inputs))
    if is_absent(node, training=emitter.training):
        place.give("Identity", place.x)
        return
    match op := node.op:
        case ops.Conv():
            convolutions.conv(place, op)
        case ops.Linear():
            convolutions.linear(place, op)
        case ops.ChannelConv():
            convolutions.channel_conv(place, op)
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
            convolutions.blur_pool(place, op)
        case ops.GlobalPool():
            place.give("GlobalAveragePool", place.x)
        case ops.AdaptiveAvgPool():
            spatial.adaptive_avg_pool(place, op)
        case ops.AdaptiveMaxPool():
            spatial.adaptive_max_pool(place, op)
        case ops.Sum():
            place.give("ReduceSum", place.x, place.integers(*AXES[op.over]), keepdims=1)
        case ops.Mean():
            place.reduce("ReduceMean", place.x, AXES[op.over])
        case ops.Max() if op.over == "space":
            place.give("GlobalMaxPool", place.x)
        case ops.Max():
            place.reduce("ReduceMax", place.x, AXES[op.over])
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
            place.give("Concat", *place.inputs, axis=AXES[op.along][0])
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
