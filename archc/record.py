"""The one way archc declares data: classes of fields, made without compiling code for most of them.

`@dataclass(frozen=True, slots=True)` compiles six methods a class, 0.6 to 0.85 ms each: two hundred classes would be half of what
`archc check` takes. Type checkers read a subclass of `Record` as they read a frozen dataclass.
"""

import sys
from collections.abc import Callable, Collection, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, ClassVar, NoReturn, TypeVar, dataclass_transform

R = TypeVar("R", bound="Record")
_MANY = (tuple, list, dict, set, frozenset, MappingProxyType)
_PLAIN = (str, bytes, int, float, type(None))


def _brief(self: "Record") -> str:
    """The repr of a value with fields, on one line: what holds other things is told by its name, or how many it holds."""
    shown = ", ".join(f"{name}={_field(getattr(self, name))}" for name, field in self.record_fields.items() if field.repr)
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
    """A field: its name, its declared type, its default or what makes one, and what it takes part in."""

    __slots__ = ("compare", "default", "factory", "init", "metadata", "name", "repr", "type")

    def __init__(
        self,
        default: object = Missing,
        factory: Callable[[], object] | None = None,
        *,
        init: bool = True,
        compare: bool = True,
        repr: bool = True,
        metadata: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self.name = ""
        self.type: object = None
        self.default = default
        self.factory = factory
        self.init = init
        self.compare = compare
        self.repr = repr
        self.metadata = metadata


def field(
    *,
    default: Any = Missing,
    factory: Callable[[], Any] | None = None,
    init: bool = True,
    compare: bool = True,
    repr: bool = True,
    metadata: Mapping[str, Any] = MappingProxyType({}),
) -> Any:
    """Declare more of a field than its default.

    `factory` makes a default for each record. A field with `init=False` is set by `__post_init__`; `compare=False` leaves it out
    of `==` and of the hash, `repr=False` out of the repr.
    """
    return Field(default, factory, init=init, compare=compare, repr=repr, metadata=metadata)


class _Slotted(type):
    """Gives a class that is `compiled` slots for its fields, whose defaults would stand in their way as attributes."""

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], *, compiled: bool = False, **options: Any
    ) -> "_Slotted":
        if compiled:
            options["compiled"] = True
            fields = [field for field, declared in _annotations(namespace).items() if not _is_of_class(declared)]
            namespace["_record_given"] = {field: namespace.pop(field) for field in fields if field in namespace}
            namespace["__slots__"] = tuple(fields)
        return super().__new__(mcs, name, bases, namespace, **options)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Record(metaclass=_Slotted):
    """A subclass declares fields by annotation, those with a default last.

    Its records are frozen, and equal where their fields are, but for `frozen=False` (then without a hash) and `eq=False`
    (compared by identity). With `kw_only=True` fields are given by name alone. `compiled=True` is for classes of which a network
    has thousands: compiling their `__init__` takes 0.1 ms, and then it is three times as fast, and fields are slots, a third
    less memory.
    """

    __slots__ = ()
    _record_given: ClassVar[dict[str, object]] = {}
    record_fields: ClassVar[dict[str, Field]] = {}
    _record_positional: ClassVar[tuple[str, ...]] = ()
    _record_names: ClassVar[frozenset[str]] = frozenset()
    _record_defaults: ClassVar[dict[str, object]] = {}
    _record_factories: ClassVar[tuple[tuple[str, Callable[[], object]], ...]] = ()
    _record_key: ClassVar[Any] = type
    _record_goes_on: ClassVar[bool] = False
    """Whether it has a `__post_init__` of its own."""
    _record_whole: ClassVar[int] = 0
    """How many values by position are a whole record, which is then neither completed nor checked; -1: none are."""

    def __init_subclass__(cls, *, frozen: bool = True, eq: bool = True, kw_only: bool = False, compiled: bool = False) -> None:
        super().__init_subclass__()
        fields = dict(cls.record_fields)
        for name, declared in cls.__annotations__.items():
            if not _is_of_class(declared):
                fields[name] = _declared(cls, name, declared)
        cls.record_fields = fields
        cls._record_positional = () if kw_only else tuple([name for name, one in fields.items() if one.init])
        cls._record_defaults = {name: one.default for name, one in fields.items() if one.default is not Missing}
        cls._record_factories = tuple([(name, one.factory) for name, one in fields.items() if one.factory is not None])
        cls._record_names = frozenset([name for name, one in fields.items() if one.init or one.factory is not None])
        cls._record_goes_on = cls.__post_init__ is not Record.__post_init__
        is_completed = kw_only or cls._record_factories or cls._record_goes_on
        cls._record_whole = -1 if is_completed else len(cls._record_positional)
        compared = [name for name, one in fields.items() if one.compare]
        cls._record_key = attrgetter(*compared) if compared else type
        methods: dict[str, object] = {"__match_args__": cls._record_positional}
        if compiled:
            methods["__init__"] = _compiled_init(cls)
        if not frozen:
            methods |= {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__, "__hash__": None}
        if not eq:
            methods |= {"__eq__": object.__eq__, "__hash__": object.__hash__}
        for name, method in methods.items():
            if name not in cls.__dict__:
                setattr(cls, name, method)

    def __init__(self, *given: Any, **named: Any) -> None:
        values = vars(self)
        if len(given) != self._record_whole or named:
            values.update(self._record_defaults)
            values.update(named)
        values.update(zip(self._record_positional, given, strict=False))
        if len(given) != self._record_whole or named:
            for name, factory in self._record_factories:
                if name not in values:
                    values[name] = factory()
            if values.keys() != self._record_names or (given and not self._record_fits(given, named)):
                raise TypeError(_misfit(type(self), given, named))
            if self._record_goes_on:
                self.__post_init__()

    def _record_fits(self, given: tuple[Any, ...], named: dict[str, Any]) -> bool:
        names = self._record_positional
        return len(given) <= len(names) and (not named or named.keys().isdisjoint(names[: len(given)]))

    def __post_init__(self) -> None:
        """Whatever else a record does once its fields are set; `record_set` sets those that have `init=False`."""

    def record_set(self, values: dict[str, Any]) -> None:
        """Set fields of a record that is being made."""
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[object, ...]:
        """By its fields, with whatever else a record without slots has been given."""
        values = {name: getattr(self, name) for name in self.record_fields}
        return _made, (type(self), getattr(self, "__dict__", {}) | values)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._record_key(self) == self._record_key(other)

    def __hash__(self) -> int:
        return hash((type(self), self._record_key(self)))

    def __repr__(self) -> str:
        return _brief(self)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"cannot set `{name}`: {type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"cannot delete `{name}`: {type(self).__name__} is frozen")


def replace(record: R, **changes: Any) -> R:
    """A record like another, with some fields changed. Raises TypeError for a name that no field has."""
    cls = type(record)
    if unknown := changes.keys() - cls._record_names:
        raise TypeError(f"{cls.__name__} has no field {' or '.join(f'`{name}`' for name in sorted(unknown))}")
    new = cls.__new__(cls)
    new.record_set({name: getattr(record, name) for name in cls._record_names} | changes)
    if cls._record_goes_on:
        new.__post_init__()
    return new


def _made(cls: type[R], values: dict[str, Any]) -> R:
    """A record as `__reduce__` says it, for copies and other processes."""
    new = cls.__new__(cls)
    new.record_set(values)
    return new


def _annotations(namespace: dict[str, Any]) -> dict[str, Any]:
    """What a class being made declares; from Python 3.14 on that is asked of a function."""
    if sys.version_info >= (3, 14):
        from annotationlib import Format, call_annotate_function, get_annotate_from_class_namespace

        return call_annotate_function(get_annotate_from_class_namespace(namespace), Format.FORWARDREF)
    declared: dict[str, Any] = namespace["__annotations__"]
    return declared


def _is_of_class(declared: object) -> bool:
    return getattr(declared, "__origin__", declared) is ClassVar


def _declared(cls: type[Record], name: str, declared: object) -> Field:
    """The field of an annotation. What `field` said of it does not stay an attribute of the class."""
    is_slotted = "__slots__" in cls.__dict__
    default = cls._record_given.get(name, Missing) if is_slotted else cls.__dict__.get(name, Missing)
    if isinstance(default, Field):
        found = default
        if not is_slotted and found.default is Missing:
            delattr(cls, name)
        elif not is_slotted:
            setattr(cls, name, found.default)
    else:
        found = Field(default)
    found.name, found.type = name, declared
    return found


def _compiled_init(cls: type[Record]) -> object:
    """The `__init__` of a class as code of its own: from names of fields alone, which are identifiers."""
    factories = dict(cls._record_factories)
    names: dict[str, object] = {"_factories": factories, "_Missing": Missing, "_defaults": cls._record_defaults}
    heads, lines = [], []
    for name, one in cls.record_fields.items():
        default = "_Missing" if name in factories else f"_defaults[{name!r}]" if name in cls._record_defaults else ""
        make = f"_factories[{name!r}]()" if name in factories else ""
        if one.init:
            heads.append(f"{name}={default}" if default else name)
        if one.init or make:
            value = f"{make} if {name} is _Missing else {name}" if one.init and make else make or name
            names[f"_set_{name}"] = cls.__dict__[name].__set__
            lines.append(f"    _set_{name}(self, {value})")
    if cls._record_goes_on:
        lines.append("    self.__post_init__()")
    made: dict[str, object] = {}
    body = "\n".join(lines)
    exec(f"def __init__(self, {', '.join(heads)}):\n{body}", names, made)  # noqa: S102  no text of a user
    return made["__init__"]


def _misfit(cls: type[Record], given: tuple[Any, ...], named: dict[str, Any]) -> str:
    most = len(cls._record_positional)
    if len(given) > most:
        return f"{cls.__name__} has no field {', '.join(map(repr, given[most:]))}"
    if twice := named.keys() & set(cls._record_positional[: len(given)]):
        return f"{cls.__name__} is given {' and '.join(f'`{name}`' for name in sorted(twice))} twice"
    if unknown := named.keys() - cls._record_names:
        return f"{cls.__name__} has no field {' or '.join(f'`{name}`' for name in sorted(unknown))}"
    known = {*cls._record_positional[: len(given)], *named, *cls._record_defaults, *dict(cls._record_factories)}
    return f"{cls.__name__} needs {' and '.join(f'`{name}`' for name in cls.record_fields if name in cls._record_names - known)}"
