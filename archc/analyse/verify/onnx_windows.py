"""ONNX's convolutions, pools and padding run in torch; padding may differ from side to side, or follow from the input's size."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

Attributes: TypeAlias = Mapping[str, Any]
Sides: TypeAlias = Sequence[tuple[int, int]]


def padded(x: Tensor, sides: Mapping[int, tuple[int, int]], mode: str, value: float) -> Tensor:
    """Pad by the amounts before and after each axis, `sides`; a negative amount cuts."""
    amounts = [length for axis in reversed(range(x.ndim)) for length in sides.get(axis, (0, 0))]
    while amounts[-2:] == [0, 0]:
        del amounts[-2:]
    if not amounts:
        return x
    if mode == "constant":
        return functional.pad(x, amounts, value=value)
    return functional.pad(x, amounts, mode={"reflect": "reflect", "edge": "replicate", "wrap": "circular"}[mode])


def _sides(attributes: Attributes, x: Tensor, kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int]) -> Sides:
    """Return the padding before and after along each spatial axis."""
    auto = attributes.get("auto_pad", "NOTSET")
    count = len(kernel)
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        sides = []
        for size, k, s, d in zip(x.shape[2:], kernel, strides, dilations, strict=True):
            total = max((-(-size // s) - 1) * s + d * (k - 1) + 1 - size, 0)
            small, large = total // 2, total - total // 2
            sides.append((small, large) if auto == "SAME_UPPER" else (large, small))
        return sides
    pads = list(attributes.get("pads", [0] * 2 * count)) if auto != "VALID" else [0] * 2 * count
    return list(zip(pads[:count], pads[count:], strict=True))


def _windows(attributes: Attributes, x: Tensor, kernel: Sequence[int]) -> tuple[list[int], list[int], Sides]:
    strides = list(attributes.get("strides", [1] * len(kernel)))
    dilations = list(attributes.get("dilations", [1] * len(kernel)))
    return strides, dilations, _sides(attributes, x, kernel, strides, dilations)


def _alike(sides: Sides) -> list[int] | None:
    """Return the padding of each axis where it is equal on both sides of all, else None."""
    return [before for before, _ in sides] if all(before == after for before, after in sides) else None


def _by_axis(sides: Sides) -> dict[int, tuple[int, int]]:
    return {axis + 2: side for axis, side in enumerate(sides)}


def convolution(attributes: Attributes, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    strides, dilations, sides = _windows(attributes, x, weight.shape[2:])
    padding = _alike(sides)
    if padding is None:
        x, padding = padded(x, _by_axis(sides), "constant", 0.0), [0] * len(sides)
    count = len(sides)
    return torch.convolution(
        x,
        weight,
        bias,
        strides,
        padding,
        dilations,
        transposed=False,
        output_padding=[0] * count,
        groups=attributes.get("group", 1),
    )


def transposed_convolution(attributes: Attributes, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Transpose a convolution; its padding cuts the result, and follows from a length that is asked for."""
    kernel, auto = weight.shape[2:], attributes.get("auto_pad", "NOTSET")
    strides, dilations, sides = _windows({**attributes, "auto_pad": "NOTSET"}, x, kernel)
    more = list(attributes.get("output_padding", [0] * len(kernel)))
    asked = [n * s for n, s in zip(x.shape[2:], strides, strict=True)] if auto.startswith("SAME") else None
    if (lengths := attributes.get("output_shape", asked)) is not None:
        whole = zip(x.shape[2:], strides, kernel, dilations, more, lengths, strict=True)
        totals = [s * (n - 1) + d * (k - 1) + 1 + rest - length for n, s, k, d, rest, length in whole]
        sides = [(total // 2, -(-total // 2)) if auto == "SAME_UPPER" else (-(-total // 2), total // 2) for total in totals]
    padding = _alike(sides)
    plain = padding or [0] * len(sides)
    y = torch.convolution(
        x, weight, bias, strides, plain, dilations, transposed=True, output_padding=more, groups=attributes.get("group", 1)
    )
    cut = {axis: (-before, -after) for axis, (before, after) in _by_axis(sides).items()}
    return padded(y, cut, "constant", 0.0) if padding is None else y


def max_pool(attributes: Attributes, x: Tensor) -> Tensor:
    kernel = attributes["kernel_shape"]
    strides, dilations, sides = _windows(attributes, x, kernel)
    padding = _alike(sides)
    if padding is None or any(2 * amount > k for amount, k in zip(padding, kernel, strict=True)):
        x, padding = padded(x, _by_axis(sides), "constant", float("-inf")), [0] * len(sides)
    pool = {1: functional.max_pool1d, 2: functional.max_pool2d, 3: functional.max_pool3d}[len(kernel)]
    return pool(x, kernel, strides, padding, dilations, bool(attributes.get("ceil_mode", 0)))


def average_pool(attributes: Attributes, x: Tensor) -> Tensor:
    """Pool by the mean. Padding that differs from side to side is written as a pad, whose share of a mean is divided out."""
    kernel = attributes["kernel_shape"]
    pool = {1: functional.avg_pool1d, 2: functional.avg_pool2d, 3: functional.avg_pool3d}[len(kernel)]
    strides, _, sides = _windows(attributes, x, kernel)
    counted, up = bool(attributes.get("count_include_pad", 0)), bool(attributes.get("ceil_mode", 0))
    padding = _alike(sides)
    if padding is not None:
        return pool(x, kernel, strides, padding, up, counted)
    wide = padded(x, _by_axis(sides), "constant", 0.0)
    mean = pool(wide, kernel, strides, 0, up)
    if counted:
        return mean
    inside = padded(torch.ones_like(x[:1, :1]), _by_axis(sides), "constant", 0.0)
    return mean / pool(inside, kernel, strides, 0, up)
