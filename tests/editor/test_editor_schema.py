"""The schema that `archc schema` prints: texts for every key and value, valid in either draft, whole."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from archc.language.document.loader import parse
from archc.language.document.nodes import plain
from archc.language.document.source import text_source
from archc.language.editor.tree import walked
from archc.language.editor.view import Draft, editor_schema
from archc.language.schema.load import Kind, Schema, definitions, whole_schema
from archc.language.shipped import shipped_names
from archc.limits import Limits

KINDS: tuple[Kind, ...] = ("network", "resolved", "block", "module", "shortcut", "layout")
WHOLE = editor_schema("any")
TWIN = editor_schema("any", "07")
DEFINITIONS = {"2020-12": "$defs", "07": "definitions"}
POINTER = re.compile(r"See docs/language\.md#[\w-]+$")


def _resolved(schema: Schema, whole: Schema, key: str) -> Schema:
    while "$ref" in schema and len(schema) == 1:
        schema = whole[key][str(schema["$ref"]).rpartition("/")[2]]  # type: ignore[index]
    return schema


def _values(whole: Schema, key: str) -> list[tuple[str, Schema]]:
    """Every value a document may have, with the path of its schema: of a key of the language's or the user's, or in a list."""
    found: dict[str, Schema] = {}
    for path, schema in walked(whole):
        if path.endswith(("/if", "/not")) or "/if/" in path or "/not/" in path:
            continue
        for keyword in ("properties", "patternProperties"):
            inner = schema.get(keyword, {})
            assert isinstance(inner, dict)
            found.update({f"{path}/{keyword}/{name}": value for name, value in inner.items() if not isinstance(value, bool)})
        for keyword in ("additionalProperties", "items"):
            if isinstance(value := schema.get(keyword), dict):
                found[f"{path}/{keyword}"] = value
    return [(path, _resolved(schema, whole, key)) for path, schema in found.items()]


def _own_texts(values: list[tuple[str, Schema]]) -> list[tuple[str, Schema]]:
    """Without entries that only get a condition besides what is said of them elsewhere."""
    return [(path, schema) for path, schema in values if not set(schema) <= {"if", "then", "else"}]


VALUES = {
    (draft, path): schema
    for draft, whole in (("2020-12", WHOLE), ("07", TWIN))
    for path, schema in _own_texts(_values(whole, DEFINITIONS[draft]))
}


def _examples(schema: Schema) -> list[object]:
    """The examples of a value; those that are maps stand under the condition that it is one."""
    inner = [part["then"] for part in schema.get("allOf", []) if part.get("if") == {"type": "object"}]  # type: ignore[attr-defined]
    return [example for part in (schema, *inner) for example in part.get("examples", [])]


@pytest.mark.parametrize("draft", ["2020-12", "07"])
class TestTexts:
    def test_every_value_has_a_title(self, draft: Draft) -> None:
        assert [path for (own, path), schema in VALUES.items() if own == draft and not schema.get("title")] == []

    def test_every_description_says_where_more_is_said(self, draft: Draft) -> None:
        said = [(path, schema.get("description", "")) for (own, path), schema in VALUES.items() if own == draft]
        assert [path for path, description in said if not POINTER.search(str(description))] == []

    def test_every_value_has_examples(self, draft: Draft) -> None:
        values = [(path, schema) for (own, path), schema in VALUES.items() if own == draft]
        assert [path for path, schema in values if not (_examples(schema) or "const" in schema)] == []

    def test_every_word_is_described(self, draft: Draft) -> None:
        whole = WHOLE if draft == "2020-12" else TWIN
        lists = [schema for path, schema in walked(whole) if "enum" in schema and "/not" not in path and "/if" not in path]
        assert [schema for schema in lists if len(schema["enum"]) != len(schema.get("enumDescriptions", []))] == []  # type: ignore[arg-type]

    def test_no_value_is_proposed_without_a_label(self, draft: Draft) -> None:
        directly = [(path, schema.get("examples", [])) for (own, path), schema in VALUES.items() if own == draft]
        assert [path for path, examples in directly if any(isinstance(one, dict) for one in examples)] == []  # type: ignore[attr-defined]


def test_is_a_schema() -> None:
    Draft202012Validator.check_schema(WHOLE)


def test_the_twin_is_a_schema() -> None:
    Draft7Validator.check_schema(TWIN)


@pytest.mark.parametrize("draft", ["2020-12", "07"])
@pytest.mark.parametrize("kind", ["any", *KINDS])
def test_has_what_it_refers_to_and_no_more(kind: Kind, draft: Draft) -> None:
    schema = editor_schema(kind, draft)
    wanted = set(re.findall(r'"\$ref": "#/(?:\$defs|definitions)/(\w+)"', json.dumps(schema)))
    assert wanted == set(schema[DEFINITIONS[draft]])  # type: ignore[call-overload]


@pytest.mark.parametrize("draft", ["2020-12", "07"])
def test_nothing_stands_beside_a_reference(draft: Draft) -> None:
    whole = WHOLE if draft == "2020-12" else TWIN
    assert [path for path, schema in walked(whole) if "$ref" in schema and len(schema) > 1] == []


def test_each_has_its_own_identity() -> None:
    every = [editor_schema(kind, draft)["$id"] for kind in ("any", *KINDS) for draft in ("2020-12", "07")]  # type: ignore[arg-type]
    assert len(set(every)) == len(every)


def test_the_twin_has_no_keyword_of_a_later_draft() -> None:
    later = {"$defs", "dependentRequired", "dependentSchemas", "prefixItems", "unevaluatedProperties", "unevaluatedItems"}
    assert {key for _, schema in walked(TWIN) for key in schema} & later == set()


def test_alternatives_fit_whatever_is_there() -> None:
    """Exactly one of them: they are there to propose values, and refuse none."""
    alternatives = [schema["oneOf"] for _, schema in walked(WHOLE) if "oneOf" in schema]
    values: list[object] = [None, True, 3, "post", "bottleneck", "anything", [], ["conv"], {}, {"kind": "group"}]
    refused = [
        (options, value)
        for options in alternatives
        for value in values
        if not Draft202012Validator({"oneOf": options, "$defs": WHOLE["$defs"]}).is_valid(value)  # type: ignore[arg-type]
    ]
    assert (len(alternatives) > 0, refused) == (True, [])


@pytest.mark.parametrize("kind", ["network", "block", "module", "shortcut", "layout"])
def test_proposes_what_ships(kind: Kind) -> None:
    names = WHOLE["$defs"][f"names_of_{kind}"]  # type: ignore[index]
    assert names["enum"] == shipped_names(kind)  # type: ignore[arg-type]


SHIPPED = Path(__file__).parents[2] / "specs"
DECLARED = [
    (prefix, file.stem, name)
    for kind, prefix in (("blocks", "settings_of"), ("modules", "module"), ("shortcuts", "shortcut"))
    for file in sorted((SHIPPED / kind).glob("*.yaml"))
    for name in plain(parse(text_source(file.read_text(encoding="utf-8"), file.name, Limits()), Limits())).get("parameters", {})  # type: ignore[attr-defined]
]


@pytest.mark.parametrize(("prefix", "definition", "parameter"), DECLARED)
def test_knows_what_a_definition_declares(prefix: str, definition: str, parameter: str) -> None:
    assert parameter in WHOLE["$defs"][f"{prefix}_{definition}"]["properties"]  # type: ignore[index]


def test_the_check_reads_none_of_it() -> None:
    """The file that `archc check` reads has no word of an editor in it."""
    words = {"markdownDescription", "defaultSnippets", "enumDescriptions", "errorMessage", "doNotSuggest"}
    assert {key for _, schema in walked(whole_schema()) for key in schema} & words == set()


def test_every_list_that_a_key_names_is_there() -> None:
    asked = {str(schema["x-words"]) for root in definitions().values() for _, schema in walked(root) if "x-words" in schema}
    assert sorted(asked - {name.removeprefix("words_of_") for name in WHOLE["$defs"]}) == []  # type: ignore[attr-defined]
