"""Several files' problems: each once, sorted, cut with a count, errors before warnings."""

import pytest

from archc.diagnostics import Diagnostic, Severity, Source, Span
from archc.rendering.concise import as_concise
from archc.rendering.report import report
from archc.rendering.text import as_text


def at(name: str, line: int, code: str = "E0201", message: str = "m", severity: Severity = "error") -> Diagnostic:
    return Diagnostic(code, message, Span(Source(name, "text\n" * 9), line, 1, line, 2), severity=severity)


def said(found: list[Diagnostic], limit: int = 100) -> list[str]:
    return [f"{d.span} {d.code}" for d in report(["a", "b"], [found, []], limit).shown]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([at("b", 1), at("a", 2), at("a", 1)], ["a:1:1 E0201", "a:2:1 E0201", "b:1:1 E0201"]),
        ([at("a", 1, "E0204"), at("a", 1, "E0201")], ["a:1:1 E0201", "a:1:1 E0204"]),
        ([at("a", 1), at("a", 1)], ["a:1:1 E0201"]),
        ([at("a", 1, message="x"), at("a", 1, message="y")], ["a:1:1 E0201", "a:1:1 E0201"]),
        ([at("a", 9), Diagnostic("E0001", "no file")], ["None E0001", "a:9:1 E0201"]),
    ],
    ids=["by place", "by code", "once", "two messages", "without a place"],
)
def test_order(found: list[Diagnostic], expected: list[str]) -> None:
    assert said(found) == expected


def test_errors_stay_before_warnings_when_it_is_cut() -> None:
    found = [at("a", 1, "W0601", severity="warning"), at("a", 2), at("a", 3, "W0602", severity="warning"), at("a", 4)]
    assert said(found, limit=3) == ["a:1:1 W0601", "a:2:1 E0201", "a:4:1 E0201"]


CUT = report(["a", "b"], [[at("a", line) for line in range(1, 6)], []], 2)


def test_all_are_counted() -> None:
    assert (CUT.omitted, CUT.count("error"), CUT.count("warning")) == (3, 5, 0)


def test_text_says_how_many_are_cut() -> None:
    assert as_text(CUT).splitlines()[-3:] == [
        "3 more are not shown: raise the limit with --limit diagnostics=N",
        "",
        "2 files checked: 5 errors in a",
    ]


def test_concise_says_how_many_are_cut() -> None:
    assert as_concise(CUT).splitlines() == ["a:1:1: error[E0201]: m", "a:2:1: error[E0201]: m", "3 more are not shown"]


def test_text_of_nothing() -> None:
    assert as_text(report(["a"], [[]])) == "1 file checked: all good\n"
