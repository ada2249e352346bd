"""The value of an expression, and the error with its place for one that has none."""

from fractions import Fraction

import pytest

from archc.language.expressions.evaluate import Value, evaluate
from archc.language.expressions.parse import parse
from archc.language.expressions.tree import ExpressionError

NAMES: dict[str, Value] = {
    "n": 18,
    "in": 256,
    "mid": Fraction(48, 2),
    "third": Fraction(1, 3),
    "change": True,
    "zeros": "after",
    "root": 2.5,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 * 30", 3),
        ("7 / 2", Fraction(7, 2)),
        ("6 / 2", 3),
        ("-7 // 2", -4),
        ("-7 % 3", 2),
        ("7.5 // 2", 3),
        ("7.5 % 2", Fraction(3, 2)),
        ("9 * n + 2", 164),
        ("mid / 24", 1),
        ("mid", 24),
        ("third * 3", 1),
        ("root + 1", 3.5),
        ("root / 2", 1.25),
        ("1 / root", 0.4),
        ("7 // root", 2),
        ("sqrt(16)", 4),
        ("sqrt(9 / 4)", Fraction(3, 2)),
        ("sqrt(2)", 2**0.5),
        ("sqrt(sqrt(2))", 2**0.25),
        ("log2(8)", 3),
        ("log2(1 / 8)", -3),
        ("log2(3)", 1.584962500721156),
        ("log2(sqrt(2))", 0.5000000000000001),
        ("floor((log2(in) + 1) / 2) // 2 * 2 + 1", 5),
        ("round(5 / 2)", 2),
        ("round(7 / 2)", 4),
        ("round(sqrt(2))", 1),
        ("floor(-0.5)", -1),
        ("ceil(-0.5)", 0),
        ("abs(-third)", Fraction(1, 3)),
        ("max(1, 3, 2)", 3),
        ("min(third, 0.5)", Fraction(1, 3)),
        ("make_divisible(72 / 4, 8)", 24),
        ("make_divisible(4, 8)", 8),
        ("make_divisible(4, 8, 0)", 8),
        ("make_divisible(10, 8)", 16),
        ("make_divisible(10, 8, keep=0)", 8),
        ("make_divisible(12, 8)", 16),
        ("make_divisible(60, 8, 8, 0)", 64),
        ("make_divisible(3, 8, 32)", 32),
        ("make_divisible(root, 8)", 8),
        ("true", True),
        ("1 < 2", True),
        ("2 <= 1", False),
        ("2 > 1", True),
        ("1 >= 2", False),
        ("third == 1 / 3", True),
        ("1 != 1", False),
        ("change == true", True),
        ("zeros == zeros", True),
        ("zeros != zeros", False),
        ("not change", False),
        ("change and 1 < 2", True),
        ("change and not change", False),
        ("not change or not change", False),
        ("3 if change else 1", 3),
        ("zeros if change else 1", "after"),
    ],
)
def test_value(text: str, expected: Value) -> None:
    value = evaluate(parse(text), NAMES.__getitem__)
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize("text", ["1 if change else 1 / 0", "change or 1 / 0", "not change and 1 / 0", "1 if true else missing"])
def test_what_does_not_matter_is_not_evaluated(text: str) -> None:
    assert evaluate(parse(text), NAMES.__getitem__) in (1, True, False)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("true + 1", "^^^^", "`+` needs numbers, not true"),
        ("1 + zeros", "    ^^^^^", "`+` needs numbers, not the word `after`"),
        ("-change", " ^^^^^^", "`-` needs numbers, not true"),
        ("1 < change", "    ^^^^^^", "`<` needs numbers, not true"),
        ("abs(change)", "    ^^^^^^", "`abs` needs numbers, not true"),
        ("not 1", "    ^", "`not` needs true or false, not the number 1"),
        ("change and n", "           ^", "`and` needs true or false, not the number 18"),
        ("0 or change", "^", "`or` needs true or false, not the number 0"),
        ("1 if n else 2", "     ^", "`if` needs true or false, not the number 18"),
        ("1 == true", "^^^^^^^^^", "`==` compares the number 1 with true"),
        ("zeros != 0.5", "^^^^^^^^^^^^", "`!=` compares the word `after` with the number 0.5"),
        ("zeros == change", "^" * 15, "`==` compares the word `after` with true"),
        ("1 / (n - 18)", "    ^^^^^^^^", "division by zero"),
        ("1 // 0", "     ^", "division by zero"),
        ("1 % 0", "    ^", "division by zero"),
        ("sqrt(-1 / 3)", "^" * 12, "`sqrt` of a negative number, -1/3"),
        ("log2(0)", "^" * 7, "`log2` of 0, which is not above zero"),
        ("make_divisible(8, 0)", "^" * 20, "`make_divisible` by 0, which is not above zero"),
        ("1 + missing", "    ^^^^^^^", "unknown name `missing`"),
        ("1e40 * 2", "^^^^^^^^", "the result is over 10**40"),
        ("-1e40 - 1", "^^^^^^^^^", "the result is over 10**40"),
        ("sqrt(2) * 1e40", "^" * 14, "the result is over 10**40"),
        ("1e40 // (sqrt(2) * 1e-99 * 1e-99 * 1e-99)", "^" * 41, "the result is over 10**40"),
        ("1e-99 * 1e-99 * 1e-99 * 1e-99", "^" * 29, "the result has a denominator over 10**300"),
    ],
)
def test_error(text: str, place: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(parse(text), NAMES.__getitem__)
    error = caught.value
    assert (error.message, " " * error.start + "^" * (error.end - error.start)) == (message, place)


def test_an_error_of_the_lookup_gets_the_place_of_the_name() -> None:
    def lookup(name: str) -> Value:
        raise ExpressionError(f"`{name}` is not known before the block", help="say it in the block")

    with pytest.raises(ExpressionError) as caught:
        evaluate(parse("1 + mid"), lookup)
    assert (caught.value.start, caught.value.end, caught.value.help) == (4, 7, "say it in the block")


def test_an_error_of_the_lookup_with_a_place_keeps_it() -> None:
    def lookup(name: str) -> Value:
        raise ExpressionError(name, 40, 50)

    with pytest.raises(ExpressionError) as caught:
        evaluate(parse("1 + mid"), lookup)
    assert (caught.value.start, caught.value.end) == (40, 50)


def test_a_long_sum_needs_no_deep_stack() -> None:
    assert evaluate(parse("+".join(["1"] * 5_000), 10_000), NAMES.__getitem__) == 5_000
