"""A pair of units looked at: which attributes of which operations differ, what is read elsewhere, and what follows from what."""

from archc.analyse.diff.pairing import ItemPair, PartPair, UnitPair
from archc.analyse.diff.units import OUTSIDE, Item, Unit
from archc.analyse.diff.words import shown
from archc.ir.graph import Argument, Scope
from archc.ir.op import Op
from archc.ir.types import pair
from archc.language.document.nodes import Entry, Map, Node
from archc.record import Record, field

DERIVED = ("in_channels", "channels", "tokens")
"""Attributes that say what an operation reads: they follow from what made it."""


class Attribute(Record, frozen=False, eq=False):
    """One attribute that differs; `implied` where something else that is told of makes it so."""

    name: str
    before: str
    after: str
    implied: bool


class Seen(Record, frozen=False, eq=False):
    """A pair of operations; `told` once a fact covers it, `explained` once one says why it reads other values."""

    pair: ItemPair
    attributes: list[Attribute] = field(factory=list)
    rewired: bool = False
    told: bool = False
    explained: bool = False

    @property
    def any(self) -> Item:
        item = self.pair.new or self.pair.old
        assert item is not None  # noqa: S101  one of the two is always there
        return item

    @property
    def differs(self) -> bool:
        return self.pair.old is None or self.pair.new is None or bool(self.attributes) or self.rewired

    @property
    def one_sided(self) -> bool:
        return self.pair.old is None or self.pair.new is None


class Sides(Record):
    """The roots of both documents, and of the new side, by block or module and parameter, the names that its default uses."""

    old: Map
    new: Map
    defaults: dict[str, dict[str, frozenset[str]]]


def network_entry(root: Map, *keys: str) -> Entry | None:
    """The entry at a path of maps, or the nearest around it."""
    nearest: Entry | None = None
    node: Node | None = root
    for key in keys:
        entry = node.entry(key) if isinstance(node, Map) else None
        if entry is None:
            break
        nearest, node = entry, entry.value
    return nearest


class Look(Record):
    """One pair of units that differ, with what was seen of it."""

    part: PartPair
    part_number: int
    unit: UnitPair
    unit_number: int
    old: Unit
    new: Unit
    seen: list[Seen]
    arguments: dict[str, dict[str, tuple[Argument | None, Argument | None]]]
    """By local path of a scope ("" is the unit's) the arguments that differ."""

    def open(self, role: str) -> list[Seen]:
        """What of a role differs and is not told yet."""
        return [seen for seen in self.seen if seen.differs and not seen.told and seen.any.role == role]


def look(part: PartPair, part_number: int, unit: UnitPair, unit_number: int) -> Look | None:
    """None where the two are equal, or there is only one."""
    if unit.old is None or unit.new is None or not unit.differs:
        return None
    arguments = {"": _changed(unit.old.scope, unit.new.scope)}
    for local, scope in unit.new.scopes.items():
        other = unit.old.scopes.get(local)
        if other is not None and other.template == scope.template:
            arguments[local] = _changed(other, scope)
    mates = {pair.old.local: pair.new.local for pair in unit.items if pair.old and pair.new}
    seen = [Seen(pair) for pair in unit.items]
    for one in seen:
        if one.pair.old and one.pair.new:
            one.attributes = _attributes(unit.old, unit.new, one.pair.old, one.pair.new, arguments)
            one.rewired = _sources(unit.old, one.pair.old, mates) != _sources(
                unit.new, one.pair.new, {name: name for name in mates.values()}
            )
    return Look(part, part_number, unit, unit_number, unit.old, unit.new, seen, arguments)


def _changed(old: Scope, new: Scope) -> dict[str, tuple[Argument | None, Argument | None]]:
    before = {argument.name: argument.value for argument in old.arguments}
    after = {argument.name: argument.value for argument in new.arguments}
    names = dict.fromkeys([*before, *after])
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def _attributes(
    old: Unit, new: Unit, one: Item, other: Item, arguments: dict[str, dict[str, tuple[Argument | None, Argument | None]]]
) -> list[Attribute]:
    before, after = one.node.op, other.node.op
    if before == after:
        return []
    passed = _passed(old, one, arguments) | _passed(new, other, arguments)
    same = _same_padding(before) and _same_padding(after)
    found: list[Attribute] = []
    for name in after.record_fields:
        values = (getattr(before, name, None), getattr(after, name, None))
        if values[0] != values[1]:
            implied = name in DERIVED or name in passed or (name == "padding" and same) or _padded(name, before, after)
            found.append(Attribute(name, shown(values[0]), shown(values[1]), implied))
    return found


def _passed(unit: Unit, item: Item, arguments: dict[str, dict[str, tuple[Argument | None, Argument | None]]]) -> set[str]:
    """The attributes that came from an argument which differs."""
    changed = arguments.get(unit.local(item.node.scope) if item.node.scope != unit.path else "", {})
    return {attribute for attribute, argument in item.node.arguments if argument in changed}


def _same_padding(op: Op) -> bool:
    """A padding that keeps the size, which follows from the kernel."""
    kernel, dilation, padding = (
        pair(getattr(op, name, usual)) for name, usual in (("kernel", 1), ("dilation", 1), ("padding", 0))
    )
    return all(p == d * (k - 1) // 2 for k, d, p in zip(kernel, dilation, padding, strict=True))


def _padded(name: str, before: Op, after: Op) -> bool:
    """Zero channels to a width that differs follow from the width."""
    if name not in ("before", "after") or before.kind != "pad_channels":
        return False
    both = [getattr(op, "before", 0) + getattr(op, "after", 0) for op in (before, after)]
    return both[0] != both[1]


def _sources(unit: Unit, item: Item, mates: dict[str, str]) -> list[str]:
    """What an operation reads, by the names of the new side; what only one side has is looked through to what it reads."""
    by_output: dict[str, Item] = {}
    for one in unit.items:
        for output in one.node.outputs:
            by_output[unit.local(output)] = one
    found: dict[str, None] = {}
    waiting, done = list(item.reads), set[str]()
    while waiting:
        name = waiting.pop()
        if name in done:
            continue
        done.add(name)
        maker = by_output.get(name)
        if maker is None:
            found[OUTSIDE] = None
        elif maker.local in mates:
            found[mates[maker.local] + name[len(maker.local) :]] = None
        else:
            waiting += maker.reads
    return sorted(found)
