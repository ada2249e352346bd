"""Diagnostics become JUnit XML: a test case for each problem, and one for each file that has none."""

from xml.sax.saxutils import escape, quoteattr

from archc.diagnostics import Diagnostic
from archc.rendering.concise import line
from archc.rendering.report import Report
from archc.rendering.visible import visible


def as_junit(report: Report) -> str:
    """Return a document in ASCII.

    An error is a failure, a warning a case that passes with the warning as its output. A file whose error is reported in
    another file, such as its parent, fails too, with that error.
    """
    named = {diagnostic.span.source.name for diagnostic in report.diagnostics if diagnostic.span}
    cases = [_case(diagnostic) for diagnostic in report.shown]
    for name in report.files:
        error = report.fails.get(name)
        if error is not None:
            cases.append(f"    <testcase{_attributes(name=name, classname='archc')}>{_failure(error)}</testcase>")
        elif name not in named:
            cases.append(f"    <testcase{_attributes(name=name, classname='archc')}/>")
    failures = sum("<failure" in case for case in cases)
    counts = _attributes(name="archc", tests=len(cases), failures=failures, errors=0)
    left = [f"    <system-out>{report.omitted} more are not shown</system-out>"] if report.omitted else []
    elements = [f"<testsuites{counts}>", f"  <testsuite{counts}>", *cases, *left, "  </testsuite>", "</testsuites>"]
    text = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *elements, ""])
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _case(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    name = f"{diagnostic.code} {span.line}:{span.column}" if span else diagnostic.code
    opening = f"    <testcase{_attributes(name=name, classname=span.source.name if span else 'archc')}>"
    inner = _failure(diagnostic) if diagnostic.severity == "error" else f"<system-out>{escape(_details(diagnostic))}</system-out>"
    return f"{opening}{inner}</testcase>"


def _failure(diagnostic: Diagnostic) -> str:
    return f"<failure{_attributes(message=diagnostic.message, type=diagnostic.code)}>{escape(_details(diagnostic))}</failure>"


def _details(diagnostic: Diagnostic) -> str:
    notes = (f"{note.span}: {note.message}" if note.span else note.message for note in diagnostic.notes)
    return "\n".join([line(diagnostic), *map(visible, notes), *([visible(diagnostic.help)] if diagnostic.help else [])])


def _attributes(**values: object) -> str:
    return "".join(f" {name}={quoteattr(visible(str(value)))}" for name, value in values.items())
