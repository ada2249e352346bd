"""The order of execution in which a network needs the least memory for activations, and how much that is.

A value that everything after it depends on splits the order: what comes before is done before. Between two such values (a block)
all orders are searched, by the set of nodes that are done, since memory depends on that alone. It is the one-shot pebble game
with sizes, which has no fast exact solution in general; past `STATES` sets a segment keeps the better of two orders.
"""

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import NamedTuple, TypeAlias

from archc.cost.storage import Storage, storage_of
from archc.ir.graph import Graph, Node
from archc.record import Record

STATES = 4096
"""Sets of nodes looked at in one segment."""


class Peak(Record):
    """The most elements that activations of one image take at once, the image itself included until it is last read.

    `node` runs when they do; `exact`: no order of execution needs fewer; `order` attains it. `stated`: in the graph's own order.
    """

    elements: int
    node: str
    exact: bool
    order: tuple[str, ...]
    stated: int


class _Step(NamedTuple):
    """A node in its segment: what has to be done before (a set of bits), what it allocates, which storages it reads or makes."""

    before: int
    allocated: int
    touched: tuple[int, ...]


class _Storage(NamedTuple):
    """Its size, and the nodes of the segment after which it is freed; None: it lives on."""

    elements: int
    readers: int | None


class _Segment(NamedTuple):
    steps: tuple[_Step, ...]
    storages: tuple[_Storage, ...]
    held: int


_Found: TypeAlias = tuple[int, tuple[int, ...], bool]


def peak(graph: Graph) -> Peak:
    """Exact wherever no segment has more than STATES sets of nodes that can be done."""
    storage = storage_of(graph)
    known: dict[_Segment, tuple[_Found, int]] = {}
    elements, stated, exact = storage.elements[graph.input], storage.elements[graph.input], True
    place = graph.input
    order: list[str] = []
    for nodes, segment in _segments(graph, storage):
        found = known.get(segment)
        if found is None:
            found = known[segment] = (_best(segment), _cost(segment, range(len(nodes)))[0])
        (best, steps, proven), as_stated = found
        if best > elements:
            elements, place = best, nodes[_cost(segment, steps)[1]].name
        stated = max(stated, as_stated)
        exact = exact and proven
        order += [nodes[step].name for step in steps]
    return Peak(elements, place, exact, tuple(order), stated)


def live_sets(graph: Graph, order: Sequence[str]) -> list[int]:
    """Elements that activations of one image take while each node of an order runs, its inputs and its outputs included."""
    storage = storage_of(graph)
    nodes = {node.name: node for node in graph.nodes}
    last: dict[str, int] = {}
    for place, name in enumerate(order):
        for value in (*nodes[name].inputs, *nodes[name].outputs):
            last[storage.root[value]] = place
    for value in graph.outputs:
        last[storage.root[value]] = len(order)
    live = {storage.root[graph.input]}
    found = []
    for place, name in enumerate(order):
        live |= {storage.root[value] for value in nodes[name].outputs}
        found.append(sum(storage.elements[root] for root in live))
        live = {root for root in live if last[root] > place}
    return found


def _segments(graph: Graph, storage: Storage) -> Iterator[tuple[list[Node], _Segment]]:
    """The nodes between two values that everything after depends on."""
    end = len(graph.nodes)
    last = dict.fromkeys(graph.outputs, end)
    for place in range(end - 1, -1, -1):
        for name in graph.nodes[place].inputs:
            last.setdefault(name, place)
    # the roots that are read or kept after their segment, and where they are made
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
    made: dict[str, int] = {}
    readers: list[int] = []
    steps: list[_Step] = []
    for place, node in enumerate(nodes):
        before = 0
        touched: list[int] = []
        for name in node.inputs:
            before |= 1 << made[name] if name in made else 0
        allocated = 0
        for name in (*node.inputs, *node.outputs):
            root = storage.root[name]
            if root not in numbers:
                numbers[root] = len(numbers)
                readers.append(0)
                allocated += storage.elements[root] if name in node.outputs else 0
            readers[numbers[root]] |= 1 << place
            touched.append(numbers[root])
        made.update(dict.fromkeys(node.outputs, place))
        steps.append(_Step(before, allocated, tuple(dict.fromkeys(touched))))
    held = sum(storage.elements[root] for root in numbers if root not in made or root == graph.input)
    storages = tuple(
        _Storage(storage.elements[root], None if final.get(root, -1) >= end else mask)
        for root, mask in zip(numbers, readers, strict=True)
    )
    return _Segment(tuple(steps), storages, held)


def _after(segment: _Segment, step: int, done: int, live: int) -> tuple[int, int]:
    """The elements that live while a step runs, and once it has."""
    during = live + segment.steps[step].allocated
    freed = 0
    for number in segment.steps[step].touched:
        storage = segment.storages[number]
        if storage.readers is not None and not storage.readers & ~done:
            freed += storage.elements
    return during, during - freed


def _cost(segment: _Segment, order: Sequence[int]) -> tuple[int, int]:
    """The most elements that live in an order, and the first step during which they do."""
    done, live, most, at = 0, segment.held, -1, 0
    for step in order:
        done |= 1 << step
        during, live = _after(segment, step, done, live)
        if during > most:
            most, at = during, step
    return most, at


def _best(segment: _Segment) -> _Found:
    """The least peak, an order that attains it, and whether it is proven: a search by rising peak, as Dijkstra's by length."""
    count = len(segment.steps)
    whole = (1 << count) - 1
    heap: list[tuple[int, int, int, int]] = [(segment.held, 0, 0, segment.held)]
    came: dict[int, tuple[int, int]] = {}
    peaks = {0: segment.held}
    looked = 0
    while heap and looked < STATES:
        most, _, done, live = heappop(heap)
        if done == whole:
            return most, _way(came, whole), True
        if peaks[done] < most:
            continue
        looked += 1
        for step in range(count):
            if done >> step & 1 or segment.steps[step].before & ~done:
                continue
            then = done | 1 << step
            during, after = _after(segment, step, then, live)
            reached = max(most, during)
            if reached < peaks.get(then, reached + 1):
                peaks[then] = reached
                came[then] = (done, step)
                # of equal peaks the one that is further on
                heappush(heap, (reached, -then.bit_count(), then, after))
    stated = tuple(range(count))
    greedy = _greedy(segment)
    order = min((stated, greedy), key=lambda steps: _cost(segment, steps)[0])
    found = _cost(segment, order)[0]
    # what is still to be looked at needs no less than this
    return found, order, found == heap[0][0]


def _way(came: dict[int, tuple[int, int]], done: int) -> tuple[int, ...]:
    steps: list[int] = []
    while done:
        done, step = came[done]
        steps.append(step)
    return tuple(reversed(steps))


def _greedy(segment: _Segment) -> tuple[int, ...]:
    """Always the step after which the least lives."""
    done, live = 0, segment.held
    order: list[int] = []
    while len(order) < len(segment.steps):
        ready = [n for n, step in enumerate(segment.steps) if not done >> n & 1 and not step.before & ~done]
        step = min(ready, key=lambda n: (_after(segment, n, done | 1 << n, live)[1], n))
        done |= 1 << step
        live = _after(segment, step, done, live)[1]
        order.append(step)
    return tuple(order)
