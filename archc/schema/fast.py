"""A quick yes: the keywords our schema uses, read directly. It only ever says *valid*; why a document is not, it does not know."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from archc.schema.load import Schema

_TYPES: dict[str, Callable[[object], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}
_SAID = frozenset({"$schema", "$id", "$defs", "title", "description", "default", "examples", "then", "else"})
_NONE: dict[str, Any] = {}
_compiled = cache(re.compile)


def is_valid(document: object, schema: Schema) -> bool:
    """Whether a document of dicts, lists and scalars meets the schema; False too where a keyword is unknown here."""
    return _valid(document, schema, schema.get("$defs", _NONE))


def _valid(value: Any, schema: Any, defs: Any) -> bool:
    """Every keyword holds; those about children are taken together, once."""
    for key, wanted in schema.items():
        check = _KEYWORDS.get(key)
        if check is None:
            if key not in _SAID:
                return False
        elif not check(value, wanted, schema, defs):
            return False
    return True


def _type(value: Any, wanted: Any, schema: Any, defs: Any) -> bool:
    return _TYPES[wanted](value) if isinstance(wanted, str) else any(_TYPES[name](value) for name in wanted)


def _if(value: Any, wanted: Any, schema: Any, defs: Any) -> bool:
    branch = schema.get("then" if _valid(value, wanted, defs) else "else", _NONE)
    return _valid(value, branch, defs)


def _same(value: object, other: object) -> bool:
    return type(value) is type(other) and value == other


def _children(value: Any, wanted: Any, schema: Any, defs: Any) -> bool:
    if not isinstance(value, dict):
        return True
    named, patterns = schema.get("properties", _NONE), schema.get("patternProperties", _NONE)
    rest = schema.get("additionalProperties", _NONE)
    for key, child in value.items():
        inner = [one for pattern, one in patterns.items() if _compiled(pattern).search(key)]
        if key in named:
            inner.append(named[key])
        if not inner:
            if rest is False:
                return False
            inner.append(rest)
        if not all(_valid(child, one, defs) for one in inner):
            return False
    return True


_KEYWORDS: dict[str, Callable[[Any, Any, Any, Any], bool]] = {
    "type": _type,
    "$ref": lambda value, wanted, _, defs: _valid(value, defs[wanted.removeprefix("#/$defs/")], defs),
    "if": _if,
    "allOf": lambda value, wanted, _, defs: all(_valid(value, one, defs) for one in wanted),
    "oneOf": lambda value, wanted, _, defs: sum(_valid(value, one, defs) for one in wanted) == 1,
    "not": lambda value, wanted, _, defs: not _valid(value, wanted, defs),
    "const": lambda value, wanted, *_: _same(value, wanted),
    "enum": lambda value, wanted, *_: any(_same(value, one) for one in wanted),
    "minimum": lambda value, wanted, *_: not _TYPES["number"](value) or value >= wanted,
    "exclusiveMinimum": lambda value, wanted, *_: not _TYPES["number"](value) or value > wanted,
    "pattern": lambda value, wanted, *_: not isinstance(value, str) or _compiled(wanted).search(value) is not None,
    "required": lambda value, wanted, *_: not isinstance(value, dict) or all(key in value for key in wanted),
    "dependentRequired": lambda value, wanted, *_: not isinstance(value, dict)
    or all(other in value for key, others in wanted.items() if key in value for other in others),
    "propertyNames": lambda value, wanted, _, defs: not isinstance(value, dict)
    or all(_valid(key, wanted, defs) for key in value),
    "minProperties": lambda value, wanted, *_: not isinstance(value, dict) or len(value) >= wanted,
    "items": lambda value, wanted, _, defs: not isinstance(value, list) or all(_valid(one, wanted, defs) for one in value),
    "minItems": lambda value, wanted, *_: not isinstance(value, list) or len(value) >= wanted,
    "properties": _children,
    "patternProperties": lambda value, wanted, schema, defs: "properties" in schema or _children(value, wanted, schema, defs),
    "additionalProperties": lambda value, wanted, schema, defs: "properties" in schema
    or "patternProperties" in schema
    or _children(value, wanted, schema, defs),
}
