"""Each diagnostic is one line, `path:line:column: error[code]: message`, as editors and grep read it."""

from archc.diagnostics import Diagnostic
from archc.rendering.report import Report
from archc.rendering.visible import visible


def line(diagnostic: Diagnostic) -> str:
    """Return a diagnostic on one line; `-` stands for a place that is no file."""
    return visible(f"{diagnostic.span or '-'}: {diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}")


def as_concise(report: Report) -> str:
    """Return a line for each diagnostic, "" where there is none."""
    lines = [line(diagnostic) for diagnostic in report.shown]
    if report.omitted:
        lines.append(f"{report.omitted} more are not shown")
    return "".join(f"{text}\n" for text in lines)
