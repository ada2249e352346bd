"""Diagnostics become one JSON document for programs; lines and columns count code points from 1.

`report-1.schema.json` beside this file describes the format, which has a number.
"""

import json
import os

from archc.diagnostics import Diagnostic, Edit, Note, Span
from archc.rendering.report import Report

VERSION = 1


def as_json(report: Report) -> str:
    """Return the shown diagnostics as JSON in ASCII that ends with a newline; `omitted` counts the others."""
    content = {
        "version": VERSION,
        "files": len(report.files),
        "errors": report.count("error"),
        "warnings": report.count("warning"),
        "omitted": report.omitted,
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in report.shown],
    }
    return json.dumps(content, indent=2) + "\n"


def schema_text() -> str:
    """Return the JSON Schema of what `as_json` writes."""
    with open(os.path.join(os.path.dirname(__file__), f"report-{VERSION}.schema.json"), encoding="utf-8") as file:
        return file.read()


def _diagnostic(diagnostic: Diagnostic) -> dict[str, object]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "label": diagnostic.label,
        **_place(diagnostic.span),
        "notes": [_note(note) for note in diagnostic.notes],
        "help": diagnostic.help,
        "fix": [_edit(edit) for edit in diagnostic.fix],
        "explain": f"archc explain {diagnostic.code}",
        "page": f"docs/errors/{diagnostic.code}.md",
    }


def _note(note: Note) -> dict[str, object]:
    return {"message": note.message, **_place(note.span)}


def _edit(edit: Edit) -> dict[str, object]:
    return {**_place(edit.span), "replacement": edit.text}


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
