"""`archc resolve`'s YAML reads back as the same values, whatever the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archc.diagnostics import Source, Span
from archc.language.document.loader import parse
from archc.language.document.nodes import Entry, Map, Scalar, plain
from archc.limits import Limits
from archc.present.yamlout import quoted, with_places


def read(text: str) -> Map:
    return parse(Source("net.yaml", text), Limits())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bottleneck", "bottleneck"),
        ("out * ratio", "out * ratio"),
        ("0.1 * block_index", "0.1 * block_index"),
        ("arXiv:1512.03385", "arXiv:1512.03385"),
        ("make_divisible(out / 16, 8, 8, 0)", "make_divisible(out / 16, 8, 8, 0)"),
        ("true", '"true"'),
        ("no", '"no"'),
        ("1", '"1"'),
        ("0x1f", '"0x1f"'),
        ("", '""'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("-x", '"-x"'),
        ('say "a\\b"', 'say "a\\b"'),
        ('"a\\b"', '"\\"a\\\\b\\""'),
        ("a\nb\x1b\u202e\U000e0001", '"a\\x0ab\\x1b\\u202e\\U000e0001"'),
    ],
)
def test_quoting(text: str, expected: str) -> None:
    assert quoted(text) == expected


def test_quoting_in_a_list() -> None:
    assert quoted("max(a, b)", flow=True) == '"max(a, b)"'


def test_places_stand_in_a_column() -> None:
    root = read("archc: 1\nname: net\nstages:\n  layer1: {out: 64, order: [conv, norm]}\n")
    assert with_places(root) == (
        "archc: 1                 # net.yaml:1\n"
        "name: net                # net.yaml:2\n"
        "stages:\n"
        "  layer1:\n"
        "    out: 64              # net.yaml:4\n"
        "    order: [conv, norm]  # net.yaml:4\n"
    )


def test_a_default_has_no_line() -> None:
    span = Span(Source("default", ""), 1, 1, 1, 1)
    assert with_places(Map((Entry("act", span, Scalar("relu", "relu", span)),), span)) == "act: relu  # default\n"


texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
scalars = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6).map(lambda x: round(x, 3)) | texts
keys = texts.filter(lambda key: key != "<<")
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=8)


@given(st.dictionaries(keys, values, min_size=1, max_size=4))
def test_written_document_reads_back(document: dict[str, object]) -> None:
    import json

    # JSON is YAML, but for the characters that archc refuses as they are, which quoted() escapes.
    root = read(_flow(document))
    assert plain(read(with_places(root))) == plain(root) == json.loads(json.dumps(document))


def _flow(value: object) -> str:
    """A YAML flow document written independently of what is tested."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(character):08x}" for character in value) + '"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value)
