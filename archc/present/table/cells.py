"""The lines of a cell on a terminal: brackets drawn, text made safe, wrapped and placed by terminal cells."""

from collections.abc import Iterable
from functools import lru_cache

from archc.present.table.grid import Cell, Part, Side
from archc.record import Record
from archc.rendering.visible import visible, width


class Pen(Record):
    """What frames and brackets are drawn with; without joints it is ASCII."""

    across: str
    down: str
    joints: dict[str, str]
    left: str
    right: str

    @property
    def ascii(self) -> bool:
        return not self.joints


BOX = Pen(
    "─",
    "│",
    {"dr": "┌", "dl": "┐", "ur": "└", "ul": "┘", "dlr": "┬", "ulr": "┴", "udr": "├", "udl": "┤", "udlr": "┼", "lr": "─"},
    "⎡⎢⎣",
    "⎤⎥⎦",
)
"""Joints by the arms they have: up, down, left, right."""
PLAIN = Pen("-", "|", {}, "[[[", "]]]")
_SPELLED = str.maketrans({"×": "x", "✓": "ok", "✗": "differs", "⁹": "^9", "⁶": "^6", "³": "^3", "·": "*", "…": "...", "–": "-"})


@lru_cache(maxsize=4096)
def measured(text: str) -> int:
    """Terminal cells of a printable text."""
    return len(text) if text.isascii() else sum(map(width, text))


def shown(text: str, pen: Pen) -> str:
    """The text without what a terminal would obey; with an ASCII pen, in ASCII."""
    text = visible(text)
    return text.translate(_SPELLED).encode("ascii", "backslashreplace").decode() if pen.ascii else text


def part_lines(part: Part, pen: Pen) -> list[str]:
    """A bracket around its lines, as wide as the widest, `×N` at the middle."""
    if isinstance(part, str):
        return [shown(part, pen)]
    texts = [shown(line, pen) for line in part.lines]
    most = max(map(measured, texts), default=0)
    times = f"{shown('×', pen)}{part.times}"
    last = len(texts) - 1
    found = []
    for number, text in enumerate(texts):
        kind = 0 if number == 0 else 2 if number == last else 1
        left, right = (pen.left[kind], pen.right[kind]) if last else ("[", "]")
        after = times if number == last // 2 else " " * len(times)
        found.append(f"{left}{text}{' ' * (most - measured(text))}{right}{after}")
    return found


def cell_width(cell: Cell, pen: Pen) -> int:
    return max((measured(line) for part in cell.parts for line in part_lines(part, pen)), default=0)


def cell_lines(cell: Cell, pen: Pen, room: int) -> list[str]:
    """Exactly `room` wide; a bracket is moved as a whole, text that is too long is wrapped."""
    found = []
    for part in cell.parts:
        lines = part_lines(part, pen)
        if isinstance(part, str):
            lines = wrapped(lines[0], room)
            found += [_placed(line, cell.side, room, measured(line)) for line in lines]
        else:
            most = max(map(measured, lines), default=0)
            found += [_placed(line, cell.side, room, most) for line in lines]
    return found


def _placed(line: str, side: Side, room: int, block: int) -> str:
    before = max(0, {"left": 0, "right": room - block, "center": (room - block) // 2}[side])
    return " " * before + line + " " * max(0, room - before - measured(line))


def wrapped(text: str, room: int, indent: str = "") -> list[str]:
    """Lines of at most `room` cells, broken at spaces, or inside of a word that is longer; all but the first are indented."""
    room = max(room, len(indent) + 2)
    lines: list[str] = []
    line = ""
    for word in _pieces(text.split(" "), room - len(indent)):
        begin = indent if lines else ""
        joined = f"{line} {word}" if line else begin + word
        if line and measured(joined) > room:
            lines.append(line)
            joined = indent + word
        line = joined
    return [*lines, line]


def _pieces(words: Iterable[str], room: int) -> Iterable[str]:
    for word in words:
        piece = ""
        for character in word:
            if piece and measured(piece + character) > room:
                yield piece
                piece = ""
            piece += character
        yield piece
