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


def as_text(difference: Difference, *, color: bool = False, room: int | None = None) -> str:
    """Write a difference for a terminal, a newline at the end. A table of figures that is wider than `room` becomes a list."""

    def paint(text: str, style: str) -> str:
        return f"{_STYLES[style]}{text}\x1b[0m" if color and text else text

    return "\n".join(_lines(difference, paint, room)) + "\n"


def place(old: Span | None, new: Span | None) -> str:
    """Name the places on both sides: `a.yaml:3 → b.yaml:4`, or one where they are equal."""
    both = [f"{span.source.name}:{span.line}" for span in (old, new) if span is not None]
    return " → ".join(dict.fromkeys(both))


def _lines(difference: Difference, paint: Paint, room: int | None) -> Iterator[str]:
    yield paint(f"--- {_side(difference.old)}", "-")
    yield paint(f"+++ {_side(difference.new)}", "+")
    yield ""
    yield paint(visible(verdict(difference)), "bold")
    for where, changes in groupby(difference.changes, key=lambda changed: changed.where):
        yield ""
        yield paint(clipped(where or "the whole network"), "bold")
        for changed in changes:
            yield from _change(changed, paint)
    if difference.notes:
        yield ""
        yield paint("beside the function", "bold")
        yield from (f"    {visible(note)}" for note in difference.notes)
    yield ""
    yield from _network(difference, paint, room)
    parts = differing(difference.stages)
    if len(parts) > 0 and not difference.same:
        yield ""
        yield from _parts(parts, paint, room)
    yield ""
    yield paint("weights of the first in the second", "bold")
    for loading in distinct_loading(difference):
        yield f"    {visible(loads(loading))}"
        yield from (f"      {clipped(line, 2000)}" for line in [*keys(loading), *meaning(loading)])


def _side(side: Side) -> str:
    title = f" ({side.title})" if side.title else ""
    return clipped(f"{side.target}{title}")


def _change(changed: Change, paint: Paint) -> Iterator[str]:
    sign = SIGNS[changed.kind]
    where = place(changed.old_place, changed.new_place)
    text = clipped(changed.what, 1000)
    yield f"  {paint(sign, sign)} {text}" + (paint(f"    {clipped(where)}", "dim") if where else "")
    yield from (paint(f"      {clipped(line)}", "dim") for line in changed.details[:DETAILS])
    if len(changed.details) > DETAILS:
        yield paint(f"      and {len(changed.details) - DETAILS} more", "dim")


def _network(difference: Difference, paint: Paint, room: int | None) -> Iterator[str]:
    rows = []
    for field, words in ROWS:
        pair = figures(difference.network)[field]
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
    """Write each cell of a row as a line of its own, under the name of the row."""
    heads = rows[0]
    wide = max(map(len, heads[1:]))
    if heads[0]:
        yield paint(heads[0], "bold")
    for name, *cells in rows[1:]:
        yield clipped(name)
        yield from (f"  {head:{wide}}  {cell}" for head, cell in zip(heads[1:], cells, strict=True) if cell)
