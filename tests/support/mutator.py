"""Breaks texts in the ways that people and attackers do; the same seed breaks them alike."""

import random
from collections.abc import Callable, Sequence

TOKENS = (
    *": ,- ,{,},[,],(,),',\",#,|,>,? ,@,`,%,&a ,*a,*b,!,!!int ,!<x> ,~,\t,\n,\r\n,\r, ,  ,   ".split(","),
    *(",", "<<: *a", "<<: ", "---\n", "...\n", "%YAML 1.2\n", "%TAG ! x\n", "\n  ", "\n\t", ": : ", "(a, b)", "max(1, 2)"),
    *(
        "010",
        "0x1F",
        "0o17",
        "0b1",
        ".nan",
        "-.inf",
        "1e999",
        "1e-999999999",
        "1_000",
        "12:30",
        "-1",
        "1e-5",
        "9" * 50,
        "1" * 400,
    ),
    *("null", "true", "no", "on", "2024-01-01", "1.5", "''", '""', '"\\ud800"', '"\\x1b"', '"\\q"', '"\\0"', "a" * 300),
    *("\0", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u202e", "\u200b", "\ufeff", "\uffff", "\ud800", "é", "e\u0301", "漢字", "😀"),
    *("archc: 1\n", "name: ", "extends: ", "set: ", "block: ", "stages: ", "repeat: ", "out: ", "blocks: {0: {}}", "expect: {}"),
)


def mutate(text: str, choose: random.Random, others: Sequence[str]) -> str:
    """The text after one to four random breakages; `others` are texts to take pieces from."""
    for _ in range(choose.choice((1, 1, 1, 2, 2, 3, 4))):
        text = choose.choice(_BREAKAGES)(text, choose, others)
    return text


def _range(text: str, choose: random.Random, longest: int = 40) -> tuple[int, int]:
    start = choose.randint(0, len(text))
    return start, min(len(text), start + choose.randint(0, longest))


def _delete(text: str, choose: random.Random, others: Sequence[str]) -> str:
    start, end = _range(text, choose)
    return text[:start] + text[end:]


def _insert(text: str, choose: random.Random, others: Sequence[str]) -> str:
    start, _ = _range(text, choose)
    return text[:start] + choose.choice(TOKENS) + text[start:]


def _replace(text: str, choose: random.Random, others: Sequence[str]) -> str:
    start, end = _range(text, choose, 6)
    return text[:start] + choose.choice(TOKENS) + text[end:]


def _double(text: str, choose: random.Random, others: Sequence[str]) -> str:
    start, end = _range(text, choose)
    return text[:end] + text[start:end] * choose.choice((1, 1, 2, 30)) + text[end:]


def _splice(text: str, choose: random.Random, others: Sequence[str]) -> str:
    start, end = _range(text, choose)
    other = choose.choice(others)
    first, last = _range(other, choose, 200)
    return text[:start] + other[first:last] + text[end:]


def _cut(text: str, choose: random.Random, others: Sequence[str]) -> str:
    start, _ = _range(text, choose)
    return text[:start] if choose.random() < 0.7 else text[start:]


def _indent(text: str, choose: random.Random, others: Sequence[str]) -> str:
    lines = text.split("\n")
    number = choose.randrange(len(lines))
    by = choose.choice((-2, -1, 1, 2, 3))
    lines[number] = " " * by + lines[number] if by > 0 else lines[number][-by:]
    return "\n".join(lines)


def _move_line(text: str, choose: random.Random, others: Sequence[str]) -> str:
    lines = text.split("\n")
    line = lines.pop(choose.randrange(len(lines)))
    lines.insert(choose.randint(0, len(lines)), line)
    return "\n".join(lines)


def _misspell(text: str, choose: random.Random, others: Sequence[str]) -> str:
    start = choose.randint(0, len(text))
    pair = text[start : start + 2]
    return text[:start] + choose.choice((pair[::-1], pair[:1], pair + pair[-1:], pair.upper())) + text[start + 2 :]


_BREAKAGES: tuple[Callable[[str, random.Random, Sequence[str]], str], ...] = (
    _delete,
    _insert,
    _insert,
    _replace,
    _replace,
    _double,
    _splice,
    _cut,
    _indent,
    _move_line,
    _misspell,
)
