"""What operations are called on a figure."""

import pytest

from archc.ir import ops
from archc.ir.graph import Node
from archc.ir.ops import Operation
from archc.present.draw.words import number, role, words

CASES: tuple[tuple[Operation, str, str], ...] = (
    (ops.Conv(64, 128, 3, stride=2, padding=1), "conv", "3×3 conv, 128, /2"),
    (ops.Conv(64, 64, 3, groups=32), "conv", "3×3 conv, 64, 32 groups"),
    (ops.Conv(64, 64, 3, groups=64), "conv", "3×3 depthwise conv, 64"),
    (ops.Conv(64, 64, 3, dilation=2), "conv", "3×3 conv, 64, dilation 2"),
    (ops.ConvTranspose(64, 32, 4, 2, 1, groups=2), "conv", "4×4 deconv, 32, 2 groups, ×2"),
    (ops.Linear(512, 1000), "linear", "fc 1000"),
    (ops.ChannelConv(5), "conv", "1×5 channel conv"),
    (ops.Norm("group", 64, groups=32), "norm", "GN, 32 groups"),
    (ops.Act("hard_swish"), "act", "hard swish"),
    (ops.Act("sigmoid"), "gate", "sigmoid"),
    (ops.Softmax("space"), "gate", "softmax over space"),
    (ops.Affine(scale=2.0, shift=1.0), "gate", "2·x + 1"),
    (ops.Scale(0), "gate", "scale (one)"),
    (ops.Dropout(0.25, "path"), "gate", "drop path 0.25"),
    (ops.AvgPool(3, stride=2), "pool", "3×3 avg pool, /2"),
    (ops.BlurPool(64, stride=2), "pool", "3×3 blur pool, /2"),
    (ops.AdaptiveAvgPool(7), "pool", "avg pool to 7×7"),
    (ops.Sum(), "pool", "sum over space"),
    (ops.Subsample(2), "pool", "subsample, /2"),
    (ops.Pad(right=1), "reshape", "pad with zeros"),
    (ops.PadChannels(8, 8), "reshape", "+16 zero channels"),
    (ops.SpaceToDepth(2), "reshape", "space to depth, 2×2"),
    (ops.Concat(), "reshape", "concatenate"),
    (ops.Split(4), "reshape", "split in 4"),
    (ops.Shuffle(2, 3), "reshape", "shuffle 2×3"),
    (ops.Tokens(), "reshape", "to tokens"),
    (ops.Position(50, 64), "linear", "positions, 50"),
    (ops.Attention(32), "linear", "attention, 32 heads"),
    (ops.Take(0), "reshape", "take token 0"),
    (ops.Flatten(), "reshape", "flatten"),
)


@pytest.mark.parametrize(("op", "kind", "said"), CASES, ids=[said for _, _, said in CASES])
def test_an_operation_s_box(op: Operation, kind: str, said: str) -> None:
    assert (role(op), words(Node("x", op, (), ("x",), ""))) == (kind, said)


@pytest.mark.parametrize(
    ("count", "said"), [(512, "512"), (9_536, "9.54 k"), (21_797_672, "21.8 M"), (3_663_761_408, "3.66 G"), (999_950, "1.00 M")]
)
def test_a_number_in_three_digits(count: int, said: str) -> None:
    assert number(count) == said
