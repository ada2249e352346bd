"""Diagnostics one a line, `path:line:column: error[code]: message`, as editors and grep read them."""

from archc.diagnostics import Diagnostic
from archc.rendering.report import Report
from archc.rendering.visible import visible


def line(diagnostic: Diagnostic) -> str:
    """One diagnostic; `-` stands for a place that is no file."""
    return visible(f"{diagnostic.span or '-'}: {diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}")


def as_concise(report: Report) -> str:
    """A line each, "" for none."""
    said = [line(diagnostic) for diagnostic in report.shown]
    if report.omitted:
        said.append(f"{report.omitted} more are not shown")
    return "".join(f"{one}\n" for one in said)
