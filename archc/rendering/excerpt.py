"""One line of a source as it is printed: at most a hundred cells of it, and at which cell each column stands."""

from archc.record import Record
from archc.rendering.visible import visible, width

CELLS = 100
_BEFORE = 40  # cells kept before the place when a long line is cut
_TAB = 4


class Excerpt(Record):
    """`stops[i]` is the cell at which code point `first + i` begins; the last one is where the text ends."""

    text: str
    first: int
    stops: tuple[int, ...]

    def cell(self, column: int) -> int:
        """The cell of a column (from 1), at the nearer edge where it was cut away."""
        return self.stops[max(0, min(column - 1 - self.first, len(self.stops) - 1))]


def excerpt(line: str, column: int) -> Excerpt:
    """The part of a line around a column that fits; `…` stands for what is left out."""
    first, last = _window(line, column - 1)
    shown, cells, stops = "…" if first else "", 1 if first else 0, list[int]()
    for character in line[first:last]:
        stops.append(cells)
        piece = _piece(character)
        shown += piece
        cells += sum(map(width, piece))
    stops.append(cells)
    return Excerpt(shown + ("…" if last < len(line) else ""), first, tuple(stops))


def _window(line: str, offset: int) -> tuple[int, int]:
    """The code points to show: all, or from some way before `offset` on."""
    if len(line) <= CELLS and sum(_cells(character) for character in line) <= CELLS:
        return 0, len(line)
    first = min(offset, len(line))
    room = _BEFORE
    while first and room >= _cells(line[first - 1]):
        first -= 1
        room -= _cells(line[first])
    last, room = first, CELLS - 2
    while last < len(line) and room >= _cells(line[last]):
        room -= _cells(line[last])
        last += 1
    return first, last


def _cells(character: str) -> int:
    return sum(map(width, _piece(character)))


def _piece(character: str) -> str:
    return " " * _TAB if character == "\t" else visible(character)
