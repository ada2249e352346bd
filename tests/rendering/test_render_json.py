"""Diagnostics as JSON."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from archc.diagnostics import Diagnostic, Edit, Note, Source, Span
from archc.rendering.jsonout import as_json, schema_text
from archc.rendering.report import report

SOURCE = Source("nét.yaml", "a: 1\nb: \u202e\n")
FULL = Diagnostic(
    "E0201",
    "unknown key `é`",
    Span(SOURCE, 2, 4, 2, 5),
    "here",
    (Note("there", Span(SOURCE, 1, 1, 1, 2)), Note("nowhere")),
    "did you mean `e`?",
    fix=(Edit(Span(SOURCE, 2, 4, 2, 5), "e"),),
)
BARE = Diagnostic("W0601", "\u202e\x1b", severity="warning")
NOWHERE = {"file": None, "line": None, "column": None, "end_line": None, "end_column": None}
HERE = {"file": "nét.yaml", "line": 2, "column": 4, "end_line": 2, "end_column": 5}
SEVEN = [Diagnostic("E0201", f"number {n}", Span(SOURCE, 1, n, 1, n + 1)) for n in range(1, 8)]


def written(*diagnostics: Diagnostic, limit: int = 100) -> Any:
    return json.loads(as_json(report(["nét.yaml"], [diagnostics], limit)))


def test_every_field() -> None:
    assert written(FULL, BARE) == {
        "version": 1,
        "files": 1,
        "errors": 1,
        "warnings": 1,
        "omitted": 0,
        "diagnostics": [
            {
                "code": "W0601",
                "severity": "warning",
                "message": "\u202e\x1b",
                "label": "",
                **NOWHERE,
                "notes": [],
                "help": "",
                "fix": [],
                "explain": "archc explain W0601",
                "page": "docs/errors/W0601.md",
            },
            {
                "code": "E0201",
                "severity": "error",
                "message": "unknown key `é`",
                "label": "here",
                **HERE,
                "notes": [
                    {"message": "there", "file": "nét.yaml", "line": 1, "column": 1, "end_line": 1, "end_column": 2},
                    {"message": "nowhere", **NOWHERE},
                ],
                "help": "did you mean `e`?",
                "fix": [{**HERE, "replacement": "e"}],
                "explain": "archc explain E0201",
                "page": "docs/errors/E0201.md",
            },
        ],
    }


def test_only_ascii_is_written() -> None:
    text = as_json(report(["nét.yaml"], [[FULL, BARE]]))
    assert [line for line in text.split("\n") if not (line.isascii() and line.isprintable())] == []


def test_none_is_an_empty_list() -> None:
    assert written()["diagnostics"] == []


def test_what_is_beyond_the_limit_is_counted() -> None:
    assert (written(*SEVEN, limit=5)["omitted"], written(*SEVEN, limit=5)["errors"]) == (2, 7)


def test_what_is_beyond_the_limit_is_left_out() -> None:
    assert [found["message"][-1] for found in written(*SEVEN, limit=5)["diagnostics"]] == ["1", "2", "3", "4", "5"]


SCHEMA = json.loads(schema_text())


def test_its_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("diagnostics", [[], [FULL, BARE], SEVEN], ids=["none", "full", "seven"])
def test_what_is_written_meets_the_schema(diagnostics: list[Diagnostic]) -> None:
    assert list(Draft202012Validator(SCHEMA).iter_errors(written(*diagnostics, limit=5))) == []


@pytest.mark.parametrize("key", [*SCHEMA["properties"]])
def test_the_schema_wants_every_key(key: str) -> None:
    document = written(FULL)
    del document[key]
    assert len(list(Draft202012Validator(SCHEMA).iter_errors(document))) == 1


def test_the_schema_names_every_key_of_a_diagnostic() -> None:
    assert list(SCHEMA["$defs"]["diagnostic"]["properties"]) == list(written(FULL)["diagnostics"][0])
