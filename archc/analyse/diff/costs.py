"""What both networks cost, as a whole and by parts: parameters, multiply-adds, activations and bytes."""

from collections.abc import Sequence
from typing import TypeAlias

from archc.analyse.diff.model import Tally
from archc.analyse.diff.pairing import PartPair
from archc.cost.measures import Measures, scope_measures
from archc.cost.memory import memory
from archc.cost.saved import for_training
from archc.ir.graph import Graph

WIDTH = 4
"""Bytes of a float32."""


def tallies(old: Graph, new: Graph, pairs: Sequence[PartPair]) -> tuple[Tally, tuple[Tally, ...]]:
    """Of the whole networks, each at the size of image it declares, and of the stem, each stage and the head."""
    before, after = scope_measures(old), scope_measures(new)
    first, second = memory(old), memory(new)
    peaks = (first.peak.at(1), second.peak.at(1))
    kept = (for_training(first.saved), for_training(second.saved))
    found: list[Tally] = []
    for pair in pairs:
        names = [part.scope.path for part in (pair.old, pair.new) if part]
        found.append(
            _tally(
                " → ".join(dict.fromkeys(names)),
                before[pair.old.scope.path] if pair.old else None,
                after[pair.new.scope.path] if pair.new else None,
            )
        )
    return _tally("network", before[""], after[""], peaks, kept), tuple(found)


Pair: TypeAlias = tuple[int | None, int | None]


def _tally(part: str, old: Measures | None, new: Measures | None, peaks: Pair = (None, None), kept: Pair = (None, None)) -> Tally:
    def both(attribute: str) -> Pair:
        before, after = (None if side is None else int(getattr(side, attribute)) for side in (old, new))
        return before, after

    held = tuple(None if side is None else (side.parameters + side.buffers) * WIDTH for side in (old, new))
    written = tuple(None if side is None else side.bytes_written(WIDTH) for side in (old, new))
    return Tally(
        part, both("parameters"), both("macs"), both("activations"), (held[0], held[1]), (written[0], written[1]), peaks, kept
    )
