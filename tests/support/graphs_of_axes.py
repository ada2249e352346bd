"""Graphs over maps of any number of axes that hold every operation which is defined for them."""

from graph_builder import Builder

from archc.ir import ops
from archc.ir.graph import Graph
from archc.ir.types import AxisName

SIZES = {1: (24,), 2: (12, 10), 3: (9, 12, 10)}


def pooling(axes: int) -> Graph:
    """Convolutions of each kind, norms of maps, windows and pools."""
    builder = Builder(3, *SIZES[axes])
    builder.add(ops.Pad(1, 2, axes=axes))
    builder.add(ops.Conv(3, 8, 3, 1, 1, weights="standardized", axes=axes))
    builder.add(ops.Norm("evonorm_s0", 8, groups=2, axes=axes))
    builder.add(ops.Conv(8, 8, 3, 1, 1, groups=2, weights="scaled", bias=True, axes=axes))
    builder.add(ops.Norm("batch", 8, frozen=True, axes=axes))
    builder.add(ops.ConvTranspose(8, 8, 3, 1, 1, groups=2, bias=True, axes=axes))
    builder.add(ops.BlurPool(8, 3, 2, axes=axes))
    builder.add(ops.Norm("filter_response", 8, axes=axes))
    builder.add(ops.AvgPool(3, 2, 1, ceil=True, axes=axes))
    builder.add(ops.Norm("batch", 8, axes=axes))
    sides: tuple[int, ...] = (2, 1, 3)[:axes] if axes > 1 else (2,)
    builder.add(ops.MaxPool(sides, 1, axes=axes))
    whole = builder.add(ops.Norm("instance", 8, axes=axes))
    average = builder.add(ops.AdaptiveAvgPool(2, axes=axes), whole)
    largest = builder.add(ops.AdaptiveMaxPool(2, axes=axes), whole)
    builder.add(ops.Concat(), average, largest)
    builder.add(ops.GlobalPool(axes=axes))
    builder.add(ops.ChannelConv(3))
    builder.add(ops.Flatten())
    builder.add(ops.Linear(16, 5))
    return builder.graph()


def arranging(axes: int) -> Graph:
    """What moves, joins or weighs channels and positions, and tokens."""
    builder = Builder(8, *SIZES[axes])
    builder.add(ops.Subsample(2))
    builder.add(ops.Norm("layer", 8, axes=axes))
    builder.add(ops.Linear(8, 8, axes=axes))
    builder.add(ops.Shuffle(2, 4))
    scaled = builder.add(ops.Scale(8, axes=axes))
    last: AxisName = "length" if axes == 1 else "width"
    row = builder.add(ops.Mean(last))
    builder.add(ops.Concat(last), row, row)
    builder.add(ops.Add(), builder.add(ops.Max()), scaled)
    mixed = builder.add(ops.Softmax("space"))
    builder.add(ops.Mul(), mixed, builder.add(ops.Sum(), mixed), builder.add(ops.Max("channels"), mixed))
    builder.add(ops.Dropout(0.5, "channels"))
    builder.add(ops.PadChannels(1, 3))
    builder.add(ops.Norm("group", 12, groups=3, axes=axes))
    tokens = builder.add(ops.Tokens())
    builder.add(ops.Attention(2), tokens, tokens, tokens)
    builder.add(ops.Norm("layer", 12))
    builder.add(ops.Linear(12, 4))
    builder.add(ops.Take())
    return builder.graph()
