"""The difference for a terminal: what changed, by part, then costs and weights."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import TypeAlias

from archc.analyse.diff.model import Change, Difference, Side, Tally
from archc.analyse.diff.numbers import PART_ROWS, ROWS, change, differing, figures, number, percent
from archc.analyse.diff.verdict import distinct_loading, keys, loads, meaning, verdict
from archc.diagnostics import Span
from archc.rendering.tables import aligned
from archc.rendering.visible import clipped, visible

SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_STYLES = {"+": "\x1b[32m", "-": "\x1b[31m", "~": "\x1b[33m", "bold": "\x1b[1m", "dim": "\x1b[2m"}
DETAILS = 12
Paint: TypeAlias = Callable[[str, str], str]


def as_text(found: Difference, *, color: bool = False, room: int | None = None) -> str:
    """Ends with a newline. A table of figures that is wider than `room` is a list."""

    def paint(text: str, style: str) -> str:
        return f"{_STYLES[style]}{text}\x1b[0m" if color and text else text

    return "\n".join(_lines(found, paint, room)) + "\n"


def place(old: Span | None, new: Span | None) -> str:
    """`a.yaml:3 → b.yaml:4`; once where both are one."""
    both = [f"{span.source.name}:{span.line}" for span in (old, new) if span is not None]
    return " → ".join(dict.fromkeys(both))


def _lines(found: Difference, paint: Paint, room: int | None) -> Iterator[str]:
    yield paint(f"--- {_side(found.old)}", "-")
    yield paint(f"+++ {_side(found.new)}", "+")
    yield ""
    yield paint(visible(verdict(found)), "bold")
    for where, changes in groupby(found.changes, key=lambda one: one.where):
        yield ""
        yield paint(clipped(where or "the whole network"), "bold")
        for one in changes:
            yield from _change(one, paint)
    if found.notes:
        yield ""
        yield paint("beside the function", "bold")
        yield from (f"    {visible(note)}" for note in found.notes)
    yield ""
    yield from _network(found, paint, room)
    parts = differing(found.stages)
    if len(parts) > 0 and not found.same:
        yield ""
        yield from _parts(parts, paint, room)
    yield ""
    yield paint("weights of the first in the second", "bold")
    for loading in distinct_loading(found):
        yield f"    {visible(loads(loading))}"
        yield from (f"      {clipped(line, 2000)}" for line in [*keys(loading), *meaning(loading)])


def _side(side: Side) -> str:
    title = f" ({side.title})" if side.title else ""
    return clipped(f"{side.target}{title}")


def _change(one: Change, paint: Paint) -> Iterator[str]:
    sign = SIGNS[one.kind]
    said = place(one.old_place, one.new_place)
    text = clipped(one.what, 1000)
    yield f"  {paint(sign, sign)} {text}" + (paint(f"    {clipped(said)}", "dim") if said else "")
    yield from (paint(f"      {clipped(line)}", "dim") for line in one.details[:DETAILS])
    if len(one.details) > DETAILS:
        yield paint(f"      and {len(one.details) - DETAILS} more", "dim")


def _network(found: Difference, paint: Paint, room: int | None) -> Iterator[str]:
    rows = []
    for field, words in ROWS:
        pair = figures(found.network)[field]
        rows.append((words, number(pair[0], field), number(pair[1], field), change(pair, field), percent(pair)))
    yield from _table([("", "before", "after", "change", ""), *rows], paint, room)


def _parts(parts: list[Tally], paint: Paint, room: int | None) -> Iterator[str]:
    rows = [(tally.part, *(change(figures(tally)[field], field) for field, _ in PART_ROWS)) for tally in parts]
    yield from _table([("change in", *(words for _, words in PART_ROWS)), *rows], paint, room)


def _table(rows: list[tuple[str, ...]], paint: Paint, room: int | None) -> Iterator[str]:
    """Align columns, numbers at the right, under the first row as their heading; list the cells where there is no room."""
    columns = len(rows[0])
    if room is not None and sum(max(len(row[column]) for row in rows) for column in range(columns)) + 2 * columns - 2 > room:
        yield from _list(rows, paint)
        return
    heading, *lines = aligned([(clipped(name), *cells) for name, *cells in rows], range(1, columns))
    yield paint(heading, "bold")
    yield from lines


def _list(rows: list[tuple[str, ...]], paint: Paint) -> Iterator[str]:
    """A line for each entry, under what the row is about."""
    heads = rows[0]
    wide = max(map(len, heads[1:]))
    if heads[0]:
        yield paint(heads[0], "bold")
    for name, *cells in rows[1:]:
        yield clipped(name)
        yield from (f"  {head:{wide}}  {cell}" for head, cell in zip(heads[1:], cells, strict=True) if cell)
