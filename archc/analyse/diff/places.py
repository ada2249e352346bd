"""Places of a network in words: `layer2–layer4, first block`."""

from collections.abc import Iterable, Sequence

from archc.analyse.diff.pairing import PartPair

EVERY, FIRST, LATER = "every block", "first block", "blocks after the first"


def ranges(indices: Sequence[int]) -> str:
    """`1, 4–6`; indices count from 0, as in the names of blocks."""
    runs: list[tuple[int, int]] = []
    for index in sorted(indices):
        if runs and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)


def where(pairs: Sequence[PartPair], places: Iterable[tuple[int, int]]) -> str:
    """Name places, each a part and a block in it (-1 for the whole part); "" for the network."""
    units: dict[int, set[int]] = {}
    for part, unit in places:
        if part >= 0:
            units.setdefault(part, set()).add(unit)
    words_by_part = {number: _blocks(pairs[number], blocks) for number, blocks in sorted(units.items())}
    _decide(words_by_part)
    groups: dict[str, list[int]] = {}
    for number, words in words_by_part.items():
        groups.setdefault(words, []).append(number)
    stages = [number for number, pair in enumerate(pairs) if pair.any.is_stage]
    return "; ".join(_group(pairs, words, numbers, stages) for words, numbers in groups.items())


def _blocks(pair: PartPair, units: set[int]) -> str:
    """Which blocks of a stage; `?` where every block is the first."""
    if not pair.any.is_stage or -1 in units:
        return ""
    both = {number for number, unit in enumerate(pair.units) if unit.old and unit.new}
    compared = sorted(both if units <= both else range(len(pair.units)))
    if len(compared) == 1:
        return "?"
    if len(units) == len(compared):
        return EVERY
    if units == {compared[0]}:
        return FIRST
    if units == set(compared[1:]):
        return LATER if len(compared) > 2 else "last block"
    indices = [unit.new_index if unit.new else unit.old_index for unit in (pair.units[number] for number in sorted(units))]
    return f"block{'s' if len(indices) > 1 else ''} {ranges(indices)}"


def _decide(words_by_part: dict[int, str]) -> None:
    """Name the block of a stage that has only one as its neighbours' blocks are named."""
    words = [word for word in words_by_part.values() if word not in ("?", "")]
    usual = max(dict.fromkeys(words), key=words.count) if words else EVERY
    for number, word in words_by_part.items():
        if word == "?":
            words_by_part[number] = usual if usual in (EVERY, FIRST) else FIRST


def _group(pairs: Sequence[PartPair], words: str, numbers: list[int], stages: list[int]) -> str:
    if numbers == stages and len(stages) > 1 and words in (EVERY, FIRST):
        return words if words == EVERY else "first block of every stage"
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1 and pairs[number].any.is_stage and pairs[number - 1].any.is_stage:
            runs[-1].append(number)
        else:
            runs.append([number])
    names = [[pairs[number].any.scope.path for number in run] for run in runs]
    named = ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(run) for run in names)
    return f"{named}, {words}" if words else named
