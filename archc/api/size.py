"""The size of the image that a network is asked about."""

from typing import TypeAlias

from archc.arguments import positive, wrong
from archc.compile.pipeline import Compiled
from archc.ir.graph import Graph

ImageSize: TypeAlias = int | tuple[int, int]
"""Of the image in pixels: both sides, or (height, width)."""
LARGEST = 10**6


def sized(compiled: Compiled, size: object) -> Graph:
    """The graph at a size, None for the declared one. Raises WrongType, and SizeError where the network does not work at it."""
    from archc.cost.resize import SizeError, at_size

    if size is None:
        return compiled.graph
    sides = (size, size) if isinstance(size, int) else size
    if not isinstance(sides, tuple | list) or len(sides) != 2:
        raise wrong("size", size, "a whole number of pixels, or (height, width)")
    try:
        return at_size(compiled.graph, *(positive("size", side, LARGEST) for side in sides))
    except SizeError as error:
        raise SizeError(f"{compiled.spec.name}: {error}") from error
