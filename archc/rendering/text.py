"""Diagnostics become text for people: what is wrong, the line with a caret, further places, a way out."""

from collections.abc import Iterable, Sequence

from archc.diagnostics import Diagnostic, Span
from archc.language.document.lines import lines
from archc.record import Record
from archc.rendering.report import Report
from archc.rendering.tally import tally
from archc.rendering.visible import clipped, visible, width

CELLS = 100
"""Of a terminal that one line of a source takes at most."""
_BEFORE = 40
"""Cells kept before the place when a long line is cut."""
_TAB = 4

_RESET = "\x1b[0m"
_STYLES = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "gutter": "\x1b[1;34m", "bold": "\x1b[1m", "note": "\x1b[1;36m"}


class _Mark(Record):
    """An underline and its label."""

    span: Span
    label: str
    sign: str
    """`^` at the place of the diagnostic, `-` at that of a note."""
    style: str


class _Page(Record):
    """The settings of one output."""

    color: bool
    texts: dict[int, list[str]]
    """The lines of each source by its identity, split once."""

    def paint(self, text: str, style: str) -> str:
        return f"{_STYLES[style]}{text}{_RESET}" if self.color and text else text

    def line(self, span: Span) -> str:
        """Return the first line of a span, "" beyond the text."""
        text = self.texts.get(id(span.source))
        if text is None:
            text = self.texts[id(span.source)] = lines(span.source.text)
        return text[span.line - 1] if 0 < span.line <= len(text) else ""


def render(diagnostics: Sequence[Diagnostic], *, color: bool = False, limit: int = 100) -> str:
    """Write the diagnostics with a blank line between two; after `limit` of them, a line counts the others."""
    page = _Page(color, {})
    explained: set[str] = set()
    blocks: list[str] = []
    for diagnostic in diagnostics[:limit]:
        blocks.append("\n".join(_block(diagnostic, page, explain=diagnostic.code not in explained)) + "\n")
        explained.add(diagnostic.code)
    if len(diagnostics) > limit:
        blocks.append(f"{len(diagnostics) - limit} more are not shown.\n")
    return "\n".join(blocks)


def as_text(report: Report, *, color: bool = False) -> str:
    """Write the problems, and a line that counts files and problems."""
    text = render(report.shown, color=color, limit=len(report.shown))
    left = f"\n{report.omitted} more are not shown: raise the limit with --limit diagnostics=N\n" if report.omitted else ""
    return f"{text}{left}{chr(10) if text else ''}{tally(report)}\n"


def _block(diagnostic: Diagnostic, page: _Page, *, explain: bool) -> Iterable[str]:
    head = page.paint(f"{diagnostic.severity}[{diagnostic.code}]", diagnostic.severity)
    yield head + page.paint(f": {clipped(diagnostic.message)}", "bold")
    groups = _groups(diagnostic)
    margin = max((len(str(mark.span.line)) for group in groups for mark in group if mark.span.source.text), default=1)
    for number, group in enumerate(groups):
        if number:
            yield page.paint(f"{' ' * margin} |", "gutter")
        yield f"{' ' * margin}{page.paint('-->' if not number else ':::', 'gutter')} {_place(group[0].span)}"
        if group[0].span.source.text:
            yield from _excerpts(group, margin, page)
    footer = [("note", note.message) for note in diagnostic.notes if note.span is None]
    if diagnostic.help:
        footer.append(("help", diagnostic.help))
    if explain:
        footer.append(("see", f"archc explain {diagnostic.code}"))
    for word, text in footer:
        yield f"{' ' * margin} {page.paint('=', 'gutter')} {page.paint(f'{word}:', 'bold')} {clipped(text)}"


def _place(span: Span) -> str:
    """Return `net.yaml:3:1`; a file that was not read has no line."""
    name = clipped(span.source.name)
    return f"{name}:{span.line}:{span.column}" if span.source.text else name


def _groups(diagnostic: Diagnostic) -> list[list[_Mark]]:
    """Return the marks of each source, the diagnostic's source first; the first mark of each is the place to print."""
    groups: dict[int, list[_Mark]] = {}
    if diagnostic.span:
        groups[id(diagnostic.span.source)] = [_Mark(diagnostic.span, diagnostic.label, "^", diagnostic.severity)]
    for note in diagnostic.notes:
        if note.span:
            groups.setdefault(id(note.span.source), []).append(_Mark(note.span, note.message, "-", "note"))
    return list(groups.values())


def _excerpts(group: list[_Mark], margin: int, page: _Page) -> Iterable[str]:
    yield page.paint(f"{' ' * margin} |", "gutter")
    by_line: dict[int, list[_Mark]] = {}
    for mark in group:
        by_line.setdefault(mark.span.line, []).append(mark)
    before = None
    for number in sorted(by_line):
        marks = by_line[number]
        if before is not None and number > before + 1:
            yield page.paint("...", "gutter")
        before = number
        yield from _line(marks, margin, page)


def _line(marks: list[_Mark], margin: int, page: _Page) -> Iterable[str]:
    span = marks[0].span
    part = excerpt(page.line(span), span.column)
    yield f"{page.paint(f'{span.line:>{margin}} |', 'gutter')} {part.text}".rstrip()
    for mark in marks:
        start = part.cell(mark.span.column)
        # A span over several lines is underlined in its first line.
        end = part.cell(mark.span.end_column) if mark.span.end_line == mark.span.line else part.stops[-1]
        underline = mark.sign * max(1, end - start)
        text = f"{underline} {clipped(mark.label)}".rstrip()
        gutter = page.paint(" " * margin + " |", "gutter")
        yield f"{gutter} {' ' * start}{page.paint(text, mark.style)}"


class Excerpt(Record):
    """A line of a source as it is printed: at most a hundred cells of it."""

    text: str
    first: int
    """The first code point of the line that is shown."""
    stops: tuple[int, ...]
    """The cell at which each code point begins, from `first` on, and where the text ends."""

    def cell(self, column: int) -> int:
        """Return the cell of a column, which counts from 1; a column that was cut away is at the nearer edge."""
        return self.stops[max(0, min(column - 1 - self.first, len(self.stops) - 1))]


def excerpt(line: str, column: int) -> Excerpt:
    """Cut a line to the part around a column that fits; `…` stands for the rest."""
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
    """Return the code points to show, all or a part that begins some cells before `offset`, as a first and a last."""
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
