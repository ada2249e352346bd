"""The tree of an expression, and the error with its place for a text that has none."""

from fractions import Fraction

import pytest

from archc.language.expressions.parse import parse
from archc.language.expressions.tree import Binary, Call, Choice, ExpressionError, Logic, Name, Number, Truth, Unary, names, walk

A, B, C = Name("a"), Name("b"), Name("c")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", Number(12)),
        ("0.1", Number(Fraction(1, 10))),
        ("1.", Number(1)),
        (".5", Number(Fraction(1, 2))),
        ("3.8e9", Number(3_800_000_000)),
        ("1e-5", Number(Fraction(1, 100_000))),
        ("a", A),
        ("  a\n", A),
        ("true", Truth(value=True)),
        ("False", Truth(value=False)),
        ("-a", Unary("-", A)),
        ("a + b * c", Binary("+", A, Binary("*", B, C))),
        ("(a + b) * c", Binary("*", Binary("+", A, B), C)),
        ("a - b - c", Binary("-", Binary("-", A, B), C)),
        ("a / b // c % a", Binary("%", Binary("//", Binary("/", A, B), C), A)),
        ("-a * b", Binary("*", Unary("-", A), B)),
        ("a * -b", Binary("*", A, Unary("-", B))),
        ("not a == b", Unary("not", Binary("==", A, B))),
        ("not a and b", Logic("and", (Unary("not", A), B))),
        ("a or b and c", Logic("or", (A, Logic("and", (B, C))))),
        ("a and b and c", Logic("and", (A, B, C))),
        ("a if b else c", Choice(A, B, C)),
        ("a if b else b if c else a", Choice(A, B, Choice(B, C, A))),
        ("a or b if b or c else c", Choice(Logic("or", (A, B)), Logic("or", (B, C)), C)),
        ("a + 1 < b", Binary("<", Binary("+", A, Number(1)), B)),
        ("(a < b) == c", Binary("==", Binary("<", A, B), C)),
        ("max(a, b, c)", Call("max", (A, B, C))),
        ("make_divisible(a, 8)", Call("make_divisible", (A, Number(8), None, None))),
        ("make_divisible(a, keep=0, divisor=b)", Call("make_divisible", (A, B, None, Number(0)))),
    ],
)
def test_tree(text: str, expected: object) -> None:
    assert parse(text) == expected


# ^ marks the place the error points at.
@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", "", "an expression is empty"),
        ("   ", "^^^", "an expression is empty"),
        ("a b", "  ^", "unexpected `b`"),
        ("a +", "  ^", "an operand is missing after `+`"),
        ("a ** b", "   ^", "an operand is missing before `*`"),
        ("a.b", " ^", "unexpected character `.`"),
        ("a & b", "  ^", "unexpected character `&`"),
        ("a \x01", "  ^", "unexpected character U+0001"),
        ("٣", "^", "unexpected character `٣`"),
        ("2x", "^^", "`2x` is neither a number nor a name"),
        ("010", "^^^", "`010` begins with a zero"),
        ("a = b", "  ^", "unexpected `=`"),
        ("a < b < c", "      ^", "comparisons do not chain"),
        ("1 + not a", "    ^^^", "`not` needs parentheses here"),
        ("(a + b", "^", "missing `)` for this `(`"),
        ("(a b)", "   ^", "expected `)` for this `(`, not `b`"),
        ("a)", " ^", "`)` closes nothing"),
        ("a if b", "  ^^", "missing `else` for this `if`"),
        ("sqroot(a)", "^^^^^^", "unknown function `sqroot`"),
        ("min(a)", "^^^^^^", "`min` takes 2 arguments or more, not 1"),
        ("abs(a, b)", "^^^^^^^^^", "`abs` takes 1 argument, not 2"),
        ("make_divisible(a)", "^^^^^^^^^^^^^^^^^", "`make_divisible` takes 2 to 4 arguments, not 1"),
        ("make_divisible(a, keep=0)", "^" * 25, "`make_divisible` misses `divisor`"),
        ("make_divisible(a, v=2)", "                  ^", "`v` is given twice"),
        ("make_divisible(a, size=2)", "                  ^^^^", "`make_divisible` has no parameter `size`"),
        ("make_divisible(keep=0, a)", "                       ^", "an argument without a name follows a named one"),
        ("abs(x=a)", "    ^", "`abs` takes no named arguments"),
        ("max(a b)", "      ^", "expected `,` or `)` after an argument, not `b`"),
        ("max(a,", "     ^", "an operand is missing after `,`"),
        ("max(a", "   ^", "missing `,` or `)` for this `(`"),
        ("1e999", "^^^^^", "the number `1e999` is out of range"),
        ("1e41", "^^^^", "the number `1e41` is over 10**40"),
        ("a" * 201, "^" * 201, "an expression of 201 characters is longer than the limit of 200"),
        ("(" * 40, " " * 32 + "^", "an expression is nested more than 32 deep"),
        ("-" * 40, " " * 32 + "^", "an expression is nested more than 32 deep"),
    ],
)
def test_error(text: str, place: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    error = caught.value
    assert (error.message, " " * error.start + "^" * (error.end - error.start)) == (message, place)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("a = b", "write `==`"),
        ("a ^ b", "there are no powers; write `x * x`"),
        ("010", "write `10`"),
        ("sqr(a)", "did you mean `sqrt`?"),
        ("make_divisible(a, size=2)", "its parameters are v, divisor, minimum, keep"),
    ],
)
def test_advice(text: str, advice: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.help == advice


def test_places_are_offsets_in_the_text() -> None:
    text = "a + max(b, 2 * (c))"
    assert [text[found.start : found.end] for found in walk(parse(text))] == [
        text,
        "a",
        "max(b, 2 * (c))",
        "b",
        "2 * (c)",
        "2",
        "(c)",
    ]


def test_a_longer_limit_allows_a_longer_text() -> None:
    assert parse("a" * 201, 300) == Name("a" * 201)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", ()),
        ("b + a * b", ("b", "a")),
        ("x if y else z", ("x", "y", "z")),
        ("not (p and q)", ("p", "q")),
        ("make_divisible(keep=k, divisor=d, v=v)", ("k", "d", "v")),
    ],
)
def test_names(text: str, expected: tuple[str, ...]) -> None:
    assert names(parse(text)) == expected
