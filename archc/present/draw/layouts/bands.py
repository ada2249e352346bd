"""Bands put parts of several networks beside each other where their output sizes are equal, heads last."""

from collections.abc import Sequence
from math import prod
from typing import TypeAlias

from archc.present.draw.content import Network, Part
from archc.present.draw.words import size
from archc.record import Record

Key: TypeAlias = tuple[int, int, int, int]


class Bands(Record):
    """The rows of the parts of several networks."""

    rows: tuple[tuple[int, ...], ...]
    """For each network the row of each of its parts, rising."""
    firsts: tuple[tuple[int, str], ...]
    """The rows at which another output size begins, and its name."""
    count: int
    """The number of rows."""


def bands(networks: Sequence[Network]) -> Bands:
    """Put the first parts of a size into one row, then the second ones; stems come first where a network has both."""
    ranks = [_ranks(network) for network in networks]
    shared = {
        rank
        for network, own in zip(networks, ranks, strict=True)
        for rank in own
        if len({part.kind for part, of in zip(network.parts, own, strict=True) if of == rank and part.kind != "head"}) > 1
    }
    keys = [_keys(network, own, shared) for network, own in zip(networks, ranks, strict=True)]
    order = {key: row for row, key in enumerate(sorted({key for own in keys for key in own}))}
    rows = tuple([tuple([order[key] for key in own]) for own in keys])
    names: dict[int, str] = {}
    for network, own_rows in zip(networks, rows, strict=True):
        for part, row in zip(network.parts, own_rows, strict=True):
            names[row] = size(part.output) if names.get(row, size(part.output)) == size(part.output) else ""
    firsts = [(row, names[row]) for row in range(len(order)) if row == 0 or names[row] != names[row - 1]]
    return Bands(rows, tuple(firsts), len(order))


def tops(sizes: Sequence[Sequence[float]], alignment: Bands, start: float, between: float, change: float) -> list[float]:
    """Return where each row begins, and where the last one ends; a row has room for its largest part.

    Rows are `between` apart, and `change` more where another output size begins.
    """
    largest = [0.0] * alignment.count
    for own_rows, own_sizes in zip(alignment.rows, sizes, strict=True):
        for row, value in zip(own_rows, own_sizes, strict=True):
            largest[row] = max(largest[row], value)
    changes = {row for row, _ in alignment.firsts if row}
    places, end = list[float](), start
    for row, value in enumerate(largest):
        end += change if row in changes else 0.0
        places.append(end)
        end += value + between
    return [*places, end - between]


def _ranks(network: Network) -> list[int]:
    """Rank parts by size, the largest first; a part that is larger than one before it has the rank of that."""
    ranks: list[int] = []
    for part in network.parts:
        area = part.output.shape[0] if part.output.is_tokens else prod(part.output.spatial)
        ranks.append(max(-area, ranks[-1] if ranks else -area))
    return ranks


def _keys(network: Network, ranks: Sequence[int], shared: set[int]) -> list[Key]:
    keys: list[Key] = []
    for part, rank in zip(network.parts, ranks, strict=True):
        place = (int(part.kind == "head"), _rank(part, rank), int(part.kind == "stage" and rank in shared))
        keys.append((*place, sum(key[:3] == place for key in keys)))
    return keys


def _rank(part: Part, rank: int) -> int:
    return 0 if part.kind == "head" else rank
