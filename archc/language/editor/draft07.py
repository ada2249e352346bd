"""The draft-07 twin of a schema, for programs that do not know draft 2020-12. It accepts the same documents."""

from archc.language.editor.tree import REF, mapped, referred
from archc.language.schema.load import Schema

_KEYWORDS = {"$defs": "definitions", "dependentRequired": "dependencies"}


def as_draft07(schema: Schema) -> Schema:
    """A schema in which nothing stands beside a `$ref`, with the names that draft 07 has for its keywords."""
    twin = _renamed(schema)
    return {**twin, "$schema": "http://json-schema.org/draft-07/schema#", "$id": f"{schema['$id']}:draft-07"}


def _renamed(schema: Schema) -> Schema:
    found = {_KEYWORDS.get(key, key): value for key, value in mapped(schema, _renamed).items()}
    if name := referred(schema):
        found["$ref"] = f"{REF.replace('$defs', 'definitions')}{name}"
    return found
