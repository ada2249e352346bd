"""Which parts of several networks stand beside each other: those of one output size, heads last."""

from collections.abc import Sequence
from math import prod
from typing import TypeAlias

from archc.present.draw.content import Network, Part
from archc.present.draw.words import size
from archc.record import Record

Key: TypeAlias = tuple[int, int, int, int]


class Bands(Record):
    """`rows`: for each network the row of each of its parts, rising. `firsts`: the rows at which another output size begins,
    and what that is.
    """

    rows: tuple[tuple[int, ...], ...]
    firsts: tuple[tuple[int, str], ...]
    count: int


def bands(networks: Sequence[Network]) -> Bands:
    """Of several parts of one size the first stands beside the first, stems before stages where a network has both."""
    ranks = [_ranks(network) for network in networks]
    both = {
        rank
        for network, found in zip(networks, ranks, strict=True)
        for rank in found
        if len({part.kind for part, of in zip(network.parts, found, strict=True) if of == rank and part.kind != "head"}) > 1
    }
    keys = [_keys(network, found, both) for network, found in zip(networks, ranks, strict=True)]
    order = {key: row for row, key in enumerate(sorted({key for found in keys for key in found}))}
    rows = tuple([tuple([order[key] for key in found]) for found in keys])
    names: dict[int, str] = {}
    for network, found in zip(networks, rows, strict=True):
        for part, row in zip(network.parts, found, strict=True):
            names[row] = size(part.output) if names.get(row, size(part.output)) == size(part.output) else ""
    firsts = [(row, names[row]) for row in range(len(order)) if row == 0 or names[row] != names[row - 1]]
    return Bands(rows, tuple(firsts), len(order))


def tops(sizes: Sequence[Sequence[float]], found: Bands, start: float, between: float, change: float) -> list[float]:
    """Where each row begins, and where the last one ends, if no part may be smaller than its size; `between` rows, and `change`
    more before another output size.
    """
    most = [0.0] * found.count
    for rows, of in zip(found.rows, sizes, strict=True):
        for row, value in zip(rows, of, strict=True):
            most[row] = max(most[row], value)
    changes = {row for row, _ in found.firsts if row}
    places, at = list[float](), start
    for row, value in enumerate(most):
        at += change if row in changes else 0.0
        places.append(at)
        at += value + between
    return [*places, at - between]


def _ranks(network: Network) -> list[int]:
    """By size, the largest first; a part that is larger than one before it stays beside that."""
    found: list[int] = []
    for part in network.parts:
        area = part.output.shape[0] if part.output.is_tokens else prod(part.output.spatial)
        found.append(max(-area, found[-1] if found else -area))
    return found


def _keys(network: Network, ranks: Sequence[int], both: set[int]) -> list[Key]:
    found: list[Key] = []
    for part, rank in zip(network.parts, ranks, strict=True):
        place = (int(part.kind == "head"), _rank(part, rank), int(part.kind == "stage" and rank in both))
        found.append((*place, sum(key[:3] == place for key in found)))
    return found


def _rank(part: Part, rank: int) -> int:
    return 0 if part.kind == "head" else rank
