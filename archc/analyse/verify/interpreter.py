"""The interpreter runs a graph in torch.

It is written from the operations alone, so that every backend can be compared with it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

import torch
from torch import Tensor
from torch.nn import functional

from archc.analyse.verify import meaning
from archc.ir import ops
from archc.ir.graph import Graph, Node
from archc.ir.ops import Operation
from archc.ir.types import places
from archc.record import replace


def run(graph: Graph, tensors: Mapping[str, Tensor], x: Tensor, *, training: bool = False) -> Tensor:
    """Return the graph's first output for a batch NxCxHxW.

    `tensors` are by canonical key; in training running statistics are updated in place.
    """
    return outputs(graph, tensors, x, training=training)[0]


def outputs(graph: Graph, tensors: Mapping[str, Tensor], x: Tensor, *, training: bool = False) -> list[Tensor]:
    """Return all outputs, as `run` does; a value is released after its last use."""
    last = {name: place for place, node in enumerate(graph.nodes) for name in node.inputs}
    values = {graph.input: x}
    for place, node in enumerate(graph.nodes):
        values.update(_made(node, tensors, values, training=training))
        for name in {*node.inputs, *node.outputs}:
            if last.get(name, -1) <= place and name not in graph.outputs:
                del values[name]
    return [values[name] for name in graph.outputs]


def run_all(graph: Graph, tensors: Mapping[str, Tensor], x: Tensor, *, training: bool = False) -> dict[str, Tensor]:
    """Return every value by name, as `run` does."""
    values = {graph.input: x}
    for node in graph.nodes:
        values.update(_made(node, tensors, values, training=training))
    return values


def undropped(graph: Graph) -> Graph:
    """Return the same network with an identity in place of every dropout, drop path and drop block."""
    nodes = (replace(node, op=ops.Identity()) if isinstance(node.op, ops.Dropout) else node for node in graph.nodes)
    return replace(graph, nodes=tuple(nodes))


def _made(node: Node, tensors: Mapping[str, Tensor], values: Mapping[str, Tensor], *, training: bool) -> dict[str, Tensor]:
    own = {parameter.name: tensors[f"{node.name}.{parameter.name}"] for parameter in node.op.parameters()}
    results = apply(node.op, [values[name] for name in node.inputs], own, training=training)
    return dict(zip(node.outputs, results, strict=True))


def _of_axes(name: str, axes: int) -> Callable[..., Tensor]:
    """Return torch's function for maps of this many axes."""
    function: Callable[..., Tensor] = getattr(functional, f"{name}{axes}d")
    return function


def apply(  # noqa: C901  one case for each operation
    op: Operation, inputs: Sequence[Tensor], own: Mapping[str, Tensor], *, training: bool = False
) -> list[Tensor]:
    """Return the outputs of one operation; `own` are its parameters and buffers by their own names."""
    x = inputs[0]
    axes = x.ndim - 2  # of a map
    match op:
        case ops.Conv():
            convolution = _of_axes("conv", axes)
            return [convolution(x, meaning.filters(op, own), own.get("bias"), op.stride, op.padding, op.dilation, op.groups)]
        case ops.ConvTranspose():
            transposed, sides = _of_axes("conv_transpose", axes), (op.stride, op.padding, op.output_padding)
            return [transposed(x, own["weight"], own.get("bias"), *sides, op.groups, op.dilation)]
        case ops.Linear():
            return [meaning.linear(op, x, own)]
        case ops.ChannelConv():
            return [functional.conv1d(x.flatten(1).unsqueeze(1), own["weight"], padding=op.kernel // 2).reshape(x.shape)]
        case ops.Norm():
            return [meaning.norm(op, x, own, training=training)]
        case ops.Act():
            return [meaning.activation(op, x)]
        case ops.Softmax():
            return [meaning.softmax(op, x)]
        case ops.Affine():
            return [op.scale * x + op.shift]
        case ops.Scale():
            return [x * meaning.along_channels(own["weight"], x, op.axes)]
        case ops.Dropout():
            return [meaning.dropout(op, x) if training and op.rate > 0 else x]
        case ops.MaxPool():
            return [_of_axes("max_pool", axes)(x, op.kernel, op.stride, op.padding, ceil_mode=op.ceil)]
        case ops.AvgPool():
            return [_of_axes("avg_pool", axes)(x, op.kernel, op.stride, op.padding, op.ceil, op.count_include_pad)]
        case ops.BlurPool():
            padded = functional.pad(x, (op.padding,) * 2 * axes, mode="reflect")
            return [_of_axes("conv", axes)(padded, own["filt"], stride=op.stride, groups=op.channels)]
        case ops.GlobalPool():
            return [x.mean(places("space", axes), keepdim=True)]
        case ops.AdaptiveAvgPool():
            return [_of_axes("adaptive_avg_pool", axes)(x, op.size)]
        case ops.AdaptiveMaxPool():
            return [_of_axes("adaptive_max_pool", axes)(x, op.size)]
        case ops.Sum():
            return [x.sum(places(op.over, axes), keepdim=True)]
        case ops.Mean():
            return [x.mean(places(op.over, axes), keepdim=True)]
        case ops.Max():
            return [x.amax(places(op.over, axes), keepdim=True)]
        case ops.Pad():
            return [functional.pad(x, tuple(op.sides.values()))]
        case ops.Subsample():
            return [x[(slice(None), slice(None), *[slice(None, None, op.stride)] * axes)]]
        case ops.SpaceToDepth():
            return [meaning.space_to_depth(op.block, x)]
        case ops.PixelShuffle():
            return [meaning.pixel_shuffle(op.block, x)]
        case ops.Identity():
            return [x]
        case ops.Add():
            return [meaning.folded(torch.add, inputs)]
        case ops.Mul():
            return [meaning.folded(torch.mul, inputs)]
        case ops.Div():
            return [x / inputs[1]]
        case ops.Mix():
            return [meaning.mix(op.along, *inputs)]
        case ops.Concat():
            return [torch.cat(list(inputs), dim=places(op.along, axes)[0])]
        case ops.Split():
            return list(x.chunk(op.parts, dim=1))
        case ops.PadChannels():
            return [functional.pad(x, (*[0] * 2 * axes, op.before, op.after))]
        case ops.Shuffle():
            return [x.reshape(len(x), op.groups, op.parts, -1).transpose(1, 2).reshape(x.shape)]
        case ops.Flatten():
            return [x.flatten(1)]
        case ops.Tokens():
            return [x.flatten(2).transpose(1, 2)]
        case ops.Position():
            return [x + own["weight"]]
        case ops.Attention():
            return [meaning.attention(op.heads, *inputs)]
        case ops.Take():
            return [x[:, op.index]]
        case _:
            assert_never(op)
