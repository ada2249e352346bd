"""A schedule is the order of execution in which a network needs the least memory for activations.

A value on which everything after it depends splits the order, since all before it must be done first. Between two such values
(a block) all orders are searched, by the set of nodes that are done, on which the memory alone depends. This is the one-shot
pebble game with sizes, which has no fast exact solution in general; past `STATES` sets a segment keeps the better of two orders.
"""

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import NamedTuple, TypeAlias

from archc.cost.storage import Storage, storage_of
from archc.ir.graph import Graph, Node
from archc.record import Record

STATES = 4096
"""The most sets of nodes that are examined in one segment."""


class Peak(Record):
    """The most memory that activations of one image take at once, the image itself included until it is last read."""

    elements: int
    node: str
    """The node that runs at the peak."""
    exact: bool
    """Whether no order of execution needs fewer elements."""
    order: tuple[str, ...]
    """An order that attains the peak."""
    stated: int
    """The peak of the graph's own order."""


class _Step(NamedTuple):
    """A node in its segment."""

    before: int
    """The steps that must be done before, as a set of bits."""
    allocated: int
    touched: tuple[int, ...]
    """The storages that the node reads or makes."""


class _Storage(NamedTuple):
    """A memory that values share."""

    elements: int
    readers: int | None
    """The steps after which it is freed, as a set of bits; None where it outlives the segment."""


class _Segment(NamedTuple):
    steps: tuple[_Step, ...]
    storages: tuple[_Storage, ...]
    held: int


_Best: TypeAlias = tuple[int, tuple[int, ...], bool]


def peak(graph: Graph) -> Peak:
    """Find the least peak; it is exact wherever no segment has more than STATES sets of nodes that can be done."""
    storage = storage_of(graph)
    known: dict[_Segment, tuple[_Best, int]] = {}
    elements, stated, exact = storage.elements[graph.input], storage.elements[graph.input], True
    place = graph.input
    order: list[str] = []
    for nodes, segment in _segments(graph, storage):
        solution = known.get(segment)
        if solution is None:
            solution = known[segment] = (_best(segment), _cost(segment, range(len(nodes)))[0])
        (best, steps, proven), as_stated = solution
        if best > elements:
            elements, place = best, nodes[_cost(segment, steps)[1]].name
        stated = max(stated, as_stated)
        exact = exact and proven
        order += [nodes[step].name for step in steps]
    return Peak(elements, place, exact, tuple(order), stated)


def live_sets(graph: Graph, order: Sequence[str]) -> list[int]:
    """Return the elements that activations of one image take while each node of an order runs, with its inputs and outputs."""
    storage = storage_of(graph)
    nodes = {node.name: node for node in graph.nodes}
    last: dict[str, int] = {}
    for place, name in enumerate(order):
        for value in (*nodes[name].inputs, *nodes[name].outputs):
            last[storage.root[value]] = place
    for value in graph.outputs:
        last[storage.root[value]] = len(order)
    live = {storage.root[graph.input]}
    sizes = []
    for place, name in enumerate(order):
        live |= {storage.root[value] for value in nodes[name].outputs}
        sizes.append(sum(storage.elements[root] for root in live))
        live = {root for root in live if last[root] > place}
    return sizes


def _segments(graph: Graph, storage: Storage) -> Iterator[tuple[list[Node], _Segment]]:
    """Yield the nodes between two values on which everything after depends."""
    end = len(graph.nodes)
    last = dict.fromkeys(graph.outputs, end)
    for place in range(end - 1, -1, -1):
        for name in graph.nodes[place].inputs:
            last.setdefault(name, place)
    # By root, the last place at which it is read; a root that is read after its segment lives on.
    final: dict[str, int] = {}
    for name, place in last.items():
        root = storage.root[name]
        final[root] = max(final.get(root, -1), place)
    begin, crossing = 0, {graph.input}
    for place, node in enumerate(graph.nodes):
        crossing = {name for name in crossing if last[name] > place}
        crossing.update(name for name in node.outputs if last.get(name, -1) > place)
        if (len(crossing) == 1 and next(iter(crossing)) in node.outputs) or place == end - 1:
            yield list(graph.nodes[begin : place + 1]), _segment(graph, storage, begin, place + 1, final)
            begin = place + 1


def _segment(graph: Graph, storage: Storage, begin: int, end: int, final: dict[str, int]) -> _Segment:
    nodes = graph.nodes[begin:end]
    numbers: dict[str, int] = {}
    makers: dict[str, int] = {}
    readers: list[int] = []
    steps: list[_Step] = []
    for place, node in enumerate(nodes):
        before = 0
        touched: list[int] = []
        for name in node.inputs:
            before |= 1 << makers[name] if name in makers else 0
        allocated = 0
        for name in (*node.inputs, *node.outputs):
            root = storage.root[name]
            if root not in numbers:
                numbers[root] = len(numbers)
                readers.append(0)
                allocated += storage.elements[root] if name in node.outputs else 0
            readers[numbers[root]] |= 1 << place
            touched.append(numbers[root])
        makers.update(dict.fromkeys(node.outputs, place))
        steps.append(_Step(before, allocated, tuple(dict.fromkeys(touched))))
    held = sum(storage.elements[root] for root in numbers if root not in makers or root == graph.input)
    storages = tuple(
        _Storage(storage.elements[root], None if final.get(root, -1) >= end else mask)
        for root, mask in zip(numbers, readers, strict=True)
    )
    return _Segment(tuple(steps), storages, held)


def _after(segment: _Segment, step: int, done: int, live: int) -> tuple[int, int]:
    """Return the elements that live while a step runs, and after it."""
    during = live + segment.steps[step].allocated
    freed = 0
    for number in segment.steps[step].touched:
        storage = segment.storages[number]
        if storage.readers is not None and not storage.readers & ~done:
            freed += storage.elements
    return during, during - freed


def _cost(segment: _Segment, order: Sequence[int]) -> tuple[int, int]:
    """Return the most elements that live in an order, and the first step during which they do."""
    done, live, most, at = 0, segment.held, -1, 0
    for step in order:
        done |= 1 << step
        during, live = _after(segment, step, done, live)
        if during > most:
            most, at = during, step
    return most, at


def _best(segment: _Segment) -> _Best:
    """Search by rising peak, as Dijkstra does by length: return the least peak, its order, and whether it is proven."""
    count = len(segment.steps)
    whole = (1 << count) - 1
    heap: list[tuple[int, int, int, int]] = [(segment.held, 0, 0, segment.held)]
    came: dict[int, tuple[int, int]] = {}
    peaks = {0: segment.held}
    examined = 0
    while heap and examined < STATES:
        most, _, done, live = heappop(heap)
        if done == whole:
            return most, _way(came, whole), True
        if peaks[done] < most:
            continue
        examined += 1
        for step in range(count):
            if done >> step & 1 or segment.steps[step].before & ~done:
                continue
            then = done | 1 << step
            during, after = _after(segment, step, then, live)
            reached = max(most, during)
            if reached < peaks.get(then, reached + 1):
                peaks[then] = reached
                came[then] = (done, step)
                # Of equal peaks the one with more steps done comes first.
                heappush(heap, (reached, -then.bit_count(), then, after))
    stated = tuple(range(count))
    greedy = _greedy(segment)
    order = min((stated, greedy), key=lambda steps: _cost(segment, steps)[0])
    least = _cost(segment, order)[0]
    # No order that is not yet examined needs less than the first of the heap.
    return least, order, least == heap[0][0]


def _way(came: dict[int, tuple[int, int]], done: int) -> tuple[int, ...]:
    steps: list[int] = []
    while done:
        done, step = came[done]
        steps.append(step)
    return tuple(reversed(steps))


def _greedy(segment: _Segment) -> tuple[int, ...]:
    """Return the order that always takes the step after which the least lives."""
    done, live = 0, segment.held
    order: list[int] = []
    while len(order) < len(segment.steps):
        ready = [n for n, step in enumerate(segment.steps) if not done >> n & 1 and not step.before & ~done]
        step = min(ready, key=lambda n: (_after(segment, n, done | 1 << n, live)[1], n))
        done |= 1 << step
        live = _after(segment, step, done, live)[1]
        order.append(step)
    return tuple(order)
