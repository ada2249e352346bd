"""The meaning of plain scalars: YAML 1.2's core schema, not 1.1's."""

import pytest

from archc.language.document.builder import Refusal, resolve
from archc.limits import Limits

VALUES = [
    ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None), ("nULL", "nULL"),
    ("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("FALSE", False),
    ("no", "no"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("y", "y"), ("tRUE", "tRUE"),
    ("0", 0), ("-0", 0), ("7", 7), ("+7", 7), ("-7", -7), ("1000", 1000), ("0x1F", 31), ("0o17", 15),
    ("-0x1F", "-0x1F"), ("0b1", "0b1"), ("1_000", "1_000"), ("12:30", "12:30"), ("2024-01-01", "2024-01-01"), ("1.2.3", "1.2.3"),
    ("1e3", 1000.0), ("1e-5", 1e-5), ("1E+2", 100.0), (".5", 0.5), ("5.", 5.0), ("-2.5", -2.5), ("0.0", 0.0), ("0e0", 0.0),
    ("1e", "1e"), (".", "."), ("-", "-"), ("+", "+"), ("..", ".."), ("e5", "e5"), ("٣", "٣"), ("1 / 2", "1 / 2"),
    ("inf", "inf"), ("nan", "nan"), (".infinity", ".infinity"), ("9" * 40, int("9" * 40)), ("1e308", 1e308), ("1e-308", 1e-308),
]  # fmt: skip

REFUSED = [
    ("010", "E0114"), ("00", "E0114"), ("-01", "E0114"), ("08", "E0114"), ("01.5", "E0114"),
    (".inf", "E0115"), ("-.INF", "E0115"), ("+.Inf", "E0115"), (".nan", "E0115"), (".NaN", "E0115"),
    ("1e999", "E0115"), ("-1e999", "E0115"), ("1e309", "E0115"), ("1e-309", "E0115"),
    ("0e999999999", "E0115"), ("1e-999999999", "E0115"),
    ("9" * 41, "E0408"), ("-" + "9" * 41, "E0408"), ("9" * 5000, "E0408"), ("0x" + "f" * 40, "E0408"), ("0." + "1" * 40, "E0408"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_value(text: str, value: object) -> None:
    assert resolve(text, Limits()) == value


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_type(text: str, value: object) -> None:
    assert type(resolve(text, Limits())) is type(value)


@pytest.mark.parametrize(("text", "code"), REFUSED, ids=[text[:12] for text, _ in REFUSED])
def test_refused(text: str, code: str) -> None:
    refusal = resolve(text, Limits())
    assert isinstance(refusal, Refusal)
    assert refusal.code == code


def test_a_refused_octal_says_what_to_write() -> None:
    refusal = resolve("-010", Limits())
    assert isinstance(refusal, Refusal)
    assert refusal.help == 'write -10 for the decimal number, or "-010" for a text'
