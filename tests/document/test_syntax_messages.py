"""What is said of texts that are not YAML: code, place and sentence, the same from libyaml and from PyYAML's own parser."""

import pytest
import yaml
from told import place
from yaml.reader import ReaderError

from archc.diagnostics import Source, SpecError
from archc.language.document import events
from archc.language.document.loader import parse
from archc.language.document.source import text_source
from archc.language.document.syntax import syntax_error
from archc.limits import Limits

BROKEN = [
    ("name: a\nfoo\nbar: 1\n", "E0101", 2, 1, "a key without a `:`"),
    ("a: b: c\n", "E0101", 1, 5, "a second `:` in one value"),
    ("--- a: 1\n", "E0101", 1, 6, "a second `:` in one value"),
    ("a: 1\n  b: 2\n", "E0101", 2, 3, "this key stands below a value that is complete"),
    ("a:b\nc: 1\n", "E0101", 1, 1, "`a:` needs a space after its `:`"),
    ('"a\nb": 1\n', "E0101", 2, 1, "a key cannot span lines"),
    ("a:\n    b: 1\n   c: 2\n", "E0101", 3, 4, "this line is indented 3, the line above 4"),
    ("a:\n    b: 1\n# c\n\n   c: 2\n", "E0101", 5, 4, "this line is indented 3, the line above 4"),
    ("a:\n   - 1\n  - 2\n", "E0101", 3, 3, "this line is indented 2, the line above 3"),
    ("a:\n  - 1\n  b: 2\n", "E0101", 3, 3, "expected `- `: the lines above are the items of a list"),
    ("a:\n    - 1\n   b\n", "E0101", 3, 4, "this line is indented 3, the line above 4"),
    ("a: 1\n- 2\n", "E0101", 2, 1, "a list item cannot stand among the keys of a map"),
    ("a: - b\n", "E0101", 1, 4, "a list item cannot begin here"),
    ("a: ? b\n", "E0101", 1, 4, "a `?` cannot begin a value"),
    ("a: {x: 1 y: 2}\n", "E0101", 1, 11, "expected `,` or `}`"),
    ("a: {\n  x: 1\n  y: 2}\n", "E0101", 3, 4, "expected `,` or `}`"),
    ("a: {,}\n", "E0101", 1, 5, "a value is missing before `,`"),
    ("a: {b: : 1}\n", "E0101", 1, 8, "a value is missing before `:`"),
    ("a: {: 1}\n", "E0101", 1, 5, "a key is missing before this `:`"),
    ("a:\n  : 1\n", "E0101", 2, 3, "a key is missing before this `:`"),
    ("    - 1\n   - 2\n", "E0101", 2, 4, "this line is indented 3, the line above 4"),
    ("- - a\n - b\n", "E0101", 2, 2, "this line is indented 1, the line above 0"),
    ("  a: 1\n b: 2\n", "E0101", 2, 2, "this line is indented 1, the line above 2"),
    ("{a: 1}\nb: 2\n", "E0101", 2, 1, "the value is complete before this"),
    ("{a: 1} b\n", "E0101", 1, 8, "the value is complete before this"),
    ("{a: 1}}\n", "E0103", 1, 7, "this `}` closes nothing"),
    ('- "a" b\n', "E0101", 1, 7, "the value is complete before this"),
    ("a: {b: 1, c:\n", "E0101", 1, 13, "a value is missing at the end"),
    ('a: "x" y\n', "E0101", 1, 8, "the value is complete before this"),
    ("a: [1] 2\n", "E0101", 1, 8, "the value is complete before this"),
    ("a: @x\n", "E0101", 1, 4, "a value cannot begin with `@`"),
    ("a: `x\n", "E0101", 1, 4, "a value cannot begin with a backtick"),
    ("a: *\n", "E0101", 1, 4, "`*` without a name after it"),
    ("a: &\n", "E0101", 1, 4, "`&` without a name after it"),
    ("a: | x\n", "E0101", 1, 6, "a text cannot stand on the line of its `|`"),
    ("\ta: 1\n", "E0102", 1, 1, "a tab cannot indent"),
    ("a:\n\tb: 1\n", "E0102", 2, 1, "a tab cannot indent"),
    ("a: x\n\tb: y\n", "E0102", 2, 1, "a tab cannot indent"),
    ("a: |\n  x\n\ty\n", "E0102", 3, 1, "a tab cannot indent"),
    ("a: [1, 2\nb: 3\n", "E0103", 1, 4, "this `[` is never closed"),
    ("a:\n  b: {x: 1, y: 2\n  c: {z: 3}\n", "E0103", 2, 6, "this `{` is never closed"),
    ("a: {x: 1, y: 2\n\n\n", "E0103", 1, 4, "this `{` is never closed"),
    ("a: 'x\nb: 1\n", "E0103", 1, 4, "this `'` is never closed"),
    ('a: "x\n---\n', "E0103", 1, 4, 'this `"` is never closed'),
    ("a: [1}\n", "E0103", 1, 6, "`}` cannot close `[`"),
    ("a: ]\n", "E0103", 1, 4, "this `]` closes nothing"),
    ("a: {b: 1}}\n", "E0103", 1, 10, "this `}` closes nothing"),
    ("a: !<\n", "E0106", 1, 4, "tags are not allowed"),
    ("a: !x!y 1\n", "E0106", 1, 4, "tags are not allowed"),
    ("a: 1\n...\nb: 2\n", "E0111", 3, 1, "a second document begins here"),
    ("a: 1\n---\nb: 2\n", "E0111", 2, 1, "a second document begins here"),
    ('a: "x\\q"\n', "E0116", 1, 6, "no such escape"),
    ('a: "\\xzz"\n', "E0116", 1, 5, "no such escape"),
]


def complaints(text: str) -> list[tuple[str, int, int, str]]:
    with pytest.raises(SpecError) as error:
        parse(text_source(text, "net.yaml", Limits()), Limits())
    return [(d.code, d.span.line, d.span.column, d.message) for d in error.value.diagnostics if d.span]


@pytest.mark.parametrize(("text", "code", "line", "column", "message"), BROKEN)
def test_from_libyaml(text: str, code: str, line: int, column: int, message: str) -> None:
    assert complaints(text) == [(code, line, column, message)]


@pytest.mark.parametrize(("text", "code", "line", "column", "message"), BROKEN)
def test_from_pyyaml(monkeypatch: pytest.MonkeyPatch, text: str, code: str, line: int, column: int, message: str) -> None:
    monkeypatch.setattr(events, "Parser", yaml.SafeLoader)
    assert complaints(text) == [(code, line, column, message)]


def test_a_colon_that_only_libyaml_refuses() -> None:
    assert complaints("a: {n:? 1}\n") == [("E0101", 1, 6, "a `:` needs a space after it")]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            yaml.MarkedYAMLError(problem="found a novelty", problem_mark=yaml.Mark("", 3, 0, 3, None, 0)),
            (1, 4, "this is not YAML: found a novelty"),
        ),
        (yaml.MarkedYAMLError(problem="found a novelty"), (1, 1, "this is not YAML")),
        (ReaderError("", 3, 0x1B, "unicode", "special characters are not allowed"), (1, 4, "this is not YAML")),
        (ReaderError("", 99, 0x1B, "unicode", "special characters are not allowed"), (2, 1, "this is not YAML")),
    ],
)
def test_what_no_parser_of_today_says(error: yaml.YAMLError, expected: tuple[int, int, str]) -> None:
    said = syntax_error(error, Source("net.yaml", "a: 1\n"))
    assert said.span
    assert (said.span.line, said.span.column, said.message) == expected
    assert said.code == "E0101"


@pytest.mark.parametrize(("position", "expected"), [(3, "1:4-1:5"), (None, "1:1-1:2"), (99, "2:1-2:1")])
def test_a_parser_s_error_without_a_mark_has_a_place(position: int | None, expected: str) -> None:
    error = yaml.YAMLError()
    error.position = position  # type: ignore[attr-defined]
    assert place(syntax_error(error, Source("net.yaml", "a: 1\n")).span) == f"net.yaml:{expected}"


def test_the_fast_parser_is_used_where_it_is() -> None:
    assert events.Parser is yaml.CSafeLoader


def test_half_a_surrogate_pair_is_refused_by_either(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = [code for code, *_ in complaints('a: "\\ud800"\n')]
    monkeypatch.setattr(events, "Parser", yaml.SafeLoader)
    assert [code for code, *_ in complaints('a: "\\ud800"\n')] == fast == ["E0116"]


def test_what_was_wrong_before_the_end_is_told_too() -> None:
    assert [code for code, *_ in complaints("a: 1\na: 2\nb: [\n")] == ["E0104", "E0101"]


def test_an_unclosed_bracket_names_the_line_before_which_it_should_close() -> None:
    with pytest.raises(SpecError) as error:
        parse(text_source("a: {x: 1\nbeta: 3\n", "net.yaml", Limits()), Limits())
    (note,) = error.value.diagnostics[0].notes
    assert (note.message, str(note.span)) == ("expected `}` before this", "net.yaml:2:1")
