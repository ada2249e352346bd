"""The place where a YAML parser stopped, and what the text around it looks like."""

from archc.diagnostics import Span
from archc.language.document.lines import Places
from archc.record import Record


class Trouble(Record):
    """Where the parser stopped (`at`), where what it was reading began (`begin`), and its own words."""

    places: Places
    at: int
    begin: int
    words: str

    @property
    def text(self) -> str:
        return self.places.source.text

    @property
    def character(self) -> str:
        """What stands where it stopped, "" at the end."""
        return self.text[self.at : self.at + 1]

    def here(self, length: int = 1) -> Span:
        """The place itself; at the end of the text what comes last."""
        if self.text[self.at :].strip() or self.character == "\t":
            return self.places.span(self.at, self.at + length)
        at = self.places.trimmed(self.at)
        return self.places.span(at, at)

    def rest(self, offset: int) -> Span:
        """From `offset` to the end of its line."""
        return self.places.span(offset, max(offset, self.places.line_end(offset)))

    def column(self, offset: int) -> int:
        """From 0: how far something is indented."""
        return self.places.line_column(offset)[1] - 1

    def before(self) -> str:
        """The line up to the place."""
        return self.text[self.places.line_start(self.at) : self.at]

    def indent(self, offset: int) -> int:
        """Spaces before what stands first on the line of `offset`."""
        start = self.places.line_start(offset)
        line = self.text[start : self.places.line_end(start)]
        return len(line) - len(line.lstrip(" "))

    def line(self, offset: int) -> Span:
        """The line of `offset` from what stands first on it."""
        return self.rest(self.places.line_start(offset) + self.indent(offset))

    def indent_above(self) -> int:
        """That of the last line before the place that says something."""
        start = self.places.line_start(self.at)
        while start:
            start = self.places.line_start(start - 1)
            if self.text[start : self.places.line_end(start)].lstrip()[:1] not in ("", "#"):
                break
        return self.indent(start)
