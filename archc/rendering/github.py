"""Diagnostics become workflow commands, which GitHub shows as annotations beside the lines of a pull request."""

import os
from collections import Counter

from archc.diagnostics import Diagnostic
from archc.rendering.concise import line as concise_line
from archc.rendering.paths import has_lines, in_a_file, relative, repository
from archc.rendering.report import Report
from archc.rendering.visible import visible

SHOWN = 10
"""A step may have so many annotations of one kind; GitHub drops further ones silently."""


def as_github(report: Report) -> str:
    """Write a command for the first ten of each kind, a line of the log for the others, and a notice that counts them."""
    root = repository(os.curdir)
    seen: Counter[str] = Counter()
    commands: list[str] = []
    log: list[str] = []
    for diagnostic in report.shown:
        seen[diagnostic.severity] += 1
        if seen[diagnostic.severity] <= SHOWN:
            commands.append(_command(diagnostic, root))
        else:
            log.append(f"  {concise_line(diagnostic)}")  # indented, so that no name can begin a command
    left = len(log) + report.omitted
    if left:
        where = f"of them {len(log)} in the log of this step" if log else "raise --limit diagnostics=N"
        commands.append(f"::notice title=archc::{left} more: GitHub shows ten annotations of a kind for each step, {where}")
    return "".join(f"{line}\n" for line in (*commands, *log))


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
    parameters = ",".join(f"{name}={_property(str(value))}" for name, value in fields.items())
    notes = (f"{note.span}: {note.message}" if note.span else note.message for note in diagnostic.notes)
    texts = [diagnostic.message, diagnostic.label, *notes, diagnostic.help and f"help: {diagnostic.help}"]
    texts.append(f"see: archc explain {diagnostic.code}")
    return f"::{diagnostic.severity} {parameters}::{'%0A'.join(_data(text) for text in texts if text)}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
