"""Facts of many places as sentences: equal facts of several blocks and stages are one sentence, with all their values."""

from collections.abc import Iterable, Sequence
from itertools import chain

from archc.analyse.diff.branch import branch_facts
from archc.analyse.diff.facts import Fact, sentence
from archc.analyse.diff.leaves import attribute_facts, everywhere_facts, implied_facts, one_sided_facts, rewired_facts
from archc.analyse.diff.model import LEVELS, Change, Operation
from archc.analyse.diff.pairing import PartPair
from archc.analyse.diff.places import where
from archc.analyse.diff.shape import argument_facts, network_facts, part_facts
from archc.analyse.diff.unit_diff import ItemDiff, Sides, UnitDiff, unit_diff
from archc.analyse.diff.units import Unit
from archc.analyse.diff.words import values
from archc.ir.graph import Graph
from archc.record import replace

WORDS = ("kind", "order", "shortcut")
"""Settings that are words: of several the most frequent comes first; numbers stay in the order of the stages."""


def describe(old: Graph, new: Graph, pairs: Sequence[PartPair], sides: Sides) -> tuple[list[Change], list[Operation]]:
    """Return the changes in the order of the network, those of all of it first, and every operation that differs."""
    diffs = [
        diff
        for number, pair in enumerate(pairs)
        for index, unit in enumerate(pair.units)
        if (diff := unit_diff(pair, number, unit, index)) is not None
    ]
    facts = [*network_facts(old, new, sides), *everywhere_facts(diffs, pairs, sides)]
    for number, pair in enumerate(pairs):
        facts += part_facts(pair, number)
    for diff in diffs:
        facts += branch_facts(diff)
        facts += chain(argument_facts(diff, sides), one_sided_facts(diff), attribute_facts(diff, sides))
    facts += chain.from_iterable(map(rewired_facts, diffs))
    if not facts:
        facts += chain.from_iterable(map(implied_facts, diffs))
    return _changes(facts, pairs), list(_operations(pairs, diffs))


def _changes(facts: Iterable[Fact], pairs: Sequence[PartPair]) -> list[Change]:
    groups: dict[tuple[str, ...], list[Fact]] = {}
    for fact in facts:
        key = fact.group if fact.part < 0 or pairs[fact.part].any.is_stage else (*fact.group, str(fact.part))
        groups.setdefault(key, []).append(fact)
    ranks = ("changed", "removed", "added")
    in_order = sorted(
        groups.values(), key=lambda group: (group[0].part, LEVELS.index(group[0].level), ranks.index(group[0].kind))
    )
    changes: list[Change] = []
    topics: list[str] = []
    for group in in_order:
        change, topic = _change(group, pairs), group[0].topic
        if topic and topics and (topics[-1], changes[-1].where) == (topic, change.where):
            changes[-1] = _joined(changes[-1], change, topic)
        else:
            changes.append(change)
            topics.append(topic)
    return changes


def _joined(first: Change, second: Change, topic: str) -> Change:
    """One change for two attributes of an operation."""
    more, attribute = second.what.removeprefix(topic).strip(), second.subject.removeprefix(topic).strip()
    return replace(
        first,
        what=f"{first.what}, {more}",
        subject=f"{first.subject}, {attribute}",
        before=f"{first.before}, {second.before}",
        after=f"{first.after}, {second.after}",
    )


def _change(group: list[Fact], pairs: Sequence[PartPair]) -> Change:
    first = group[0]
    before, after = _both(group)
    return Change(
        first.kind,
        first.level,
        where(pairs, [(fact.part, fact.unit) for fact in group]),
        sentence(first.form, first.subject, before, after),
        first.subject,
        before,
        after,
        tuple(dict.fromkeys(path for fact in group for path in fact.old)),
        tuple(dict.fromkeys(path for fact in group for path in fact.new)),
        first.old_place,
        first.new_place,
        _details(group),
    )


def _details(group: list[Fact]) -> tuple[str, ...]:
    """The lines of a group; those that differ in their value only are one line."""
    lines: dict[tuple[str, str], list[str]] = {}
    for fact in group:
        for head, value, tail in fact.details:
            lines.setdefault((head, tail), []).append(value)
    return tuple([f"{head}{values(middles)}{tail}" for (head, tail), middles in lines.items()])


def _both(group: list[Fact]) -> tuple[str, str]:
    """Both sides' values; where both differ within the group, a value for each distinct pair."""
    both = [(fact.before, fact.after) for fact in group]
    distinct = list(dict.fromkeys(both))
    if group[0].subject in WORDS:
        distinct.sort(key=both.count, reverse=True)
    befores, afters = [before for before, _ in distinct], [after for _, after in distinct]
    if len(set(befores)) == 1:
        return befores[0], values(afters)
    if len(set(afters)) == 1:
        return values(befores), afters[0]
    if len(distinct) > 6:
        distinct = [*distinct[:3], ("…", "…"), distinct[-1]]
    return ", ".join(before for before, _ in distinct), ", ".join(after for _, after in distinct)


def _operations(pairs: Sequence[PartPair], diffs: list[UnitDiff]) -> Iterable[Operation]:
    by_place = {(diff.part_number, diff.unit_number): diff for diff in diffs}
    for number, pair in enumerate(pairs):
        for index, unit in enumerate(pair.units):
            diff = by_place.get((number, index))
            if diff is not None:
                yield from (_operation(operation) for operation in diff.operations if operation.differs)
            elif unit.old is None or unit.new is None:
                yield from _whole(unit.old, unit.new)


def _operation(operation: ItemDiff) -> Operation:
    old, new = operation.pair.old, operation.pair.new
    attributes = tuple([(a.name, a.before, a.after) for a in operation.attributes])
    implied = not operation.is_one_sided and not operation.rewired and all(a.implied for a in operation.attributes)
    return Operation(
        "added" if old is None else "removed" if new is None else "changed",
        old.node.name if old else "", new.node.name if new else "", operation.any.node.op.kind,
        attributes, operation.rewired, implied,
    )  # fmt: skip


def _whole(old: Unit | None, new: Unit | None) -> Iterable[Operation]:
    for item in old.items if old else ():
        yield Operation("removed", item.node.name, "", item.node.op.kind)
    for item in new.items if new else ():
        yield Operation("added", "", item.node.name, item.node.op.kind)
