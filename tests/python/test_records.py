"""Classes of fields: what a class may ask for, alike with a compiled `__init__` and without one."""

import copy
import pickle
from typing import Any

import pytest

from archc.record import Record, field, replace


def back(record: Any) -> Any:
    """As another process gets it."""
    return pickle.loads(pickle.dumps(record))  # noqa: S301


class Plain(Record):
    a: int
    b: str = "b"
    kept: list[int] = field(factory=list)
    place: int = field(default=0, compare=False, repr=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.record_set({"size": len(self.b)})


class Compiled(Record, compiled=True):
    a: int
    b: str = "b"
    kept: list[int] = field(factory=list)
    place: int = field(default=0, compare=False, repr=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.record_set({"size": len(self.b)})


class Open(Record, frozen=False, eq=False):
    a: int = 1


class Named(Record, kw_only=True):
    a: int


class Error(Record, Exception, frozen=False, eq=False):
    message: str


BOTH = pytest.mark.parametrize("cls", [Plain, Compiled])


@BOTH
def test_fields(cls: Any) -> None:
    record = cls(1, kept=[2])
    assert (record.a, record.b, record.kept, record.place, record.size) == (1, "b", [2], 0, 1)
    assert cls(1).kept is not cls(1).kept
    assert repr(record) == f"{cls.__name__}(a=1, b='b', kept=[2], size=1)"
    assert cls.__match_args__ == ("a", "b", "kept", "place")


def test_fields_of_any_name() -> None:
    class Odd(Record, compiled=True):
        values: int
        factories: list[int] = field(factory=list)
        defaults: int = 3

    odd = Odd(1)
    assert (odd.values, odd.factories, odd.defaults) == (1, [], 3)


@BOTH
def test_equal_by_what_is_compared(cls: Any) -> None:
    assert (cls(1, place=3) == cls(1, place=4), cls(1) == cls(2), cls(1) == (1, "b")) == (True, False, False)
    assert len({cls(1, kept=(), place=3), cls(1, kept=(), place=4)}) == 1


@BOTH
def test_frozen(cls: Any) -> None:
    with pytest.raises(AttributeError, match=f"cannot set `a`: {cls.__name__} is frozen"):
        cls(1).a = 2
    with pytest.raises(AttributeError, match="cannot delete `a`"):
        del cls(1).a


@BOTH
def test_replaced_and_copied(cls: Any) -> None:
    record = cls(1, "long")
    other = replace(record, b="longer")
    assert (other.a, other.b, other.kept, other.place, other.size) == (1, "longer", [], 0, 6)
    assert [copy.copy(record), copy.deepcopy(record), back(record)] == [record] * 3
    with pytest.raises(TypeError, match=f"{cls.__name__} has no field `c`"):
        replace(record, c=1)


@BOTH
@pytest.mark.parametrize(
    ("given", "named"), [((), {}), ((1,), {"a": 1}), ((1,), {"c": 1}), ((1, "", [], 0, 0), {}), ((1,), {"size": 2})]
)
def test_a_record_that_cannot_be_made(cls: Any, given: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        cls(*given, **named)


@pytest.mark.parametrize(
    ("given", "named", "message"),
    [
        ((), {}, "Plain needs `a`"),
        ((1,), {"a": 1}, "Plain is given `a` twice"),
        ((), {"a": 1, "c": 1}, "Plain has no field `c`"),
        ((1, "", [], 0, 7), {}, "Plain has no field 7"),
    ],
)
def test_why_a_record_cannot_be_made(given: tuple[Any, ...], named: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError) as told:
        Plain(*given, **named)
    assert str(told.value) == message


def test_open_records_have_an_identity() -> None:
    record = Open()
    record.a = 5
    assert (record.a, record == Open(5), len({record, Open(5)})) == (5, False, 2)


def test_by_name_alone() -> None:
    assert Named(a=1).a == 1
    with pytest.raises(TypeError):
        Named(1)  # type: ignore[misc]


def test_errors_are_records() -> None:
    with pytest.raises(Error) as caught:
        raise Error("wrong")
    assert (caught.value.message, back(caught.value).message) == ("wrong", "wrong")
