"""What a difference calls an operation."""

import pytest

from archc.analyse.diff.words import brief, further
from archc.ir import ops
from archc.ir.ops import Operation

CASES: tuple[tuple[Operation, str], ...] = (
    (ops.Conv(4, 4, 3, 2, groups=2), "3×3 convolution, stride 2, 2 groups"),
    (ops.ConvTranspose(4, 4, (4, 2), 2, groups=2, dilation=3), "4×2 transposed convolution, stride 2, 2 groups, dilation 3"),
    (ops.Norm("batch", 4), "batch norm"),
)


@pytest.mark.parametrize(("op", "expected"), CASES, ids=str)
def test_an_operation_in_words(op: Operation, expected: str) -> None:
    assert brief(op) + further(op) == expected
