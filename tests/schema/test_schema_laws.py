"""Laws of validation: the quick check agrees with jsonschema, and every problem has a place in the text."""

import copy
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.validators import extend
from mutator import mutate

from archc.diagnostics import SpecError
from archc.language.document.loader import parse
from archc.language.document.nodes import Map, plain
from archc.language.document.source import text_source
from archc.language.lookup import kind_of
from archc.language.schema.fast import is_valid
from archc.language.schema.load import Kind, load_schema
from archc.language.schema.places import as_document
from archc.language.schema.validate import validate
from archc.language.schema.violations import violations
from archc.limits import Limits

SPECS = Path(__file__).parents[2] / "specs"
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(SPECS.rglob("*.yaml"))]


def _read(text: str) -> Map:
    return parse(text_source(text, "net.yaml", Limits()), Limits())


DOCUMENTS: list[tuple[Kind, object]] = [(kind_of(root), as_document(root, [])) for root in map(_read, TEXTS)]
KEYS = sorted({key for _, document in DOCUMENTS for key in str(document).replace("'", " ").split() if key.isidentifier()})
VALUES = [
    None,
    True,
    False,
    0,
    1,
    -1,
    3.0,
    0.5,
    "out",
    "none",
    "identity",
    "yes",
    "",
    "a b",
    [],
    ["conv"],
    {},
    {"op": "add"},
    {"module": "m"},
]


def _mutated(document: object, choose: random.Random) -> object:
    """A copy with one value replaced, removed, renamed or added."""
    root = copy.deepcopy(document)
    at = root
    while isinstance(at, dict) and at and choose.random() < 0.8:
        below = [value for value in at.values() if isinstance(value, dict)]
        if not below:
            break
        at = choose.choice(below)
    assert isinstance(at, dict)
    key = choose.choice([*at, choose.choice(KEYS)])
    value = choose.choice(VALUES)
    match choose.randrange(3):
        case 0:
            at.pop(key, None)
        case 1:
            at[choose.choice(KEYS)] = at.pop(key, value)
        case _:
            at[key] = copy.deepcopy(value)
    return root


PLAIN = extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int),
)
"""jsonschema as it comes, but for 3.0, which is no integer of ours."""


@given(st.sampled_from(range(len(DOCUMENTS))), st.integers(0, 2**32), st.integers(1, 3))
@settings(max_examples=400, deadline=None)
def test_both_ways_of_validating_agree_with_jsonschema(number: int, seed: int, times: int) -> None:
    kind, document = DOCUMENTS[number]
    choose = random.Random(seed)
    for _ in range(times):
        document = _mutated(document, choose)
    schema = load_schema(kind)
    expected = [(error.validator, tuple(error.absolute_path), error.instance) for error in PLAIN(schema).iter_errors(document)]
    assert [(one.keyword, one.path, one.value) for one in violations(document, schema)] == expected
    assert is_valid(document, schema) == (expected == [])


@given(st.sampled_from(TEXTS), st.integers(0, 2**32))
@settings(max_examples=400, deadline=None)
def test_every_problem_has_a_code_and_a_place(text: str, seed: int) -> None:
    text = mutate(text, random.Random(seed), TEXTS)
    try:
        root = _read(text)
    except (SpecError, UnicodeError):
        return
    lines = text.split("\n")
    for problem in validate(root, kind_of(root)):
        assert problem.span is not None
        assert problem.code.startswith(("E02", "E0331"))
        assert 1 <= problem.span.line <= len(lines)


@pytest.mark.parametrize("kind", ["network", "resolved", "block", "module", "shortcut", "layout"])
def test_a_document_of_another_kind_is_refused(kind: Kind) -> None:
    others = [document for own, document in DOCUMENTS if own != kind and (own, kind) != ("network", "resolved")]
    assert [document for document in others if is_valid(document, load_schema(kind))] == []


def test_the_document_is_what_was_written() -> None:
    root = _read(TEXTS[0])
    assert as_document(root, []) == plain(root)
