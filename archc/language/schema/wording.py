"""Words for what a schema wants, and for the values of a document."""

import re
from collections.abc import Iterable
from typing import cast

_KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "text",
    "object": "a map",
    "array": "a list",
}
_WITH_TEXT = {
    frozenset({"string", "object"}): "a word or a map",
    frozenset({"string", "array"}): "a name or a list of names",
    frozenset({"string", "integer"}): "a whole number or an expression",
    frozenset({"string", "number"}): "a number or an expression",
    frozenset({"string", "boolean"}): "true, false or an expression",
    frozenset({"string", "number", "boolean"}): "a number, true, false or an expression",
    frozenset({"string", "number", "object"}): "a number, a word or a map",
}


def wanted(types: Iterable[str]) -> str:
    """Describe the types of a schema, such as: a whole number or an expression."""
    names = frozenset(types) - {"null"}
    return _WITH_TEXT.get(names) or " or ".join(words for name, words in _KINDS.items() if name in names)


def value_text(value: object) -> str:
    """Describe a value, such as: the number 3, the text "a", a map."""
    match value:
        case None:
            return "empty"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return f'the text "{short(value)}"'
        case list():
            return "a list"
        case _:
            return "a map"


def kind_word(value: object) -> str:
    """Return the kind of a value in a word."""
    kinds = {list: "list", dict: "map", str: "text", type(None): "nothing", bool: "truth"}
    return kinds.get(type(value), "number")


def short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def items(value: object) -> list[str]:
    """Return the words of a keyword that takes one or a list."""
    return [str(item) for item in cast("list[object]", value)] if isinstance(value, list) else [str(value)]


def plural(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def rewritten(types: Iterable[str], value: object) -> str:
    """Say how to write the value in one of the types, where that can be guessed."""
    names = set(types)
    match value:
        case None if names <= {"object", "null"}:
            return "write `{}` where there is nothing to say"
        case float() if "integer" in names and value.is_integer():
            return f"write {int(value)}"
        case str() if "boolean" in names and value.casefold() in ("yes", "no", "on", "off", "y", "n"):
            return "write true or false"
        case str() if names & {"integer", "number"} and re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", value):
            return "write it without quotes"
        case bool() | int() | float() if names <= {"string", "array", "null"}:
            return f'write it with quotes: "{str(value).lower()}"'
        case _:
            return ""


def as_name(text: str) -> str:
    """Return the nearest text that is a name, "" where there is none."""
    name = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")
    return name if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name) and name != text else ""
