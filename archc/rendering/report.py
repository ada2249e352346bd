"""A report is the outcome of a run over several files: every problem once, in order, and which of them are shown."""

import os
from collections.abc import Mapping, Sequence

from archc.diagnostics import Diagnostic, Edit, Note, Source, Span
from archc.record import Record, replace

FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit")
"""What a report can be written as."""
NOTES = 4
"""Notes that a problem may have of the files it was found with, beyond its own."""


class Report(Record):
    """The problems of several files."""

    files: tuple[str, ...]
    """The names of the files that were checked."""
    diagnostics: tuple[Diagnostic, ...]
    """All problems, sorted."""
    shown: tuple[Diagnostic, ...]
    """The problems within the limit."""
    fails: Mapping[str, Diagnostic]
    """By file, the first of its errors where all of them are reported in other files, such as its parent."""

    @property
    def omitted(self) -> int:
        """The number of problems that are not shown."""
        return len(self.diagnostics) - len(self.shown)

    def count(self, severity: str) -> int:
        """Return the number of errors or warnings, shown or not."""
        return sum(diagnostic.severity == severity for diagnostic in self.diagnostics)


def report(files: Sequence[str], by_file: Sequence[Sequence[Diagnostic]], limit: int = 100) -> Report:
    """Sort the problems of each file by file and place; a parent's problem, which each of its children has, is one.

    Where there are more than `limit`, errors are shown before warnings.
    """
    by_file = _named_alike(files, by_file)
    fails = {name: problem for name, problems in zip(files, by_file, strict=True) if (problem := _elsewhere(name, problems))}
    equal: dict[tuple[object, ...], list[Diagnostic]] = {}
    for diagnostic in (diagnostic for problems in by_file for diagnostic in problems):
        equal.setdefault((*_place(diagnostic), diagnostic.message), []).append(diagnostic)
    diagnostics = tuple(sorted(map(_merged, equal.values()), key=_place))
    if len(diagnostics) <= limit:
        return Report(tuple(files), diagnostics, diagnostics, fails)
    ranked = sorted(range(len(diagnostics)), key=lambda number: (diagnostics[number].severity != "error", number))
    return Report(tuple(files), diagnostics, tuple(diagnostics[number] for number in sorted(ranked[:limit])), fails)


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    span = diagnostic.span
    return (span.source.name, span.line, span.column, diagnostic.code) if span else ("", 0, 0, diagnostic.code)


def _elsewhere(name: str, problems: Sequence[Diagnostic]) -> Diagnostic | None:
    """Return the first error of a file all of whose errors are in other files."""
    errors = [problem for problem in problems if problem.severity == "error"]
    own = any(problem.span is not None and problem.span.source.name == name for problem in errors)
    return None if own or not errors else errors[0]


def _merged(same: Sequence[Diagnostic]) -> Diagnostic:
    """Merge the equal problems of several files to one with the notes of each, such as who extends the file at fault."""
    own = {_key(note) for note in same[0].notes}
    further = list({_key(note): note for other in same[1:] for note in other.notes if _key(note) not in own}.values())
    more = (Note(f"and at {len(further) - NOTES} further places"),) if len(further) > NOTES else ()
    return replace(same[0], notes=(*same[0].notes, *further[:NOTES], *more)) if further else same[0]


def _key(note: Note) -> tuple[str, str]:
    return note.message, str(note.span or "")


def _named_alike(files: Sequence[str], by_file: Sequence[Sequence[Diagnostic]]) -> list[list[Diagnostic]]:
    """Give each checked file the name that the user gave it, also where another file names it otherwise."""
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

    return [[diagnostic(each) for each in problems] for problems in by_file]
