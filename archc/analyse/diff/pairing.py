"""Pairs of equal things: parts by name, then by order and shape; blocks by index; operations by name, then by order."""

from collections.abc import Sequence
from itertools import groupby
from typing import TypeAlias

from archc.analyse.diff.units import Item, Part, Unit
from archc.record import Record

Pairs: TypeAlias = list[tuple[int | None, int | None]]

CELLS = 1_000_000
"""Beyond so many cells of the table, what lies between the equal ends is paired in order: a stage has up to 10,000 blocks."""


class ItemPair(Record, eq=False):
    """One operation on both sides, or on one."""

    old: Item | None
    new: Item | None


class UnitPair(Record):
    """A block on both sides, or on one; `items` where it differs. Indices count within the stage."""

    old: Unit | None
    new: Unit | None
    old_index: int
    new_index: int
    items: tuple[ItemPair, ...]

    @property
    def differs(self) -> bool:
        return self.old is None or self.new is None or self.old.key != self.new.key


class PartPair(Record):
    """The stem, a stage or the head on both sides, or on one."""

    old: Part | None
    new: Part | None
    units: tuple[UnitPair, ...]

    @property
    def any(self) -> Part:
        """The new one, or where there is none the old one."""
        part = self.new or self.old
        assert part is not None  # noqa: S101  one of the two is always there
        return part


def pair_parts(old: list[Part], new: list[Part]) -> list[PartPair]:
    """Pair the parts in the order of the new network; a removed part comes where it stood."""
    kinds = ("stem", "stage", "head")
    paired: list[PartPair] = []
    for kind in kinds:
        olds = [part for part in old if part.scope.kind == kind]
        news = [part for part in new if part.scope.kind == kind]
        for a, b in _pair_stages(olds, news):
            before, after = (None if a is None else olds[a]), (None if b is None else news[b])
            paired.append(PartPair(before, after, tuple(_pair_units(before, after))))
    return paired


def _pair_stages(old: list[Part], new: list[Part]) -> Pairs:
    """Pair by name first; between two pairs of equal names by the shape they put out, else in order."""
    paired: Pairs = []
    by_name = align([part.scope.path for part in old], [part.scope.path for part in new], fill=False)
    for matched, group in groupby(by_name, key=lambda pair: None not in pair):
        pairs = list(group)
        if matched:
            paired += pairs
            continue
        olds, news = [a for a, _ in pairs if a is not None], [b for _, b in pairs if b is not None]
        for a, b in align([old[i].shape for i in olds], [new[i].shape for i in news]):
            paired.append((None if a is None else olds[a], None if b is None else news[b]))
    return paired


def _pair_units(old: Part | None, new: Part | None) -> list[UnitPair]:
    olds, news = (part.units if part else () for part in (old, new))
    paired: list[UnitPair] = []
    for a, b in align([unit.key for unit in olds], [unit.key for unit in news]):
        before, after = (None if a is None else olds[a]), (None if b is None else news[b])
        items = pair_items(before, after) if before and after and before.key != after.key else ()
        paired.append(UnitPair(before, after, -1 if a is None else a, -1 if b is None else b, tuple(items)))
    return paired


def pair_items(old: Unit, new: Unit) -> list[ItemPair]:
    """Pair operations by name and kind; the others in order: equal ones, then those of one kind and role."""
    mates: dict[int, int] = {}
    places = {(item.local, item.node.op.kind, item.role): i for i, item in enumerate(new.items)}
    for i, item in enumerate(old.items):
        mate = places.get((item.local, item.node.op.kind, item.role))
        if mate is not None:
            mates[i] = mate
    # the norm and activation of a convolution that is called otherwise are those of its unit, so convolutions are paired first
    for exact, units in ((True, False), (False, False), (True, True), (False, True)):
        if (exact, units) == (True, True):
            _follow(old, new, mates)
        taken = set(mates.values())
        olds = [i for i, item in enumerate(old.items) if i not in mates and (item.node.op.kind in ("norm", "act")) == units]
        news = [i for i, item in enumerate(new.items) if i not in taken and (item.node.op.kind in ("norm", "act")) == units]
        for a, b in align(
            [_like(old.items[i], exact=exact) for i in olds], [_like(new.items[i], exact=exact) for i in news], fill=False
        ):
            if a is not None and b is not None:
                mates[olds[a]] = news[b]
    return _merged(old, new, mates)


def _follow(old: Unit, new: Unit, mates: dict[int, int]) -> None:
    """Pair the norms and the activations of each pair of convolution units."""
    olds, news = ({(item.conv_unit, item.node.op.kind): i for i, item in enumerate(unit.items)} for unit in (old, new))
    taken = set(mates.values())
    for a, b in list(mates.items()):
        first, second = old.items[a].conv_unit, new.items[b].conv_unit
        if not first or not second or old.items[a].node.op.kind != "conv":
            continue
        for kind in ("norm", "act"):
            i, j = olds.get((first, kind)), news.get((second, kind))
            if i is not None and j is not None and i not in mates and j not in taken:
                mates[i] = j
                taken.add(j)


def _like(item: Item, *, exact: bool) -> str:
    return f"{item.role} {item.text if exact else item.node.op.kind}"


def _merged(old: Unit, new: Unit, mates: dict[int, int]) -> list[ItemPair]:
    """Return the pairs in the order of the new side; a removed operation comes after the one that stood before it."""
    back = {b: a for a, b in mates.items()}
    pairs: list[ItemPair] = []
    removed: set[int] = set()

    def removed_until(stop: int) -> None:
        for i in range(stop):
            if i not in mates and i not in removed:
                removed.add(i)
                pairs.append(ItemPair(old.items[i], None))

    for b, item in enumerate(new.items):
        a = back.get(b)
        if a is not None:
            removed_until(a)
        pairs.append(ItemPair(None if a is None else old.items[a], item))
    removed_until(len(old.items))
    return pairs


def align(old: Sequence[str], new: Sequence[str], *, fill: bool = True) -> Pairs:
    """Align two sequences: indices of both in order, None where a side has nothing. Swapping the arguments swaps the pairs.

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
    matches: list[tuple[int, int]] = []
    a = b = 0
    while a < len(old) and b < len(new):
        if old[a] == new[b]:
            matches.append((a, b))
            a, b = a + 1, b + 1
        elif longest[a + 1][b] >= longest[a][b + 1]:
            a += 1
        else:
            b += 1
    return matches
