"""The changes that `set` may make to a network are dotted paths, each with the schema of what it replaces."""

from typing import cast

from archc.language.editor.flat import NOTES, flattened
from archc.language.editor.offers import Definition
from archc.language.editor.ships import examples_of
from archc.language.editor.texts import snippet
from archc.language.editor.tree import both, reference, referred
from archc.language.schema.load import Schema, inner

_NAME = "[A-Za-z][A-Za-z0-9_]*"
_OWN = ("archc", "name", "title", "source", "expect", "extends", "set")
"""Keys of a document that it does not inherit."""


def with_changes(known: dict[str, Schema], blocks: tuple[Definition, ...]) -> None:
    """Give the `set` of a network its paths. A path under one that is replaced too is not checked: it may not exist."""
    network = known["network_document"]
    keys = [key for key in inner(inner(network, "else"), "properties") if key not in _OWN]
    step = {**inner(known["steps"], "additionalProperties"), **reference("any_step")}  # with `before` and `after`
    parts: dict[str, Schema] = {
        "block": {"properties": {**_below("block", known["block_settings"], known), **_parameters(blocks)}},
        "input": {"properties": _below("input", known["input"], known)},
        "stages": {"patternProperties": _stages(known)},
        "stem": {"patternProperties": {rf"^stem\.{_NAME}$": _or_nothing(step, known)}},
        "head": {"patternProperties": {rf"^head\.{_NAME}$": _or_nothing(step, known)}},
    }
    changes: Schema = {**known["path_map"], "properties": {key: _or_nothing(reference(f"key_{key}"), known) for key in keys}}
    known["network_changes"] = both(
        {**changes, "defaultSnippets": _SNIPPETS}, *({"if": {"required": [key]}, "else": paths} for key, paths in parts.items())
    )
    then = inner(network, "then")
    set_ = {key: value for key, value in known["key_set"].items() if key != "$ref"}
    properties = {**inner(then, "properties"), "set": {**set_, "allOf": [reference("network_changes")]}}
    known["network_document"] = {**network, "then": {**then, "properties": properties}}


_SNIPPETS = [
    snippet("one value of a stage", "for example `stages.layer3.repeat: 23`", {"stages.${1:layer3}.repeat": "${2:23}"}),
    snippet("a step of the stem", "whole; null removes it", {"stem.${1:conv}": {"kernel": "${2:3}", "out": "${3:64}"}}),
    snippet(
        "a step put into every block",
        "see docs/language.md#insert",
        {"block.insert": {"${1:drop}": {"op": "drop_path", "rate": "${2:0.1}", "before": "add"}}},
    ),
]


def _or_nothing(schema: Schema, known: dict[str, Schema]) -> Schema:
    """Return a schema that accepts null too, which removes a value."""
    flat = flattened(known.get(referred(schema), schema) if len(schema) == 1 else schema, known)
    types = flat.get("type")
    types = [str(name) for name in types] if isinstance(types, list) else [types] if types else []
    if "null" in types:
        return flat
    texts = {key: value for key, value in flat.items() if key in NOTES}
    rest = {key: value for key, value in flat.items() if key not in NOTES and key != "type"}
    nullable: Schema = {**texts, "if": {"type": "null"}, "else": rest}
    return {**nullable, "type": [*types, "null"]} if types else nullable


def _below(head: str, part: Schema, known: dict[str, Schema]) -> dict[str, Schema]:
    """Return the paths of a part's keys, such as `block.order` and `input.height`; each accepts null."""
    keys = inner(part, "properties").items()
    return {f"{head}.{key}": _or_nothing(cast("Schema", schema), known) for key, schema in keys}


def _stages(known: dict[str, Schema]) -> dict[str, Schema]:
    keys = inner(known["stage"], "properties").items()
    paths = {rf"^stages\.{_NAME}\.{key}$": _or_nothing(cast("Schema", schema), known) for key, schema in keys}
    return {rf"^stages\.{_NAME}$": _or_nothing(cast("Schema", known["stages"]["additionalProperties"]), known), **paths}


def _parameters(blocks: tuple[Definition, ...]) -> dict[str, Schema]:
    """Return the paths of blocks' parameters, such as `block.ratio`. The parent's kind is unknown, so values are not checked."""
    owners: dict[str, list[str]] = {}
    examples: dict[str, list[object]] = {}
    for block in blocks:
        for parameter in block.parameters:
            owners.setdefault(parameter.name, []).append(f"`{block.name}`")
            examples[parameter.name] = examples_of(parameter)
    return {
        f"block.{name}": {
            "title": name,
            "description": f"The parameter `{name}` of {', '.join(kinds)}. See docs/language.md#block",
            "examples": examples[name],
        }
        for name, kinds in owners.items()
    }
