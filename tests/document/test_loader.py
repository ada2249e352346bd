"""The tree of a document: values, shared nodes, merged maps, and the place of every key and value."""

from pathlib import Path

import pytest
import yaml

from archc.diagnostics import Span, SpecError
from archc.language.document import events
from archc.language.document.lines import lines
from archc.language.document.loader import parse, parse_value
from archc.language.document.nodes import Map, Node, Scalar, Sequence, plain
from archc.language.document.source import text_source
from archc.limits import Limits

LIMITS = Limits()
EVERYTHING = Path(__file__, "../../data/documents/everything.yaml").resolve().read_text(encoding="utf-8")


def load(text: str) -> Map:
    return parse(text_source(text, "net.yaml", LIMITS), LIMITS)


def place(span: Span) -> tuple[int, int, int, int]:
    return span.line, span.column, span.end_line, span.end_column


def value(tree: Map, *path: str | int) -> Node:
    node: Node | None = tree
    for key in path:
        node = node.get(key) if isinstance(node, Map) else node.items[int(key)] if isinstance(node, Sequence) else None
    assert node is not None
    return node


EXPECTED = {
    "archc": 1,
    "name": "everything",
    "title": 'quoted: é, A, "inside"',
    "source": {"paper": "it's quoted", "note": "plain"},
    "folded": "folded text",
    "text": "kept\n  as written\n",
    "x-unit": {"kernel": 3, "out": 16, "bias": "no"},
    "x-more": {"act": "relu", "norm": {"kind": "group", "groups": 32, "eps": 1e-5}},
    "stem": {
        "conv1": {"kernel": 3, "out": 16, "bias": "no"},
        "conv2": {"kernel": 3, "out": 32, "bias": "no", "stride": 2},
        "conv3": {
            "act": None,
            "norm": {"kind": "group", "groups": 32, "eps": 1e-5},
            "kernel": 3,
            "out": 16,
            "bias": "no",
            "when": True,
        },
    },
    "blocks": {0: {"rate": 0.5}, -1: {}, 12: []},
    "empty": None,
    "list": [1, -2500.0, None, ["a", ["b", {"c": "d"}], {"e": "f"}], {"g": "h"}],
    "漢字": "ｗｉｄｅ é",
}


def test_every_form() -> None:
    assert plain(load(EVERYTHING)) == EXPECTED


def test_keys_keep_their_order() -> None:
    conv3 = value(load(EVERYTHING), "stem", "conv3")
    assert isinstance(conv3, Map)
    assert [entry.key for entry in conv3] == ["act", "norm", "kernel", "out", "bias", "when"]


def test_the_parser_of_pyyaml_itself_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "Parser", yaml.SafeLoader)
    assert plain(load(EVERYTHING)) == EXPECTED


def test_an_alias_shares_its_node() -> None:
    tree = load("a: &x {b: 1}\nc: *x\n")
    assert tree.get("a") is tree.get("c")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}", {"k": 3, "l": 2}),
        ("a: &x {k: 1, l: 2}\nb: {k: 3, <<: *x}", {"k": 3, "l": 2}),
        ("a: [&x {k: 1}, &y {k: 2, m: 3}]\nb: {<<: [*x, *y]}", {"k": 1, "m": 3}),
        ("b: {<<: {k: 1}, l: 2}", {"k": 1, "l": 2}),
        ("b: {<<: []}", {}),
        ('b: {"<<": 1}', {"<<": 1}),
        ("b: [<<]", ["<<"]),
    ],
)
def test_merge_keys(text: str, expected: object) -> None:
    assert plain(value(load(text), "b")) == expected


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("a: &x {k: 1, l: 2}\nb: {<<: *x, m: 1, k: 3}", ["k", "l", "m"]),
        ("a: &x {k: 1, l: 2}\nb: {m: 1, <<: *x, n: 1}", ["m", "k", "l", "n"]),
    ],
)
def test_merged_keys_stand_where_the_merge_is_written(text: str, keys: list[str]) -> None:
    merged = value(load(text), "b")
    assert isinstance(merged, Map)
    assert [entry.key for entry in merged] == keys


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("a: 1", ["a"], (1, 4, 1, 5)),
        ("a:   'it''s'  # c", ["a"], (1, 6, 1, 13)),
        ("é漢: x", ["é漢"], (1, 5, 1, 6)),
        ("a: one\n  two\nb: 1", ["a"], (1, 4, 2, 6)),
        ("a: |\n  x\n  y\n\n\nb: 1", ["a"], (1, 4, 3, 4)),
        ("a: >-\n  x\n", ["a"], (1, 4, 2, 4)),
        ("a:\n  b: |\n    x\n\n  c: 1", ["a", "b"], (2, 6, 3, 6)),
        ("a:\n  b: >\n    x\n\n  c: 1", ["a", "b"], (2, 6, 3, 6)),
        ("a:\n  b: &x |\n    x\n\n  c: 1", ["a", "b"], (2, 9, 3, 6)),
        ("a:\n  - |\n    x\n\n  - c", ["a", 0], (2, 5, 3, 6)),
        ("a:\nb: 1", ["a"], (1, 3, 1, 3)),
        ("b: 1\n? a\n", ["a"], (2, 4, 2, 4)),
        ("a: &x 1", ["a"], (1, 7, 1, 8)),
        ("a: &x\nb: 1", ["a"], (1, 6, 1, 6)),
        ("a: {b: 1, c: [2]} # c", ["a"], (1, 4, 1, 18)),
        ("a: {b: 1, c: [2]} # c", ["a", "c"], (1, 14, 1, 17)),
        ("a: &x {b: 1}", ["a"], (1, 7, 1, 13)),
        ("a: &x # c\n  {b: 1}", ["a"], (2, 3, 2, 9)),
        ("a:\n  b: 1\n  c:\n    d: x\n\n# c\ne: 1", ["a"], (2, 3, 4, 9)),
        ("a: &x\n  b: 1\n", ["a"], (2, 3, 2, 7)),
        ("a:\n- 1\n- \n- x y\n", ["a"], (2, 1, 4, 6)),
        ("a: &x\n- 1\n", ["a"], (2, 1, 2, 4)),
        ("a: [b: c]", ["a", 0], (1, 5, 1, 9)),
        ("\r\na: 1\r\nb: 2\r\n", ["b"], (3, 4, 3, 5)),
        ("\n\na: 1", [], (3, 1, 3, 5)),
    ],
)
def test_place_of_a_value(text: str, path: list[str | int], expected: tuple[int, int, int, int]) -> None:
    assert place(value(load(text), *path).span) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  key: 1", (1, 3, 1, 6)),
        ("{'key' : 1}", (1, 2, 1, 7)),
        ("? key\n: 1", (1, 3, 1, 6)),
        ("&a key: 1", (1, 4, 1, 7)),
    ],
)
def test_place_of_a_key(text: str, expected: tuple[int, int, int, int]) -> None:
    entry = load(text).entry("key")
    assert entry is not None
    assert place(entry.span) == expected


def test_every_plain_word_stands_where_its_span_says() -> None:
    wrong: list[tuple[str, str]] = []
    stack: list[Node] = [load(EVERYTHING)]
    while stack:
        match stack.pop():
            case Map(entries=entries):
                stack += [entry.value for entry in entries]
            case Sequence(items=items):
                stack += items
            case Scalar(text=text, span=span):
                written = lines(span.source.text)[span.line - 1][span.column - 1 : span.end_column - 1]
                if span.line == span.end_line and written[:1] not in ("'", '"') and written != text:
                    wrong.append((text, written))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2", 2),
        ("pre", "pre"),
        ("{kind: A, zeros: both}", {"kind": "A", "zeros": "both"}),
        ("[1, 2]", [1, 2]),
        ("null", None),
        ("0.1 * i", "0.1 * i"),
        ("'2'", "2"),
        ('""', ""),
    ],
)
def test_a_single_value(text: str, expected: object) -> None:
    assert plain(parse_value(text, "--set block.order", LIMITS)) == expected


def test_a_number_keeps_what_was_written() -> None:
    number = parse_value("0.10", "--set", LIMITS)
    assert isinstance(number, Scalar)
    assert number.text == "0.10"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "E0112"), ("# c", "E0112"), ("{", "E0101"), ("*x", "E0107"), ("010", "E0114"), ("\u202e", "E0006"), ("%x", "E0007")],
)
def test_a_single_value_that_is_none(text: str, code: str) -> None:
    with pytest.raises(SpecError) as error:
        parse_value(text, "--set block.order", LIMITS)
    assert [d.code for d in error.value.diagnostics] == [code]
