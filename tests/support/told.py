"""All that diagnostics say, as lines: what golden files of them hold."""

from collections.abc import Iterable

from archc.diagnostics import Diagnostic, Span


def place(span: Span | None) -> str:
    """Where a span begins and ends; its source, for it may be another file's. Of what ships only the file: it may change."""
    if span is None or span.source.name.startswith("archc:"):
        return span.source.name if span else "nowhere"
    return f"{span.source.name}:{span.line}:{span.column}-{span.end_line}:{span.end_column}"


def told(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """A line for each part of each diagnostic."""
    found = []
    for diagnostic in diagnostics:
        found.append(f"{place(diagnostic.span)}: {diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}")
        found += [f"    label: {diagnostic.label}"] if diagnostic.label else []
        found += [f"    note: {note.message} ({place(note.span)})" for note in diagnostic.notes]
        found += [f"    help: {diagnostic.help}"] if diagnostic.help else []
        found += [f"    fix: {place(edit.span)} becomes {edit.text!r}" for edit in diagnostic.fix]
    return found


def page(cases: Iterable[tuple[str, Iterable[str]]]) -> str:
    """The lines of each case, below its name."""
    return "".join("\n".join([f"== {name}", *lines]) + "\n\n" for name, lines in cases)
