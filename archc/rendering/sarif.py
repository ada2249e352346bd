"""Diagnostics become SARIF 2.1.0 (OASIS 2020), the format of code scanning: one run, its rules, its results."""

import json
import os
from collections.abc import Callable
from urllib.parse import quote

from archc.diagnostics import Diagnostic, Edit, Note, Span
from archc.rendering.fingerprints import fingerprints
from archc.rendering.paths import has_lines, in_a_file, relative, repository
from archc.rendering.report import Report
from archc.rendering.visible import visible

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
"""Every path is relative to this base, by convention the checkout."""


def as_sarif(report: Report, version: str, page: Callable[[str], str | None]) -> str:
    """Return a log in ASCII that ends with a newline; `page` gives the Markdown of a code, which is the help of its rule."""
    root = repository(os.curdir)
    rules = sorted({diagnostic.code for diagnostic in report.shown})
    prints = fingerprints(report.shown, root)
    run = {
        "tool": {"driver": {"name": "archc", "semanticVersion": version, "rules": [_rule(code, page(code)) for code in rules]}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "results": [
            _result(diagnostic, rules.index(diagnostic.code), mark, root)
            for diagnostic, mark in zip(report.shown, prints, strict=True)
        ],
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _omitted(report.omitted)}],
        "properties": {"files": len(report.files), "omitted": report.omitted},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _omitted(count: int) -> list[object]:
    text = f"{count} more are not shown: raise the limit with --limit diagnostics=N"
    return [{"level": "note", "message": {"text": text}}] if count else []


def _rule(code: str, page: str | None) -> dict[str, object]:
    text = page or f"# {code}: {code}\n"
    title = text.partition("\n")[0].partition(": ")[2]
    return {
        "id": code,
        "shortDescription": {"text": title},
        "help": {"text": f"archc explain {code}", "markdown": text},
        "defaultConfiguration": {"level": "warning" if code.startswith("W") else "error"},
        "properties": {"page": f"docs/errors/{code}.md"},
    }


def _result(diagnostic: Diagnostic, rule: int, mark: str, root: str) -> dict[str, object]:
    span = diagnostic.span
    notes = [note for note in diagnostic.notes if note.span is not None and os.path.exists(note.span.source.name)]
    texts = [diagnostic.message, *([diagnostic.label] if diagnostic.label else [])]
    texts += [_elsewhere(note) for note in diagnostic.notes if note not in notes]
    texts += [f"help: {diagnostic.help}"] if diagnostic.help else []
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity,
        "message": {"text": "\n".join(map(visible, texts))},
        "partialFingerprints": {"archc/v1": mark},
    }
    if span is not None and in_a_file(span):
        result["locations"] = [{"physicalLocation": _location(span, root)}]
    if notes:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": visible(note.message)}, "physicalLocation": _location(note.span, root)}
            for number, note in enumerate(notes, 1)
            if note.span is not None
        ]
    if diagnostic.fix:
        result["fixes"] = [_fix(diagnostic, root)]
    return result


def _elsewhere(note: Note) -> str:
    """Return a note with its place, which is no file of the repository but, say, a line of a shipped block."""
    return f"{note.span}: {note.message}" if note.span else note.message


def _location(span: Span, root: str) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": _artifact(span, root)}
    if has_lines(span):
        place["region"] = _region(span)
    return place


def _artifact(span: Span, root: str) -> dict[str, object]:
    path = relative(span.source.name, root)
    uri = quote(os.fsencode(path), safe="/")
    return {"uri": f"file://{uri}"} if os.path.isabs(path) else {"uri": uri, "uriBaseId": ROOT}


def _region(span: Span) -> dict[str, object]:
    return {"startLine": span.line, "startColumn": span.column, "endLine": span.end_line, "endColumn": span.end_column}


def _fix(diagnostic: Diagnostic, root: str) -> dict[str, object]:
    def replacement(edit: Edit) -> dict[str, object]:
        return {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}

    change = {
        "artifactLocation": _artifact(diagnostic.fix[0].span, root),
        "replacements": [replacement(edit) for edit in diagnostic.fix],
    }
    return {"description": {"text": visible(diagnostic.help or diagnostic.message)}, "artifactChanges": [change]}
