"""ONNX's operations on shapes run in torch: reshaping, cutting and filling, and the numbers that these are computed from."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor

from archc.analyse.verify.onnx_windows import padded
from archc.record import Record


class Call(Record):
    """A node of a model."""

    op: str
    name: str
    opset: int
    """The model's opset."""
    attributes: Mapping[str, Any]
    reads: tuple[str, ...]
    """The names of its operands, "" for one that is left out."""
    makes: tuple[str, ...]
    """The names of its outputs."""

    def get(self, name: str, default: Any = None) -> Any:
        return self.attributes.get(name, default)


Rule: TypeAlias = Callable[..., Sequence[Tensor]]
"""A rule takes a call and its operands (None where one is left out) and returns the outputs."""


def numbers(value: Tensor | None) -> list[int]:
    return [] if value is None else [int(number) for number in value.reshape(-1).tolist()]


def axes_of(call: Call, given: Tensor | None) -> list[int]:
    """Return the axes: an attribute in older opsets, an operand in later ones."""
    return numbers(given) if given is not None else list(call.get("axes", []))


def reshape(call: Call, x: Tensor, shape: Tensor) -> Sequence[Tensor]:
    wanted = numbers(shape)
    if not call.get("allowzero", 0):
        wanted = [x.shape[axis] if length == 0 else length for axis, length in enumerate(wanted)]
    return (x.reshape(wanted),)


def flatten(call: Call, x: Tensor) -> Sequence[Tensor]:
    axis = call.get("axis", 1) % (x.ndim + 1)
    rows = 1
    for length in x.shape[:axis]:
        rows *= length
    return (x.reshape(rows, -1),)


def squeeze(call: Call, x: Tensor, axes: Tensor | None = None) -> Sequence[Tensor]:
    over = axes_of(call, axes)
    return (x.squeeze(tuple(over)) if over else x.squeeze(),)


def unsqueeze(call: Call, x: Tensor, axes: Tensor | None = None) -> Sequence[Tensor]:
    over = axes_of(call, axes)
    for axis in sorted(index % (x.ndim + len(over)) for index in over):
        x = x.unsqueeze(axis)
    return (x,)


def split(call: Call, x: Tensor, lengths: Tensor | None = None) -> Sequence[Tensor]:
    axis = call.get("axis", 0)
    given = numbers(lengths) or list(call.get("split", []))
    if given:
        return torch.split_with_sizes(x, given, axis)
    each = -(-x.shape[axis] // len(call.makes))
    return torch.split_with_sizes(x, _parts(x.shape[axis], each), axis)


def _parts(whole: int, each: int) -> list[int]:
    return [min(each, whole - start) for start in range(0, whole, each)]


def sliced(
    call: Call,
    x: Tensor,
    starts: Tensor | None = None,
    ends: Tensor | None = None,
    axes: Tensor | None = None,
    steps: Tensor | None = None,
) -> Sequence[Tensor]:
    begin = numbers(starts) or list(call.get("starts", []))
    end = numbers(ends) or list(call.get("ends", []))
    over = axes_of(call, axes) or list(range(len(begin)))
    cut = [slice(None)] * x.ndim
    for axis, start, stop, step in zip(over, begin, end, numbers(steps) or [1] * len(begin), strict=True):
        cut[axis] = slice(start, stop, step)
    return (x[tuple(cut)],)


def gather(call: Call, x: Tensor, indices: Tensor) -> Sequence[Tensor]:
    axis = call.get("axis", 0) % x.ndim
    where = indices.to(torch.int64)
    where = torch.where(where < 0, where + x.shape[axis], where)
    taken = x.index_select(axis, where.reshape(-1))
    return (taken.reshape([*x.shape[:axis], *where.shape, *x.shape[axis + 1 :]]),)


def pad(
    call: Call, x: Tensor, amounts: Tensor | None = None, value: Tensor | None = None, axes: Tensor | None = None
) -> Sequence[Tensor]:
    given = numbers(amounts) or list(call.get("pads", []))
    over = [axis % x.ndim for axis in numbers(axes)] or list(range(x.ndim))
    sides = {axis: (given[place], given[place + len(over)]) for place, axis in enumerate(over)}
    fill = float(value.item()) if value is not None else call.get("value", 0.0)
    return (padded(x, sides, call.get("mode", "constant"), fill),)


def counted(_: Call, start: Tensor, limit: Tensor, step: Tensor) -> Sequence[Tensor]:
    return (torch.arange(start.item(), limit.item(), step.item(), dtype=start.dtype),)


def filled(call: Call, shape: Tensor) -> Sequence[Tensor]:
    value = call.get("value", torch.zeros(1, dtype=torch.float64))
    return (torch.full(numbers(shape), value.item(), dtype=value.dtype),)


def expand(_: Call, x: Tensor, shape: Tensor) -> Sequence[Tensor]:
    wanted = numbers(shape)
    rank = max(x.ndim, len(wanted))
    lengths = zip([1] * (rank - x.ndim) + list(x.shape), [1] * (rank - len(wanted)) + wanted, strict=True)
    return (x.expand([length if other == 1 else other for length, other in lengths]),)


def shape_of(call: Call, x: Tensor) -> Sequence[Tensor]:
    return (torch.tensor(x.shape[call.get("start", 0) : call.get("end", x.ndim)], dtype=torch.int64),)


def space_to_depth(call: Call, x: Tensor) -> Sequence[Tensor]:
    n, c, h, w = x.shape
    b = call.get("blocksize")
    return (x.reshape(n, c, h // b, b, w // b, b).permute(0, 3, 5, 1, 2, 4).reshape(n, c * b * b, h // b, w // b),)


def depth_to_space(call: Call, x: Tensor) -> Sequence[Tensor]:
    n, _, h, w = x.shape
    b = call.get("blocksize")
    if call.get("mode", "DCR") == "CRD":
        squares = x.reshape(n, -1, b, b, h, w).permute(0, 1, 4, 2, 5, 3)
    else:
        squares = x.reshape(n, b, b, -1, h, w).permute(0, 3, 4, 1, 5, 2)
    return (squares.reshape(n, -1, h * b, w * b),)
