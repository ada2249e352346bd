"""The tensors of two programs paired by the flow of data: by role, shape, and what they come after; never by name."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import partial
from typing import TypeAlias

from archc.analyse.verify.entries import Entry, Role

AHEAD = 6
"""How many filters ahead are looked at to tell apart what comes after the same: a projection from a block's first convolution."""


def pair(ours: Sequence[Entry], theirs: Sequence[Entry]) -> dict[int, int]:
    """The number of theirs by the number of ours.

    First from the input on, as far as both are built alike; then what is left is lined up in order of execution, so that tensors
    of programs that differ pair by their shapes and places as far as they can.
    """
    here, there = _Side(ours), _Side(theirs)
    for ours_so_far, theirs_so_far in zip(here.levels(), there.levels(), strict=False):
        for ahead in range(AHEAD, -1, -1):
            _match(here, there, ours_so_far, theirs_so_far, partial(_Side.after_the_same, ahead=ahead))
    _line_up(here, there, filters=True)
    for key in (_Side.among_the_same, _Side.after_the_same, _Side.after_the_same_last):
        _match(here, there, here.unpaired(filters=False), there.unpaired(filters=False), key)
    _line_up(here, there, filters=False)
    numbers = {common: number for number, common in there.common.items()}
    return {number: numbers[common] for number, common in here.common.items()}


def pair_by_name(ours: Sequence[Entry], theirs: Sequence[Entry], names: Mapping[str, str]) -> dict[int, int]:
    """As pair, where the name that theirs has for each of ours is known."""
    numbers = {entry.key: number for number, entry in reversed(list(enumerate(theirs)))}
    return {number: numbers[names[entry.key]] for number, entry in enumerate(ours) if names[entry.key] in numbers}


class _Side:
    """The entries of one program, and for those that are paired the number both have in common."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.common: dict[int, int] = {}
        self.level: dict[int, int] = {}
        for number, entry in enumerate(entries):
            if entry.role == "filter":
                self.level[number] = 1 + max((self.level[one] for one in entry.before), default=-1)
        self.coming = _coming(entries, list(self.level))
        self.companions: dict[int, frozenset[Role]] = {}
        for entry in entries:
            role: frozenset[Role] = frozenset([entry.role])
            self.companions[entry.place] = self.companions.get(entry.place, frozenset()) | role

    def unpaired(self, *, filters: bool) -> list[int]:
        return [n for n, entry in enumerate(self.entries) if n not in self.common and (entry.role == "filter") == filters]

    def _paired_before(self, number: int) -> frozenset[int] | None:
        before = self.entries[number].before
        return frozenset(self.common[one] for one in before) if self.common.keys() >= before else None

    def levels(self) -> list[list[int]]:
        """The filters by how many are on the longest way from the input."""
        found: dict[int, list[int]] = defaultdict(list)
        for number, level in self.level.items():
            found[level].append(number)
        return [found[level] for level in sorted(found)]

    def after_the_same(self, number: int, *, ahead: int | None = None) -> Hashable:
        """What it is and comes after, and for a filter what comes next; None where something before it is not paired."""
        before = self._paired_before(number)
        return None if before is None else (self.entries[number].label, before, ahead is not None and self.coming[ahead][number])

    def among_the_same(self, number: int) -> Hashable:
        """And what else enters there: a convolution's bias is none of the norm's after it."""
        found = self.after_the_same(number)
        return None if found is None else (found, self.companions[self.entries[number].place])

    def after_the_same_last(self, number: int) -> Hashable:
        """By the last paired filter before it."""
        last = max((common for one in self.entries[number].before if (common := self.common.get(one)) is not None), default=None)
        return None if last is None else (self.entries[number].label, last)


def _coming(entries: Sequence[Entry], filters: Sequence[int]) -> list[dict[int, int]]:
    """For each distance a colour of every filter that depends on the filters so far ahead."""
    after: dict[int, list[int]] = {number: [] for number in filters}
    for number in filters:
        for one in entries[number].before:
            after[one].append(number)
    colours: list[dict[int, int]] = [{number: hash(entries[number].label) for number in filters}]
    for _ in range(AHEAD):
        last = colours[-1]
        colours.append({number: hash((last[number], *sorted(last[one] for one in after[number]))) for number in filters})
    return colours


_Key: TypeAlias = Callable[[_Side, int], Hashable]


def _match(here: _Side, there: _Side, ours: Sequence[int], theirs: Sequence[int], key: _Key) -> None:
    """Pairs what has one key, in order of execution."""
    groups: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for place, (side, numbers) in enumerate(((here, ours), (there, theirs))):
        for number in numbers:
            if number not in side.common and (found := key(side, number)) is not None:
                groups[found][place].append(number)
    for alike, others in groups.values():
        for one, other in zip(alike, others, strict=False):
            here.common[one] = there.common[other] = one


def _line_up(here: _Side, there: _Side, *, filters: bool) -> None:
    """Pairs the longest runs of like labels among what is left."""
    ours, theirs = here.unpaired(filters=filters), there.unpaired(filters=filters)
    labels = [here.entries[number].label for number in ours]
    others = [there.entries[number].label for number in theirs]
    for start, begin, length in SequenceMatcher(None, labels, others, autojunk=False).get_matching_blocks():
        for offset in range(length):
            here.common[ours[start + offset]] = there.common[theirs[begin + offset]] = ours[start + offset]
