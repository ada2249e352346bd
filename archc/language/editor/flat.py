"""References beside other keywords are written out, since draft 07 ignores the
others, and editors merge them in different ways.
"""

from typing import cast

from archc.language.editor.tree import both, is_schema, mapped, referred
from archc.language.schema.load import Schema

NOTES = frozenset({"title", "description", "default", "examples", "x-words", "x-names", "doNotSuggest", "defaultSnippets"})
"""Keywords that accept every value."""
_TOGETHER = (
    frozenset({"properties", "patternProperties", "additionalProperties"}),
    frozenset({"if", "then", "else"}),
)


def flattened(schema: Schema, known: dict[str, Schema]) -> Schema:
    """Return an equal schema in which every `$ref` stands alone: its target is
    merged with the other keywords, or under `allOf`.
    """
    while len(schema) > 1 and (name := referred(schema)):
        own = {key: value for key, value in schema.items() if key != "$ref"}
        target = known[name]
        if _interfere(own, target):
            schema = {**own, "allOf": [{"$ref": schema["$ref"]}, *cast("list[Schema]", own.get("allOf", []))]}
        else:
            schema = {**own, **{key: value for key, value in target.items() if key not in own}}
    return mapped(schema, lambda inner: flattened(inner, known))


def _interfere(own: Schema, target: Schema) -> bool:
    """Return whether the keywords of the two would have another meaning side by side."""
    if (own.keys() & target.keys()) - NOTES:
        return True
    return any(group & own.keys() and group & target.keys() for group in _TOGETHER)


def hidden(schema: Schema) -> Schema:
    """Return a schema in which forbidden keys are `false`, so that editors mark
    the key, give the reason, and never propose it.
    """
    schema = mapped(schema, hidden)
    properties = cast("Schema", schema.get("properties", {}))
    forbidden = {
        key: str(inner["description"]) for key, inner in properties.items() if is_schema(inner) and inner.get("not") == {}
    }
    if not forbidden:
        return schema
    allowed = {key: inner for key, inner in properties.items() if key not in forbidden}
    schema = {key: allowed if key == "properties" else value for key, value in schema.items() if key != "properties" or allowed}
    reasons: dict[str, Schema] = {}
    for key, reason in forbidden.items():
        reasons.setdefault(reason, {})[key] = False
    wrong: list[Schema] = [{"properties": keys, "errorMessage": reason} for reason, keys in reasons.items()]
    return both(schema, *wrong)
