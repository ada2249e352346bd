"""A quick yes: the keywords our schema uses, read directly. It only says *valid*; why a document is not, it does not know."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeAlias

from archc.language.schema.load import Schema

_Check: TypeAlias = Callable[[Any, Any, Any, Any], bool]
_SAID = frozenset(
    {"$schema", "$id", "$defs", "title", "description", "default", "examples", "x-words", "x-names", "then", "else"}
)
_NONE: dict[str, Any] = {}
_compiled = cache(re.compile)


def is_valid(document: object, schema: Schema, definitions: Mapping[str, Schema] | None = None) -> bool:
    """Whether a document of dicts, lists and scalars meets the schema; False too where a keyword is unknown here.

    `definitions` are the schema's own unless it is a part of one.
    """
    return _valid(document, schema, schema.get("$defs", _NONE) if definitions is None else definitions)


def holds(keyword: str, value: object, schema: Schema, definitions: Mapping[str, Schema]) -> bool:
    """Whether a value meets one keyword of a schema."""
    return _KEYWORDS[keyword](value, schema[keyword], schema, definitions)


def _valid(value: Any, schema: Any, defs: Any) -> bool:
    known = _CHECKS.get(id(schema))
    for check, wanted in known[1] if known is not None else _checks(schema):  # noqa: SIM110  a generator is slower
        if not check(value, wanted, schema, defs):
            return False
    return True


_CHECKS: dict[int, tuple[Any, list[tuple[_Check, Any]]]] = {}
"""What a schema asks for, by its identity; the schema is kept, so that no other one takes that."""


def _checks(schema: Any) -> list[tuple[_Check, Any]]:
    """Found once: a schema is mostly texts for people, and asked for a thousand times in a large folder."""
    found = [(_KEYWORDS.get(key, _unknown), wanted) for key, wanted in schema.items() if key not in _SAID]
    _CHECKS[id(schema)] = schema, found
    return found


def _unknown(_value: Any, _wanted: Any, _schema: Any, _defs: Any) -> bool:
    return False


_NAMES: dict[type, tuple[str, ...]] = {
    dict: ("object",), list: ("array",), str: ("string",), type(None): ("null",),
    bool: ("boolean",), int: ("integer", "number"), float: ("number",),
}  # fmt: skip


def _is(value: Any, type_: str) -> bool:
    """By Python's own types: a truth is no number, 3.0 no integer."""
    return type_ in _NAMES[type(value)]


def _type(value: Any, wanted: Any, _schema: Any, _defs: Any) -> bool:
    return _is(value, wanted) if isinstance(wanted, str) else any(_is(value, name) for name in wanted)


def _if(value: Any, wanted: Any, schema: Any, defs: Any) -> bool:
    return _valid(value, schema.get("then" if _valid(value, wanted, defs) else "else", _NONE), defs)


def _same(value: object, other: object) -> bool:
    return type(value) is type(other) and value == other


def _children(value: Any, _wanted: Any, schema: Any, defs: Any) -> bool:
    """The keywords about values of a map, all at once."""
    if not _is(value, "object"):
        return True
    named, patterns = schema.get("properties", _NONE), schema.get("patternProperties", _NONE)
    rest = schema.get("additionalProperties", _NONE)
    if rest is _NONE and not patterns:  # a condition, mostly: one key of many
        return all(_valid(value[key], one, defs) for key, one in named.items() if key in value)
    for key, child in value.items():
        meant = [one for pattern, one in patterns.items() if _compiled(pattern).search(key)]
        if key in named:
            meant.append(named[key])
        if not meant:
            if rest is False:
                return False
            meant.append(rest)
        if not all(_valid(child, one, defs) for one in meant):
            return False
    return True


def _dependent(value: Any, wanted: Any, _schema: Any, _defs: Any) -> bool:
    return not _is(value, "object") or all(o in value for key, others in wanted.items() if key in value for o in others)


_KEYWORDS: dict[str, _Check] = {
    "type": _type,
    "$ref": lambda value, wanted, _, defs: _valid(value, defs[wanted.removeprefix("#/$defs/")], defs),
    "if": _if,
    "allOf": lambda value, wanted, _, defs: all(_valid(value, one, defs) for one in wanted),
    "oneOf": lambda value, wanted, _, defs: sum(_valid(value, one, defs) for one in wanted) == 1,
    "not": lambda value, wanted, _, defs: not _valid(value, wanted, defs),
    "const": lambda value, wanted, _, _defs: _same(value, wanted),
    "enum": lambda value, wanted, _, _defs: any(_same(value, one) for one in wanted),
    "minimum": lambda value, wanted, _, _defs: not _is(value, "number") or value >= wanted,
    "exclusiveMinimum": lambda value, wanted, _, _defs: not _is(value, "number") or value > wanted,
    "pattern": lambda value, wanted, _, _defs: not _is(value, "string") or _compiled(wanted).search(value) is not None,
    "required": lambda value, wanted, _, _defs: not _is(value, "object") or all(key in value for key in wanted),
    "dependentRequired": _dependent,
    "propertyNames": lambda value, wanted, _, defs: not _is(value, "object") or all(_valid(key, wanted, defs) for key in value),
    "minProperties": lambda value, wanted, _, _defs: not _is(value, "object") or len(value) >= wanted,
    "items": lambda value, wanted, _, defs: not _is(value, "array") or all(_valid(one, wanted, defs) for one in value),
    "minItems": lambda value, wanted, _, _defs: not _is(value, "array") or len(value) >= wanted,
    "maxItems": lambda value, wanted, _, _defs: not _is(value, "array") or len(value) <= wanted,
    "properties": _children,
    "patternProperties": lambda value, _, schema, defs: "properties" in schema or _children(value, None, schema, defs),
    "additionalProperties": lambda value, _, schema, defs: "properties" in schema or _children(value, None, schema, defs),
}
