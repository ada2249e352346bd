"""Diagnostics as JSON."""

import json

from archc.diagnostics import Diagnostic, Note, Source, Span
from archc.rendering.jsonout import as_json

SOURCE = Source("nét.yaml", "a: 1\nb: \u202e\n")
FULL = Diagnostic(
    "E0201",
    "unknown key `é`",
    Span(SOURCE, 2, 4, 2, 5),
    "here",
    (Note("there", Span(SOURCE, 1, 1, 1, 2)), Note("nowhere")),
    "did you mean `e`?",
)
BARE = Diagnostic("W0001", "\u202e\x1b", severity="warning")


def test_every_field() -> None:
    nowhere = {"file": None, "line": None, "column": None, "end_line": None, "end_column": None}
    assert json.loads(as_json([FULL, BARE])) == {
        "version": 1,
        "errors": 1,
        "warnings": 1,
        "omitted": 0,
        "diagnostics": [
            {
                "code": "E0201",
                "severity": "error",
                "message": "unknown key `é`",
                "label": "here",
                "file": "nét.yaml",
                "line": 2,
                "column": 4,
                "end_line": 2,
                "end_column": 5,
                "notes": [
                    {"message": "there", "file": "nét.yaml", "line": 1, "column": 1, "end_line": 1, "end_column": 2},
                    {"message": "nowhere", **nowhere},
                ],
                "help": "did you mean `e`?",
                "explain": "archc explain E0201",
            },
            {
                "code": "W0001",
                "severity": "warning",
                "message": "\u202e\x1b",
                "label": "",
                **nowhere,
                "notes": [],
                "help": "",
                "explain": "archc explain W0001",
            },
        ],
    }


def test_only_ascii_is_written() -> None:
    assert [line for line in as_json([FULL, BARE]).split("\n") if not (line.isascii() and line.isprintable())] == []


def test_none_is_an_empty_list() -> None:
    assert json.loads(as_json([]))["diagnostics"] == []


def test_what_is_beyond_the_limit_is_counted() -> None:
    assert json.loads(as_json([FULL] * 7, limit=5))["omitted"] == 2


def test_what_is_beyond_the_limit_is_left_out() -> None:
    assert len(json.loads(as_json([FULL] * 7, limit=5))["diagnostics"]) == 5
