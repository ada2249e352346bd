"""The alignment of two sequences: what is equal stays paired, what is left between two equal ones is paired in order."""

from collections.abc import Sequence
from typing import TypeAlias

Pairs: TypeAlias = list[tuple[int | None, int | None]]

CELLS = 1_000_000
"""Beyond so many cells of the table, what lies between the equal ends is paired in order: a stage has up to 10,000 blocks."""


def align(old: Sequence[str], new: Sequence[str], *, fill: bool = True) -> Pairs:
    """Indices of both in order, None where one side has nothing; swapping the arguments swaps the pairs.

    A longest common subsequence (Hirschberg 1975) between the equal ends; `fill` pairs what is unequal between two matches.
    """
    if (len(old), *old) > (len(new), *new):  # of several alignments as long, both ways round take the same
        return [(a, b) for b, a in align(new, old, fill=fill)]
    begin, end = 0, 0
    shorter = len(old)
    while begin < shorter and old[begin] == new[begin]:
        begin += 1
    while end < shorter - begin and old[-1 - end] == new[-1 - end]:
        end += 1
    matches = [(i, i) for i in range(begin)]
    matches += [(a + begin, b + begin) for a, b in _matches(old[begin : len(old) - end], new[begin : len(new) - end])]
    matches += [(len(old) - end + i, len(new) - end + i) for i in range(end)]
    pairs: Pairs = []
    done = (0, 0)
    for a, b in [*matches, (len(old), len(new))]:
        pairs += _gap(range(done[0], a), range(done[1], b), fill=fill)
        pairs.append((a, b))
        done = (a + 1, b + 1)
    return pairs[:-1]


def _gap(old: range, new: range, *, fill: bool) -> Pairs:
    both = min(len(old), len(new)) if fill else 0
    paired: Pairs = list(zip(old[:both], new[:both], strict=True))
    return paired + [(a, None) for a in old[both:]] + [(None, b) for b in new[both:]]


def _matches(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    if not old or not new or len(old) * len(new) > CELLS:
        return []
    longest = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for a in range(len(old) - 1, -1, -1):
        row, below, own = longest[a], longest[a + 1], old[a]
        for b in range(len(new) - 1, -1, -1):
            row[b] = below[b + 1] + 1 if own == new[b] else max(below[b], row[b + 1])
    found: list[tuple[int, int]] = []
    a = b = 0
    while a < len(old) and b < len(new):
        if old[a] == new[b]:
            found.append((a, b))
            a, b = a + 1, b + 1
        elif longest[a + 1][b] >= longest[a][b + 1]:
            a += 1
        else:
            b += 1
    return found
