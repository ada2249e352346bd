"""The type of a value: its shape without the batch, which is symbolic and first everywhere."""

from typing import Literal, TypeAlias, TypeVar

from archc.record import Record

T = TypeVar("T")

Sides: TypeAlias = int | tuple[int, ...]
"""One number where it is the same along every axis of a map, else a number for each axis."""

AxisName: TypeAlias = Literal["length", "depth", "height", "width"]
AXIS_NAMES: dict[int, tuple[AxisName, ...]] = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
"""The axes of a map in the order of its shape, by their number."""

Over: TypeAlias = Literal["space", "channels", AxisName]
"""Axes that become one; `space` is all axes of a map."""


def along(sides: T | tuple[T, ...], axes: int) -> tuple[T, ...]:
    """The value for each axis."""
    return sides if isinstance(sides, tuple) else (sides,) * axes


def alike(sides: tuple[int, ...]) -> Sides:
    """One number where all are equal, the opposite of `along`."""
    return sides[0] if len(set(sides)) == 1 else sides


def shown(sides: Sides) -> str:
    """`2`, `2×1`."""
    return "×".join(map(str, along(sides, 1)))


def by_axis(sides: Sides, axes: int = 2) -> str:
    """`3×3`, `7×1`."""
    return "×".join(map(str, along(sides, axes)))


def places(over: Over, axes: int) -> tuple[int, ...]:
    """The axes of NxCxHxW, by their place, that a word stands for; of a map with so many axes. Raises ShapeError."""
    if over == "channels":
        return (1,)
    if over == "space":
        return tuple(range(2, axes + 2))
    names = AXIS_NAMES.get(axes, ())
    if over not in names:
        raise ShapeError("E0310", f"a map with the axes {' and '.join(names)} has no {over}")
    return (2 + names.index(over),)


Kind: TypeAlias = Literal["map", "tokens", "vector"]


class TensorType(Record, compiled=True):
    """A feature map has the shape `(C, H, W)`, or as many lengths as it has axes; tokens are `(T, C)` and a vector is `(C,)`."""

    shape: tuple[int, ...]
    kind: Kind = "map"

    @property
    def is_map(self) -> bool:
        return self.kind == "map"

    @property
    def is_tokens(self) -> bool:
        return self.kind == "tokens"

    @property
    def is_vector(self) -> bool:
        return self.kind == "vector"

    @property
    def is_pixel(self) -> bool:
        """Whether it is a map of one position."""
        return self.kind == "map" and set(self.shape[1:]) == {1}

    @property
    def spatial(self) -> tuple[int, ...]:
        """The lengths of a map along its axes; () of tokens and vectors."""
        return self.shape[1:] if self.kind == "map" else ()

    @property
    def channels(self) -> int:
        """C: first in a feature map and a vector, last in tokens."""
        return self.shape[1] if self.kind == "tokens" else self.shape[0]

    def with_channels(self, channels: int) -> "TensorType":
        """The same positions with other channels."""
        shape = (self.shape[0], channels) if self.kind == "tokens" else (channels, *self.shape[1:])
        return TensorType(shape, self.kind)

    @property
    def elements(self) -> int:
        """How many numbers one image's value has."""
        n = 1
        for length in self.shape:
            n *= length
        return n

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorType) and self.shape == other.shape and self.kind == other.kind

    def __hash__(self) -> int:
        return hash(self.shape)

    def __str__(self) -> str:
        return "x".join(("N", *map(str, self.shape)))


class ShapeError(ValueError):
    """Operands or attributes that do not fit. `attribute` names the field at fault, "" the operands; a `code` of "" stands for
    what no spec leads to.
    """

    def __init__(self, code: str, message: str, attribute: str = "", help: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.attribute = attribute
        self.help = help


_NEAR = 4096
"""How far a divisor is looked for."""


def must_divide(parts: int, count: int, what: str, attribute: str) -> None:
    """E0312 unless `parts` divides `count`; the nearest divisors are what helps."""
    if count % parts == 0:
        return
    start = min(parts, count)
    below = next((n for n in range(start, max(0, start - _NEAR), -1) if count % n == 0), None)
    above = next((n for n in range(parts + 1, min(count, parts + _NEAR) + 1) if count % n == 0), None)
    near = [str(n) for n in (below, above) if n is not None]
    helped = "use " + " or ".join(near) if near else ""
    raise ShapeError("E0312", f"{parts} {attribute} do not divide {count} {what}", attribute, helped)


def feature_map(type_: TensorType, what: str) -> tuple[int, ...]:
    """The channels of a map and its lengths, or an error naming the operation."""
    if not type_.is_map:
        raise ShapeError("E0310", f"`{what}` needs a feature map NxCxHxW, not {type_}")
    return type_.shape


def image_map(type_: TensorType, what: str) -> tuple[int, int, int]:
    """C, H and W of a map with two axes, or an error naming the operation, which is defined for no other number of axes."""
    if not type_.is_map or len(type_.shape) != 3:
        raise ShapeError("E0310", f"`{what}` needs a feature map NxCxHxW, not {type_}")
    return type_.shape
