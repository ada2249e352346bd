"""What was probably meant by a word that is none of the choices: its word in this language, else the nearest in spelling."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import cast

_OPPOSITES = (
    frozenset({"up", "sub", "down", "over"}),
    frozenset({"max", "min", "mean", "avg", "average", "sum"}),
    frozenset({"pre", "post"}),
    frozenset({"before", "after"}),
    frozenset({"height", "width", "weight"}),
    frozenset({"in", "out"}),
    frozenset({"zeros", "ones"}),
    frozenset({"first", "last", "each"}),
    frozenset({"left", "right", "top", "bottom"}),
    frozenset({"batch", "group", "layer", "instance"}),
    frozenset({"add", "mul", "div", "sub"}),
)
"""Words of which none stands for another, whatever their letters have in common."""
_NUMBER = re.compile("[0-9]+")
_IMPLIED = {"global_pool": "mean", "upsample": "up", "subsample": "sub", "downsample": "down", "prelu": "learned"}


def advice(word: str, choices: Iterable[str], place: str = "", otherwise: str = "") -> str:
    """The help for a word that is none of the `choices` at a place (`op`, `keys`, …): the choice or the sentence known
    for it, the nearest choice, or `otherwise`.
    """
    known = list(choices)
    said = _known(word, known, place)
    guess = nearest(word, known) if said is None else said if said in known else None
    return said if said is not None and said not in known else f"did you mean `{guess}`?" if guess else otherwise


def family(word: str, choices: Iterable[str]) -> str:
    """The names that differ from the word in their numbers only: networks of its family, and none of them is it. "" for none."""
    letters = _NUMBER.sub("#", _plain(word))
    names = sorted(
        {choice for choice in choices if _NUMBER.sub("#", _plain(choice)) == letters}, key=lambda name: (len(name), name)
    )
    shown = ", ".join(f"`{name}`" for name in names[:8])
    return f"of its family there {'are' if len(names) > 1 else 'is'} {shown}{', …' if len(names) > 8 else ''}" if names else ""


def meaning(word: str, place: str) -> str:
    """The sentence known for a word of another program at a place; "" for none."""
    return _known(word, (), place) or ""


def meant(word: str, choices: Iterable[str], place: str = "") -> str | None:
    """The choice that `advice` proposes."""
    known = list(choices)
    said = _known(word, known, place)
    return nearest(word, known) if said is None else said if said in known else None


def is_foreign(word: str) -> bool:
    """Whether the word means something in another program, whatever the place."""
    return any(_squeezed(word) in words for words in _table().values())


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that differs in case and separators only, else at the smallest Damerau-Levenshtein distance of at most a
    third of the length.

    Else one of the same parts in another order (`size_kernel`), else the only one that begins with the word or the
    other way round (`chan`, `activation`). None where nothing is near. Its numbers are those of the word, and it is not the
    word's opposite.
    """
    known = list(dict.fromkeys(choices))
    if (same := spelled(word, known)) is not None:
        return same
    plain = _plain(word)
    possible = [(choice, _plain(choice)) for choice in _of_one_family(word, known) if not _opposed(plain, _plain(choice))]
    words = [(choice, other) for choice, other in possible if _numbers(other) == _numbers(plain)]
    allowed = len(plain) // 3
    ranked = [
        (steps, -_shared(plain, other), number)
        for number, (_, other) in enumerate(words)
        if (steps := distance(plain, other, allowed)) is not None
    ]
    if ranked:
        return words[min(ranked)[2]][0]
    parts = sorted(plain.split("_"))
    for choice, other in words:
        if sorted(other.split("_")) == parts:
            return choice
    alike = [choice for choice, other in possible if _begins(plain, other) and _numbers(plain) in ([], _numbers(other))]
    return alike[0] if len(alike) == 1 else None


def spelled(word: str, choices: Iterable[str]) -> str | None:
    """The one choice that differs from the word in letter case, `_`, `-` and spaces only."""
    same = [choice for choice in choices if _squeezed(choice) == _squeezed(word)]
    return same[0] if len(same) == 1 else None


def is_slip(word: str, choice: str, others: Iterable[str]) -> bool:
    """Whether the word is a slip of the keyboard for the choice and for no other one: the first letter is right, and of four
    letters or more two neighbours are swapped, of five or more one is missing or too many, of six or more one is another.
    """
    plain, right = _plain(word), _plain(choice)
    least = 5 if len(plain) != len(right) else 4 if sorted(plain) == sorted(right) else 6
    if len(plain) < least or plain[0] != right[0] or _numbers(plain) != _numbers(right):
        return False
    near = [other for other in others if other != choice and distance(plain, _plain(other), 2) is not None]
    return distance(plain, right, 1) is not None and not near


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


def _known(word: str, choices: Iterable[str], place: str) -> str | None:
    """What the table says of a word: the first of its proposals that is a choice, or a sentence."""
    known = set(choices)
    for where in (place, place.partition(" ")[0]):
        for said in _table().get(where, {}).get(_squeezed(word), ()):
            if said in known or " " in said:
                return said
    return None


@cache
def _table() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """`other_words.json`: by place, what the words of other programs are here. Read when an error is told, not before."""
    import json
    from pathlib import Path

    text = Path(__file__).with_name("other_words.json").read_text(encoding="utf-8")
    places = cast("dict[str, dict[str, str | list[str]]]", json.loads(text))
    return {
        place: {
            _squeezed(word): (said,) if isinstance(said, str) else tuple(said)
            for words, said in entries.items()
            for word in words.split(", ")
        }
        for place, entries in places.items()
    }


def _plain(word: str) -> str:
    return word.casefold().replace("-", "_").replace(" ", "_")


def _squeezed(word: str) -> str:
    """Without case and separators, but for those between digits."""
    return re.sub(r"(?<![0-9])_|_(?![0-9])", "", _plain(word))


def _numbers(word: str) -> list[str]:
    return _NUMBER.findall(word)


def _of_one_family(word: str, choices: list[str]) -> list[str]:
    """`resnest50` is no ResNet: where a choice has the letters that stand before a word's number, only such are meant."""
    letters = re.match("[a-z]+(?=[0-9])", _plain(word))
    same = [choice for choice in choices if letters and _plain(choice).startswith(letters[0])]
    return same or choices


def _opposed(first: str, second: str) -> bool:
    one, other = _parts(first), _parts(second)
    return any(one & group and other & group and not one & other & group for group in _OPPOSITES)


def _parts(word: str) -> set[str]:
    return {*word.split("_"), _IMPLIED.get(word, "")}


def _shared(first: str, second: str) -> int:
    """Length of the common beginning."""
    for length, (a, b) in enumerate(zip(first, second, strict=False)):
        if a != b:
            return length
    return min(len(first), len(second))


def _begins(first: str, second: str) -> bool:
    """Whether one is the beginning of the other; of a word of several parts the others mean something."""
    return len(first) >= 3 and (second.startswith(first) or (len(second) >= 3 and first.startswith(second) and "_" not in first))
