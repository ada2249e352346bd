"""The alignment of two sequences."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archc.analyse.diff.pairing import align

ALIGNED = [
    ("", "", []),
    ("a", "", [(0, None)]),
    ("", "a", [(None, 0)]),
    ("abc", "abc", [(0, 0), (1, 1), (2, 2)]),
    ("fr", "frrr", [(0, 0), (1, 1), (None, 2), (None, 3)]),
    ("fr", "gr", [(0, 0), (1, 1)]),
    ("abc", "ac", [(0, 0), (1, None), (2, 1)]),
    ("abcd", "axyd", [(0, 0), (1, 1), (2, 2), (3, 3)]),
    ("ab", "ba", [(0, None), (1, 0), (None, 1)]),
]


@pytest.mark.parametrize(("old", "new", "expected"), ALIGNED)
def test_pairs(old: str, new: str, expected: list[tuple[int | None, int | None]]) -> None:
    assert align(old, new) == expected


def test_without_filling_only_equals_are_paired() -> None:
    assert align("axc", "ayc", fill=False) == [(0, 0), (1, None), (None, 1), (2, 2)]


def test_long_unequal_sequences_are_paired_in_order() -> None:
    old, new = ["a"] * 2000, ["b"] * 2001
    assert align(old, new) == [*((i, i) for i in range(2000)), (None, 2000)]


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
@settings(max_examples=200, deadline=None)
def test_every_index_is_there_once_and_in_order(old: str, new: str) -> None:
    pairs = align(old, new)
    assert ([a for a, _ in pairs if a is not None], [b for _, b in pairs if b is not None]) == (
        list(range(len(old))),
        list(range(len(new))),
    )


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
@settings(max_examples=200, deadline=None)
def test_swapping_swaps(old: str, new: str) -> None:
    assert set(align(new, old)) == {(b, a) for a, b in align(old, new)}
