"""A JSON Schema contains schemas, which are walked, or changed by a function."""

from collections.abc import Callable, Iterator
from typing import TypeGuard, cast

from archc.language.schema.load import Schema

_MAPS = frozenset({"properties", "patternProperties", "$defs", "definitions"})
_LISTS = frozenset({"allOf", "oneOf"})
_SINGLE = frozenset({"additionalProperties", "items", "propertyNames", "if", "then", "else", "not"})
REF = "#/$defs/"


def is_schema(value: object) -> TypeGuard[Schema]:
    """Return whether a value is a schema with content; `true` and `false` have none."""
    return isinstance(value, dict)


def mapped(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """Return a copy in which `change` is applied to each schema directly inside."""

    def changed(value: object) -> object:
        return change(value) if is_schema(value) else value

    copy: Schema = {}
    for key, value in schema.items():
        if key in _MAPS:
            copy[key] = {name: changed(inner) for name, inner in cast("Schema", value).items()}
        elif key in _LISTS:
            copy[key] = [changed(inner) for inner in cast("list[object]", value)]
        else:
            copy[key] = changed(value) if key in _SINGLE else value
    return copy


def walked(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield the schema and every schema inside, each with its path."""
    yield path, schema
    for key, value in schema.items():
        if key in _MAPS:
            for name, inner in cast("Schema", value).items():
                if is_schema(inner):
                    yield from walked(inner, f"{path}/{key}/{name}")
        elif key in _LISTS:
            for index, inner in enumerate(cast("list[object]", value)):
                if is_schema(inner):
                    yield from walked(inner, f"{path}/{key}/{index}")
        elif key in _SINGLE and is_schema(value):
            yield from walked(value, f"{path}/{key}")


def reference(name: str) -> Schema:
    return {"$ref": REF + name}


def referred(schema: Schema) -> str:
    """Return the name of the definition that a schema refers to, "" if it refers to none."""
    return str(schema.get("$ref", "")).removeprefix(REF)


def both(schema: Schema, *more: Schema) -> Schema:
    """Return a schema that asks for each of `more` too."""
    return {**schema, "allOf": [*cast("list[Schema]", schema.get("allOf", [])), *more]}
