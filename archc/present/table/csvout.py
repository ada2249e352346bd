"""A table as CSV: one row for each network and part, figures exact, and no text that a spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Sequence
from fractions import Fraction

from archc.present.table.figures import Figure, Value
from archc.present.table.listing import Line
from archc.rendering import escape

HEAD = ("network", "title", "part", "label", "what", "times", "last")


def to_csv(found: Sequence[Line], figures: Sequence[Figure]) -> str:
    """`times` says how many parts alike the row stands for, `last` the last of them; figures are of all of them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*HEAD, *(figure.name for figure in figures)])
    for line in found:
        part = line.part
        texts = (line.network.name, line.network.head, part.path, part.label, part.text)
        values = [_value(value) for value in line.values]
        writer.writerow([*map(escape.csv, texts), part.times, escape.csv(part.last if part.times > 1 else ""), *values])
    return out.getvalue()


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
