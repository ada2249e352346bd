"""Diagnostics for programs: one JSON document, its format numbered; lines and columns count code points from 1."""

import json
from collections.abc import Sequence

from archc.diagnostics import Diagnostic, Note, Span

VERSION = 1


def as_json(diagnostics: Sequence[Diagnostic], limit: int = 100) -> str:
    """All of them as JSON in ASCII; `omitted` counts those beyond `limit`. Ends with a newline."""
    content = {
        "version": VERSION,
        "errors": sum(diagnostic.severity == "error" for diagnostic in diagnostics),
        "warnings": sum(diagnostic.severity == "warning" for diagnostic in diagnostics),
        "omitted": max(0, len(diagnostics) - limit),
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in diagnostics[:limit]],
    }
    return json.dumps(content, indent=2) + "\n"


def _diagnostic(diagnostic: Diagnostic) -> dict[str, object]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "label": diagnostic.label,
        **_place(diagnostic.span),
        "notes": [_note(note) for note in diagnostic.notes],
        "help": diagnostic.help,
        "explain": f"archc explain {diagnostic.code}",
    }


def _note(note: Note) -> dict[str, object]:
    return {"message": note.message, **_place(note.span)}


def _place(span: Span | None) -> dict[str, object]:
    if span is None:
        return {"file": None, "line": None, "column": None, "end_line": None, "end_column": None}
    return {
        "file": span.source.name,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
