"""A cell has lanes: one chain of units runs straight down, and what leaves it runs beside it in lanes of its own.

A residual block is a chain with arcs, so no layout engine is needed: ranks are longest paths, a lane is as far out as the
lanes it spans. `Lanes` says where each unit stands; `routes.py` draws the wires.
"""

from collections.abc import Sequence
from itertools import pairwise

from archc.present.draw.content import ENTRY, Cell, Unit, Wire
from archc.present.draw.metrics import width
from archc.record import Record


class Measures(Record):
    """The sizes of a drawing in pixels."""

    text: float = 13.0
    box: float = 26.0
    pad: float = 11.0
    least: float = 0.0
    """The least width of a box."""
    join: float = 9.0
    gap: float = 12.0
    branch: float = 10.0
    """More room where a wire leaves or enters from the side."""
    lane: float = 16.0
    small: float = 11.0
    """The size of texts beside wires and circles."""
    words: bool = False
    """Whether wires have the words of the operations that they pass."""
    trunk: bool = False
    """Whether the shortcut is the straight line."""


class Lanes(Record):
    """The places of the units and wires of a cell."""

    rank: tuple[int, ...]
    """The row of each unit."""
    lane: tuple[int, ...]
    """The lane of each unit: 0 is the straight one, lanes left of it are below 0."""
    arcs: dict[int, int]
    """The lanes of wires that have their own."""
    straight: frozenset[int]
    """The wires that join neighbours in one lane."""


def lanes_of(cell: Cell, measures: Measures) -> Lanes:
    """Return the ranks and lanes of a cell's units."""
    count = len(cell.units)
    after: list[list[int]] = [[] for _ in range(count)]
    before: list[list[int]] = [[] for _ in range(count + 1)]
    for index, wire in enumerate(cell.wires):
        before[wire.target].append(index)
        if wire.source != ENTRY:
            after[wire.source].append(index)
    rank = _ranks(cell, before, after)
    chain = _chain(cell, before, trunk=measures.trunk)
    paths = _paths(cell, after, chain)
    _settle(cell, rank, after, [chain, *paths])
    return _placed(cell, measures, rank, chain, paths)


def _ranks(cell: Cell, before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> list[int]:
    """Rank units as early as possible, a circle as late as possible, next to what it joins."""
    count = len(cell.units)
    rank = [0] * (count + 1)
    for target in range(count + 1):
        for index in before[target]:
            source = cell.wires[index].source
            if source != ENTRY:
                rank[target] = max(rank[target], rank[source] + 1)
    rank[count] = max([0, *(r + 1 for r in rank[:count])])
    for unit in range(count - 1, -1, -1):
        if cell.units[unit].symbol and after[unit]:
            rank[unit] = min(rank[cell.wires[index].target] for index in after[unit]) - 1
    return rank


def _chain(cell: Cell, before: Sequence[Sequence[int]], *, trunk: bool) -> list[int]:
    """Return the units of the straight line from the entry to the exit: the shortcut where `trunk`, else the longest branch."""
    best: list[tuple[int, int]] = []
    via: list[int] = []
    for target in range(len(cell.units) + 1):
        score, come = (-(10**6), 0), ENTRY
        for index in before[target]:
            wire = cell.wires[index]
            on_shortcut = wire.side == "shortcut"
            reached = (0, 0) if wire.source == ENTRY else best[wire.source]
            step = (reached[0] + on_shortcut, reached[1] - 1) if trunk else (reached[0] - on_shortcut, reached[1] + 1)
            if step > score:
                score, come = step, wire.source
        if target < len(cell.units) and cell.units[target].side == "shortcut":
            score = (score[0] + (1 if trunk else -1), score[1])
        best.append(score)
        via.append(come)
    chain: list[int] = []
    unit = via[-1]
    while unit != ENTRY:
        chain.append(unit)
        unit = via[unit]
    return chain[::-1]


def _paths(cell: Cell, after: Sequence[Sequence[int]], chain: Sequence[int]) -> list[list[int]]:
    """Return the units beside the chain, as paths that go on as long as there is a free unit."""
    taken = set(chain)
    paths: list[list[int]] = []
    for start in range(len(cell.units)):
        if start in taken:
            continue
        path = [start]
        taken.add(start)
        while True:
            onward = [cell.wires[i].target for i in after[path[-1]]]
            free = [unit for unit in onward if unit < len(cell.units) and unit not in taken]
            if not free:
                break
            path.append(free[0])
            taken.add(free[0])
        paths.append(path)
    return paths


def _settle(cell: Cell, rank: list[int], after: Sequence[Sequence[int]], paths: Sequence[Sequence[int]]) -> None:
    """Move boxes of a path that could stand lower to the middle of their room."""
    for path in paths:
        for boxes in _runs_of_boxes(cell, path):
            room = [
                rank[cell.wires[i].target] - rank[unit] - 1
                for unit in boxes
                for i in after[unit]
                if cell.wires[i].target not in boxes
            ]
            shift = min(room, default=0) // 2
            for unit in boxes:
                rank[unit] += shift


def _runs_of_boxes(cell: Cell, path: Sequence[int]) -> list[set[int]]:
    """Return the boxes of a path between its circles."""
    runs: list[set[int]] = [set()]
    for unit in path:
        if cell.units[unit].symbol:
            runs.append(set())
        else:
            runs[-1].add(unit)
    return [boxes for boxes in runs if boxes]


def _placed(cell: Cell, measures: Measures, rank: list[int], chain: Sequence[int], paths: Sequence[Sequence[int]]) -> Lanes:
    lane = [0] * len(cell.units)
    following = {*zip([ENTRY, *chain], [*chain, len(cell.units)], strict=True)}
    for path in paths:
        following |= {*pairwise(path)}
    spans: list[tuple[int, int, bool, int, Sequence[int]]] = []
    where = {unit: path[0] for path in paths for unit in path}
    side = {path[0]: _right(cell.units[path[0]], measures) for path in paths}
    heads: set[int] = set()
    for path in paths:
        into = [index for index, wire in enumerate(cell.wires) if wire.target == path[0]]
        head = max(into, key=lambda index: _from(cell.wires[index], rank))
        heads.add(head)
        ends = [rank[wire.target] for wire in cell.wires if wire.source == path[-1]]
        last = max([*ends, rank[path[-1]] + 1])
        spans.append((_from(cell.wires[head], rank), last, side[path[0]], -1, path))
    straight: set[int] = set()
    for index, wire in enumerate(cell.wires):
        if (wire.source, wire.target) in following or index in heads:
            straight.add(index)
            continue
        source, target = where.get(wire.source), where.get(wire.target)
        if source is None and not (target is not None and rank[wire.target] - _from(wire, rank) == 1):
            on_right = side[target] if target is not None else (wire.side == "shortcut") != measures.trunk
            spans.append((_from(wire, rank), rank[wire.target], on_right, index, ()))
    spans.sort(key=lambda span: (span[1] - span[0], span[0]))
    arcs: dict[int, int] = {}
    used: list[tuple[int, int, bool, int]] = []
    for first, last, right, index, path in spans:
        level = 1 + max([k for f, t, r, k in used if r == right and f < last and first < t], default=0)
        used.append((first, last, right, level))
        signed = level if right else -level
        for unit in path:
            lane[unit] = signed
        if index >= 0:
            arcs[index] = signed
    return Lanes(tuple(rank[: len(cell.units)]), tuple(lane), arcs, frozenset(straight))


def _from(wire: Wire, rank: Sequence[int]) -> int:
    return -1 if wire.source == ENTRY else rank[wire.source]


def _right(unit: Unit, measures: Measures) -> bool:
    """Return whether a path runs on the right: the residual branch or the shortcut does, gates and attentions do not."""
    if measures.trunk:
        return not unit.module
    return unit.side == "shortcut"


def unit_width(unit: Unit, measures: Measures) -> float:
    """Return the width of a unit's box or circle."""
    if unit.symbol:
        return 2 * measures.join
    return max(measures.least, max(width(line, measures.text) for line in unit.words) + 2 * measures.pad)


def width_beside(wire: Wire, measures: Measures) -> float:
    """Return the width of the words beside a wire, with the room before them."""
    shown = wire.words and (measures.words or wire.side == "shortcut")
    return max(width(line, measures.small, "italic") for line in lines_beside(wire)) + 8 if shown else 0.0


def shared(cell: Cell) -> dict[int, str]:
    """Return the words of sources all of whose wires pass the same, which stand once, before the wires part."""
    words: dict[int, set[str]] = {}
    count: dict[int, int] = {}
    for wire in cell.wires:
        words.setdefault(wire.source, set()).add(wire.words)
        count[wire.source] = count.get(wire.source, 0) + 1
    return {source: min(own) for source, own in words.items() if len(own) == 1 and count[source] > 1 and min(own)}


def lines_beside(wire: Wire) -> list[str]:
    """Return the lines beside a wire: on a shortcut a line for each step, elsewhere one line."""
    return wire.words.split(", ") if wire.side == "shortcut" else [wire.words]
