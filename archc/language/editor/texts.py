"""Completion and hover get their texts by keywords that the YAML language server knows beyond JSON Schema."""

import json
import re
from collections.abc import Iterator
from typing import cast

from archc.language.editor.offers import Definition
from archc.language.editor.tree import both, mapped, reference
from archc.language.schema.load import Schema, schemas
from archc.language.shipped import Kind
from archc.record import Record

_OF_LISTS = ("items", "minItems", "maxItems")
POINTER = re.compile(r"\s*See (docs/language\.md(?:#[\w-]+)?)$")


class Vocabulary(Record):
    """Proposals for values: the language's words, by the definition that lists them, and the names that ship."""

    words: dict[str, tuple[tuple[str, str], ...]]
    names: dict[Kind, tuple[Definition, ...]]

    def definitions(self) -> dict[str, Schema]:
        """Return each list as a schema, by the name that `_list_of` gives it."""
        lists = {f"words_of_{name}": list(words) for name, words in self.words.items()}
        for kind, names in self.names.items():
            lists[f"names_of_{kind}"] = [(each.name, each.about or f"a {kind} that ships with archc") for each in names]
        return {
            name: {"enum": [word for word, _ in pairs], "enumDescriptions": [about for _, about in pairs]}
            for name, pairs in lists.items()
        }


def listed(schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield the described constants anywhere in a schema: each word and its meaning."""
    for option in schemas(schema.get("oneOf", [])):
        yield str(option["const"]), str(option["description"])
    for key in ("then", "else"):
        if isinstance(inner := schema.get(key), dict):
            yield from listed(cast("Schema", inner))
    for inner in schemas(schema.get("allOf", [])):
        yield from listed(inner)


def dressed(schema: Schema) -> Schema:
    """Return the schema with its completion texts; it accepts the same values."""
    listed_in = _list_of(schema)
    schema = _with_entries(_single(_enumerated(mapped(schema, dressed))))
    if "title" not in schema or "description" not in schema:
        return schema
    examples = cast("list[object]", schema.get("examples", []))
    maps: list[object] = [example for example in examples if isinstance(example, dict)]
    others = [example for example in examples if example not in maps]
    schema = {key: value for key, value in schema.items() if key not in ("x-words", "x-names", "examples")}
    schema["markdownDescription"] = _markdown(schema)
    if others:
        schema["examples"] = others
    return _proposed(schema, listed_in, maps)


def _list_of(schema: Schema) -> str:
    """Return the definition that lists proposals for a value, "" if none does."""
    if "x-words" in schema:
        return f"words_of_{schema['x-words']}"
    return f"names_of_{schema['x-names']}" if "x-names" in schema else ""


def _proposed(schema: Schema, listed_in: str, maps: list[object]) -> Schema:
    """Return the schema with proposals: words with their meaning, and whole maps.

    They stand in alternatives of which exactly one holds for any value. A language server proposes those of all alternatives for
    a value, and none of them inside a map.
    """
    if not listed_in and not maps:
        return schema
    a_map: Schema = {"type": "object"}
    words = reference(listed_in)
    known_value = {"if": a_map, "else": words} if listed_in and maps else a_map if maps else words
    rest: Schema = {"not": known_value}
    if maps:
        rest["defaultSnippets"] = [snippet(flow(example), "an example", example) for example in maps]
        schema = both(schema, {"if": a_map, "then": {"examples": maps}})
    return both(schema, {"oneOf": [*([words] if listed_in else []), *([a_map] if maps else []), rest]})


def _single(schema: Schema) -> Schema:
    """Set the schema of a list's items apart where the value has other forms too; else a server begins every value as a list."""
    types = schema.get("type")
    if not isinstance(types, list) or types[0] == "array" or "items" not in schema:
        return schema
    rest = {key: value for key, value in schema.items() if key not in _OF_LISTS}
    return both(rest, {"if": {"type": "array"}, "then": {key: schema[key] for key in _OF_LISTS if key in schema}})


def _with_entries(schema: Schema) -> Schema:
    """Return the schema of a map with the user's keys, with an entry of each form to begin with."""
    value = schema.get("additionalProperties")
    if not isinstance(value, dict):
        return schema
    entry = cast("Schema", value)
    forms = [
        form
        for part in (entry, *(schemas(entry.get("allOf", []))))
        for form in cast("list[object]", cast("Schema", part.get("then", part)).get("examples", []))
    ]
    if "title" not in entry or not forms:
        return schema
    about = POINTER.sub("", str(entry["description"]))
    entries = [snippet(f"name: {flow(form)}", about, {"${1:name}": form}) for form in forms]
    return {**schema, "defaultSnippets": [*cast("list[Schema]", schema.get("defaultSnippets", [])), *entries]}


def snippet(label: str, about: str, body: object) -> Schema:
    return {"label": label, "description": about, "body": body}


def _enumerated(schema: Schema) -> Schema:
    """Turn described constants into an `enum` with descriptions, which hover shows beside the key's own text."""
    if "oneOf" not in schema:
        return schema
    options = schemas(schema["oneOf"])
    kept = {key: value for key, value in schema.items() if key != "oneOf"}
    return {**kept, "enum": [o["const"] for o in options], "enumDescriptions": [o["description"] for o in options]}


def _markdown(schema: Schema) -> str:
    """Return the description, the default, and a pointer to the manual."""
    description = str(schema["description"])
    pointer = POINTER.search(description)
    paragraphs = [POINTER.sub("", description)]
    if "default" in schema:
        paragraphs.append(f"Default: `{flow(schema['default'])}`")
    if pointer:
        paragraphs.append(f"See `{pointer[1]}`.")
    return "\n\n".join(paragraphs)


def flow(value: object) -> str:
    """Write a value in YAML on one line."""
    match value:
        case dict():
            pairs = cast("dict[str, object]", value).items()
            return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in pairs) + "}"
        case list():
            return "[" + ", ".join(flow(item) for item in cast("list[object]", value)) + "]"
        case str() if re.fullmatch(r"[\w./*+ -]+", value):
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)
