"""The outcome of a run over several files: every problem once, in order, and how many of them are shown."""

from collections.abc import Iterable, Sequence

from archc.diagnostics import Diagnostic
from archc.record import Record


class Report(Record):
    """`files` are the names of what was checked; `diagnostics` all that was found, sorted; `shown` those within the limit."""

    files: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    shown: tuple[Diagnostic, ...]

    @property
    def omitted(self) -> int:
        """How many are not shown."""
        return len(self.diagnostics) - len(self.shown)

    def count(self, severity: str) -> int:
        """How many errors or warnings there are, shown or not."""
        return sum(diagnostic.severity == severity for diagnostic in self.diagnostics)


def report(files: Sequence[str], found: Iterable[Diagnostic], limit: int = 100) -> Report:
    """Sorted by file and place; a parent's problem, found with each of its children, once. Beyond the limit errors stay first."""
    first: dict[tuple[object, ...], Diagnostic] = {}
    for diagnostic in found:
        first.setdefault((*_place(diagnostic), diagnostic.message), diagnostic)
    diagnostics = tuple(sorted(first.values(), key=_place))
    if len(diagnostics) <= limit:
        return Report(tuple(files), diagnostics, diagnostics)
    ranked = sorted(range(len(diagnostics)), key=lambda number: (diagnostics[number].severity != "error", number))
    return Report(tuple(files), diagnostics, tuple(diagnostics[number] for number in sorted(ranked[:limit])))


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    span = diagnostic.span
    return (span.source.name, span.line, span.column, diagnostic.code) if span else ("", 0, 0, diagnostic.code)
