"""A table becomes CSV: a row for each network and part, exact figures, and no text that a spreadsheet takes for a formula."""

from collections.abc import Sequence
from fractions import Fraction

from archc.present.table.figures import Figure, Value
from archc.present.table.listing import Line
from archc.rendering import escape
from archc.rendering.tables import as_csv

HEAD = ("network", "title", "part", "label", "what", "times", "last")


def to_csv(lines: Sequence[Line], figures: Sequence[Figure]) -> str:
    """Write a row for each line. `times` counts the equal parts it stands for, `last` names the last; figures add all of them."""
    return as_csv([[*HEAD, *(figure.name for figure in figures)], *map(_row, lines)])


def _row(line: Line) -> list[str | int]:
    part = line.part
    texts = (line.network.name, line.network.head, part.path, part.label, part.text)
    last = escape.csv(part.last if part.times > 1 else "")
    return [*map(escape.csv, texts), part.times, last, *map(_value, line.values)]


def _value(value: Value) -> str | int:
    match value:
        case None:
            return ""
        case Fraction():
            return f"{float(value):.6g}"
        case str():
            return escape.csv(value)
        case _:
            return value
