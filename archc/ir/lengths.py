"""A length as a function of the input's size along one axis: `floor((size + offset) / stride)`, or a constant.

Every rule of a window or a stride maps n to `floor((n + a) / s)`, and such maps compose to one of the same form. So two lengths
are equal at all sizes exactly when stride and offset agree, and nothing needs to be sampled.
"""

from math import gcd
from typing import TypeAlias

Length: TypeAlias = tuple[int, int]
"""Stride and offset; stride 0 is the constant `offset`. Offsets are canonical for the multiple that sizes are of."""

ONE: Length = (0, 1)


def length(stride: int, offset: int, multiple: int) -> Length:
    """Canonical: where sizes are multiples of m, an offset matters only up to gcd(m, stride)."""
    return (stride, offset - offset % gcd(multiple, stride))


def through(before: Length, stride: int, offset: int, multiple: int) -> Length:
    """`floor((before + offset) / stride)` of a length that is not constant."""
    return length(before[0] * stride, before[1] + before[0] * offset, multiple)


def widened(what: Length, factor: int, multiple: int, extra: int = 0) -> Length | None:
    """`factor` times a length and `extra` more, where that is a length again: of a constant, or where the stride divides every
    size and is itself a multiple of `factor`.
    """
    stride, offset = what
    if stride == 0:
        return (0, offset * factor + extra)
    if factor > 1 and (stride % factor or multiple % stride or offset % stride):
        return None
    return length(stride // factor, offset + extra * (stride // factor), multiple)


def at(what: Length, size: int) -> int:
    """The length at one input size."""
    stride, offset = what
    return (size + offset) // stride if stride else offset


def next_change(what: Length, size: int, multiple: int) -> int:
    """How far from one input size the next multiple is at which a length that varies is another."""
    stride, offset = what
    change = (at(what, size) + 1) * stride - offset - size
    return -(-change // multiple) * multiple


def divides(block: int, what: Length, multiple: int) -> bool:
    """Whether `block` divides a length at every multiple.

    Unless its stride divides the multiple, its steps come in two sizes that differ by one, and one is no multiple of `block`.
    """
    stride, offset = what
    if block == 1:
        return True
    return multiple % stride == 0 and multiple // stride % block == 0 and offset // stride % block == 0
