"""What jsonschema finds, as plain data: the only module that knows jsonschema."""

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, cast

from jsonschema import Draft202012Validator
from jsonschema.validators import extend  # pyright: ignore[reportUnknownVariableType]

from archc.schema.load import Schema
from archc.schema.places import Path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jsonschema.exceptions import ValidationError

_MOST = 2_000


def _is_integer(_: object, value: object) -> bool:
    """By jsonschema alone 3.0 is an integer; in the language it is not."""
    return isinstance(value, int) and not isinstance(value, bool)


_Validator = cast(
    "type[Draft202012Validator]",
    extend(Draft202012Validator, type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)),  # type: ignore[no-untyped-call]
)


@dataclass(frozen=True, slots=True)
class Violation:
    """A keyword of a schema that a value does not meet, and where. `of_key`: the value is a key of the map at `path`."""

    keyword: str
    wanted: object
    schema: Schema
    value: object
    path: Path
    of_key: bool


def violations(document: object, schema: Schema) -> list[Violation]:
    """The first two thousand; a document with more is wrong throughout."""
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
