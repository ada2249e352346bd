"""A cell becomes lines on a terminal: brackets are drawn, text is made safe, wrapped and placed by terminal cells."""

from collections.abc import Iterable
from functools import lru_cache

from archc.present.table.grid import Cell, Part, Side
from archc.record import Record
from archc.rendering.visible import visible, width


class Pen(Record):
    """The characters that frames and brackets are drawn with; a pen without joints is ASCII."""

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
    """Return the terminal cells of a printable text."""
    return len(text) if text.isascii() else sum(map(width, text))


def shown(text: str, pen: Pen) -> str:
    """Return text without characters that a terminal obeys; with an ASCII pen, in ASCII."""
    text = visible(text)
    return text.translate(_SPELLED).encode("ascii", "backslashreplace").decode() if pen.ascii else text


def part_lines(part: Part, pen: Pen) -> list[str]:
    """Draw a bracket around its lines, as wide as the widest, with `×N` at the middle."""
    if isinstance(part, str):
        return [shown(part, pen)]
    texts = [shown(line, pen) for line in part.lines]
    widest = max(map(measured, texts), default=0)
    times = f"{shown('×', pen)}{part.times}"
    last = len(texts) - 1
    lines = []
    for number, text in enumerate(texts):
        kind = 0 if number == 0 else 2 if number == last else 1
        left, right = (pen.left[kind], pen.right[kind]) if last else ("[", "]")
        after = times if number == last // 2 else " " * len(times)
        lines.append(f"{left}{text}{' ' * (widest - measured(text))}{right}{after}")
    return lines


def cell_width(cell: Cell, pen: Pen) -> int:
    return max((measured(line) for part in cell.parts for line in part_lines(part, pen)), default=0)


def cell_lines(cell: Cell, pen: Pen, room: int) -> list[str]:
    """Return lines of exactly `room` cells; a bracket moves as a whole, text that is too long is wrapped."""
    placed = []
    for part in cell.parts:
        lines = part_lines(part, pen)
        if isinstance(part, str):
            lines = wrapped(lines[0], room)
            placed += [_placed(line, cell.side, room, measured(line)) for line in lines]
        else:
            widest = max(map(measured, lines), default=0)
            placed += [_placed(line, cell.side, room, widest) for line in lines]
    return placed


def _placed(line: str, side: Side, room: int, block: int) -> str:
    before = max(0, {"left": 0, "right": room - block, "center": (room - block) // 2}[side])
    return " " * before + line + " " * max(0, room - before - measured(line))


def wrapped(text: str, room: int, indent: str = "") -> list[str]:
    """Wrap text to lines of at most `room` cells, at spaces or inside a longer word; all but the first are indented."""
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
