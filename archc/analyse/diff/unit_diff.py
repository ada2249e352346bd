"""A pair of units that differ: which attributes of its operations differ, what is read elsewhere, and what follows from what."""

from typing import TypeAlias

from archc.analyse.diff.pairing import ItemPair, PartPair, UnitPair
from archc.analyse.diff.units import OUTSIDE, Item, Unit
from archc.analyse.diff.words import shown
from archc.ir.graph import Argument, Scope
from archc.ir.op import Op
from archc.ir.types import along
from archc.language.document.nodes import Entry, Map, Node
from archc.record import Record, field

Arguments: TypeAlias = dict[str, tuple[Argument | None, Argument | None]]
"""The arguments of a scope that differ, by name, with their values on both sides."""

DERIVED = ("in_channels", "channels", "tokens")
"""Attributes that say what an operation reads: they follow from the operations before it."""


class Attribute(Record, frozen=False, eq=False):
    """One attribute that differs; `implied` where another fact makes it so."""

    name: str
    before: str
    after: str
    implied: bool


class ItemDiff(Record, frozen=False, eq=False):
    """One operation on both sides, or on one, and what of it differs."""

    pair: ItemPair
    attributes: list[Attribute] = field(factory=list)
    rewired: bool = False
    """It reads other values."""
    is_covered: bool = False
    """A fact tells of it."""
    is_explained: bool = False
    """A fact says why it reads other values."""

    @property
    def any(self) -> Item:
        """The new item, or where there is none the old one."""
        item = self.pair.new or self.pair.old
        assert item is not None  # noqa: S101  one of the two is always there
        return item

    @property
    def differs(self) -> bool:
        """Whether anything of it is not as it was."""
        return self.is_one_sided or bool(self.attributes) or self.rewired

    @property
    def is_one_sided(self) -> bool:
        """Whether only one network has it."""
        return self.pair.old is None or self.pair.new is None


class Sides(Record):
    """The roots of both documents, and of the new side, by block or module and parameter, the names that its default uses."""

    old: Map
    new: Map
    defaults: dict[str, dict[str, frozenset[str]]]


def network_entry(root: Map, *keys: str) -> Entry | None:
    """Return the entry at a path of maps, or the nearest around it."""
    nearest: Entry | None = None
    node: Node | None = root
    for key in keys:
        entry = node.entry(key) if isinstance(node, Map) else None
        if entry is None:
            break
        nearest, node = entry, entry.value
    return nearest


class UnitDiff(Record):
    """One pair of units that differ, and how."""

    part: PartPair
    part_number: int
    unit: UnitPair
    unit_number: int
    old: Unit
    new: Unit
    operations: list[ItemDiff]
    arguments: dict[str, Arguments]
    """By the local path of a scope; "" is the unit's."""

    def open(self, role: str) -> list[ItemDiff]:
        """The operations of a role that differ, and of which no fact tells yet."""
        return [each for each in self.operations if each.differs and not each.is_covered and each.any.role == role]


def unit_diff(part: PartPair, part_number: int, unit: UnitPair, unit_number: int) -> UnitDiff | None:
    """Compare a pair of units; None where the two are equal, or there is only one."""
    if unit.old is None or unit.new is None or not unit.differs:
        return None
    arguments = {"": _changed(unit.old.scope, unit.new.scope)}
    for local, scope in unit.new.scopes.items():
        other = unit.old.scopes.get(local)
        if other is not None and other.template == scope.template:
            arguments[local] = _changed(other, scope)
    mates = {pair.old.local: pair.new.local for pair in unit.items if pair.old and pair.new}
    themselves = {name: name for name in mates.values()}
    operations = [ItemDiff(pair) for pair in unit.items]
    for operation in operations:
        old, new = operation.pair.old, operation.pair.new
        if old and new:
            operation.attributes = _attributes(unit.old, unit.new, old, new, arguments)
            operation.rewired = _sources(unit.old, old, mates) != _sources(unit.new, new, themselves)
    return UnitDiff(part, part_number, unit, unit_number, unit.old, unit.new, operations, arguments)


def _changed(old: Scope, new: Scope) -> Arguments:
    before = {argument.name: argument.value for argument in old.arguments}
    after = {argument.name: argument.value for argument in new.arguments}
    names = dict.fromkeys([*before, *after])
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def _attributes(old: Unit, new: Unit, old_item: Item, new_item: Item, arguments: dict[str, Arguments]) -> list[Attribute]:
    before, after = old_item.node.op, new_item.node.op
    if before == after:
        return []
    passed = _passed(old, old_item, arguments) | _passed(new, new_item, arguments)
    keeps_size = _keeps_size(before) and _keeps_size(after)
    attributes: list[Attribute] = []
    for name in after.record_fields:
        values = (getattr(before, name, None), getattr(after, name, None))
        if values[0] != values[1]:
            implied = name in DERIVED or name in passed or (name == "padding" and keeps_size) or _padded(name, before, after)
            attributes.append(Attribute(name, shown(values[0]), shown(values[1]), implied))
    return attributes


def _passed(unit: Unit, item: Item, arguments: dict[str, Arguments]) -> set[str]:
    """The attributes that came from an argument which differs."""
    changed = arguments.get(unit.local(item.node.scope) if item.node.scope != unit.path else "", {})
    return {attribute for attribute, argument in item.node.arguments if argument in changed}


def _keeps_size(op: Op) -> bool:
    """Whether the padding follows from the kernel, so that the size is kept."""
    axes = getattr(op, "axes", 2)
    usual = {"kernel": 1, "dilation": 1, "padding": 0}
    kernel, dilation, padding = (along(getattr(op, name, default), axes) for name, default in usual.items())
    return all(p == d * (k - 1) // 2 for k, d, p in zip(kernel, dilation, padding, strict=True))


def _padded(name: str, before: Op, after: Op) -> bool:
    """Whether zero channels follow from a width that differs."""
    if name not in ("before", "after") or before.kind != "pad_channels":
        return False
    widths = [getattr(op, "before", 0) + getattr(op, "after", 0) for op in (before, after)]
    return widths[0] != widths[1]


def _sources(unit: Unit, item: Item, mates: dict[str, str]) -> list[str]:
    """Name what an operation reads as the new side does; an operation without a mate is looked through to what it reads."""
    makers = {unit.local(output): maker for maker in unit.items for output in maker.node.outputs}
    sources: set[str] = set()
    waiting, visited = list(item.reads), set[str]()
    while waiting:
        name = waiting.pop()
        if name in visited:
            continue
        visited.add(name)
        maker = makers.get(name)
        if maker is None:
            sources.add(OUTSIDE)
        elif maker.local in mates:
            sources.add(mates[maker.local] + name[len(maker.local) :])
        else:
            waiting += maker.reads
    return sorted(sources)
