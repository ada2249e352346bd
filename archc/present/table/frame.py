"""A grid is drawn in a frame of strips of text and rules; each joint is the character with the arms that its place needs."""

from collections.abc import Sequence

from archc.present.table.cells import Pen, cell_lines, cell_width, measured, shown, wrapped
from archc.present.table.grid import Band, Cell, Grid
from archc.record import Record


class Run(Record):
    """Columns from `start` to before `end` in one strip: their text, or None for a rule through them."""

    start: int
    end: int
    text: str | None


class Strip(Record):
    """One line of the drawing."""

    runs: tuple[Run, ...]

    def has_wall(self, column: int) -> bool:
        """Return whether a line goes down on the left of a column."""
        return any(run.text is not None and column in (run.start, run.end) for run in self.runs)

    def has_rule(self, column: int) -> bool:
        return any(run.text is None and run.start <= column < run.end for run in self.runs)


class Frame(Record):
    """A pen and the width of each column, stubs first."""

    pen: Pen
    widths: tuple[int, ...]
    stubs: int

    def room(self, start: int, end: int) -> int:
        """Return the cells for text over several columns, with those of the walls between them."""
        return sum(self.widths[start:end]) + 3 * (end - start - 1)

    @property
    def total(self) -> int:
        return self.room(0, len(self.widths)) + 4


def frame_of(grid: Grid, pen: Pen, room: int | None = None) -> Frame:
    """Return a frame as wide as the cells, and as the titles where there is `room`; else titles are wrapped."""
    stubs, count = len(grid.stubs), len(grid.stubs) + len(grid.columns)
    widths = [measured(shown(stub, pen)) for stub in grid.stubs] + [cell_width(cell, pen) for cell in grid.columns]
    spanning: list[tuple[int, int, int]] = []
    for band in grid.bands:
        for start, end, cell in [*_heads(band, stubs), *(cell for row in band.rows for cell in _cells(row, stubs, count))]:
            if end - start == 1:
                widths[start] = max(widths[start], cell_width(cell, pen))
            else:
                spanning.append((start, end, cell_width(cell, pen)))
    for start, end, wanted in spanning:
        missing = wanted - sum(widths[start:end]) - 3 * (end - start - 1)
        for step in range(max(0, missing)):
            widths[end - 1 - step % (end - start)] += 1
    frame = Frame(pen, tuple(widths), stubs)
    longest = max((measured(shown(band.title, pen)) for band in grid.bands), default=0)
    widths[-1] += max(0, (longest + 4 if room is None else min(room, longest + 4)) - frame.total)
    return Frame(pen, tuple(widths), stubs)


def draw(grid: Grid, frame: Frame) -> list[str]:
    """Return the lines of the drawing, all as wide as the frame; titles that stand alone come before the columns' heads."""
    count = len(frame.widths)
    rule = Strip(tuple(Run(column, column + 1, None) for column in range(count)))
    heads = [*(Cell((stub,)) for stub in grid.stubs), *grid.columns]
    strips: list[Strip] = []
    for band in grid.bands:
        if not band.rows:
            strips += [rule, *_title(band, frame)]
    strips += [rule, *_row(list(enumerate(heads)), frame)]
    first = True
    for band in grid.bands:
        if not band.rows:
            continue
        if first or grid.framed or band.ruled or band.title:
            strips.append(rule)
        first = False
        if band.title:
            strips += [*_title(band, frame), rule]
        strips += _band(band, frame)
    strips.append(rule)
    return [_line(strips, number, frame) for number in range(len(strips))]


def _title(band: Band, frame: Frame) -> list[Strip]:
    count = len(frame.widths)
    room = frame.room(0, count)
    return [Strip((Run(0, count, _pad(line, room)),)) for line in wrapped(shown(band.title, frame.pen), room)]


def _pad(text: str, room: int) -> str:
    return text + " " * max(0, room - measured(text))


def _heads(band: Band, stubs: int) -> list[tuple[int, int, Cell]]:
    last = len(band.head) - 1
    return [(at, at + 1 if at < last else stubs, cell) for at, cell in enumerate(band.head)]


def _cells(row: Sequence[Cell], stubs: int, count: int) -> list[tuple[int, int, Cell]]:
    if len(row) == 1:
        return [(stubs, count, row[0])]
    return [(stubs + at, stubs + at + 1, cell) for at, cell in enumerate(row)]


def _row(cells: Sequence[tuple[int, Cell]], frame: Frame) -> list[Strip]:
    return _strips([(at, at + 1, cell_lines(cell, frame.pen, frame.widths[at])) for at, cell in cells], frame)


def _strips(columns: Sequence[tuple[int, int, list[str]]], frame: Frame) -> list[Strip]:
    """Put cells side by side, shorter ones in the middle of the height."""
    height = max(1, *(len(lines) for _, _, lines in columns))
    strips = []
    for number in range(height):
        runs = []
        for start, end, lines in columns:
            index = number - (height - len(lines)) // 2
            runs.append(Run(start, end, lines[index] if 0 <= index < len(lines) else " " * frame.room(start, end)))
        strips.append(Strip(tuple(runs)))
    return strips


def _band(band: Band, frame: Frame) -> list[Strip]:
    """Return the rows with rules between them, and beside them the head, which no rule crosses."""
    if not band.rows:
        return []
    count = len(frame.widths)
    body: list[Strip] = []
    for number, row in enumerate(band.rows):
        if number:
            body.append(Strip(tuple(Run(column, column + 1, None) for column in range(frame.stubs, count))))
        cells = [(s, e, cell_lines(cell, frame.pen, frame.room(s, e))) for s, e, cell in _cells(row, frame.stubs, count)]
        body += _strips(cells, frame)
    heads = [(s, e, cell_lines(cell, frame.pen, frame.room(s, e))) for s, e, cell in _heads(band, frame.stubs)]
    tallest = max((len(lines) for _, _, lines in heads), default=0)
    blank = tuple(Run(run.start, run.end, " " * frame.room(run.start, run.end)) for run in body[-1].runs)
    body += [Strip(blank)] * (tallest - len(body))
    return [
        Strip((*(Run(s, e, lines[n] if n < len(lines) else " " * frame.room(s, e)) for s, e, lines in heads), *strip.runs))
        for n, strip in enumerate(body)
    ]


def _line(strips: Sequence[Strip], number: int, frame: Frame) -> str:
    strip = strips[number]
    text = []
    for run in strip.runs:
        text.append(_joint(strips, number, run.start, frame))
        inside = frame.room(run.start, run.end)
        text.append(frame.pen.across * (inside + 2) if run.text is None else f" {run.text} ")
    text.append(_joint(strips, number, len(frame.widths), frame))
    return "".join(text)


def _joint(strips: Sequence[Strip], number: int, column: int, frame: Frame) -> str:
    """Return the character at the left of a column."""
    strip = strips[number]
    left, right = strip.has_rule(column - 1), strip.has_rule(column)
    if not left and not right:
        return frame.pen.down
    up = number > 0 and strips[number - 1].has_wall(column)
    down = number + 1 < len(strips) and strips[number + 1].has_wall(column)
    if frame.pen.ascii:
        return "+" if up or down else frame.pen.across
    arms = "".join(arm for arm, there in zip("udlr", (up, down, left, right), strict=True) if there)
    return frame.pen.joints[arms]
