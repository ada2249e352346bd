"""Text of a user made safe to print, and how wide it is."""

import sys
import unicodedata

import pytest

from archc.rendering.text import CELLS, excerpt
from archc.rendering.visible import clipped, visible, width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 漢字 😀", "plain é 漢字 😀"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\x9b\x85", r"\x9b\x85"),
        ("\u202e\u200b\ufeff", r"\u202e\u200b\ufeff"),
        ("\u2028\ud800\ue000\uffff", r"\u2028\ud800\ue000\uffff"),
        ("\U000e0001", r"\U000e0001"),
        ("\xa0\xad", r"\xa0\xad"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_nothing_that_moves_or_hides_gets_through() -> None:
    through = [
        code
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(visible(chr(code))[0]) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    ]
    assert through == []


def test_a_long_text_keeps_its_ends() -> None:
    assert clipped("a" * 300 + "b" * 300, 40) == "a" * 20 + "…" + "b" * 10


@pytest.mark.parametrize(
    ("character", "cells"), [("a", 1), ("é", 1), ("\u0301", 0), ("\ufe0f", 0), ("漢", 2), ("ｗ", 2), ("😀", 2), ("…", 1)]
)
def test_width(character: str, cells: int) -> None:
    assert width(character) == cells


@pytest.mark.parametrize("length", [0, 1, CELLS - 1, CELLS, CELLS + 1, 5000])
@pytest.mark.parametrize("letter", ["x", "漢", "\t", "e\u0301", "\x1b"])
def test_an_excerpt_fits(length: int, letter: str) -> None:
    line = letter * length
    columns = {1, len(line) // 2 + 1, len(line) + 1}
    assert [column for column in columns if sum(map(width, excerpt(line, column).text)) > CELLS] == []


@pytest.mark.parametrize("letter", ["x", "漢"])
def test_the_place_is_in_its_excerpt(letter: str) -> None:
    line = letter * 500 + "K" + letter * 500
    part = excerpt(line, 501)
    before = next(i for i in range(len(part.text)) if part.text[i] == "K")
    assert part.cell(501) == sum(map(width, part.text[:before]))
