"""Facts of many places as sentences: equal ones of several blocks and stages are told once, with all their values."""

from collections.abc import Iterable, Sequence
from itertools import chain

from archc.analyse.diff.branch import branch_facts
from archc.analyse.diff.facts import Fact, sentence
from archc.analyse.diff.leaves import attribute_facts, everywhere_facts, implied_facts, one_sided_facts, rewired_facts
from archc.analyse.diff.model import LEVELS, Change, Operation
from archc.analyse.diff.pairing import PartPair
from archc.analyse.diff.places import where
from archc.analyse.diff.seen import Look, Seen, Sides, look
from archc.analyse.diff.shape import argument_facts, network_facts, part_facts
from archc.analyse.diff.units import Unit
from archc.analyse.diff.words import values
from archc.ir.graph import Graph

WORDS = ("kind", "order", "shortcut")
"""Settings that are words: of several the most frequent comes first; numbers stay in the order of the stages."""


def describe(old: Graph, new: Graph, pairs: Sequence[PartPair], sides: Sides) -> tuple[list[Change], list[Operation]]:
    """The changes in the order of the network, what is about all of it first; and every operation that differs."""
    looks = [
        found
        for number, pair in enumerate(pairs)
        for index, unit in enumerate(pair.units)
        if (found := look(pair, number, unit, index)) is not None
    ]
    facts = [*network_facts(old, new, sides), *everywhere_facts(looks, pairs, sides)]
    for number, pair in enumerate(pairs):
        facts += part_facts(pair, number)
    for one in looks:
        facts += branch_facts(one)
        facts += chain(argument_facts(one, sides), one_sided_facts(one), attribute_facts(one, sides))
    facts += chain.from_iterable(rewired_facts(one) for one in looks)
    if not facts:
        facts += chain.from_iterable(implied_facts(one) for one in looks)
    return _changes(facts, pairs), list(_operations(pairs, looks))


def _changes(facts: Iterable[Fact], pairs: Sequence[PartPair]) -> list[Change]:
    groups: dict[tuple[str, ...], list[Fact]] = {}
    for fact in facts:
        key = fact.group if fact.part < 0 or pairs[fact.part].any.is_stage else (*fact.group, str(fact.part))
        groups.setdefault(key, []).append(fact)
    ranks = ("changed", "removed", "added")
    found = sorted(groups.values(), key=lambda group: (group[0].part, LEVELS.index(group[0].level), ranks.index(group[0].kind)))
    changes: list[Change] = []
    topics: list[str] = []
    for group in found:
        change, topic = _change(group, pairs), group[0].topic
        if topic and topics and (topics[-1], changes[-1].where) == (topic, change.where):
            changes[-1] = _joined(changes[-1], change, topic)
        else:
            changes.append(change)
            topics.append(topic)
    return changes


def _joined(one: Change, other: Change, topic: str) -> Change:
    """Two attributes of one operation."""
    more, attribute = other.what.removeprefix(topic).strip(), other.subject.removeprefix(topic).strip()
    return Change(
        one.kind, one.level, one.where, f"{one.what}, {more}", f"{one.subject}, {attribute}", f"{one.before}, {other.before}",
        f"{one.after}, {other.after}", one.old, one.new, one.old_place, one.new_place, one.details,
    )  # fmt: skip


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
    """One line for all that differ in their value only."""
    found: dict[tuple[str, str], list[str]] = {}
    for fact in group:
        for head, value, tail in fact.details:
            found.setdefault((head, tail), []).append(value)
    return tuple([f"{head}{values(said)}{tail}" for (head, tail), said in found.items()])


def _both(group: list[Fact]) -> tuple[str, str]:
    """The values of both sides; where they are few and differ, one for each distinct pair."""
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


def _operations(pairs: Sequence[PartPair], looks: list[Look]) -> Iterable[Operation]:
    by_place = {(one.part_number, one.unit_number): one for one in looks}
    for number, pair in enumerate(pairs):
        for index, unit in enumerate(pair.units):
            found = by_place.get((number, index))
            if found is not None:
                yield from (_operation(seen) for seen in found.seen if seen.differs)
            elif unit.old is None or unit.new is None:
                yield from _whole(unit.old, unit.new)


def _operation(seen: Seen) -> Operation:
    old, new = seen.pair.old, seen.pair.new
    attributes = tuple([(a.name, a.before, a.after) for a in seen.attributes])
    implied = not seen.one_sided and not seen.rewired and all(a.implied for a in seen.attributes)
    return Operation(
        "added" if old is None else "removed" if new is None else "changed",
        old.node.name if old else "", new.node.name if new else "", seen.any.node.op.kind, attributes, seen.rewired, implied,
    )  # fmt: skip


def _whole(old: Unit | None, new: Unit | None) -> Iterable[Operation]:
    for item in old.items if old else ():
        yield Operation("removed", item.node.name, "", item.node.op.kind)
    for item in new.items if new else ():
        yield Operation("added", "", item.node.name, item.node.op.kind)
