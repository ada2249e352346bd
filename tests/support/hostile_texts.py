"""Texts that mean something in some language: four thousand of them, the same each time."""

import random
from collections.abc import Iterator

COUNT = 4_000
PAYLOADS = (
    *(
        '"',
        "'",
        '"""',
        "'''",
        "\\",
        "\\\\",
        '\\"',
        "`",
        "``",
        "```",
        "{",
        "}",
        "{}",
        "%s",
        "{0}",
        "{x!r}",
        "$x$",
        "$$",
        "#",
        "~",
        "^",
        "_",
    ),
    *(
        "<b>bold</b>",
        "<script>alert(1)</script>",
        "</script>",
        "</title>",
        "</td>",
        "<!--",
        "-->",
        "]]>",
        "<![CDATA[",
        "<?xml",
        "<img src=x onerror=a>",
    ),
    *(
        "&amp;",
        "&lt;",
        "&#60;",
        "&#x3c;",
        "&copy;",
        "&",
        "javascript:alert(1)",
        "http://a.b/c",
        "www.a.b",
        "a@b.c",
        "@team",
        "#12",
    ),
    *(
        r"\input{/etc/passwd}",
        r"\begin{input}{x}",
        r"\write18{id}",
        r"\def\x{}",
        r"\end{document}",
        "^^41",
        "^^M",
        "% comment",
        "[x]",
        "*",
        "--",
        "``q''",
    ),
    *(
        "**b**",
        "__b__",
        "[a](b)",
        "![a](b)",
        "| a | b |",
        "- a",
        "1. a",
        "> q",
        "# h",
        "~~~",
        "---",
        "===",
        "[^1]",
        ":tada:",
        "$`x`$",
    ),
    *("=1+1", "=cmd|'/C calc'!A0", "@SUM(A1)", "-2", "+3", "\t=1", "＝1", ",", ";", ",,", "a,b", '"a","b"'),
    *(
        "%0A::error::x",
        "::error file=a::b",
        "::set-output name=a::b",
        "##[error]x",
        "##vso[task.x]",
        "::add-mask::",
        "%25",
        "%3A",
    ),
    *(
        "\\N",
        "\\G",
        "\\l",
        "\\n",
        "\\u0041",
        "\\x41",
        "\\N{DASH}",
        "\\0",
        "\\udc80",
        "a:b",
        "a->b",
        "/* c */",
        "// c",
        "%%{init: {}}%%",
        "[/foo]",
        "[link=http://a.b]x[/link]",
        "%% c",
        "#quot;",
    ),
    *(
        "# coding: utf-7",
        "# -*- coding: latin-1 -*-",
        "+AAo-import os",
        "import os",
        "exec('1')",
        "f'{1}'",
        "type: ignore",
        "noqa",
    ),
    *(
        "---",
        "...",
        "? a",
        "!!python/object:x",
        "&a",
        "*a",
        "<<",
        "a: b",
        "a #b",
        "null",
        "true",
        "no",
        "0x1",
        "1e3",
        "|",
        ">",
        "- -",
    ),
    *("..", "../x", "/etc/passwd", "C:\\x", "con", "NUL.txt", "a/b", "~root", "-rf", ".hidden", "a" * 300),
    *(
        "\n",
        "\r",
        "\r\n",
        "\t",
        "\0",
        "\x07",
        "\x08",
        "\x0b",
        "\x0c",
        "\x1b[31m",
        "\x1b]0;t\x07",
        "\x7f",
        "\x85",
        "\x9b",
        "\xa0",
        "\xad",
    ),
    *(
        "\u2028",
        "\u2029",
        "\u200b",
        "\u200f",
        "\u202e",
        "\u2066",
        "\u061c",
        "\ufeff",
        "\ufffe",
        "\U000e0041",
        "\ue000",
        "\U0010ffff",
    ),
    *(
        "ﬁ",
        "ｎet",
        "𝐚",
        "é",
        "e\u0301",
        "ß",
        "İ",
        "漢字",
        "שלום",
        "😀",
        "👩\u200d🔬",
        "…",
        "×",
        "·",
        "✓",
        "³",
        "−",
        "—",
        "→",
        "　",
    ),
    *(" ", "  ", " a", "a ", "", "x" * 2_000, '"' * 50, "<" * 50, "{" * 50),
)
SURROGATES = ("\udc80", "\udcff\udc9b")
ALPHABET = "\\`*_[]<>|~$&#!:^{}@=+-,.'\"%/;()? aZ0\n\t\x1bé中\u202e"


def _texts(pieces: tuple[str, ...]) -> Iterator[str]:
    yield from pieces
    choose = random.Random(7)
    for _ in range(COUNT - len(pieces)):
        kind = choose.random()
        if kind < 0.6:
            yield "".join(choose.choices(pieces, k=choose.choice((2, 2, 3, 4))))
        elif kind < 0.8:
            piece = choose.choice(pieces)
            at = choose.randint(0, len(piece))
            yield piece[:at] + choose.choice(ALPHABET) + piece[at:]
        else:
            yield "".join(choose.choices(ALPHABET, k=choose.randint(1, 24)))


TEXTS = tuple(text[:2_000] for text in _texts((*PAYLOADS, *SURROGATES)))
"""With lone surrogates, which stand for the bytes of a file name that is not UTF-8."""
READABLE = tuple(text[:2_000] for text in _texts(PAYLOADS))
"""Without: what a spec can hold."""


def batches(texts: tuple[str, ...], size: int = 100) -> list[tuple[str, ...]]:
    """The texts, so many at once: a document that holds many is written and read faster than many."""
    return [texts[at : at + size] for at in range(0, len(texts), size)]
