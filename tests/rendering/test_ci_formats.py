"""The formats of other programs: SARIF, GitHub's workflow commands, GitLab's code quality, JUnit."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archc.diagnostics import Diagnostic, Edit, Note, Severity, Source, Span
from archc.rendering.fingerprints import fingerprints
from archc.rendering.github import as_github
from archc.rendering.gitlab import as_gitlab
from archc.rendering.junit import as_junit
from archc.rendering.report import Report, report
from archc.rendering.sarif import as_sarif

TEXT = "archc: 1\nname: net\nclases: 10\n"
PAGES = {"E0201": "# E0201: unknown key\n\nWhy.\n", "W0606": "# W0606: no figures\n\nWhy.\n"}


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout, in whose folder `specs` archc is run."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "specs").mkdir()
    monkeypatch.chdir(tmp_path / "specs")
    (tmp_path / "specs" / "net.yaml").write_text(TEXT)
    return tmp_path


def unknown(name: str = "net.yaml", line: int = 3, severity: Severity = "error", message: str = "unknown key") -> Diagnostic:
    source = Source(name, TEXT)
    span = Span(source, line, 1, line, 7)
    there, shipped = Span(source, 1, 1, 1, 6), Span(Source("archc:blocks/basic.yaml", TEXT), 2, 1, 2, 5)
    notes = (Note("said here", there), Note("used here", shipped), Note("and this"))
    return Diagnostic("E0201", message, span, "not a key", notes, "did you mean", severity, (Edit(span, "classes"),))


FIGURES = Diagnostic("W0606", "no figures", Span(Source("net.yaml", TEXT), 2, 1, 2, 5), severity="warning")
MISSING = Diagnostic("E0001", "cannot find", Span(Source("a b,:%.yaml", ""), 1, 1, 1, 1))
OPTION = Diagnostic("E0205", "at least 1", Span(Source("--set x", "0"), 1, 1, 1, 2))
NOWHERE = Diagnostic("E0001", "no such network")
ALL = report(["net.yaml", "good.yaml"], [[unknown(), FIGURES, MISSING, OPTION, NOWHERE], []])


def sarif(result: Report) -> Any:
    return json.loads(as_sarif(result, "1.2.3", PAGES.get))["runs"][0]


def results(*found: Diagnostic) -> list[dict[str, Any]]:
    found_results: list[dict[str, Any]] = sarif(report(["net.yaml"], [found]))["results"]
    return found_results


class TestSarif:
    """Against SARIF 2.1.0, sections 3.13 to 3.57; every log here was also valid by the schema that OASIS publishes."""

    def test_log(self) -> None:
        log = json.loads(as_sarif(ALL, "1.2.3", PAGES.get))
        assert (log["version"], log["$schema"].rpartition("/")[2], len(log["runs"])) == ("2.1.0", "sarif-schema-2.1.0.json", 1)

    def test_run(self) -> None:
        run = sarif(ALL)
        assert (run["columnKind"], [*run["originalUriBaseIds"]], run["tool"]["driver"]["name"]) == (
            "unicodeCodePoints",
            ["%SRCROOT%"],
            "archc",
        )

    def test_rules_are_those_that_occur(self) -> None:
        rules = sarif(ALL)["tool"]["driver"]["rules"]
        assert [(rule["id"], rule["defaultConfiguration"]["level"]) for rule in rules] == [
            ("E0001", "error"),
            ("E0201", "error"),
            ("E0205", "error"),
            ("W0606", "warning"),
        ]

    def test_a_rule_has_its_page(self) -> None:
        rule = sarif(ALL)["tool"]["driver"]["rules"][1]
        assert (rule["shortDescription"]["text"], rule["help"]["markdown"]) == ("unknown key", PAGES["E0201"])

    def test_every_result_names_its_rule(self) -> None:
        run = sarif(ALL)
        rules = run["tool"]["driver"]["rules"]
        assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [result["ruleId"] for result in run["results"]]

    def test_location(self) -> None:
        [result] = results(unknown())
        assert result["locations"] == [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "specs/net.yaml", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 7},
                }
            }
        ]

    def test_notes_in_the_repository_are_related_locations(self) -> None:
        [result] = results(unknown())
        assert [(one["id"], one["message"]["text"]) for one in result["relatedLocations"]] == [(1, "said here")]

    def test_other_notes_are_in_the_message(self) -> None:
        [result] = results(unknown())
        assert result["message"]["text"].split("\n") == [
            "unknown key",
            "not a key",
            "archc:blocks/basic.yaml:2:1: used here",
            "and this",
            "help: did you mean",
        ]

    def test_fix(self) -> None:
        [result] = results(unknown())
        [change] = result["fixes"][0]["artifactChanges"]
        assert change["replacements"] == [
            {
                "deletedRegion": {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 7},
                "insertedContent": {"text": "classes"},
            }
        ]

    @pytest.mark.parametrize("found", [OPTION, NOWHERE])
    def test_no_location_without_a_file(self, found: Diagnostic) -> None:
        [result] = results(found)
        assert "locations" not in result

    def test_a_file_that_was_not_read_has_no_region(self) -> None:
        [result] = results(MISSING)
        assert result["locations"] == [
            {"physicalLocation": {"artifactLocation": {"uri": "specs/a%20b%2C%3A%25.yaml", "uriBaseId": "%SRCROOT%"}}}
        ]

    def test_what_is_cut_is_a_notification(self) -> None:
        run = sarif(report(["net.yaml"], [[unknown(line=line) for line in (1, 2, 3)]], 1))
        [said] = run["invocations"][0]["toolExecutionNotifications"]
        assert (len(run["results"]), said["message"]["text"].split()[0], run["properties"]["omitted"]) == (1, "2", 2)


class TestFingerprints:
    def test_they_stay_when_lines_are_put_above(self, repository: Path) -> None:
        moved = Diagnostic("E0201", "unknown key", Span(Source("net.yaml", "# c\n\n" + TEXT), 5, 1, 5, 7))
        assert fingerprints([moved], str(repository)) == fingerprints([unknown()], str(repository))

    def test_equal_lines_differ(self, repository: Path) -> None:
        text = "a: 1\na: 1\n"
        found = [Diagnostic("E0201", "m", Span(Source("net.yaml", text), line, 1, line, 2)) for line in (1, 2)]
        assert len(set(fingerprints(found, str(repository)))) == 2

    @pytest.mark.parametrize(
        "other",
        [unknown("other.yaml"), unknown(line=2), Diagnostic("E0202", "m", unknown().span)],
        ids=["file", "text", "code"],
    )
    def test_others_differ(self, other: Diagnostic, repository: Path) -> None:
        assert fingerprints([other], str(repository)) != fingerprints([unknown()], str(repository))


def commands(*found: Diagnostic, limit: int = 100) -> list[str]:
    return as_github(report(["net.yaml"], [found], limit)).splitlines()


class TestGitHub:
    def test_command(self) -> None:
        [command] = commands(unknown())
        assert command.split("%0A") == [
            "::error file=specs/net.yaml,line=3,endLine=3,col=1,endColumn=7,title=archc E0201::unknown key",
            "not a key",
            "net.yaml:1:1: said here",
            "archc:blocks/basic.yaml:2:1: used here",
            "and this",
            "help: did you mean",
            "see: archc explain E0201",
        ]

    def test_properties_are_escaped(self) -> None:
        assert commands(MISSING)[0].startswith("::error file=specs/a b%2C%3A%25.yaml,title=archc E0001::")

    @pytest.mark.parametrize(
        ("message", "written"), [("50% off", "50%25 off"), ("a\nb", "a\\nb"), ("%0A::error::x", "%250A::error::x")]
    )
    def test_data_is_escaped(self, message: str, written: str) -> None:
        [command] = commands(Diagnostic("E0201", message))
        assert command == f"::error title=archc E0201::{written}%0Asee: archc explain E0201"

    def test_several_lines_have_no_columns(self) -> None:
        [command] = commands(Diagnostic("E0201", "m", Span(Source("net.yaml", TEXT), 1, 3, 2, 5)))
        assert command.startswith("::error file=specs/net.yaml,line=1,endLine=2,title=")

    def test_ten_of_a_kind_are_annotations(self) -> None:
        found = [unknown(line=line, message=str(line)) for line in range(1, 13)]
        kinds = [line.partition(" ")[0] for line in commands(*found, FIGURES)]
        assert kinds == ["::error"] * 2 + ["::warning"] + ["::error"] * 8 + ["::notice", "", ""]

    def test_the_rest_is_told(self) -> None:
        found = [unknown(line=line, message=str(line)) for line in range(1, 13)]
        [notice] = [line for line in commands(*found, limit=11) if line.startswith("::notice")]
        assert notice.startswith("::notice title=archc::2 more: ")


class TestGitLab:
    def test_issue(self) -> None:
        [issue] = json.loads(as_gitlab(report(["net.yaml"], [[unknown()]])))
        assert {**issue, "fingerprint": ""} == {
            "description": "unknown key (did you mean)",
            "check_name": "E0201",
            "fingerprint": "",
            "severity": "major",
            "location": {"path": "specs/net.yaml", "lines": {"begin": 3}},
        }

    def test_severities(self) -> None:
        assert [issue["severity"] for issue in json.loads(as_gitlab(ALL))] == ["major", "major", "major", "minor", "major"]

    def test_fingerprints_differ(self) -> None:
        assert len({issue["fingerprint"] for issue in json.loads(as_gitlab(ALL))}) == 5

    def test_what_is_cut_is_an_issue(self) -> None:
        cut = json.loads(as_gitlab(report(["net.yaml"], [[unknown(line=line) for line in (1, 2, 3)]], 1)))
        assert [(issue["check_name"], issue["severity"]) for issue in cut] == [("E0201", "major"), ("archc", "info")]


def suite_of(result: Report) -> ET.Element:
    return ET.fromstring(as_junit(result))[0]  # noqa: S314  what archc wrote


class TestJUnit:
    def test_cases(self) -> None:
        suite = suite_of(ALL)
        assert [(case.get("classname"), case.get("name"), [inner.tag for inner in case]) for case in suite] == [
            ("archc", "E0001", ["failure"]),
            ("--set x", "E0205 1:1", ["failure"]),
            ("a b,:%.yaml", "E0001 1:1", ["failure"]),
            ("net.yaml", "W0606 2:1", ["system-out"]),
            ("net.yaml", "E0201 3:1", ["failure"]),
            ("archc", "good.yaml", []),
        ]

    def test_counts(self) -> None:
        suite = suite_of(ALL)
        assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("6", "4", "0")


PIECES = [*"a%:,<>&\"'\\\n\r\t\0\x1b\x85\u2028\u202e]\udc80", "::error::", "##vso[", "]]>", "%0A", "𝐚"]
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def hostile(text: str) -> Report:
    span = Span(Source(text or "x", "a\n"), 1, 1, 1, 2)
    found = Diagnostic("E0201", text, span, text, (Note(text, span), Note(text)), text, fix=(Edit(span, "b"),))
    return report([text], [[found, Diagnostic("W0606", text, severity="warning")]])


def _github(text: str) -> object:
    return [line for line in as_github(hostile(text)).split("\n") if not re.match(r"::(error|warning) |  |$", line)]


def _junit(text: str) -> object:
    suite_of(hostile(text))
    return []


def _sarif(text: str) -> object:
    run = sarif(hostile(text))
    uri = unquote(run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], errors="surrogateescape")
    return [] if uri.endswith((text or "x").lstrip("./")) else uri


def _gitlab(text: str) -> object:
    return [issue for issue in json.loads(as_gitlab(hostile(text))) if not issue["description"].isprintable()]


@pytest.mark.parametrize("render", [_github, _junit, _sarif, _gitlab])
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=HOSTILE)
def test_text_of_a_user_stays_text(render: Callable[[str], object], text: str) -> None:
    assert render(text) == []
