"""In every format a problem stands in the file at fault, each such file once, by a path that is there; JUnit fails what fails."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from archc.cli.check import FORMATS
from archc.cli.main import main

NET = "archc: 1\nname: {name}\nextends: {parent}\nset:\n  {change}\nexpect: {{depth: 18}}\n"
GOOD, BAD = "classes: 10", "block.order: pre"
Places = list[tuple[str, int]]


def written(**files: tuple[str, str]) -> None:
    """Networks by name, each of its parent and a change."""
    for name, (parent, change) in files.items():
        Path(f"{name}.yaml").write_text(NET.format(name=name, parent=parent, change=change), encoding="utf-8")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _junit(out: str) -> Places:
    cases = ET.fromstring(out).iter("testcase")  # noqa: S314  what archc wrote
    named = [(case.get("classname", ""), case.get("name", "").partition(" ")[2]) for case in cases if len(case)]
    return [(name, int(place.partition(":")[0])) for name, place in named if place]


def _sarif(out: str) -> Places:
    found = [result["locations"][0]["physicalLocation"] for result in json.loads(out)["runs"][0]["results"]]
    return [(place["artifactLocation"]["uri"], place["region"]["startLine"]) for place in found]


def _matches(pattern: str) -> Callable[[str], Places]:
    return lambda out: [(name, int(line)) for name, line in re.findall(pattern, out, re.MULTILINE)]


PLACES: dict[str, Callable[[str], Places]] = {
    "text": _matches(r"^ +--> (.+):(\d+):\d+$"),
    "concise": _matches(r"^(.+?):(\d+):\d+: error"),
    "json": lambda out: [(one["file"], one["line"]) for one in json.loads(out)["diagnostics"]],
    "sarif": _sarif,
    "github": _matches(r"^::error file=(.+?),line=(\d+)"),
    "gitlab": lambda out: [(one["location"]["path"], one["location"]["lines"]["begin"]) for one in json.loads(out)],
    "junit": _junit,
}
CASES: dict[str, tuple[dict[str, tuple[str, str]], Places]] = {
    "two children of what ships": ({"a": ("resnet18", BAD), "b": ("resnet18", BAD)}, [("a.yaml", 5), ("b.yaml", 5)]),
    "two children of a file": (
        {"a": ("p", BAD), "b": ("p", BAD), "p": ("resnet18", GOOD)},
        [("a.yaml", 5), ("b.yaml", 5)],
    ),
    "two children of a faulty file": ({"a": ("p", GOOD), "b": ("p", GOOD), "p": ("resnet18", BAD)}, [("p.yaml", 5)]),
    "a grandchild": ({"a": ("p", BAD), "p": ("q", GOOD), "q": ("resnet18", GOOD)}, [("a.yaml", 5)]),
    "a faulty file that nobody named": ({"a": ("sub/p.yaml", GOOD)}, [("sub/p.yaml", 5)]),
}


def test_all_formats_are_here() -> None:
    assert sorted(PLACES) == sorted(FORMATS)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_places(
    form: str, files: dict[str, tuple[str, str]], expected: Places, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(**files)
    (folder / "sub").mkdir()
    (folder / "sub" / "p.yaml").write_text(NET.format(name="p", parent="resnet18", change=BAD), encoding="utf-8")
    code = main(["check", *(f"{name}.yaml" for name in files), "--format", form])
    out = capsys.readouterr().out
    assert (code, PLACES[form](out)) == (1, expected)


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("how", ["{}", "./{}", "{folder}/{}"], ids=["as it is", "from here", "whole"])
def test_a_file_is_called_as_it_was_named(how: str, jobs: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    children = {f"c{number:02}": ("p", GOOD) for number in range(20)}
    written(**children, p=("resnet18", BAD))
    named = how.format("p.yaml", folder=folder)
    main(["check", *(f"./{name}.yaml" for name in children), named, "--format", "concise", "--jobs", jobs])
    assert PLACES["concise"](capsys.readouterr().out) == [(named, 5)]


def test_who_extends_the_file_at_fault_is_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    written(a=("p", GOOD), b=("p", GOOD), p=("resnet18", BAD))
    main(["check", "a.yaml", "b.yaml", "--format", "json"])
    [problem] = json.loads(capsys.readouterr().out)["diagnostics"]
    assert [(note["message"], note["file"], note["line"]) for note in problem["notes"] if "archc:" not in note["file"]] == [
        ("extended here", "a.yaml", 3),
        ("extended here", "b.yaml", 3),
    ]


def test_many_who_extend_it_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    children = {f"c{number:02}": ("p", GOOD) for number in range(20)}
    written(**children, p=("resnet18", BAD))
    main(["check", *(f"{name}.yaml" for name in children), "--format", "json"])
    [problem] = json.loads(capsys.readouterr().out)["diagnostics"]
    assert (len(problem["notes"]), problem["notes"][-1]["message"]) == (7, "and at 15 further places")


def junit(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, list[str]]:
    """The codes with which each file fails; none for one that passes."""
    main(["check", *words, "--format", "junit"])
    found: dict[str, list[str]] = {}
    for case in ET.fromstring(capsys.readouterr().out).iter("testcase"):  # noqa: S314  what archc wrote
        name = case.get("name", "") if case.get("classname") == "archc" else case.get("classname", "")
        found.setdefault(name, []).extend(failure.get("type", "") for failure in case.iter("failure"))
    return found


class TestJUnit:
    def test_a_child_at_fault(self, capsys: pytest.CaptureFixture[str]) -> None:
        written(a=("p", BAD), p=("resnet18", GOOD))
        assert junit(capsys, "a.yaml", "p.yaml") == {"a.yaml": ["E0346"], "p.yaml": []}

    def test_children_of_a_file_at_fault_fail_with_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        written(a=("p", GOOD), b=("resnet18", GOOD), p=("resnet18", BAD))
        assert junit(capsys, "a.yaml", "b.yaml", "p.yaml") == {"p.yaml": ["E0346"], "a.yaml": ["E0346"], "b.yaml": []}

    def test_who_uses_a_definition_at_fault_fails_with_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        written(a=("resnet18", "block.insert: {gate: {module: m.yaml, before: add}}"))
        Path("m.yaml").write_text("archc: 1\nmodule: m\nsteps: {y: {op: mull, of: [x, x]}}\n", encoding="utf-8")
        assert junit(capsys, "a.yaml") == {"m.yaml": ["E0204"], "a.yaml": ["E0204"]}

    def test_an_option_at_fault_fails_every_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        written(a=("resnet18", GOOD), b=("resnet18", GOOD))
        found = junit(capsys, "a.yaml", "b.yaml", "--set", BAD.replace(": ", "="))
        assert found == {"--set": ["E0346"], "a.yaml": ["E0346"], "b.yaml": ["E0346"]}

    def test_a_name_that_is_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert junit(capsys, "resnt18") == {"E0001": ["E0001"], "resnt18": ["E0001"]}


def test_sarif_names_what_ships_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    written(a=("resnet18", BAD))
    main(["check", "a.yaml", "--format", "sarif"])
    [result] = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    told: Any = result["message"]["text"].splitlines()[2]
    assert (bool(re.fullmatch(r"archc:resnet18\.yaml:\d+:\d+: of: x or of: preact\?", told)), "relatedLocations" in result) == (
        True,
        False,
    )


def test_gitlab_tells_every_problem_by_a_name_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    written(a=("resnet18", BAD), b=("resnet18", BAD))
    marks = []
    for words in (["a.yaml", "b.yaml"], ["./b.yaml", "./a.yaml"]):
        main(["check", *words, "--format", "gitlab"])
        marks.append([one["fingerprint"] for one in json.loads(capsys.readouterr().out)])
    assert (len(set(marks[0])), marks[0]) == (2, marks[1])


def test_the_count_is_of_the_file_at_fault(capsys: pytest.CaptureFixture[str]) -> None:
    written(a=("p", GOOD), b=("p", GOOD), p=("resnet18", BAD))
    main(["check", "a.yaml", "b.yaml"])
    assert capsys.readouterr().out.splitlines()[-1] == "2 files checked: 1 error in p.yaml"
