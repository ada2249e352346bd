"""Violations of a schema, found by jsonschema, as plain data. No other module knows jsonschema."""

from itertools import islice
from typing import TYPE_CHECKING, cast

from jsonschema import Draft202012Validator
from jsonschema.validators import extend  # pyright: ignore[reportUnknownVariableType]

from archc.language.schema.fast import holds, is_valid
from archc.language.schema.load import Schema, definitions, schemas
from archc.language.schema.places import Path
from archc.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jsonschema.exceptions import ValidationError

_MOST = 2_000


def _is_integer(_: object, value: object) -> bool:
    """Return whether a value is an integer, which 3.0 is for jsonschema, but not in the language."""
    return isinstance(value, int) and not isinstance(value, bool)


def _where_broken(keyword: str) -> "Callable[[Draft202012Validator, object, str, Schema], Iterator[ValidationError]]":
    """Return a check of a keyword that applies another schema, which runs only where `fast` says that the schema does not hold.

    `fast` takes a fraction of the time, and most of a document is valid.
    """
    inner = cast("Callable[..., Iterable[ValidationError]]", Draft202012Validator.VALIDATORS[keyword])

    def check(validator: Draft202012Validator, expected: object, value: str, schema: Schema) -> "Iterator[ValidationError]":
        if not holds(keyword, value, schema, definitions()):
            yield from inner(validator, expected, value, schema)

    return check


def _all_of(validator: Draft202012Validator, expected: object, value: str, _: Schema) -> "Iterator[ValidationError]":
    """Check each schema of a list by itself, as `_where_broken` does."""
    for number, schema in enumerate(schemas(expected)):
        if not is_valid(value, schema, definitions()):
            yield from validator.descend(value, schema, schema_path=number)


_Validator = cast(
    "type[Draft202012Validator]",
    extend(  # type: ignore[no-untyped-call]
        Draft202012Validator,
        {"$ref": _where_broken("$ref"), "if": _where_broken("if"), "allOf": _all_of},
        type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
    ),
)


class Violation(Record):
    """A keyword of a schema that a value does not meet."""

    keyword: str
    wanted: object
    """The keyword's value."""
    schema: Schema
    value: object
    path: Path
    of_key: bool
    """Whether the value is a key of the map at `path`."""


def violations(document: object, schema: Schema) -> list[Violation]:
    """Return the violations of a document, two thousand at most."""
    errors = cast("Iterable[ValidationError]", _Validator(schema).iter_errors(cast("str", document)))  # pyright: ignore[reportUnknownMemberType]
    return [
        Violation(
            str(error.validator),
            error.validator_value,
            cast("Schema", error.schema),
            cast("object", error.instance),
            tuple(error.absolute_path),
            "propertyNames" in error.absolute_schema_path,
        )
        for error in islice(errors, _MOST)
    ]
