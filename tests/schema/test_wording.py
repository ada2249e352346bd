"""The words for what is wanted and what is there."""

import pytest

from archc.language.schema.wording import as_name, items, plural, rewritten, short, value_text, wanted


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (["integer"], "a whole number"),
        (["number", "null"], "a number"),
        (["boolean"], "true or false"),
        (["object", "array"], "a map or a list"),
        (["string", "integer"], "a whole number or an expression"),
        (["integer", "string", "null"], "a whole number or an expression"),
        (["string", "array"], "a name or a list of names"),
    ],
)
def test_what_is_wanted(types: list[str], expected: str) -> None:
    assert wanted(types) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "empty"),
        (True, "true"),
        (False, "false"),
        (3, "the number 3"),
        (1.5, "the number 1.5"),
        ("a", 'the text "a"'),
        ([], "a list"),
        ({}, "a map"),
    ],
)
def test_what_is_found(value: object, expected: str) -> None:
    assert value_text(value) == expected


@pytest.mark.parametrize(("length", "expected"), [(59, "x" * 59), (60, "x" * 60), (61, "x" * 59 + "…")])
def test_a_long_text_is_cut(length: int, expected: str) -> None:
    assert short("x" * length) == expected


@pytest.mark.parametrize(("value", "expected"), [("a", ["a"]), (["a", 1], ["a", "1"]), (2, ["2"])])
def test_one_or_a_list(value: object, expected: list[str]) -> None:
    assert items(value) == expected


def test_names_are_listed_in_backticks() -> None:
    assert plural(["a", "b"]) == "`a`, `b`"


@pytest.mark.parametrize(
    ("types", "value", "expected"),
    [
        (["object"], None, "write `{}` where there is nothing to say"),
        (["object", "null"], None, "write `{}` where there is nothing to say"),
        (["object", "string"], None, ""),
        (["integer"], 3.0, "write 3"),
        (["integer"], 3.5, ""),
        (["number"], 3.0, ""),
        *((["boolean"], word, "write true or false") for word in ("yes", "no", "on", "off", "y", "n", "NO")),
        (["boolean"], "maybe", ""),
        (["integer"], "yes", ""),
        *((["integer"], number, "write it without quotes") for number in ("3", "-3", "+3", "3.5")),
        (["number"], "3", "write it without quotes"),
        (["integer"], "3.", ""),
        (["integer"], "x3", ""),
        (["string"], "3", ""),
        (["string"], 3, 'write it with quotes: "3"'),
        (["string"], True, 'write it with quotes: "true"'),
        (["string", "array", "null"], 1.5, 'write it with quotes: "1.5"'),
        (["string", "object"], 3, ""),
        (["string"], [], ""),
    ],
)
def test_how_it_would_be_right(types: list[str], value: object, expected: str) -> None:
    assert rewritten(types, value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("resnet-50", "resnet_50"),
        ("a b--c", "a_b_c"),
        ("-a-", "a"),
        ("_a_", "a"),
        ("a", ""),
        ("3d", ""),
        ("", ""),
        ("é", ""),
        ("a!" + "x" * 61, "a_" + "x" * 61),
        ("a!" + "x" * 62, ""),
    ],
)
def test_the_nearest_name(text: str, expected: str) -> None:
    assert as_name(text) == expected
