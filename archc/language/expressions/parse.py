"""Expressions are read here: a text becomes tokens, and tokens a tree, by binding power (Pratt 1973).

The grammar is the language's own: nothing in it reaches Python.
"""

import re
from fractions import Fraction
from functools import lru_cache
from typing import Literal, cast

from archc.language.expressions.functions import FUNCTIONS, Function
from archc.language.expressions.tree import (
    Binary,
    Call,
    Choice,
    Connective,
    Expr,
    ExpressionError,
    Logic,
    Name,
    Number,
    Operator,
    Truth,
    Unary,
    names,
)
from archc.limits import Limits
from archc.record import Record
from archc.suggest import advice

__all__ = ["Expr", "ExpressionError", "names", "parse"]

_TOKEN = re.compile(
    r"[ \t\n]*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>//|==|!=|<=|>=|[-+*/%<>(),=]))"
)
KEYWORDS = frozenset({"and", "or", "not", "if", "else"})
_HINTS = {
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`",
    "^": "there are no powers; write `x * x`",
    "×": "write `*`",
    "'": "a name needs no quotes here",
    '"': "a name needs no quotes here",
    ".": "a dot stands between digits only",
    "?": "write `A if C else B`",
}


class Token(Record):
    """A token. `kind` is the text itself for keywords and signs, and `end` at the end of the text."""

    kind: str
    text: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"`{self.text}`" if self.text else "the end"


def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text, the last of kind `end`. Raises ExpressionError at the first character that begins none."""
    result: list[Token] = []
    offset = 0
    while match := _TOKEN.match(text, offset):
        offset = match.end()
        group: Literal["number", "word", "sign"] = match.lastgroup  # type: ignore[assignment]
        word = match[group]
        start = offset - len(word)
        if result and result[-1].kind in ("number", "word") and result[-1].end == start and group != "sign":
            sides = re.match(r"([0-9]+)[xX]([0-9]+)(?![0-9.])", text[result[-1].start :])
            help_text = f"rows and columns are a list: `[{sides[1]}, {sides[2]}]`" if sides else ""
            raise ExpressionError(
                f"`{result[-1].text}{word}` is neither a number nor a name", result[-1].start, offset, help_text
            )
        if group == "number" and re.match("0[0-9]", word):
            raise ExpressionError(f"`{word}` begins with a zero", start, offset, f"write `{word.lstrip('0') or 0}`")
        result.append(Token(word if group == "sign" or word in KEYWORDS else group, word, start, offset))
    rest = text[offset:].lstrip(" \t\n")
    if rest:
        offset = len(text) - len(rest)
        raise ExpressionError(f"unexpected character {_quoted(rest[0])}", offset, offset + 1, _HINTS.get(rest[0], ""))
    return (*result, Token("end", "", len(text), len(text)))


def _quoted(character: str) -> str:
    return f"`{character}`" if character.isprintable() else f"U+{ord(character):04X}"


_NESTING = 32
_LARGEST = 10**40
_CHOICE, _NOT, _COMPARISON, _MINUS = 1, 4, 5, 8
_POWER = {
    "if": _CHOICE, "or": 2, "and": 3,
    "==": _COMPARISON, "!=": _COMPARISON, "<": _COMPARISON, "<=": _COMPARISON, ">": _COMPARISON, ">=": _COMPARISON,
    "+": 6, "-": 6, "*": 7, "/": 7, "//": 7, "%": 7,
}  # fmt: skip
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@lru_cache(maxsize=4096)
def parse(text: str, longest: int = Limits().expression) -> Expr:
    """Return the tree of an expression. Raises ExpressionError with offsets in `text`; `longest` counts characters."""
    if len(text) > longest:
        raise ExpressionError(f"an expression of {len(text)} characters is longer than the limit of {longest}", 0, len(text))
    parser = _Parser(tokens(text))
    expr = parser.expression(0)
    parser.finish()
    return expr


class _Parser:
    """A parser has a place in the tokens and a depth of nesting."""

    __slots__ = ("_at", "_nesting", "_tokens")

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._at = 0
        self._nesting = 0

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at += token.kind != "end"
        return token

    def _expect(self, kind: str, opened: Token, after: str) -> Token:
        token = self._next()
        if token.kind != kind:
            message = f"missing `{kind}` {after}" if token.kind == "end" else f"expected `{kind}` {after}, not {token}"
            place = opened if token.kind == "end" else token
            raise ExpressionError(message, place.start, place.end)
        return token

    def finish(self) -> None:
        token = self._tokens[self._at]
        if token.kind == ")":
            raise ExpressionError("`)` closes nothing", token.start, token.end)
        if token.kind != "end":
            help_text = {"=": "write `==`", ",": "a decimal point is a dot: `0.1`"}.get(token.kind, "")
            raise ExpressionError(f"unexpected {token}", token.start, token.end, help_text)

    def expression(self, power: int) -> Expr:
        """Parse everything that binds tighter than `power`."""
        self._nesting += 1
        if self._nesting > _NESTING:
            token = self._tokens[self._at]
            raise ExpressionError(f"an expression is nested more than {_NESTING} deep", token.start, token.end)
        left = self._operand(power)
        while (next_power := _POWER.get(self._tokens[self._at].kind, 0)) > power:
            left = self._continued(left, next_power)
        self._nesting -= 1
        return left

    def _continued(self, left: Expr, power: int) -> Expr:
        """Parse the operator that follows `left`, and its other operand."""
        token = self._next()
        if power == _CHOICE:
            condition = self.expression(_CHOICE)
            self._expect("else", token, "for this `if`")
            otherwise = self.expression(0)
            return Choice(left, condition, otherwise, left.start, otherwise.end)
        right = self.expression(power)
        if token.kind in ("and", "or"):
            connective: Connective = "and" if token.kind == "and" else "or"
            flat = left.items if isinstance(left, Logic) and left.connective == connective else (left,)
            return Logic(connective, (*flat, right), left.start, right.end)
        follower = self._tokens[self._at]
        if power == _COMPARISON and _POWER.get(follower.kind) == _COMPARISON:
            advice = f"join two comparisons: `… {token.kind} x and x {follower.kind} …`"
            raise ExpressionError("comparisons do not chain", follower.start, follower.end, advice)
        return Binary(cast("Operator", token.kind), left, right, left.start, right.end)

    def _operand(self, power: int) -> Expr:
        token = self._next()
        match token.kind:
            case "number":
                return _number(token)
            case "word" if self._tokens[self._at].kind == "(":
                return self._call(token)
            case "word" if token.text in _TRUTHS:
                return Truth(_TRUTHS[token.text], token.start, token.end)
            case "word":
                return Name(token.text, token.start, token.end)
            case "(":
                return self._parenthesis(token)
            case "-":
                operand = self.expression(_MINUS)
                return Unary("-", operand, token.start, operand.end)
            case "not" if power < _NOT:
                operand = self.expression(_NOT)
                return Unary("not", operand, token.start, operand.end)
            case "not":
                raise ExpressionError("`not` needs parentheses here", token.start, token.end)
            case "end" if self._at == 0:
                raise ExpressionError("an expression is empty", 0, token.end)
            case "end":
                last = self._tokens[self._at - 1]
                help_text = "a share is a number: `0.5`" if last.kind == "%" else ""
                raise ExpressionError(f"an operand is missing after {last}", last.start, last.end, help_text)
            case _:
                power = token.kind == "*" and self._at > 1 and self._tokens[self._at - 2].kind == "*"
                help_text = "there are no powers; write `x * x`" if power else ""
                raise ExpressionError(f"an operand is missing before {token}", token.start, token.end, help_text)

    def _parenthesis(self, opened: Token) -> Expr:
        inner = self.expression(0)
        closed = self._expect(")", opened, "for this `(`")
        return inner.at(opened.start, closed.end)

    def _call(self, name: Token) -> Expr:
        function = FUNCTIONS.get(name.text)
        if function is None:
            raise _unknown(name)
        opened = self._next()
        positional: list[Expr] = []
        keywords: dict[str, Expr] = {}
        while self._tokens[self._at].kind != ")":
            if positional or keywords:
                self._expect(
                    ",", opened, "or `)` after an argument" if self._tokens[self._at].kind != "end" else "or `)` for this `(`"
                )
            key, follower = self._tokens[self._at], self._tokens[min(self._at + 1, len(self._tokens) - 1)]
            if key.kind == "word" and follower.kind == "=":
                self._at += 2
                _check_keyword(name, function, key, len(positional), keywords)
                keywords[key.text] = self.expression(0)
            elif keywords:
                raise ExpressionError("an argument without a name follows a named one", key.start, key.end)
            else:
                positional.append(self.expression(0))
        closed = self._next()
        return Call(name.text, _bound(name, function, positional, keywords, closed.end), name.start, closed.end)


def _number(token: Token) -> Number:
    _, _, exponent = token.text.lower().partition("e")
    if exponent and len(exponent.lstrip("+-0")) > 2:
        raise ExpressionError(f"the number `{token.text}` is out of range", token.start, token.end)
    value = Fraction(token.text)
    if value > _LARGEST:
        raise ExpressionError(f"the number `{token.text}` is over 10**40", token.start, token.end)
    return Number(value.numerator if value.denominator == 1 else value, token.start, token.end)


def _unknown(name: Token) -> ExpressionError:
    help_text = advice(name.text, FUNCTIONS, "function", f"the functions are {', '.join(FUNCTIONS)}")
    return ExpressionError(f"unknown function `{name.text}`", name.start, name.end, help_text)


def _check_keyword(name: Token, function: Function, key: Token, given: int, keywords: dict[str, Expr]) -> None:
    if function.required == len(function.parameters) or function.more:
        raise ExpressionError(f"`{name.text}` takes no named arguments", key.start, key.end)
    if key.text not in function.parameters:
        advice = f"its parameters are {', '.join(function.parameters)}"
        raise ExpressionError(f"`{name.text}` has no parameter `{key.text}`", key.start, key.end, advice)
    if key.text in keywords or function.parameters.index(key.text) < given:
        raise ExpressionError(f"`{key.text}` is given twice", key.start, key.end)


def _bound(
    name: Token, function: Function, positional: list[Expr], keywords: dict[str, Expr], end: int
) -> tuple[Expr | None, ...]:
    """Return the arguments in the order of the parameters."""
    count = len(positional) + len(keywords)
    if count < function.required or (count > len(function.parameters) and not function.more):
        raise ExpressionError(f"`{name.text}` takes {function.arity}, not {count}", name.start, end)
    named = [keywords.get(parameter) for parameter in function.parameters[len(positional) :]]
    for parameter, argument in zip(function.parameters[len(positional) : function.required], named, strict=False):
        if argument is None:
            raise ExpressionError(f"`{name.text}` misses `{parameter}`", name.start, end)
    return (*positional, *named)
