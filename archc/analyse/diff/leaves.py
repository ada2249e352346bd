"""Operations that differ in themselves, past what settings and parameters explain."""

from collections.abc import Iterable, Iterator, Sequence

from archc.analyse.diff.branch import covered
from archc.analyse.diff.facts import Fact
from archc.analyse.diff.model import Kind
from archc.analyse.diff.pairing import PartPair
from archc.analyse.diff.seen import Attribute, Look, Seen, Sides, network_entry
from archc.analyse.diff.units import Item, Unit
from archc.analyse.diff.words import brief, further, named, values, width
from archc.diagnostics import Span
from archc.ir.op import Op
from archc.language.document.nodes import Map
from archc.record import Record

PLURALS = {"conv": "convolution", "act": "activation"}


class Hit(Record):
    """An attribute of one operation that differs, with where it was seen."""

    look: Look
    seen: Seen
    attribute: Attribute

    @property
    def same(self) -> tuple[str, str, str, str]:
        return (self.seen.any.node.op.kind, self.attribute.name, self.attribute.before, self.attribute.after)


def _hits(looks: Iterable[Look]) -> list[Hit]:
    """Those that nothing else makes so."""
    return [
        Hit(look, seen, attribute)
        for look in looks
        for seen in look.seen
        if not seen.told and not seen.one_sided
        for attribute in seen.attributes
        if not attribute.implied
    ]


def everywhere_facts(looks: list[Look], pairs: Sequence[PartPair], sides: Sides) -> Iterator[Fact]:
    """An attribute that differs in the same way in all operations of a kind that both networks have; told before all else."""
    counts = _counts(pairs)
    groups: dict[tuple[str, str, str, str], list[Hit]] = {}
    for hit in _hits(looks):
        groups.setdefault(hit.same, []).append(hit)
    for (kind, *_), found in groups.items():
        if len(found) > 1 and len(found) == counts[kind]:
            yield _fact(found, f"every {PLURALS.get(kind, kind.replace('_', ' '))}", sides, everywhere=True)
            for hit in found:
                hit.attribute.implied = True


def _counts(pairs: Sequence[PartPair]) -> dict[str, int]:
    """How many operations of each kind are paired."""
    counts: dict[str, int] = {}
    for unit in (unit for pair in pairs for unit in pair.units if unit.old and unit.new):
        items = unit.new.items if unit.new and not unit.differs else [pair.new for pair in unit.items if pair.old and pair.new]
        for item in items:
            counts[item.node.op.kind] = counts.get(item.node.op.kind, 0) + 1
    return counts


def attribute_facts(look: Look, sides: Sides) -> Iterator[Fact]:
    """Attributes of single operations; several operations of a block with the same change are one fact."""
    groups: dict[tuple[str, str, str, str], list[Hit]] = {}
    for hit in _hits([look]):
        groups.setdefault(hit.same, []).append(hit)
    for (kind, *_), together in groups.items():
        who = ", ".join(map(_called, together)) if len(together) <= 4 else f"{len(together)} {PLURALS.get(kind, kind)}s"
        yield _fact(together, who, sides)


def _called(hit: Hit) -> str:
    old, new = hit.seen.pair.old, hit.seen.pair.new
    renamed = old is not None and new is not None and old.local != new.local
    return f"{named(old.local)} (now {named(new.local)})" if renamed and old and new else named(hit.seen.any.local)


def _fact(found: list[Hit], who: str, sides: Sides, *, everywhere: bool = False) -> Fact:
    look = found[0].look
    pairs = [hit.seen.pair for hit in found]
    old, new = pairs[0].old, pairs[0].new
    attribute = found[0].attribute.name.replace("_", " ")
    subject = who if attribute in ("act", "norm") else f"{who} {attribute}"  # `act` of an activation is which one it is
    return Fact(
        "changed", "operation", "change", subject, found[0].attribute.before, found[0].attribute.after,
        -1 if everywhere else look.part_number, -1 if everywhere else look.unit_number,
        tuple([pair.old.node.name for pair in pairs if pair.old]), tuple([pair.new.node.name for pair in pairs if pair.new]),
        _place(sides.old, look.old, old, found[0]), _place(sides.new, look.new, new, found[0]), topic=who,
    )  # fmt: skip


def _place(root: Map, unit: Unit, item: Item | None, hit: Hit) -> Span | None:
    """Where a spec says an attribute: at the step, or for all norms, activations or convolutions; else at the operation."""
    if item is None:
        return None
    entry = None
    kind = item.node.op.kind
    general = kind in ("norm", "act") or (kind == "conv" and hit.attribute.name in ("bias", "weights", "eps", "gamma"))
    if unit.scope.kind == "block":
        said = unit.scope.settings
        setting = said.get(item.step) or (said.get(kind) if general else None)
        if setting is not None:
            return setting.place
    else:
        own = network_entry(root, unit.scope.kind, *item.local.split("."), hit.attribute.name)
        entry = own if own is not None and own.key == hit.attribute.name else None
    if entry is None and general:
        entry = root.entry(kind)
    return entry.span if entry is not None else item.node.origin


def one_sided_facts(look: Look) -> Iterator[Fact]:
    """Operations that only one side has; a convolution with its norm and activation, a module as one."""
    yield from _replaced(look)
    waiting = [seen for seen in look.seen if seen.one_sided and not seen.told]
    while waiting:
        first = waiting[0]
        together = _together(look, first, waiting)
        waiting = [seen for seen in waiting if seen not in together]
        yield _one_sided(look, together)


def _replaced(look: Look) -> Iterator[Fact]:
    """Another operation under the same name."""
    olds = {seen.any.local: seen for seen in look.seen if seen.pair.new is None and not seen.told}
    for seen in look.seen:
        other = olds.get(seen.any.local)
        if seen.pair.old is not None or seen.told or other is None or other.any.role != seen.any.role:
            continue
        before, after = other.any.node, seen.any.node
        words = [brief(node.op) + further(node.op) for node in (before, after)]
        old, new, _ = covered([other, seen])
        yield Fact(
            "changed", "operation", "change", named(seen.any.local), words[0], words[1],
            look.part_number, look.unit_number, old, new, before.origin, after.origin,
        )  # fmt: skip


def _together(look: Look, first: Seen, waiting: list[Seen]) -> list[Seen]:
    added = first.pair.new is not None
    unit = look.new if added else look.old
    step, dot, _ = first.any.local.partition(".")
    alike = [seen for seen in waiting if (seen.pair.new is not None) == added]
    if dot and step in unit.scopes:
        return [seen for seen in alike if seen.any.local.startswith(f"{step}.")]
    if first.any.node.op.kind == "conv" and first.any.conv_unit:
        return [seen for seen in alike if seen.any.conv_unit == first.any.conv_unit]
    return [first]


def _one_sided(look: Look, together: list[Seen]) -> Fact:
    first = together[0]
    added = first.pair.new is not None
    unit = look.new if added else look.old
    step, dot, _ = first.any.local.partition(".")
    scope = unit.scopes.get(step) if dot else None
    op = first.any.node.op
    what = f"module {named(scope.template)}" if scope is not None else _made(op)
    whole = named(step if scope is not None else first.any.local)
    kinds = [seen.any.node.op.kind for seen in together[1:]] if scope is None else []
    also = " and ".join(word for kind, word in (("norm", "norm"), ("act", "activation")) if kind in kinds)
    subject = f"{whole} with its {also}" if also else whole
    old, new, _ = covered(together)
    origin = first.any.node.origin
    kind: Kind = "added" if added else "removed"
    return Fact(
        kind, "operation", "add" if added else "remove", subject, "" if added else what, what if added else "",
        look.part_number, look.unit_number, old, new, None if added else origin, origin if added else None,
    )  # fmt: skip


def _made(op: Op) -> str:
    return brief(op) + (f" to {width(op)} channels" if width(op) else "") + further(op)


def rewired_facts(look: Look) -> Iterator[Fact]:
    """The same operations, and other values that they read."""
    moved = [seen for seen in look.seen if seen.rewired and not seen.told and not seen.explained]
    if not moved or any(seen.one_sided for seen in look.seen):
        return
    old, new, _ = covered(moved)
    origins = [seen.pair.old.node.origin if seen.pair.old else None for seen in moved]
    yield Fact(
        "changed", "operation", "say", f"what {values([named(seen.any.local) for seen in moved])} read", "", "other values",
        look.part_number, look.unit_number, old, new, origins[0], moved[0].any.node.origin,
    )  # fmt: skip


def implied_facts(look: Look) -> Iterator[Fact]:
    """What follows from others, where nothing else is left to tell."""
    for seen in look.seen:
        if seen.differs and not seen.one_sided and not seen.told:
            said = ", ".join(f"{a.name.replace('_', ' ')} {a.before} → {a.after}" for a in seen.attributes)
            old, new = seen.pair.old, seen.pair.new
            yield Fact(
                "changed", "operation", "say", named(seen.any.local), "", said or "reads other values", look.part_number,
                look.unit_number, (old.node.name,) if old else (), (new.node.name,) if new else (),
                old.node.origin if old else None, seen.any.node.origin,
            )  # fmt: skip
