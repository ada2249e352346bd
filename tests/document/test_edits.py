"""Mends as edits of a text: a key renamed, a line put first, an entry moved with its comments, everything else as it was."""

import pytest

from archc.diagnostics import Diagnostic, Edit, Source, Span
from archc.language.document.edits import applied, begun, moved, renamed, text_of, together
from archc.language.document.loader import parse
from archc.language.document.nodes import Map
from archc.limits import DEFAULT_LIMITS


def read(text: str) -> Map:
    return parse(Source("net.yaml", text), DEFAULT_LIMITS)


def after_moving(text: str, key: str = "k", into: str = "set") -> str:
    return applied(text, moved(read(text), key, into))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("repaet: 1\n", "repeat: 1\n"),
        ('"repaet": 1\n', '"repeat": 1\n'),
        ("'repaet' : 1\n", "'repeat' : 1\n"),
        ("a.b.repaet: 1\n", "a.b.repeat: 1\n"),
        ("repaet.b: 1\n", "repeat.b: 1\n"),
        ("repaet.repaet: 1\n", "repaet.repaet: 1\n"),
        ('"rep\\u0061et": 1\n', '"rep\\u0061et": 1\n'),
        ("? repaet\n: 1\n", "? repeat\n: 1\n"),
    ],
)
def test_a_key_is_renamed_where_it_stands_as_itself(text: str, expected: str) -> None:
    [entry] = read(text)
    assert applied(text, renamed(entry.span, "repaet", "repeat")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# c\nname: a\n", "# c\narchc: 1\nname: a\n"),
        ("name: a\r\nb: 1\r\n", "archc: 1\r\nname: a\r\nb: 1\r\n"),
        ("---\nname: a\n", "---\narchc: 1\nname: a\n"),
        ("  name: a\n  b: 1\n", "  archc: 1\n  name: a\n  b: 1\n"),
        ("{name: a}\n", "{archc: 1, name: a}\n"),
        ("# é\n{ name: a}\n", "# é\n{archc: 1,  name: a}\n"),
        ("name: a", "archc: 1\nname: a"),
    ],
)
def test_a_line_is_put_first(text: str, expected: str) -> None:
    assert applied(text, begun(read(text), "archc: 1")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("k: 1 # c\nb: 2\n", "set:\n  k: 1 # c\nb: 2\n", id="no such map"),
        pytest.param("k:\n  a: 1\n\n  b: 2\nb: 2\n", "set:\n  k:\n    a: 1\n\n    b: 2\nb: 2\n", id="no such map, many lines"),
        pytest.param("k: |\n  a\n   b\n", "set:\n  k: |\n    a\n     b\n", id="a text of several lines"),
        pytest.param("k: 1 # c\nset:\n    a: 2 # d\nb: 2\n", "set:\n    a: 2 # d\n    k: 1 # c\nb: 2\n", id="a map of lines"),
        pytest.param("set:\n  a: 2\nk: 1\n", "set:\n  a: 2\n  k: 1\n", id="the next line"),
        pytest.param("set:\n  a: 2\n\nk: 1", "set:\n  a: 2\n  k: 1\n", id="no last line end"),
        pytest.param("k:\n  a: 1\n  # c\n# d\nset:\n  a: 2\n", "# d\nset:\n  a: 2\n  k:\n    a: 1\n    # c\n", id="comments"),
        pytest.param("k: 1\nset:\nb: 2\n", "set:\n  k: 1\nb: 2\n", id="an empty map"),
        pytest.param("k: 1\nset: {a: 2} # c\n", "set: {a: 2, k: 1} # c\n", id="braces"),
        pytest.param(
            "k: 1 # d\nset: {a: 2,\n  b: 3,\n} # c\n", "# d\nset: {a: 2,\n  b: 3,\nk: 1} # c\n", id="braces of several lines"
        ),
        pytest.param("k: {x: 1, y: 2}\nset: {}\n", "set: {k: {x: 1, y: 2}}\n", id="empty braces"),
        pytest.param('k: "a, b"\nset: {}\n', 'set: {k: "a, b"}\n', id="quoted"),
        pytest.param("k: 'a, b'\nset: {}\n", "set: {k: 'a, b'}\n", id="quoted once"),
        pytest.param("k: a\nset: {a: 1,}\n", "set: {a: 1,k: a}\n", id="braces that end in a comma"),
        pytest.param("k: [1, 2]\nset: { }\n", "set: { k: [1, 2]}\n", id="a list into braces"),
        pytest.param("k: 1\r\nset:\r\n  a: 2\r\n", "set:\r\n  a: 2\r\n  k: 1\r\n", id="CR LF"),
    ],
)
def test_an_entry_is_moved(text: str, expected: str) -> None:
    assert after_moving(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("k: a, b\nset: {}\n", id="a plain text with a comma into braces"),
        pytest.param("k:\n  a: 1\nset: {}\n", id="lines into braces"),
        pytest.param("k: 1\nset: {k: 2}\n", id="it is there"),
        pytest.param("k: 1\nset: 3\n", id="no map"),
        pytest.param("{k: 1, set: {a: 1}}\n", id="a document in braces"),
        pytest.param("a: &a {x: 1}\nk: *a\nset: {}\n", id="an alias"),
    ],
)
def test_what_cannot_be_moved_stays(text: str) -> None:
    assert after_moving(text) == text


def test_what_is_moved_means_the_same() -> None:
    text = "k:\n  a: [1,\n    2]\n  b: >\n    x\n    y\nset:\n      c: 1\n"
    [entry] = read(after_moving(text))
    assert isinstance(entry.value, Map)
    assert [text_of(inner.span) for inner in entry.value] == ["c", "k"]


def problem(source: Source, *edits: tuple[int, int, str]) -> Diagnostic:
    """One whose fix replaces columns of the first line."""
    return Diagnostic("E0201", "wrong", fix=tuple(Edit(Span(source, 1, a, 1, b), text) for a, b, text in edits))


SOURCE = Source("net.yaml", "abcdef\n")
LEFT, RIGHT, OVER = problem(SOURCE, (1, 3, "x")), problem(SOURCE, (4, 6, "y")), problem(SOURCE, (2, 5, "z"))
BEHIND = problem(SOURCE, (3, 4, "w"))
LINES = problem(SOURCE, (6, 6, "\n")), problem(SOURCE, (1, 1, "\n"))


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        ([LEFT, RIGHT], [LEFT, RIGHT]),
        ([LEFT, OVER, RIGHT], [LEFT, RIGHT]),
        ([OVER, LEFT, RIGHT], [OVER]),
        ([LEFT, LEFT], [LEFT]),
        ([LEFT, BEHIND], [LEFT]),
        ([BEHIND, LEFT], [BEHIND]),
        ([*LINES], [LINES[0]]),
        ([Diagnostic("E0201", "no fix"), LEFT], [LEFT]),
    ],
)
def test_no_two_fixes_are_over_one_another(found: list[Diagnostic], chosen: list[Diagnostic]) -> None:
    assert together(found) == chosen


def test_edits_over_one_another_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^two edits are over one another$"):
        applied(SOURCE.text, [*LEFT.fix, *OVER.fix])


def test_edits_that_touch_are_made() -> None:
    assert applied(SOURCE.text, [*BEHIND.fix, *LEFT.fix]) == "xwdef\n"
