"""Diagnostics as GitLab's code quality report (a list in the form of Code Climate's issues)."""

import json
import os

from archc.diagnostics import Diagnostic
from archc.rendering.fingerprints import fingerprints
from archc.rendering.paths import in_a_file, relative, repository
from archc.rendering.report import Report
from archc.rendering.visible import visible

SEVERITIES = {"error": "major", "warning": "minor"}


def as_gitlab(report: Report) -> str:
    """A JSON list in ASCII, which ends with a newline; what is not shown is one entry of its own."""
    root = repository(os.curdir)
    marks = fingerprints(report.shown, root)
    issues = [_issue(diagnostic, mark, root) for diagnostic, mark in zip(report.shown, marks, strict=True)]
    if report.omitted:
        said = f"{report.omitted} more are not shown: raise the limit with --limit diagnostics=N"
        where = {"path": ".", "lines": {"begin": 1}}
        issues.append(
            {"description": said, "check_name": "archc", "fingerprint": "0" * 32, "severity": "info", "location": where}
        )
    return json.dumps(issues, indent=2) + "\n"


def _issue(diagnostic: Diagnostic, mark: str, root: str) -> dict[str, object]:
    span = diagnostic.span
    inside = span is not None and in_a_file(span)
    helped = f" ({diagnostic.help})" if diagnostic.help else ""
    return {
        "description": visible(f"{diagnostic.message}{helped}"),
        "check_name": diagnostic.code,
        "fingerprint": mark,
        "severity": SEVERITIES[diagnostic.severity],
        "location": {
            "path": relative(span.source.name, root) if span is not None and inside else ".",
            "lines": {"begin": span.line if span is not None and inside else 1},
        },
    }
