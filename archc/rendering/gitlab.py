"""Diagnostics become GitLab's code quality report, a list in the form of Code Climate's issues."""

import json
import os

from archc.diagnostics import Diagnostic
from archc.rendering.fingerprints import fingerprints
from archc.rendering.paths import in_a_file, relative, repository
from archc.rendering.report import Report
from archc.rendering.visible import visible

SEVERITIES = {"error": "major", "warning": "minor"}


def as_gitlab(report: Report) -> str:
    """Return a JSON list in ASCII that ends with a newline; a last entry counts what is not shown."""
    root = repository(os.curdir)
    prints = fingerprints(report.shown, root)
    issues = [_issue(diagnostic, mark, root) for diagnostic, mark in zip(report.shown, prints, strict=True)]
    if report.omitted:
        description = f"{report.omitted} more are not shown: raise the limit with --limit diagnostics=N"
        where = {"path": ".", "lines": {"begin": 1}}
        issues.append(
            {"description": description, "check_name": "archc", "fingerprint": "0" * 32, "severity": "info", "location": where}
        )
    return json.dumps(issues, indent=2) + "\n"


def _issue(diagnostic: Diagnostic, mark: str, root: str) -> dict[str, object]:
    span = diagnostic.span
    inside = span is not None and in_a_file(span)
    way_out = f" ({diagnostic.help})" if diagnostic.help else ""
    return {
        "description": visible(f"{diagnostic.message}{way_out}"),
        "check_name": diagnostic.code,
        "fingerprint": mark,
        "severity": SEVERITIES[diagnostic.severity],
        "location": {
            "path": relative(span.source.name, root) if span is not None and inside else ".",
            "lines": {"begin": span.line if span is not None and inside else 1},
        },
    }
