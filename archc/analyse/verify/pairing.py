"""The tensors of two programs are paired by the flow of data: by role, shape, and what they come after; never by name."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import partial
from typing import TypeAlias

from archc.analyse.verify.entries import Entry, Role

AHEAD = 6
"""How many filters ahead are compared to tell apart filters after the same one: a projection and a block's first convolution."""


def pair(ours: Sequence[Entry], theirs: Sequence[Entry]) -> dict[int, int]:
    """Map the numbers of our entries to the numbers of theirs.

    Entries pair from the input on as far as both programs are built alike. The rest is lined up in order of execution, so that
    tensors of programs that differ pair by their shapes and places as far as they can.
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
    """Pair as `pair` does, by the known name that theirs has for each of ours."""
    numbers = {entry.key: number for number, entry in reversed(list(enumerate(theirs)))}
    return {number: numbers[names[entry.key]] for number, entry in enumerate(ours) if names[entry.key] in numbers}


class _Side:
    """The entries of one program, and for each paired one the number that both programs have in common."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.common: dict[int, int] = {}
        self.level: dict[int, int] = {}
        for number, entry in enumerate(entries):
            if entry.role == "filter":
                self.level[number] = 1 + max((self.level[earlier] for earlier in entry.before), default=-1)
        self.coming = _coming(entries, list(self.level))
        self.companions: dict[int, frozenset[Role]] = {}
        for entry in entries:
            role: frozenset[Role] = frozenset([entry.role])
            self.companions[entry.place] = self.companions.get(entry.place, frozenset()) | role

    def unpaired(self, *, filters: bool) -> list[int]:
        return [n for n, entry in enumerate(self.entries) if n not in self.common and (entry.role == "filter") == filters]

    def _paired_before(self, number: int) -> frozenset[int] | None:
        before = self.entries[number].before
        return frozenset(self.common[earlier] for earlier in before) if self.common.keys() >= before else None

    def levels(self) -> list[list[int]]:
        """Return the filters by level: how many filters are on the longest way from the input."""
        by_level: dict[int, list[int]] = defaultdict(list)
        for number, level in self.level.items():
            by_level[level].append(number)
        return [by_level[level] for level in sorted(by_level)]

    def after_the_same(self, number: int, *, ahead: int | None = None) -> Hashable:
        """Key an entry by its label and what it comes after, a filter also by what follows; None after an unpaired one."""
        before = self._paired_before(number)
        return None if before is None else (self.entries[number].label, before, ahead is not None and self.coming[ahead][number])

    def among_the_same(self, number: int) -> Hashable:
        """Key an entry also by what else enters there, so that a convolution's bias does not pair with a norm's."""
        key = self.after_the_same(number)
        return None if key is None else (key, self.companions[self.entries[number].place])

    def after_the_same_last(self, number: int) -> Hashable:
        """Key an entry by its label and the last paired filter before it."""
        before = self.entries[number].before
        last = max((common for earlier in before if (common := self.common.get(earlier)) is not None), default=None)
        return None if last is None else (self.entries[number].label, last)


def _coming(entries: Sequence[Entry], filters: Sequence[int]) -> list[dict[int, int]]:
    """Return, for each distance ahead, a colour of every filter that depends on the filters up to that distance."""
    after: dict[int, list[int]] = {number: [] for number in filters}
    for number in filters:
        for earlier in entries[number].before:
            after[earlier].append(number)
    colours: list[dict[int, int]] = [{number: hash(entries[number].label) for number in filters}]
    for _ in range(AHEAD):
        last = colours[-1]
        colours.append({number: hash((last[number], *sorted(last[later] for later in after[number]))) for number in filters})
    return colours


_Key: TypeAlias = Callable[[_Side, int], Hashable]


def _match(here: _Side, there: _Side, ours: Sequence[int], theirs: Sequence[int], key: _Key) -> None:
    """Pair the entries that have equal keys, in order of execution."""
    groups: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for place, (side, numbers) in enumerate(((here, ours), (there, theirs))):
        for number in numbers:
            if number not in side.common and (common_key := key(side, number)) is not None:
                groups[common_key][place].append(number)
    for numbers_here, numbers_there in groups.values():
        for own, other in zip(numbers_here, numbers_there, strict=False):
            here.common[own] = there.common[other] = own


def _line_up(here: _Side, there: _Side, *, filters: bool) -> None:
    """Pair the longest runs of equal labels among the unpaired entries."""
    ours, theirs = here.unpaired(filters=filters), there.unpaired(filters=filters)
    labels = [here.entries[number].label for number in ours]
    others = [there.entries[number].label for number in theirs]
    for start, begin, length in SequenceMatcher(None, labels, others, autojunk=False).get_matching_blocks():
        for offset in range(length):
            here.common[ours[start + offset]] = there.common[theirs[begin + offset]] = ours[start + offset]
