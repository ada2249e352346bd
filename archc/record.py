"""Frozen values compared by their fields, made without compiling code for each class.

`@dataclass(frozen=True, slots=True)` compiles six methods a class, 0.6 to 0.85 ms each: thirty operations would be a tenth of
what `archc check` takes. Type checkers read a subclass as they read a frozen dataclass.
"""

from collections.abc import Collection
from itertools import islice
from types import MappingProxyType
from typing import Any, ClassVar, NoReturn, dataclass_transform

_MANY = (tuple, list, dict, set, frozenset, MappingProxyType)
_PLAIN = (str, bytes, int, float, type(None))


def brief(self: Any) -> str:
    """The repr of a value with fields, on one line: what holds other things is told by its name, or how many it holds."""
    fields = getattr(self, "__dataclass_fields__", None) or self.record_fields
    names = (name for name, field in fields.items() if getattr(field, "repr", True))
    shown = ", ".join(f"{name}={_field(getattr(self, name))}" for name in names)
    return clipped(f"{type(self).__name__}({shown})", 300)


def clipped(text: str, most: int = 60) -> str:
    """A text on one line, cut where it is longer than `most`."""
    line = " ".join(text.splitlines())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _field(value: object) -> str:
    if isinstance(value, _MANY) and not _is_short(value):
        return f"<{len(value)} item{'' if len(value) == 1 else 's'}>"
    name = getattr(value, "name", None)
    if isinstance(name, str) and type(value).__module__.startswith("archc"):
        return f"<{type(value).__name__} {clipped(name)}>"
    return clipped(repr(value))


def _is_short(items: Collection[object]) -> bool:
    return not items or (isinstance(items, tuple | list) and len(items) < 5 and all(isinstance(item, _PLAIN) for item in items))


class Missing:
    """The default of a field that has none."""


class Field:
    """A field's name, its declared type, and its default."""

    __slots__ = ("default", "name", "type")

    def __init__(self, name: str, type: object, default: object) -> None:
        self.name = name
        self.type = type
        self.default = default


@dataclass_transform(frozen_default=True)
class Record:
    """A subclass declares fields by annotation, those with a default last."""

    record_fields: ClassVar[dict[str, Field]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = {
            name: Field(name, declared, cls.__dict__.get(name, Missing))
            for name, declared in cls.__annotations__.items()
            if getattr(declared, "__origin__", declared) is not ClassVar
        }
        cls.record_fields = {**cls.record_fields, **own}
        setattr(cls, "__match_args__", tuple(cls.record_fields))  # noqa: B010  type checkers make their own

    def __init__(self, *given: Any, **named: Any) -> None:
        fields = self.record_fields
        values = self.__dict__
        values.update(zip(fields, given, strict=False))
        count, most = len(given), len(fields)
        if count < most:
            for field in islice(fields.values(), count, None):
                value = named.pop(field.name, field.default)
                if value is Missing:
                    raise TypeError(f"{type(self).__name__} needs `{field.name}`")
                values[field.name] = value
        if named or count > most:
            raise TypeError(f"{type(self).__name__} has no field {', '.join(map(repr, named or given[most:]))}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        return brief(self)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"cannot set `{name}`: {type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"cannot delete `{name}`: {type(self).__name__} is frozen")
