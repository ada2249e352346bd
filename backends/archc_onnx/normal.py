"""These pseudo-random numbers are the same bits on every machine and with every version of numpy.

A stream is PCG64 (O'Neill 2014, XSL-RR 128/64) whose state and increment are the sha256 of its name. The upper 53 bits of a draw
are used. Normal numbers are Box and Muller's (1958). Logarithm, sine and cosine are computed by sums and products alone, which
IEEE 754 rounds in one way; those of libraries differ in the last bit between processors.
"""

import math
from collections.abc import Iterator
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BLOCK = 1 << 16
"""The numbers of a block. It is part of the definition, since a block's cosines come before its sines."""

_LOG = [1 / n for n in range(15, 0, -2)]
_SINE = [(-1) ** n / math.factorial(2 * n + 1) for n in range(6, -1, -1)]
_COSINE = [(-1) ** n / math.factorial(2 * n) for n in range(7, -1, -1)]


def uniform(name: str, count: int, bound: float) -> Iterator[Array]:
    """Yield `count` numbers of [-bound, bound), a block at a time."""
    stream = _stream(name)
    for size in _blocks(count):
        yield (_fractions(stream, size) * 2.0 - 1.0) * bound


def normal(name: str, count: int, deviation: float) -> Iterator[Array]:
    """Yield `count` numbers of mean 0, a block at a time."""
    stream = _stream(name)
    for size in _blocks(count):
        half = (size + 1) // 2
        radius = np.sqrt(-2.0 * _logarithm(1.0 - _fractions(stream, half)))
        cosine, sine = _circle(_fractions(stream, half))
        yield np.concatenate((radius * cosine, radius * sine))[:size] * deviation


def _blocks(count: int) -> Iterator[int]:
    for start in range(0, count, BLOCK):
        yield min(BLOCK, count - start)


def _stream(name: str) -> np.random.PCG64:
    digest = sha256(name.encode()).digest()
    state, increment = (int.from_bytes(digest[start : start + 16], "big") for start in (0, 16))
    stream = np.random.PCG64()
    stream.state = {
        "bit_generator": "PCG64",
        "state": {"state": state, "inc": increment | 1},
        "has_uint32": 0,
        "uinteger": 0,
    }
    return stream


def _fractions(stream: np.random.PCG64, count: int) -> Array:
    """Return numbers of [0, 1) in steps of 2^-53."""
    raw: NDArray[np.uint64] = np.asarray(stream.random_raw(count), dtype=np.uint64)
    return (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _polynomial(coefficients: list[float], x: Array) -> Array:
    total = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        total = total * x + coefficient
    return total


def _logarithm(x: Array) -> Array:
    """Return logarithms for (0, 1], to 1e-13: that of a power of two plus `2 artanh((m - 1) / (m + 1))` for m of [√½, √2)."""
    mantissa, exponent = np.frexp(x)
    small = mantissa < math.sqrt(0.5)
    mantissa = np.where(small, mantissa * 2.0, mantissa)
    power = exponent.astype(np.float64) - small
    ratio = (mantissa - 1.0) / (mantissa + 1.0)
    return power * math.log(2) + 2.0 * ratio * _polynomial(_LOG, ratio * ratio)


def _circle(turns: Array) -> tuple[Array, Array]:
    """Return cosine and sine of fractions of a full turn by series about the nearest quarter, to 1e-12."""
    quarter = np.rint(turns * 4.0)
    angle = (turns * 4.0 - quarter) * (math.pi / 2)
    square = angle * angle
    sine, cosine = angle * _polynomial(_SINE, square), _polynomial(_COSINE, square)
    odd = quarter % 2.0 == 1.0
    across, up = np.where(odd, -sine, cosine), np.where(odd, cosine, sine)
    back = np.where((quarter == 2.0) | (quarter == 3.0), -1.0, 1.0)
    return across * back, up * back
