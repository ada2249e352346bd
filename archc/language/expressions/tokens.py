"""The words of an expression: numbers, names, keywords and operators, each with its offsets."""

import re
from typing import Literal

from archc.language.expressions.tree import ExpressionError
from archc.record import Record

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
    """One word. `kind` is the text itself for keywords and signs, and `end` at the end of the text."""

    kind: str
    text: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"`{self.text}`" if self.text else "the end"


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a text, an `end` last. Raises ExpressionError at the first character that begins none."""
    found: list[Token] = []
    at = 0
    while match := _TOKEN.match(text, at):
        at = match.end()
        group: Literal["number", "word", "sign"] = match.lastgroup  # type: ignore[assignment]
        word = match[group]
        start = at - len(word)
        if found and found[-1].kind in ("number", "word") and found[-1].end == start and group != "sign":
            sides = re.match(r"([0-9]+)[xX]([0-9]+)(?![0-9.])", text[found[-1].start :])
            helped = f"rows and columns are a list: `[{sides[1]}, {sides[2]}]`" if sides else ""
            raise ExpressionError(f"`{found[-1].text}{word}` is neither a number nor a name", found[-1].start, at, helped)
        if group == "number" and re.match("0[0-9]", word):
            raise ExpressionError(f"`{word}` begins with a zero", start, at, f"write `{word.lstrip('0') or 0}`")
        found.append(Token(word if group == "sign" or word in KEYWORDS else group, word, start, at))
    rest = text[at:].lstrip(" \t\n")
    if rest:
        at = len(text) - len(rest)
        raise ExpressionError(f"unexpected character {_quoted(rest[0])}", at, at + 1, _HINTS.get(rest[0], ""))
    return (*found, Token("end", "", len(text), len(text)))


def _quoted(character: str) -> str:
    return f"`{character}`" if character.isprintable() else f"U+{ord(character):04X}"
