"""The packaged schema, as data: the whole, or the part for one kind of document."""

import json
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias, cast

Kind: TypeAlias = Literal["network", "resolved", "block", "module", "shortcut", "layout"]
Schema: TypeAlias = dict[str, object]
FILE = Path(__file__).with_name("archc-1.schema.json")


@cache
def whole_schema() -> Schema:
    """The schema of any document, which is chosen by its key; for editors."""
    found: Schema = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def inner(schema: Schema, key: str) -> Schema:
    """A map inside a schema, empty where there is none."""
    return cast("Schema", schema.get(key, {}))


def schemas(value: object) -> list[Schema]:
    """The schemas of a keyword that takes a list of them."""
    return cast("list[Schema]", value)


def definitions() -> dict[str, Schema]:
    """The parts of the schema, by name."""
    return cast("dict[str, Schema]", whole_schema()["$defs"])


@cache
def language() -> frozenset[str]:
    """Every key and every word of the language."""
    found: set[str] = set()
    waiting: list[object] = [definitions()]
    while waiting:
        at = waiting.pop()
        if isinstance(at, list):
            waiting += cast("list[object]", at)
        elif isinstance(at, dict):
            schema = cast("Schema", at)
            properties = schema.get("properties", {})
            found |= set(cast("Schema", properties)) | {str(schema.get("const", ""))}
            waiting += schema.values()
    return frozenset(found)


@cache
def load_schema(kind: Kind) -> Schema:
    """The schema of one kind of document, with the definitions it needs and no others.

    `network` is a document as written, with or without `extends`; `resolved` one in full, after `extends` and `set`.
    """
    known = definitions()
    root = known[f"{kind}_document"]
    whole = whole_schema()
    return {"$schema": whole["$schema"], "$id": f"{whole['$id']}:{kind}", **root, "$defs": reachable(root, known)}


def reachable(root: Schema, known: dict[str, Schema]) -> dict[str, Schema]:
    """The definitions that a schema refers to, and those that these refer to, in the order known."""
    needed: set[str] = set()
    waiting: list[object] = [root]
    while waiting:
        at = waiting.pop()
        if isinstance(at, list):
            waiting += cast("list[object]", at)
        elif isinstance(at, dict):
            schema = cast("Schema", at)
            name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
            if name and name not in needed:
                needed.add(name)
                waiting.append(known[name])
            waiting += schema.values()
    return {name: schema for name, schema in known.items() if name in needed}
