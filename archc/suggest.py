"""The nearest of several words to one that was mistyped, for "did you mean"."""

from collections.abc import Iterable


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice at the smallest Damerau-Levenshtein distance of at most a third of the length, case and `-` or `_` apart.

    Else one of the same parts in another order (`size_kernel`), else the only one that begins with the word or the
    other way round (`chan`, `channels_out`). None where nothing is near.
    """
    plain = _plain(word)
    words = [(choice, _plain(choice)) for choice in choices]
    allowed = len(plain) // 3
    best: tuple[int, int] | None = None
    found = None
    for choice, other in words:
        steps = distance(plain, other, allowed)
        if steps is not None:
            rank = (steps, -_shared(plain, other))
            if best is None or rank < best:
                best, found = rank, choice
    if found is not None:
        return found
    parts = sorted(plain.split("_"))
    for choice, other in words:
        if sorted(other.split("_")) == parts:
            return choice
    alike = [choice for choice, other in words if _begins(plain, other)]
    return alike[0] if len(alike) == 1 else None


def only_nearest(word: str, choices: Iterable[str]) -> str | None:
    """As nearest, but None where another choice is as near: then it is not known which was meant."""
    words = list(choices)
    first = nearest(word, words)
    second = nearest(word, (choice for choice in words if choice != first)) if first is not None else None
    if first is None or second is None:
        return first
    long = len(word) + max(len(first), len(second))
    steps, others = (distance(_plain(word), _plain(choice), long) or 0 for choice in (first, second))
    return first if steps < others else None


def distance(first: str, second: str, limit: int) -> int | None:
    """Insertions, deletions, replacements and swaps of neighbours between two words; None beyond the limit.

    Optimal string alignment: Boytsov 2011, "Indexing methods for approximate dictionary searching", section 2.2.
    """
    if abs(len(first) - len(second)) > limit:
        return None
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        before, above, row = row, before, [i]
        for j, other in enumerate(second, 1):
            steps = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                steps = min(steps, above[j - 2] + 1)
            row.append(steps)
        if min(row) > limit:
            return None
    return row[-1] if row[-1] <= limit else None


def _plain(word: str) -> str:
    return word.casefold().replace("-", "_")


def _shared(first: str, second: str) -> int:
    """Length of the common beginning."""
    for length, (a, b) in enumerate(zip(first, second, strict=False)):
        if a != b:
            return length
    return min(len(first), len(second))


def _begins(first: str, second: str) -> bool:
    return min(len(first), len(second)) >= 3 and (first.startswith(second) or second.startswith(first))
