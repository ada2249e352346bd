"""DropBlock as Ghiasi et al. 2018 write it (algorithm 1, eq. 1), pixel by pixel, for squares that have been drawn."""

from collections.abc import Sequence
from itertools import product

Map = list[list[float]]


def probability(rate: float, size: int, height: int, width: int) -> float:
    """Eq. 1, with a square cut to a smaller map: of one square, anywhere it lies in the map whole."""
    tall, wide = min(size, height), min(size, width)
    return rate / (tall * wide) * (height * width) / ((height - tall + 1) * (width - wide + 1))


def covering(size: int, height: int, width: int) -> Map:
    """Over each pixel, how many squares can lie that are in the map whole."""
    tall, wide = min(size, height), min(size, width)
    found = [[0.0] * width for _ in range(height)]
    for top, left in product(range(height - tall + 1), range(width - wide + 1)):
        for row, column in product(range(top, top + tall), range(left, left + wide)):
            found[row][column] += 1
    return found


def mask(drawn: Sequence[tuple[int, int]], size: int, height: int, width: int) -> Map:
    """Lines 5 and 6: ones, and zeros in each square drawn, told by its upper left corner."""
    found = [[1.0] * width for _ in range(height)]
    for top, left in drawn:
        for row, column in product(range(top, top + min(size, height)), range(left, left + min(size, width))):
            found[row][column] = 0.0
    return found


def scale(masks: Sequence[Map]) -> float:
    """Line 8: of all masks of the layer, elements by elements that are kept."""
    elements = [one for each in masks for row in each for one in row]
    return len(elements) / max(sum(elements), 1.0)
