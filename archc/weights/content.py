"""The bytes of each tensor that a conversion writes are made here, one tensor at a time."""

import math
from collections.abc import Iterator
from typing import assert_never

from archc.ir.convolutions import Conv, Linear
from archc.ir.graph import Graph
from archc.ir.types import along
from archc.weights.files import WeightsFile
from archc.weights.numbers import begun, decoded, encoded
from archc.weights.plan import Move


def content(file: WeightsFile, move: Move, graph: Graph, seed: int) -> Iterator[bytes]:
    """Yield the bytes of a move's target; `graph` is the target's. Raises WeightsError."""
    match move.how:
        case "same":
            return file.chunks(move.sources[0])
        case "divided":
            return _divided(file, move)
        case "created":
            return iter([bytes(8)]) if move.dtype == "I64" else encoded(move.dtype, [1.0])
        case "begun":
            return _begun(move, graph, seed)
        case "summed" | "repeated":
            return _channels(file, move)
        case "dropped" | "replaced":
            return iter(())
        case _:
            assert_never(move.how)


def _divided(file: WeightsFile, move: Move) -> Iterator[bytes]:
    """Divide by Caffe's third blob, as its batch_norm_layer.cpp does; where that is 0, the statistics are 0."""
    name, key = move.sources
    data = b"".join(file.chunks(key))
    (factor,) = decoded(file.tensors[key].dtype, data)
    if factor == 1:
        yield from file.chunks(name)
        return
    values = decoded(move.dtype, b"".join(file.chunks(name)))
    yield from encoded(move.dtype, (value / factor if factor else 0.0 for value in values))


def _begun(move: Move, graph: Graph, seed: int) -> Iterator[bytes]:
    name, _, tensor = move.canonical.rpartition(".")
    node = next(node for node in graph.nodes if node.name == name)
    assert isinstance(node.op, Conv | Linear)  # noqa: S101  a classifier is nothing else
    owned = next(parameter for parameter in node.op.parameters() if parameter.name == tensor)
    init = graph.init.beginning(node, owned)
    return encoded(move.dtype, begun(init, tensor, move.shape, fans(node.op), f"{seed}:{move.canonical}"))


def fans(op: Conv | Linear) -> tuple[int, int]:
    """Return the number of inputs that each output of a layer depends on, and of outputs that each input reaches."""
    if isinstance(op, Conv):
        window = math.prod(along(op.kernel, op.axes))
        return op.in_channels // op.groups * window, op.out_channels * window
    return op.in_channels, op.out_channels


def _channels(file: WeightsFile, move: Move) -> Iterator[bytes]:
    """Adapt the stem's weight to other input channels, so that an image of equal channels keeps its response.

    Summed, every channel has an equal share of the old channels' sum; repeated, the old channels follow in turn, scaled.
    """
    (key,) = move.sources
    before = file.tensors[key].shape[1]
    _, after, *window = move.shape
    size = math.prod(window)
    values = decoded(move.dtype, b"".join(file.chunks(key)))
    adapted: list[float] = []
    for begin in range(0, len(values), before * size):
        planes = [values[begin + channel * size : begin + (channel + 1) * size] for channel in range(before)]
        if move.how == "summed":
            plane = [math.fsum(column) / after for column in zip(*planes, strict=True)]
            adapted += plane * after
        else:
            for channel in range(after):
                adapted += [value * before / after for value in planes[channel % before]]
    return encoded(move.dtype, adapted)
