"""The outcome of a run over several files: every problem once, in order, and how many of them are shown."""

import os
from collections.abc import Mapping, Sequence

from archc.diagnostics import Diagnostic, Edit, Note, Source, Span
from archc.record import Record, replace

NOTES = 4
"""Notes that a problem may have of the files it was found with, beyond its own."""


class Report(Record):
    """What was said of several files.

    `files` are the names of what was checked; `diagnostics` all that was found, sorted; `shown` those within the limit. `fails`
    has for each file with an error that is told elsewhere, in its parent say, the first such error.
    """

    files: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    shown: tuple[Diagnostic, ...]
    fails: Mapping[str, Diagnostic]

    @property
    def omitted(self) -> int:
        """How many are not shown."""
        return len(self.diagnostics) - len(self.shown)

    def count(self, severity: str) -> int:
        """How many errors or warnings there are, shown or not."""
        return sum(diagnostic.severity == severity for diagnostic in self.diagnostics)


def report(files: Sequence[str], found: Sequence[Sequence[Diagnostic]], limit: int = 100) -> Report:
    """Of what was `found` of each file: sorted by file and place; a parent's problem, found with each of its children, once.
    Beyond the limit errors stay first.
    """
    found = _called(files, found)
    fails = {name: problem for name, problems in zip(files, found, strict=True) if (problem := _elsewhere(name, problems))}
    first: dict[tuple[object, ...], list[Diagnostic]] = {}
    for diagnostic in (diagnostic for problems in found for diagnostic in problems):
        first.setdefault((*_place(diagnostic), diagnostic.message), []).append(diagnostic)
    diagnostics = tuple(sorted(map(_together, first.values()), key=_place))
    if len(diagnostics) <= limit:
        return Report(tuple(files), diagnostics, diagnostics, fails)
    ranked = sorted(range(len(diagnostics)), key=lambda number: (diagnostics[number].severity != "error", number))
    return Report(tuple(files), diagnostics, tuple(diagnostics[number] for number in sorted(ranked[:limit])), fails)


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    span = diagnostic.span
    return (span.source.name, span.line, span.column, diagnostic.code) if span else ("", 0, 0, diagnostic.code)


def _elsewhere(name: str, problems: Sequence[Diagnostic]) -> Diagnostic | None:
    """The first error of a file that has none in itself."""
    errors = [problem for problem in problems if problem.severity == "error"]
    own = any(problem.span is not None and problem.span.source.name == name for problem in errors)
    return None if own or not errors else errors[0]


def _together(same: Sequence[Diagnostic]) -> Diagnostic:
    """One problem that was found with several files, with the notes of each: who extends the file at fault, say."""
    own = {_said(note) for note in same[0].notes}
    further = list({_said(note): note for other in same[1:] for note in other.notes if _said(note) not in own}.values())
    more = (Note(f"and at {len(further) - NOTES} further places"),) if len(further) > NOTES else ()
    return replace(same[0], notes=(*same[0].notes, *further[:NOTES], *more)) if further else same[0]


def _said(note: Note) -> tuple[str, str]:
    return note.message, str(note.span or "")


def _called(files: Sequence[str], found: Sequence[Sequence[Diagnostic]]) -> list[list[Diagnostic]]:
    """Files that were checked are called as they were named, also where another file names them otherwise."""
    known: dict[str, str] = {}
    sources: dict[int, Source] = {}

    def source(old: Source) -> Source:
        if id(old) not in sources:
            if old.name in files or not os.path.exists(old.name):
                return old
            if not known:
                known.update({os.path.realpath(name): name for name in files})
            sources[id(old)] = Source(known.get(os.path.realpath(old.name), old.name), old.text)
        return sources[id(old)]

    def span(old: Span) -> Span:
        new = source(old.source)
        return old if new is old.source else replace(old, source=new)

    def diagnostic(old: Diagnostic) -> Diagnostic:
        notes = tuple([Note(note.message, span(note.span)) if note.span else note for note in old.notes])
        fix = tuple([Edit(span(edit.span), edit.text) for edit in old.fix])
        return replace(old, span=span(old.span) if old.span else None, notes=notes, fix=fix)

    return [[diagnostic(each) for each in problems] for problems in found]
