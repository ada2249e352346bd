"""Lines of a text end, as for YAML and editors, with LF, CR LF or CR."""

import re
from bisect import bisect_right

from archc.diagnostics import Source, Span
from archc.record import Record, field

LINE_END = re.compile(r"\r\n|\r|\n")


def lines(text: str) -> list[str]:
    """Split a text into lines without their ends; after a last line end there is an empty line."""
    return LINE_END.split(text)


class Places(Record):
    """Turns offsets of a source's text into spans."""

    source: Source
    _starts: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", [0, *(match.end() for match in LINE_END.finditer(self.source.text))])

    def line_column(self, offset: int) -> tuple[int, int]:
        """Return line and column of an offset, both from 1."""
        if offset and self.source.text[offset - 1 : offset + 1] == "\r\n":
            offset -= 1  # no place is between the two
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """Return the span from `start` to before `end`, clamped into the text."""
        start = max(0, min(start, len(self.source.text)))
        end = max(start, min(end, len(self.source.text)))
        return Span(self.source, *self.line_column(start), *self.line_column(end))

    def line_start(self, offset: int) -> int:
        """Return the offset of the first character of the line that holds `offset`."""
        return self._starts[bisect_right(self._starts, offset) - 1]

    def line_end(self, offset: int) -> int:
        """Return the offset behind the last visible character of the line that holds `offset`."""
        match = LINE_END.search(self.source.text, offset)
        end = match.start() if match else len(self.source.text)
        return offset + len(self.source.text[offset:end].rstrip())

    def trimmed(self, offset: int) -> int:
        """Return the offset behind the last character before `offset` that is not white space."""
        text = self.source.text
        while offset and text[offset - 1].isspace():
            offset -= 1
        return offset
