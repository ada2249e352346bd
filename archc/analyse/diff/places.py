"""Where in a network something is, in words: `layer2–layer4, first block`."""

from collections.abc import Iterable, Sequence

from archc.analyse.diff.pairing import PartPair

EVERY, FIRST, LATER = "every block", "first block", "blocks after the first"


def ranges(indices: Sequence[int]) -> str:
    """`1, 4–6`; indices count from 0, as in the names of blocks."""
    found: list[tuple[int, int]] = []
    for index in sorted(indices):
        if found and found[-1][1] == index - 1:
            found[-1] = (found[-1][0], index)
        else:
            found.append((index, index))
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in found)


def where(pairs: Sequence[PartPair], at: Iterable[tuple[int, int]]) -> str:
    """The places, given as a part and a block in it (or -1 for the whole part); "" for the network."""
    units: dict[int, set[int]] = {}
    for part, unit in at:
        if part >= 0:
            units.setdefault(part, set()).add(unit)
    said = {number: _blocks(pairs[number], found) for number, found in sorted(units.items())}
    _decide(said)
    groups: dict[str, list[int]] = {}
    for number, words in said.items():
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


def _decide(said: dict[int, str]) -> None:
    """A stage of one block is told as its neighbours are."""
    words = [word for word in said.values() if word not in ("?", "")]
    usual = max(dict.fromkeys(words), key=words.count) if words else EVERY
    for number, word in said.items():
        if word == "?":
            said[number] = usual if usual in (EVERY, FIRST) else FIRST


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
