"""The schema itself: a valid one of draft 2020-12, without unions, documented throughout, and true to the code."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from archc.compile.lower.kinds import NORMS
from archc.compile.lower.operations import WORDS
from archc.compile.lower.order import ORDERS
from archc.compile.lower.settings import KEYS, STAGE_KEYS
from archc.ir.norms import ACTIVATIONS
from archc.language.schema import fast
from archc.language.schema.load import Kind, definitions, load_schema, whole_schema

KINDS: tuple[Kind, ...] = ("network", "resolved", "block", "module", "shortcut", "layout")
MAPS_OF_SCHEMAS = ("properties", "patternProperties", "$defs")
DATA = ("examples", "default", "const", "enum", "dependentRequired")


def _schemas(at: object, path: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    """Every schema inside, with its path."""
    if isinstance(at, list):
        for i, item in enumerate(at):
            yield from _schemas(item, f"{path}/{i}")
    elif isinstance(at, dict):
        yield path, at
        for key, inner in at.items():
            if key in MAPS_OF_SCHEMAS:
                for name, schema in inner.items():
                    yield from _schemas(schema, f"{path}/{key}/{name}")
            elif key not in DATA:
                yield from _schemas(inner, f"{path}/{key}")


SCHEMAS = list(_schemas(whole_schema()))
PROPERTIES = [
    (f"{path}/properties/{name}", schema)
    for path, owner in SCHEMAS
    if isinstance(named := owner.get("properties"), dict) and not path.endswith("/if")
    for name, schema in named.items()
    if schema.get("not") != {}  # a key that may not be there
]


def _resolved(schema: dict[str, object]) -> dict[str, object]:
    return {**definitions()[str(schema["$ref"]).rpartition("/")[2]], **schema} if "$ref" in schema else schema


@pytest.mark.parametrize("kind", KINDS)
def test_is_valid(kind: Kind) -> None:
    Draft202012Validator.check_schema(load_schema(kind))


def test_the_whole_is_valid() -> None:
    Draft202012Validator.check_schema(whole_schema())


@pytest.mark.parametrize("kind", KINDS)
def test_has_all_it_refers_to(kind: Kind) -> None:
    schema = load_schema(kind)
    wanted = set(re.findall(r'"\$ref": "#/\$defs/(\w+)"', json.dumps(schema)))
    assert wanted == set(schema["$defs"])  # type: ignore[call-overload]


def test_has_no_unions() -> None:
    assert [path for path, schema in SCHEMAS if "anyOf" in schema] == []


def test_one_of_lists_documented_constants_only() -> None:
    options = [option for _, schema in SCHEMAS for option in schema.get("oneOf", [])]  # type: ignore[attr-defined]
    assert [option for option in options if set(option) != {"const", "description"}] == []


@pytest.mark.parametrize(("path", "schema"), PROPERTIES, ids=[path for path, _ in PROPERTIES])
def test_every_property_is_documented(path: str, schema: dict[str, object]) -> None:
    said = _resolved(schema)
    assert "title" in said
    assert re.search(r"See docs/language\.md#[\w-]+$", str(said["description"]))
    assert said.keys() & {"examples", "const", "oneOf"}


def test_every_word_is_described() -> None:
    assert [path for path, schema in SCHEMAS if "enum" in schema and not path.endswith("/not")] == []


ANCHORS = sorted(set(re.findall(r"docs/language\.md#([\w-]+)", json.dumps(whole_schema()))))


def _headings() -> set[str]:
    text = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("anchor", ANCHORS)
def test_descriptions_lead_into_the_reference(anchor: str) -> None:
    assert anchor in _headings()


@pytest.mark.parametrize("example", [(p, e) for p, s in PROPERTIES for e in _resolved(s).get("examples", [])], ids=str)  # type: ignore[attr-defined]
def test_examples_are_valid(example: tuple[str, object]) -> None:
    path, value = example
    schema = dict(PROPERTIES)[path]
    assert fast.is_valid(value, {**schema, "$defs": definitions()})


def _constants(name: str, *keys: str) -> set[object]:
    at: object = definitions()[name]
    for key in keys:
        assert isinstance(at, dict)
        at = at[key]
    assert isinstance(at, list)
    return {item["const"] if isinstance(item, dict) else item for item in at}


def test_operations_are_those_of_the_language() -> None:
    assert _constants("op_step", "properties", "op", "oneOf") == set(WORDS)


def test_orders_are_those_of_the_language() -> None:
    assert _constants("order", "else", "then", "oneOf") == set(ORDERS)


def test_norms_are_those_of_the_language() -> None:
    assert _constants("network_norm", "else", "oneOf") == set(NORMS)


def test_activations_are_those_of_the_language() -> None:
    assert _constants("network_act", "else", "oneOf") == {*ACTIVATIONS, "none"}


def test_keys_of_a_block_are_those_of_the_language() -> None:
    assert set(definitions()["block_settings"]["properties"]) == set(KEYS)  # type: ignore[call-overload]


def test_keys_of_a_stage_are_those_of_the_language() -> None:
    assert set(definitions()["stage"]["properties"]) == {*KEYS, *STAGE_KEYS}  # type: ignore[call-overload]


def test_the_quick_check_knows_every_keyword() -> None:
    used = {key for _, schema in SCHEMAS for key in schema}
    assert used - fast._ANNOTATIONS - set(fast._KEYWORDS) == set()
