"""The closed set of operations, in one place: what a backend's `match` must cover."""

from typing import TypeAlias, get_args

from archc.ir.arrange import (
    Add,
    Attention,
    Concat,
    Div,
    Flatten,
    Identity,
    Mul,
    PadChannels,
    Position,
    Shuffle,
    Split,
    Take,
    Tokens,
)
from archc.ir.convolutions import ChannelConv, Conv, ConvTranspose, Linear
from archc.ir.norms import Act, Affine, Dropout, Norm, Scale, Softmax
from archc.ir.op import Op, Parameter
from archc.ir.pools import AdaptiveAvgPool, AdaptiveMaxPool, AvgPool, BlurPool, GlobalPool, Max, MaxPool, Mean, Sum
from archc.ir.spatial import Mix, Pad, PixelShuffle, SpaceToDepth, Subsample

Operation: TypeAlias = (
    Conv | ConvTranspose | Linear | ChannelConv | Norm | Act
    | MaxPool | AvgPool | BlurPool | GlobalPool | AdaptiveAvgPool | AdaptiveMaxPool | Sum | Mean | Max
    | Pad | Subsample | PadChannels | SpaceToDepth | PixelShuffle | Shuffle | Split | Concat
    | Identity | Add | Mul | Div | Mix | Affine | Scale | Softmax | Dropout
    | Flatten | Tokens | Position | Attention | Take
)  # fmt: skip
"""A `match` over this union ends in `assert_never`, so the type checker names every backend that misses a case."""

OPERATIONS: dict[str, type[Operation]] = {cls.kind: cls for cls in get_args(Operation)}
"""By kind, in the order in which the language lists them."""

__all__ = [
    "OPERATIONS", "Act", "AdaptiveAvgPool", "AdaptiveMaxPool", "Add", "Affine", "Attention", "AvgPool", "BlurPool", "ChannelConv",
    "Concat", "Conv", "ConvTranspose", "Div", "Dropout", "Flatten", "GlobalPool", "Identity", "Linear", "Max", "MaxPool", "Mean",
    "Mix", "Mul", "Norm", "Op", "Operation", "Pad", "PadChannels", "Parameter", "PixelShuffle", "Position", "Scale", "Shuffle",
    "Softmax", "SpaceToDepth", "Split", "Subsample", "Sum", "Take", "Tokens",
]  # fmt: skip
