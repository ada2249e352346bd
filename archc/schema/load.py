"""The packaged schema, as data: the whole, or the part for one kind of document."""

import json
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["network", "resolved", "block", "module", "shortcut", "layout"]
Schema: TypeAlias = dict[str, object]
FILE = Path(__file__).with_name("archc-1.schema.json")


@cache
def whole_schema() -> Schema:
    """The schema of any document, which is chosen by its key; for editors."""
    found: Schema = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def definitions() -> dict[str, Schema]:
    found = whole_schema()["$defs"]
    assert isinstance(found, dict)  # noqa: S101  the file is ours
    return found


@cache
def load_schema(kind: Kind) -> Schema:
    """The schema of one kind of document, with the definitions it needs and no others.

    `network` is a document as written, with or without `extends`; `resolved` one in full, after `extends` and `set`.
    """
    known = definitions()
    root = known[f"{kind}_document"]
    needed: dict[str, Schema] = {}
    waiting: list[object] = [root]
    while waiting:
        at = waiting.pop()
        if isinstance(at, list):
            waiting += at
        elif isinstance(at, dict):
            name = str(at.get("$ref", "")).removeprefix("#/$defs/")
            if name and name not in needed:
                needed[name] = known[name]
                waiting.append(known[name])
            waiting += at.values()
    whole = whole_schema()
    defs = {name: schema for name, schema in known.items() if name in needed}
    return {"$schema": whole["$schema"], "$id": f"{whole['$id']}:{kind}", **root, "$defs": defs}
