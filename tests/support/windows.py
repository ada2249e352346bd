"""The number of sliding windows as torch counts it, to hold the shape rule against."""

from archc.ir.types import ShapeError


def window(size: int, kernel: int, stride: int, padding: int, dilation: int = 1, *, ceil: bool = False) -> int:
    """Output size of a sliding window along one axis; with `ceil`, a last window must begin in the input or its left padding."""
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    out = room // stride + 1
    if ceil and room % stride:
        out += 1
        if (out - 1) * stride >= size + padding:
            out -= 1
    if out < 1:
        reach = dilation * (kernel - 1) + 1
        raise ShapeError("E0311", f"a window of {reach} does not fit a size of {size} with padding {padding}", "kernel")
    return out
