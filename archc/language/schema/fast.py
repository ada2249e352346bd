"""Validity is tested quickly by a function for each keyword that our schema uses; problems are left to jsonschema."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from archc.language.schema.load import Schema

Test: TypeAlias = Callable[[Any], bool]
_Keyword: TypeAlias = Callable[[Any, Any, Any], Test]
"""Makes the test of one keyword from its value, the schema that it stands in, and the definitions."""

_ANNOTATIONS = frozenset(
    {"$schema", "$id", "$defs", "title", "description", "default", "examples", "x-words", "x-names", "then", "else"}
)
_NONE: dict[str, Any] = {}


def is_valid(document: object, schema: Schema, definitions: Mapping[str, Schema] | None = None) -> bool:
    """Return whether a document of dicts, lists and scalars meets the schema; False too where a keyword is unknown here.

    `definitions` are the schema's own, unless it is a part of another one.
    """
    return _test(schema, schema.get("$defs", _NONE) if definitions is None else definitions)(document)


def holds(keyword: str, value: object, schema: Schema, definitions: Mapping[str, Schema]) -> bool:
    """Return whether a value meets one keyword of a schema."""
    return _KEYWORDS[keyword](schema[keyword], schema, definitions)(value)


_TESTS: dict[int, tuple[Any, Test]] = {}
"""The tests of schemas, by identity, made on demand; a schema is kept with its test, so that no other one gets its identity."""


def _test(schema: Any, defs: Any) -> Test:
    known = _TESTS.get(id(schema))
    if known is None:
        keywords = [key for key in schema if key not in _ANNOTATIONS]
        tests = [_KEYWORDS.get(key, _unknown)(schema[key], schema, defs) for key in keywords]
        known = _TESTS[id(schema)] = schema, tests[0] if len(tests) == 1 else _every(tests)
    return known[1]


def _every(tests: list[Test]) -> Test:
    def test(value: Any) -> bool:
        for each in tests:  # noqa: SIM110  a generator is slower
            if not each(value):
                return False
        return True

    return test


def _late(schema: Any, defs: Any) -> Test:
    """Return a test that is made when it is first run, for a schema that may contain itself, or that few documents need."""
    return lambda value: _test(schema, defs)(value)  # noqa: PLW0108  the test is not made before


def _unknown(_wanted: Any, _schema: Any, _defs: Any) -> Test:
    return lambda _: False


_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "null": (type(None),),
    "boolean": (bool,), "integer": (int,), "number": (int, float),
}  # fmt: skip
"""Python's types of JSON's: a truth is no number, 3.0 no integer."""


def _type(wanted: Any, _schema: Any, _defs: Any) -> Test:
    types = _TYPES[wanted] if isinstance(wanted, str) else [type_ for name in wanted for type_ in _TYPES[name]]
    return lambda value: type(value) in types


def _of(type_: str, test: Test) -> Test:
    """Return a test of values of one type, which all others pass."""
    types = _TYPES[type_]
    return lambda value: type(value) not in types or test(value)


def _words(schemas: Any) -> set[tuple[type, Any]] | None:
    """Return the constants of a list of schemas, each with its type, since 1 equals True; None where one asks for more."""
    is_plain = all(schema.keys() - _ANNOTATIONS == {"const"} for schema in schemas)
    return {(type(schema["const"]), schema["const"]) for schema in schemas} if is_plain else None


def _one_of(wanted: Any, _schema: Any, defs: Any) -> Test:
    words = _words(wanted)
    if words is not None and len(words) == len(wanted):
        return lambda value: value.__hash__ is not None and (type(value), value) in words
    return lambda value: sum(_test(schema, defs)(value) for schema in wanted) == 1


def _all_of(wanted: Any, _schema: Any, defs: Any) -> Test:
    """Test all schemas; where each applies to maps with one word under a common key, the map's word selects its schema."""

    def every(value: Any) -> bool:
        return all(_test(inner, defs)(value) for inner in wanted)

    conditions = [each.get("if", _NONE).get("properties", _NONE) if each.keys() == {"if", "then"} else _NONE for each in wanted]
    keys = {key for condition in conditions for key in condition}
    if len(keys) != 1 or not all(conditions) or any(inner["if"].keys() != {"properties"} for inner in wanted):
        return every
    (key,) = keys
    words = [condition[key] for condition in conditions]
    if _words(words) is None:
        return every
    then = {word["const"]: inner["then"] for word, inner in zip(words, wanted, strict=True)}

    def test(value: Any) -> bool:
        if type(value) is not dict or type(value.get(key)) is not str:
            return every(value)
        return value[key] not in then or _test(then[value[key]], defs)(value)

    return test if len(then) == len(wanted) and all(type(word) is str for word in then) else every


def _if(wanted: Any, schema: Any, defs: Any) -> Test:
    condition, then, otherwise = _test(wanted, defs), *(_late(schema.get(key, _NONE), defs) for key in ("then", "else"))
    return lambda value: then(value) if condition(value) else otherwise(value)


def _children(_wanted: Any, schema: Any, defs: Any) -> Test:
    """Test the keywords about values of a map together."""
    named = schema.get("properties", _NONE)
    patterns = [(re.compile(pattern), _late(inner, defs)) for pattern, inner in schema.get("patternProperties", _NONE).items()]
    others = schema.get("additionalProperties", _NONE)
    rest = (lambda _: False) if others is False else _late(others, defs)

    def test(value: Any) -> bool:
        for key, child in value.items():
            child_tests = [inner for pattern, inner in patterns if pattern.search(key)]
            if key in named:
                child_tests.append(_test(named[key], defs))
            if not all(inner(child) for inner in child_tests or [rest]):
                return False
        return True

    def test_named(value: Any) -> bool:  # mostly a condition on one key of many
        return all(_test(named[key], defs)(value[key]) for key in named if key in value)

    return _of("object", test if patterns or others is not _NONE else test_named)


def _beside_properties(_wanted: Any, schema: Any, defs: Any) -> Test:
    return _every([]) if "properties" in schema else _children(None, schema, defs)


def _pattern(wanted: Any, _schema: Any, _defs: Any) -> Test:
    pattern = re.compile(wanted)
    return _of("string", lambda value: pattern.search(value) is not None)


def _property_names(wanted: Any, _schema: Any, defs: Any) -> Test:
    test = _test(wanted, defs)
    return _of("object", lambda value: all(map(test, value)))


def _items(wanted: Any, _schema: Any, defs: Any) -> Test:
    test = _late(wanted, defs)
    return _of("array", lambda value: all(map(test, value)))


def _not(wanted: Any, _schema: Any, defs: Any) -> Test:
    test = _test(wanted, defs)
    return lambda value: not test(value)


_KEYWORDS: dict[str, _Keyword] = {
    "type": _type,
    "$ref": lambda wanted, _, defs: _late(defs[wanted.removeprefix("#/$defs/")], defs),
    "if": _if,
    "allOf": _all_of,
    "oneOf": _one_of,
    "not": _not,
    "const": lambda wanted, _, _defs: lambda value: type(value) is type(wanted) and value == wanted,
    "enum": lambda wanted, _, _defs: lambda value: any(type(value) is type(word) and value == word for word in wanted),
    "minimum": lambda wanted, _, _defs: _of("number", lambda value: value >= wanted),
    "exclusiveMinimum": lambda wanted, _, _defs: _of("number", lambda value: value > wanted),
    "pattern": _pattern,
    "required": lambda wanted, _, _defs: _of("object", lambda value: all(key in value for key in wanted)),
    "dependentRequired": lambda wanted, _, _defs: _of(
        "object", lambda value: all(other in value for key, others in wanted.items() if key in value for other in others)
    ),
    "propertyNames": _property_names,
    "minProperties": lambda wanted, _, _defs: _of("object", lambda value: len(value) >= wanted),
    "items": _items,
    "minItems": lambda wanted, _, _defs: _of("array", lambda value: len(value) >= wanted),
    "maxItems": lambda wanted, _, _defs: _of("array", lambda value: len(value) <= wanted),
    "properties": _children,
    "patternProperties": _beside_properties,
    "additionalProperties": _beside_properties,
}
