"""Arguments of public functions: a wrong one is refused by its name, its value, and what is expected there."""

import os
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias, TypeVar

from archc.exceptions import WrongType, WrongValue
from archc.record import clipped
from archc.suggest import nearest

StrPath: TypeAlias = str | os.PathLike[str]
T = TypeVar("T")
_WORDS = {str: "a text", bool: "a truth", int: "a number", float: "a number", dict: "a map", list: "a list", set: "a set"}


def wrong(name: str, value: object, expected: str) -> WrongType:
    """The error to raise: `overrides` is a list of `path=value` texts, not a text ('act=silu')."""
    kind = _WORDS.get(type(value), type(value).__name__)
    return WrongType(f"`{name}` is {expected}, not {'None' if value is None else f'{kind} ({clipped(repr(value))})'}")


def text(name: str, value: object, expected: str) -> str:
    if not isinstance(value, str):
        raise wrong(name, value, expected)
    return value


def path(name: str, value: object, expected: str = "the path of a file") -> str:
    """The text of a path: of a `str` or an `os.PathLike`."""
    found = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(found, str):
        raise wrong(name, value, expected)
    if "\0" in found:
        raise WrongValue(f"`{name}` is {expected}, and no path has a NUL character: {clipped(repr(found))}")
    try:
        os.fsencode(found)
    except UnicodeEncodeError:
        raise WrongValue(f"`{name}` is {expected}, and no path has half a character: {clipped(ascii(found))}") from None
    return found


def texts(name: str, value: object, expected: str) -> tuple[str, ...]:
    """The items of a list of texts, or of whatever has an order; a single text is none."""
    if isinstance(value, str | bytes | Mapping | AbstractSet) or not isinstance(value, Iterable):
        raise wrong(name, value, expected)
    return tuple(text(f"{name}[{index}]", item, "a text") for index, item in enumerate(value))


def instance(name: str, value: object, kind: type[T], expected: str) -> T:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise wrong(name, value, expected)
    return value


def positive(name: str, value: object, most: int = 0) -> int:
    """A whole number from 1, up to `most` if that is given."""
    number = instance(name, value, int, "a whole number")
    if number < 1 or 0 < most < number:
        raise WrongValue(f"`{name}` is a whole number from 1{f' to {most:,}' if most else ''}, not {clipped(str(number))}")
    return number


def choice(name: str, value: object, known: Iterable[str]) -> str:
    """One of a few words; raises WrongType, and WrongValue for another."""
    words = list(known)
    given = text(name, value, f"one of {', '.join(words)}")
    if given not in words:
        raise unknown(name, given, words)
    return given


def unknown(what: str, name: str, known: Iterable[str]) -> WrongValue:
    """`unknown command `chekc``, with the nearest or all that there are."""
    words = list(known)
    guess = nearest(name, words)
    hint = f"did you mean `{guess}`?" if guess else f"there are: {', '.join(words)}"
    return WrongValue(f"unknown {what} `{clipped(name)}`", hint)


def keywords(function: Callable[..., object], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Arguments by name that a function takes. Raises WrongType for another name, with the nearest."""
    from inspect import signature

    taken = [name for name, one in signature(function).parameters.items() if one.kind is one.KEYWORD_ONLY]
    for name in given:
        if name not in taken:
            raise WrongType(f"{function.__name__} has no argument `{name}`; {unknown('', name, taken).hint}")
    return given
