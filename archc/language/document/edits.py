"""Edits change a text at spans, each to fix one problem. They are made, chosen so that none overlaps another, and applied."""

from collections.abc import Iterable, Sequence

from archc.diagnostics import Diagnostic, Edit, Source, Span
from archc.language.document.lines import LINE_END, lines
from archc.language.document.nodes import Entry, Map, Scalar

_FLOW = frozenset(",[]{}#&*!|>%@`")
"""Characters that have a meaning where a map is written in braces."""


def text_of(span: Span) -> str:
    """Return the text at a span."""
    begin, end = _offsets(span)
    return span.source.text[begin:end]


def renamed(span: Span, wrong: str, right: str) -> tuple[Edit, ...]:
    """Replace the name `wrong` by `right` where it stands at a span: alone, in quotes, or once in a dotted path; else nothing."""
    text = text_of(span)
    quote = text[0] if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0] else ""
    inner = text.strip(quote) if quote else text
    parts = inner.split(".")
    if "." in right or parts.count(wrong) != 1 or span.line != span.end_line or f"{quote}{'.'.join(parts)}{quote}" != text:
        return ()
    before = parts[: parts.index(wrong)]
    column = span.column + len(quote) + sum(len(part) + 1 for part in before)
    return (Edit(Span(span.source, span.line, column, span.line, column + len(wrong)), right),)


def begun(root: Map, line: str) -> tuple[Edit, ...]:
    """Put a line before the first key of a document."""
    start = root.span
    if text_of(start).startswith("{"):
        return (Edit(_point(start.source, start.line, start.column + 1), f"{line}, "),)
    return (Edit(_point(start.source, start.line, start.column), f"{line}{_end(start.source)}{' ' * (start.column - 1)}"),)


def inserted(home: Map, pairs: Sequence[tuple[str, str]]) -> tuple[Edit, ...]:
    """Put keys with their values into a map: before the first key of a block, behind the last one within braces."""
    texts = [f"{key}: {value}" for key, value in pairs]
    if not text_of(home.span).startswith("{"):
        first = home.entries[0].span
        between = f"{_end(first.source)}{' ' * (first.column - 1)}"
        return (Edit(_point(first.source, first.line, first.column), "".join(f"{text}{between}" for text in texts)),)
    end, comma = _before_brace(home)
    return (Edit(end, f"{comma}{', '.join(texts)}"),)


def ended(root: Map, line: str) -> tuple[Edit, ...]:
    """Put a line behind the last one of a document, or an entry behind its last one within braces."""
    if text_of(root.span).startswith("{"):
        place, comma = _before_brace(root)
        return (Edit(place, f"{comma}{line}"),)
    source = root.span.source
    rows, end = lines(source.text), _end(source)
    indent = " " * (root.span.column - 1)
    place = _point(source, len(rows), len(rows[-1]) + 1)
    return (Edit(place, f"{end}{indent}{line}" if rows[-1] else f"{indent}{line}{end}"),)


def _before_brace(home: Map) -> tuple[Span, str]:
    """Return the place where a map in braces takes another entry, behind its last one, and the comma needed before it."""
    source, inner = home.span.source, text_of(home.span)[1:-1].rstrip()
    rows = lines("{" + inner)
    line = home.span.line + len(rows) - 1
    column = len(rows[-1]) + (home.span.column if len(rows) == 1 else 1)
    comma = "" if not inner else " " if inner.endswith(",") else ", "
    return _point(source, line, column), comma


def moved(root: Map, key: str, into: str) -> tuple[Edit, ...]:
    """Move an entry of a document's top level into its map `into`, with lines and comments as they are.

    Nothing is moved where the entry is not written on lines of its own, or where that map has the key.
    """
    entry, home = root.entry(key), root.entry(into)
    block = _block(entry) if entry is not None else None
    if entry is None or block is None:
        return ()
    source = entry.span.source
    if home is None:
        span = Span(source, entry.span.line, 1, block.end_line, block.end_column)
        return (Edit(span, f"{' ' * (entry.span.column - 1)}{into}:{_end(source)}{_indented(text_of(span), 2, source)}"),)
    if home.span.source is not source or (isinstance(home.value, Map) and key in home.value):
        return ()
    target = home.value
    if isinstance(target, Map) and text_of(target.span).startswith("{"):
        return _into_braces(entry, target, block)
    if isinstance(target, Map) and target.entries and target.span.line > home.span.line:
        column, last = target.entries[0].span.column, target.span.end_line
    elif isinstance(target, Scalar) and target.value is None and target.text == "":
        column, last = home.span.column + 2, home.span.line
    else:
        return ()
    width = len(lines(source.text)[last - 1]) + 1
    text = _indented(text_of(block), column - entry.span.column, source)
    return (_removal(block), Edit(_point(source, last, width), f"{_end(source)}{text}"))


def _block(entry: Entry) -> Span | None:
    """Return the lines of an entry, None where others share them or where its value is an alias, which is written elsewhere."""
    source, end = entry.span.source, entry.value.span
    if end.source is not source or (end.line, end.column) < (entry.span.line, entry.span.column):
        return None
    text = lines(source.text)
    before = text[entry.span.line - 1][: entry.span.column - 1]
    behind = text[end.end_line - 1][end.end_column - 1 :].strip()
    if before.strip() or (behind and not behind.startswith("#")):
        return None
    last = end.end_line
    while last < len(text) and _is_comment(text[last], entry.span.column):
        last += 1
    return Span(source, entry.span.line, 1, last, len(text[last - 1]) + 1)


def _is_comment(line: str, column: int) -> bool:
    """Return whether a line is a comment that is indented more than a key at `column`, and so belongs to that key's value."""
    inner = line.lstrip(" ")
    return inner.startswith("#") and len(line) - len(inner) >= column


def _into_braces(entry: Entry, home: Map, block: Span) -> tuple[Edit, ...]:
    """Move `key: value`, written on one line, into a map such as `{a: 1}`; a comment behind it stays where it is."""
    value = text_of(entry.value.span)
    plain = isinstance(entry.value, Scalar) and value[:1] not in ("'", '"')
    if block.line != block.end_line or (plain and (_FLOW & set(value) or ": " in value)):
        return ()
    if isinstance(entry.value, Map) and not value.startswith("{"):
        return ()
    source, end = home.span.source, home.span
    inner = text_of(home.span)[1:-1].rstrip()
    comma = ", " if inner and not inner.endswith(",") else ""
    place = _point(source, end.end_line, end.end_column - 1)
    key = text_of(entry.span)
    comment = lines(source.text)[block.line - 1][entry.value.span.end_column - 1 :].strip()
    behind = block.end_column - len(comment)
    removal = Edit(Span(source, block.line, entry.span.column, block.line, behind), "") if comment else _removal(block)
    return (removal, Edit(place, f"{comma}{key}: {value}"))


def _removal(block: Span) -> Edit:
    """Remove whole lines, with the line end behind them, or before them at the end of a text."""
    source, text = block.source, lines(block.source.text)
    if block.end_line < len(text):
        return Edit(Span(source, block.line, 1, block.end_line + 1, 1), "")
    before = max(1, block.line - 1)
    return Edit(Span(source, before, len(text[before - 1]) + 1, block.end_line, block.end_column), "")


def _indented(text: str, by: int, source: Source) -> str:
    moved_lines = (line if not line.strip() else " " * by + line if by >= 0 else line[-by:] for line in lines(text))
    return _end(source).join(moved_lines)


def _point(source: Source, line: int, column: int) -> Span:
    """Return an empty span, where an edit inserts."""
    return Span(source, line, column, line, column)


def _end(source: Source) -> str:
    """Return the line end that a text uses."""
    match = LINE_END.search(source.text)
    return match[0] if match else "\n"


def _offsets(span: Span) -> tuple[int, int]:
    starts = [0, *(match.end() for match in LINE_END.finditer(span.source.text))]

    def offset(line: int, column: int) -> int:
        return min(starts[line - 1] + column - 1 if line <= len(starts) else len(span.source.text), len(span.source.text))

    return offset(span.line, span.column), offset(span.end_line, span.end_column)


def together(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Choose the diagnostics whose fixes can be applied together: none overlaps another, and at most one adds or moves lines."""
    taken: list[tuple[int, int]] = []
    chosen: list[Diagnostic] = []
    lines_change = False
    for diagnostic in diagnostics:
        spans = [_offsets(edit.span) for edit in diagnostic.fix]
        whole = any(LINE_END.search(edit.text) or edit.span.line != edit.span.end_line for edit in diagnostic.fix)
        free = all(end < begin or last < start for start, end in spans for begin, last in taken)
        if spans and free and not (whole and lines_change):
            chosen.append(diagnostic)
            taken += spans
            lines_change = lines_change or whole
    return chosen


def applied(text: str, edits: Sequence[Edit]) -> str:
    """Apply edits of which none overlaps another; everything else stays as it is, byte for byte."""
    pieces, done = list[str](), 0
    for begin, end, new in sorted((*_offsets(edit.span), edit.text) for edit in edits):
        if begin < done:
            raise ValueError("two edits are over one another")
        pieces += [text[done:begin], new]
        done = end
    return "".join([*pieces, text[done:]])
