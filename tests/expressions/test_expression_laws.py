"""Laws of expressions: Python's own fractions agree, and no text makes anything but an ExpressionError."""

import math
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from archc.language.expressions.evaluate import Value, evaluate
from archc.language.expressions.parse import parse
from archc.language.expressions.tree import ExpressionError

NAMES: dict[str, Fraction] = {"a": Fraction(3), "b": Fraction(-7, 2), "c": Fraction(1, 3)}

# Each is a pair: the text in our language, and the text in Python over fractions.
numbers = st.one_of(
    st.integers(0, 999).map(lambda n: (str(n), f"F({n})")),
    st.decimals(0, 99, places=2).map(lambda d: (str(d), f"F('{d}')")),
    st.sampled_from([(name, name) for name in NAMES]),
)


def _arithmetic(inner: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[tuple[str, str]]:
    def joined(left: tuple[str, str], sign: str, right: tuple[str, str]) -> tuple[str, str]:
        return f"{left[0]} {sign} {right[0]}", f"{left[1]} {sign} {right[1]}"

    def chosen(a: tuple[str, str], sign: str, b: tuple[str, str]) -> tuple[str, str]:
        return tuple(f"({x} if not {x} {sign} {y} or {x} == {y} and true else {y})" for x, y in zip(a, b, strict=True))  # type: ignore[return-value]

    return st.one_of(
        st.builds(joined, inner, st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner),
        st.builds(lambda pair: (f"({pair[0]})", f"({pair[1]})"), inner),
        st.builds(lambda pair: (f"-({pair[0]})", f"-({pair[1]})"), inner),
        st.builds(lambda f, x: (f"{f}({x[0]})", f"F({f}({x[1]}))"), st.sampled_from(["abs", "floor", "ceil", "round"]), inner),
        st.builds(
            lambda f, x, y: (f"{f}({x[0]}, {y[0]})", f"{f}({x[1]}, {y[1]})"), st.sampled_from(["min", "max"]), inner, inner
        ),
        st.builds(chosen, inner, st.sampled_from(["<", "<=", ">", ">=", "!="]), inner),
    )


@given(st.recursive(numbers, _arithmetic, max_leaves=8))
@settings(max_examples=400, deadline=None)
def test_python_fractions_agree(pair: tuple[str, str]) -> None:
    ours, theirs = pair
    known = {"F": Fraction, "floor": math.floor, "ceil": math.ceil, "true": True, **NAMES}
    try:
        expected: object = Fraction(eval(theirs, known))  # noqa: S307
    except ZeroDivisionError:
        expected = "division by zero"
    assert _value(ours) == expected


def _value(text: str) -> object:
    try:
        value = evaluate(parse(text, 10_000), NAMES.__getitem__)
    except ExpressionError as error:
        return error.message
    assert isinstance(value, Fraction if Fraction(value).denominator > 1 else int)
    return value


TEXT = "a b c 1 2.5 0 true false + - * / // % == != < <= > >= ( ) , and or not if else max sqrt log2 round = . 1e9"
words = st.sampled_from(TEXT.split())


@given(st.one_of(st.lists(words, max_size=30).map(" ".join), st.text(max_size=60)))
@settings(max_examples=600, deadline=None)
def test_any_text_has_a_value_or_an_error_with_a_place(text: str) -> None:
    values: dict[str, Value] = {"a": 3, "b": True, "c": "after"}
    start, end = 0, len(text)
    try:
        evaluate(parse(text), values.__getitem__)
    except ExpressionError as error:
        start, end = error.start, error.end
    assert 0 <= start <= end <= len(text)
