"""Floating-point numbers become bytes and back, in each type that weights
have, and new tensors begin; all of it without numpy.
"""

import math
import random
import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from archc.ir.op import Init

FLOATS = {"F64": ("d", 8), "F32": ("f", 4), "F16": ("e", 2), "BF16": ("H", 2)}
"""For each type that is computed with, its code in `struct` and the bytes of a number."""

_LARGEST = {"F64": math.inf, "F32": (2 - 2**-23) * 2.0**127, "F16": 65504.0, "BF16": (2 - 2**-7) * 2.0**127}
_BLOCK = 1 << 16


def decoded(dtype: str, data: bytes) -> Sequence[float]:
    code, size = FLOATS[dtype]
    values = struct.unpack(f"<{len(data) // size}{code}", data)
    if dtype != "BF16":
        return values
    return struct.unpack(f"<{len(values)}f", b"".join(value.to_bytes(2, "little").rjust(4, b"\0") for value in values))


def encoded(dtype: str, values: Iterable[float]) -> Iterator[bytes]:
    """Yield numbers as bytes, in chunks; a number beyond the type becomes infinite."""
    code, _ = FLOATS[dtype]
    largest = _LARGEST[dtype]
    remaining = iter(values)
    while block := list(islice(remaining, _BLOCK)):
        fitting = [value if abs(value) <= largest or value != value else math.copysign(math.inf, value) for value in block]  # noqa: PLR0124  NaN
        yield struct.pack(f"<{len(block)}{code}", *(map(_bfloat16, fitting) if dtype == "BF16" else fitting))


def _bfloat16(value: float) -> int:
    """Return the upper half of a float32, rounded to the nearest, ties to even."""
    bits = int.from_bytes(struct.pack("<f", value), "little")
    if value != value:  # noqa: PLR0124  NaN: rounding could carry it into infinity
        return bits >> 16 | 0x40
    return bits + 0x7FFF + (bits >> 16 & 1) >> 16


def begun(init: Init, tensor: str, shape: tuple[int, ...], fans: tuple[int, int], seed: str) -> Iterator[float]:
    """Return the values of a new tensor of a convolution or linear layer, as torch.nn.init draws them.

    `fans` are the layer's inputs and outputs. Only `random.random` is used, whose numbers are the same in every version of
    Python. `torch` is that layer's own default: uniform within one over the root of its inputs.
    """
    source = random.Random(seed)  # noqa: S311  weights are no secrets
    count = math.prod(shape)
    fan_in, fan_out = fans
    match init.kind:
        case "constant":
            return iter([init.value] * count)
        case "normal":
            return _normal(source, count, init.value)
        case "kaiming_normal_fan_out":
            return _normal(source, count, math.sqrt(2 / fan_out))
        case "kaiming_normal_fan_in":
            return _normal(source, count, math.sqrt(2 / fan_in))
        case "xavier_uniform":
            return _uniform(source, count, math.sqrt(6 / (fan_in + fan_out)))
        case "torch":
            return _uniform(source, count, 1 / math.sqrt(fan_in))
        case _:
            raise ValueError(f"`{tensor}` cannot begin as `{init.kind}`")


def _uniform(source: random.Random, count: int, bound: float) -> Iterator[float]:
    return ((2 * source.random() - 1) * bound for _ in range(count))


def _normal(source: random.Random, count: int, deviation: float) -> Iterator[float]:
    """Yield normal numbers by Box and Muller (1958), both of each pair."""
    for start in range(0, count, 2):
        radius = deviation * math.sqrt(-2 * math.log(1 - source.random()))
        angle = 2 * math.pi * source.random()
        yield radius * math.cos(angle)
        if start + 1 < count:
            yield radius * math.sin(angle)
