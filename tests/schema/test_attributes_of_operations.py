"""Attributes of operations are declared by the classes; the schema and the manual's table say the same of them."""

import re
from pathlib import Path
from typing import Any

import pytest

from archc.compile.lower.attributes import words_of
from archc.compile.lower.operations import OWN, WORDS
from archc.ir.types import Sides
from archc.language.schema.load import definitions
from archc.record import Field, Missing

DECLARED = [word for word in WORDS if word not in OWN]
COMMON = {"op", "of", "when", "init", "after", "before"}
OWN_KEYS = {
    "conv": "out kernel stride padding dilation groups bias conv",
    "conv_transpose": "out kernel stride padding output_padding dilation groups bias",
    "norm": "kind eps groups momentum frozen group_size linear",
    "act": "kind slope",
    "pad": "size left right top bottom",
    "pad_channels": "out zeros",
    "scale": "value shared",
    "softmax": "over parts",
    "mean": "over",
    "position": "",
    "dropout": "rate",
    "drop_path": "rate",
    "drop_channels": "rate",
    "drop_block": "rate size law",
}
"""The keys of the words whose attributes are read by functions of their own."""
PASSED = {"stride", "dilation"}
"""A block passes these to the step that takes them, which then need not state them."""
FLAT = {int: ["integer", "string"], float: ["number", "string"], Sides: ["integer", "string", "array"]}


def _fields(word: str) -> dict[str, Field]:
    """The attributes that a step states, by their keys."""
    fields = WORDS[word].record_fields.values()
    return {field.metadata.get("word", field.name): field for field in fields if "of_operand" not in field.metadata}


def _step(word: str) -> dict[str, Any]:
    step: Any = definitions()[f"op_{word}"]
    return {**step, "properties": {key: _resolved(said) for key, said in step["properties"].items() if key not in COMMON}}


def _resolved(said: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in said:
        own = {key: value for key, value in said.items() if key != "$ref"}
        said = {**definitions()[said["$ref"].rpartition("/")[2]], **own}  # type: ignore[dict-item]
    return said


def _default(field: Field) -> dict[str, object]:
    return {} if field.default is Missing else {"default": field.default}


def test_every_word_is_declared_or_has_a_function_of_its_own() -> None:
    assert set(OWN) == set(OWN_KEYS)


@pytest.mark.parametrize("word", OWN)
def test_the_schema_has_the_keys_of_a_word_read_by_a_function(word: str) -> None:
    assert set(_step(word)["properties"]) == set(OWN_KEYS[word].split())


@pytest.mark.parametrize("word", DECLARED)
def test_the_schema_has_the_declared_attributes(word: str) -> None:
    fields, step = _fields(word), _step(word)
    assert set(step["properties"]) == set(fields)
    required = [key for key, field in fields.items() if field.default is Missing and key not in PASSED]
    assert step.get("required", []) == required


@pytest.mark.parametrize(("word", "key"), [(word, key) for word in DECLARED for key in _fields(word)])
def test_the_schema_says_of_an_attribute_what_its_class_does(word: str, key: str) -> None:
    field, said = _fields(word)[key], _step(word)["properties"][key]
    assert {name: said[name] for name in ("default",) if name in said} == _default(field)
    if field.type in FLAT:
        assert said["type"] == FLAT[field.type]
        assert said.get("minimum", "any") == (field.metadata.get("least", 1) if field.type is not float else "any")
    elif field.type is not bool:
        assert [option["const"] for option in definitions()[said["x-words"]]["oneOf"]] == list(words_of(field))


def _rows() -> dict[str, str]:
    """The manual's column of attributes, by word."""
    text = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
    table = text.partition("| operation | attributes (default) |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| `")]
    return {word: attributes for words, attributes in rows for word in re.findall(r"`(\w+)`", words)}


def test_the_manual_lists_every_operation() -> None:
    assert list(_rows()) == list(WORDS)


@pytest.mark.parametrize("word", [word for word in DECLARED if "the same" not in _rows()[word]])
def test_the_manual_lists_the_declared_attributes(word: str) -> None:
    row = _rows()[word]
    for key, field in _fields(word).items():
        assert f"`{key}`" in row
        if field.default is not Missing:
            default = (
                str(field.default).lower()
                if isinstance(field.default, bool)
                else f"{field.default:g}"
                if isinstance(field.default, int | float)
                else f"`{field.default}`"
            )
            assert f"`{key}` ({default})" in row
