"""Operations that differ in themselves, past what settings and parameters explain."""

from collections.abc import Iterable, Iterator, Sequence

from archc.analyse.diff.branch import covered
from archc.analyse.diff.facts import Fact
from archc.analyse.diff.model import Kind
from archc.analyse.diff.pairing import PartPair
from archc.analyse.diff.unit_diff import Attribute, ItemDiff, Sides, UnitDiff, network_entry
from archc.analyse.diff.units import Item, Unit
from archc.analyse.diff.words import brief, further, named, values, width
from archc.diagnostics import Span
from archc.ir.op import Op
from archc.language.document.nodes import Map
from archc.record import Record

PLURALS = {"conv": "convolution", "act": "activation"}


class Hit(Record):
    """An attribute of one operation that differs, and the operation."""

    diff: UnitDiff
    operation: ItemDiff
    attribute: Attribute

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Equal for attributes that differ in the same way."""
        return (self.operation.any.node.op.kind, self.attribute.name, self.attribute.before, self.attribute.after)


def _hits(diffs: Iterable[UnitDiff]) -> list[Hit]:
    """The attributes that differ, but for those that follow from others."""
    return [
        Hit(diff, operation, attribute)
        for diff in diffs
        for operation in diff.operations
        if not operation.is_covered and not operation.is_one_sided
        for attribute in operation.attributes
        if not attribute.implied
    ]


def everywhere_facts(diffs: list[UnitDiff], pairs: Sequence[PartPair], sides: Sides) -> Iterator[Fact]:
    """Tell of attributes that differ in the same way in all operations of a kind that both networks have."""
    counts = _pairs_by_kind(pairs)
    groups: dict[tuple[str, str, str, str], list[Hit]] = {}
    for hit in _hits(diffs):
        groups.setdefault(hit.key, []).append(hit)
    for (kind, *_), hits in groups.items():
        if len(hits) > 1 and len(hits) == counts[kind]:
            yield _fact(hits, f"every {PLURALS.get(kind, kind.replace('_', ' '))}", sides, everywhere=True)
            for hit in hits:
                hit.attribute.implied = True


def _pairs_by_kind(pairs: Sequence[PartPair]) -> dict[str, int]:
    """How many operations of each kind are paired."""
    counts: dict[str, int] = {}
    for unit in (unit for pair in pairs for unit in pair.units if unit.old and unit.new):
        items = unit.new.items if unit.new and not unit.differs else [pair.new for pair in unit.items if pair.old and pair.new]
        for item in items:
            counts[item.node.op.kind] = counts.get(item.node.op.kind, 0) + 1
    return counts


def attribute_facts(diff: UnitDiff, sides: Sides) -> Iterator[Fact]:
    """Tell of attributes of single operations; several operations of a block with the same change are one fact."""
    groups: dict[tuple[str, str, str, str], list[Hit]] = {}
    for hit in _hits([diff]):
        groups.setdefault(hit.key, []).append(hit)
    for (kind, *_), hits in groups.items():
        names = ", ".join(map(_called, hits)) if len(hits) <= 4 else f"{len(hits)} {PLURALS.get(kind, kind)}s"
        yield _fact(hits, names, sides)


def _called(hit: Hit) -> str:
    old, new = hit.operation.pair.old, hit.operation.pair.new
    renamed = old is not None and new is not None and old.local != new.local
    return f"{named(old.local)} (now {named(new.local)})" if renamed and old and new else named(hit.operation.any.local)


def _fact(hits: list[Hit], names: str, sides: Sides, *, everywhere: bool = False) -> Fact:
    diff = hits[0].diff
    pairs = [hit.operation.pair for hit in hits]
    old, new = pairs[0].old, pairs[0].new
    attribute = hits[0].attribute.name.replace("_", " ")
    subject = names if attribute in ("act", "norm") else f"{names} {attribute}"  # `act` of an activation is which one it is
    return Fact(
        "changed", "operation", "change", subject, hits[0].attribute.before, hits[0].attribute.after,
        -1 if everywhere else diff.part_number, -1 if everywhere else diff.unit_number,
        tuple([pair.old.node.name for pair in pairs if pair.old]), tuple([pair.new.node.name for pair in pairs if pair.new]),
        _place(sides.old, diff.old, old, hits[0]), _place(sides.new, diff.new, new, hits[0]), topic=names,
    )  # fmt: skip


def _place(root: Map, unit: Unit, item: Item | None, hit: Hit) -> Span | None:
    """Where a spec says an attribute: at the step, or for all norms, activations or convolutions; else that of the operation."""
    if item is None:
        return None
    entry = None
    kind = item.node.op.kind
    general = kind in ("norm", "act") or (kind == "conv" and hit.attribute.name in ("bias", "weights", "eps", "gamma"))
    if unit.scope.kind == "block":
        settings = unit.scope.settings
        setting = settings.get(item.step) or (settings.get(kind) if general else None)
        if setting is not None:
            return setting.place
    else:
        own = network_entry(root, unit.scope.kind, *item.local.split("."), hit.attribute.name)
        entry = own if own is not None and own.key == hit.attribute.name else None
    if entry is None and general:
        entry = root.entry(kind)
    return entry.span if entry is not None else item.node.origin


def one_sided_facts(diff: UnitDiff) -> Iterator[Fact]:
    """Tell of operations that only one side has; a convolution unit is one fact, and so is a module."""
    yield from _replaced(diff)
    waiting = [operation for operation in diff.operations if operation.is_one_sided and not operation.is_covered]
    while waiting:
        first = waiting[0]
        together = _together(diff, first, waiting)
        waiting = [operation for operation in waiting if operation not in together]
        yield _one_sided(diff, together)


def _replaced(diff: UnitDiff) -> Iterator[Fact]:
    """Tell of operations of another kind under the same name."""
    olds = {each.any.local: each for each in diff.operations if each.pair.new is None and not each.is_covered}
    for operation in diff.operations:
        removed = olds.get(operation.any.local)
        if operation.pair.old is not None or operation.is_covered or removed is None or removed.any.role != operation.any.role:
            continue
        before, after = removed.any.node, operation.any.node
        words = [brief(node.op) + further(node.op) for node in (before, after)]
        old, new, _ = covered([removed, operation])
        yield Fact(
            "changed", "operation", "change", named(operation.any.local), words[0], words[1],
            diff.part_number, diff.unit_number, old, new, before.origin, after.origin,
        )  # fmt: skip


def _together(diff: UnitDiff, first: ItemDiff, waiting: list[ItemDiff]) -> list[ItemDiff]:
    added = first.pair.new is not None
    unit = diff.new if added else diff.old
    step, dot, _ = first.any.local.partition(".")
    alike = [operation for operation in waiting if (operation.pair.new is not None) == added]
    if dot and step in unit.scopes:
        return [operation for operation in alike if operation.any.local.startswith(f"{step}.")]
    if first.any.node.op.kind == "conv" and first.any.conv_unit:
        return [operation for operation in alike if operation.any.conv_unit == first.any.conv_unit]
    return [first]


def _one_sided(diff: UnitDiff, together: list[ItemDiff]) -> Fact:
    first = together[0]
    added = first.pair.new is not None
    unit = diff.new if added else diff.old
    step, dot, _ = first.any.local.partition(".")
    scope = unit.scopes.get(step) if dot else None
    op = first.any.node.op
    words = f"module {named(scope.template)}" if scope is not None else _described(op)
    whole = named(step if scope is not None else first.any.local)
    kinds = [operation.any.node.op.kind for operation in together[1:]] if scope is None else []
    also = " and ".join(word for kind, word in (("norm", "norm"), ("act", "activation")) if kind in kinds)
    subject = f"{whole} with its {also}" if also else whole
    old, new, _ = covered(together)
    origin = first.any.node.origin
    kind: Kind = "added" if added else "removed"
    return Fact(
        kind, "operation", "add" if added else "remove", subject, "" if added else words, words if added else "",
        diff.part_number, diff.unit_number, old, new, None if added else origin, origin if added else None,
    )  # fmt: skip


def _described(op: Op) -> str:
    return brief(op) + (f" to {width(op)} channels" if width(op) else "") + further(op)


def rewired_facts(diff: UnitDiff) -> Iterator[Fact]:
    """Tell of operations that are the same and read other values."""
    moved = [each for each in diff.operations if each.rewired and not each.is_covered and not each.is_explained]
    if not moved or any(operation.is_one_sided for operation in diff.operations):
        return
    old, new, _ = covered(moved)
    origins = [operation.pair.old.node.origin if operation.pair.old else None for operation in moved]
    yield Fact(
        "changed", "operation", "say", f"what {values([named(each.any.local) for each in moved])} read", "", "other values",
        diff.part_number, diff.unit_number, old, new, origins[0], moved[0].any.node.origin,
    )  # fmt: skip


def implied_facts(diff: UnitDiff) -> Iterator[Fact]:
    """Tell of differences that follow from others, where there is no other fact."""
    for operation in diff.operations:
        if operation.differs and not operation.is_one_sided and not operation.is_covered:
            attributes = ", ".join(f"{a.name.replace('_', ' ')} {a.before} → {a.after}" for a in operation.attributes)
            old, new = operation.pair.old, operation.pair.new
            yield Fact(
                "changed", "operation", "say", named(operation.any.local), "", attributes or "reads other values",
                diff.part_number, diff.unit_number, (old.node.name,) if old else (), (new.node.name,) if new else (),
                old.node.origin if old else None, operation.any.node.origin,
            )  # fmt: skip
