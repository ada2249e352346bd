"""What archc says about a spec: a source, a span in it, a diagnostic, and the exception that carries them."""

from typing import Literal, TypeAlias

from archc.arguments import instance
from archc.exceptions import ArchcError
from archc.record import Record, clipped


class Source(Record, eq=False):
    """A text that was read: the name to print (a path as the user gave it, or `--set`) and its content.

    Compared by identity: two documents with one text are still two places.
    """

    name: str
    text: str


class Span(Record, compiled=True):
    """A range of a source; lines and columns count code points from 1, the end is exclusive."""

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"

    def __repr__(self) -> str:
        return clipped(f"Span({self}-{self.end_line}:{self.end_column})")


class Note(Record):
    """A further place that explains a diagnostic: `in block `bottleneck`, expanded here`."""

    message: str
    span: Span | None = None


class Edit(Record):
    """A span of a source and the text to put in its place; an empty span inserts."""

    span: Span
    text: str


Severity: TypeAlias = Literal["error", "warning"]


class Diagnostic(Record):
    """One problem: a stable code, a sentence, the place, a label under the caret, further places, and a way out.

    `fix` is there where only one mend is possible: the edits that make it, all of one source, none over another.
    """

    code: str
    message: str
    span: Span | None = None
    label: str = ""
    notes: tuple[Note, ...] = ()
    help: str = ""
    severity: Severity = "error"
    fix: tuple[Edit, ...] = ()


class SpecError(Record, ArchcError, frozen=False, eq=False):
    """Every problem of a spec, raised once; sorted by place."""

    diagnostics: tuple[Diagnostic, ...]

    def __post_init__(self) -> None:
        for problem in instance("diagnostics", self.diagnostics, tuple, "a tuple of diagnostics"):
            instance("diagnostics", problem, Diagnostic, "a tuple of diagnostics")

    def __repr__(self) -> str:
        return clipped(f"{type(self).__name__}({str(self)!r})", 300)

    def __str__(self) -> str:
        return "\n".join(f"{d.span or '-'}: {d.severity}[{d.code}]: {d.message}" for d in self.diagnostics)


def in_order(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by source and place; of several with one code at one place the first stays."""

    def place(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
        span = diagnostic.span
        return (span.source.name, span.line, span.column, diagnostic.code) if span else ("", 0, 0, diagnostic.code)

    first: dict[tuple[object, ...], Diagnostic] = {}
    for diagnostic in diagnostics:
        span = diagnostic.span
        key = (diagnostic.code, span and (id(span.source), span.line, span.column), None if span else diagnostic.message)
        first.setdefault(key, diagnostic)
    return tuple(sorted(first.values(), key=place))
