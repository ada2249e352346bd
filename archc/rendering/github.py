"""Diagnostics as workflow commands, which GitHub shows as annotations beside the lines of a pull request."""

import os
from collections import Counter

from archc.diagnostics import Diagnostic
from archc.rendering.concise import line
from archc.rendering.paths import has_lines, in_a_file, relative, repository
from archc.rendering.report import Report
from archc.rendering.visible import visible

SHOWN = 10
"""Annotations of one kind that a step may have; GitHub drops the others without a word."""


def as_github(report: Report) -> str:
    """A command for the first ten of each kind, for the others a line of the log, and a notice that says so."""
    root = repository(os.curdir)
    seen: Counter[str] = Counter()
    said: list[str] = []
    beyond: list[str] = []
    for diagnostic in report.shown:
        seen[diagnostic.severity] += 1
        if seen[diagnostic.severity] <= SHOWN:
            said.append(_command(diagnostic, root))
        else:
            beyond.append(f"  {line(diagnostic)}")  # indented, so that no name can begin a command
    left = len(beyond) + report.omitted
    if left:
        where = f"of them {len(beyond)} in the log of this step" if beyond else "raise --limit diagnostics=N"
        said.append(f"::notice title=archc::{left} more: GitHub shows ten annotations of a kind for each step, {where}")
    return "".join(f"{one}\n" for one in (*said, *beyond))


def _command(diagnostic: Diagnostic, root: str) -> str:
    span = diagnostic.span
    fields: dict[str, object] = {}
    if span is not None and in_a_file(span):
        fields["file"] = relative(span.source.name, root)
        if has_lines(span):
            fields |= {"line": span.line, "endLine": span.end_line}
            if span.line == span.end_line:  # columns are refused where the lines differ
                fields |= {"col": span.column, "endColumn": span.end_column}
    fields["title"] = f"archc {diagnostic.code}"
    named = ",".join(f"{name}={_property(str(value))}" for name, value in fields.items())
    notes = (f"{note.span}: {note.message}" if note.span else note.message for note in diagnostic.notes)
    told = [diagnostic.message, diagnostic.label, *notes, diagnostic.help and f"help: {diagnostic.help}"]
    told.append(f"see: archc explain {diagnostic.code}")
    return f"::{diagnostic.severity} {named}::{'%0A'.join(_data(one) for one in told if one)}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
