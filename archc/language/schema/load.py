"""The packaged schema is loaded as data: the whole, or the part for one kind of document."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias, cast

Kind: TypeAlias = Literal["network", "resolved", "block", "module", "shortcut", "layout"]
Schema: TypeAlias = dict[str, object]
FILE = Path(__file__).with_name("archc-1.schema.json")


@cache
def whole_schema() -> Schema:
    """Return the schema of any document, whose key tells its kind; for editors."""
    schema: Schema = json.loads(FILE.read_text(encoding="utf-8"))
    return schema


def inner(schema: Schema, key: str) -> Schema:
    """Return a map inside a schema, empty where there is none."""
    return cast("Schema", schema.get(key, {}))


def schemas(value: object) -> list[Schema]:
    """Return the schemas of a keyword that takes a list of them."""
    return cast("list[Schema]", value)


def definitions() -> dict[str, Schema]:
    """Return the parts of the schema, by name."""
    return cast("dict[str, Schema]", whole_schema()["$defs"])


@cache
def language() -> frozenset[str]:
    """Return every key and every word of the language."""
    words: set[str] = set()
    for schema in _maps([definitions()]):
        words |= {*inner(schema, "properties"), str(schema.get("const", ""))}
    return frozenset(words)


@cache
def load_schema(kind: Kind) -> Schema:
    """Return the schema of one kind of document, with the definitions that it needs and no others.

    `network` is a document as written, with or without `extends`; `resolved` one in full, after `extends` and `set`.
    """
    known = definitions()
    root = known[f"{kind}_document"]
    whole = whole_schema()
    return {"$schema": whole["$schema"], "$id": f"{whole['$id']}:{kind}", **root, "$defs": reachable(root, known)}


def reachable(root: Schema, known: dict[str, Schema]) -> dict[str, Schema]:
    """Return the definitions that a schema refers to, directly or through others, in the order of `known`."""
    needed: set[str] = set()
    waiting: list[object] = [root]
    for schema in _maps(waiting):
        name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
        if name and name not in needed:
            needed.add(name)
            waiting.append(known[name])
    return {name: schema for name, schema in known.items() if name in needed}


def _maps(waiting: list[object]) -> Iterator[Schema]:
    """Yield every map inside the values of a list, which may grow meanwhile."""
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += cast("list[object]", value)
        elif isinstance(value, dict):
            schema = cast("Schema", value)
            waiting += schema.values()
            yield schema
