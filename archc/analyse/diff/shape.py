"""Numbers that differ: stages and how often they repeat, widths, strides, parameters of blocks and modules."""

from collections.abc import Iterator

from archc.analyse.diff.branch import places, settings
from archc.analyse.diff.facts import Fact
from archc.analyse.diff.model import Kind
from archc.analyse.diff.pairing import PartPair
from archc.analyse.diff.unit_diff import Sides, UnitDiff, network_entry
from archc.analyse.diff.units import Part
from archc.analyse.diff.words import named, shown
from archc.diagnostics import Span
from archc.ir.graph import Argument, Graph, Scope

OF_A_BLOCK = ("in", "out", "stride", "dilation")


def network_facts(old: Graph, new: Graph, sides: Sides) -> Iterator[Fact]:
    """Tell of the image's channels, the classes, and the features that are put out."""
    before, after = ({a.name: a.value for a in graph.scopes[0].arguments} for graph in (old, new))
    for name, words, keys in (("in", "input channels", ("input", "channels")), ("classes", "classes", ("classes",))):
        if before.get(name) != after.get(name):
            places = [entry.span if (entry := network_entry(root, *keys)) else None for root in (sides.old, sides.new)]
            yield Fact(
                "changed", "network", "change", words, _value(before.get(name)), _value(after.get(name)),
                old_place=places[0], new_place=places[1],
            )  # fmt: skip

    if (old.output_names, len(old.outputs)) != (new.output_names, len(new.outputs)):
        first, second = (named(*graph.output_names) or "the last value" for graph in (old, new))
        places = [entry.span if (entry := root.entry("features")) else None for root in (sides.old, sides.new)]
        yield Fact("changed", "network", "change", "output", first, second, old_place=places[0], new_place=places[1])


def _value(value: Argument | None) -> str:
    return "none" if value is None else shown(value)


def part_facts(pair: PartPair, number: int) -> Iterator[Fact]:
    """Tell of a stage that differs, or of a stem or head that only one side has."""
    if pair.old is None or pair.new is None:
        part = pair.any
        blocks = [unit.scope.template for unit in part.units]
        kinds = ", ".join(f"{blocks.count(kind)} × {named(kind)}" for kind in dict.fromkeys(blocks)) if part.is_stage else ""
        shape = f"{kinds}, to {part.shape}" if part.is_stage and part.shape else kinds
        path, place = (part.scope.path,), part.scope.origin
        if pair.old is None:
            yield Fact("added", "stage", "add", _called(part.scope), "", shape, number, -1, (), path, None, place)
        else:
            yield Fact("removed", "stage", "remove", _called(part.scope), shape, "", number, -1, path, (), place, None)
        return
    old, new = ({argument.name: argument.value for argument in part.scope.arguments} for part in (pair.old, pair.new))
    for name in ("out", "stride", "repeat"):
        if pair.any.is_stage and old[name] != new[name]:
            old_place, new_place = (_place(part, name) for part in (pair.old, pair.new))
            yield Fact(
                "changed", "stage", "change", name, shown(old[name]), shown(new[name]), number, -1,
                (pair.old.scope.path,), (pair.new.scope.path,), old_place, new_place, _blocks(pair) if name == "repeat" else (),
            )  # fmt: skip
    if pair.any.is_stage and old["repeat"] == new["repeat"]:
        yield from _replaced(pair, number)


def _called(scope: Scope) -> str:
    return f"stage {named(scope.path)}" if scope.kind == "stage" else scope.kind


def _place(part: Part, key: str) -> Span | None:
    """Where a spec says a number of a stage."""
    setting = part.scope.settings.get(key)
    return setting.place if setting else part.scope.origin


def _blocks(pair: PartPair) -> tuple[tuple[str, str, str], ...]:
    """Name the blocks that were added or removed, as ranges."""
    from archc.analyse.diff.places import ranges

    added = [unit.new_index for unit in pair.units if unit.old is None]
    removed = [unit.old_index for unit in pair.units if unit.new is None]
    return tuple(
        (f"{pair.any.scope.path}: block{'s' if len(indices) > 1 else ''} {ranges(indices)} {verb}", "", "")
        for indices, verb in ((removed, "removed"), (added, "added"))
        if indices
    )


def _replaced(pair: PartPair, number: int) -> Iterator[Fact]:
    """Tell of blocks of a stage that has as many as before, at other places."""
    for index, unit in enumerate(pair.units):
        block = unit.new or unit.old
        if block is None or (unit.old and unit.new):
            continue
        kind: Kind = "added" if unit.new else "removed"
        path, place, subject = (block.path,), block.scope.origin, f"block {named(block.scope.template)}"
        yield Fact(
            kind, "block", "add" if unit.new else "remove", subject, "", "", number, index,
            () if unit.new else path, path if unit.new else (), None if unit.new else place, place if unit.new else None,
        )  # fmt: skip


def argument_facts(diff: UnitDiff, sides: Sides) -> Iterator[Fact]:
    """Tell of parameters of a block, and of modules in it, that differ and do not follow from others."""
    if diff.old.scope.kind == "block":
        yield from _block(diff, sides)
    covered = {each.pair.new.node.scope for each in diff.operations if each.is_covered and each.pair.new}
    for local, changed in diff.arguments.items():
        scope = diff.new.scopes.get(local)
        if scope is None or scope.kind != "module" or scope.path in covered:
            continue
        passed = {argument.name: argument.passed for argument in scope.arguments}
        defaults = sides.defaults.get(scope.template, {})
        for name, (before, after) in changed.items():
            follows = passed.get(name) is not None or bool(defaults.get(name, frozenset()) & changed.keys())
            if (
                name != "in"
                and before is not None
                and after is not None
                and not follows
                and not _proportional((before, after), diff)
            ):
                other = diff.old.scopes[local]
                yield Fact(
                    "changed", "operation", "change", f"{named(local)} {name}", _value(before), _value(after), diff.part_number,
                    diff.unit_number, (other.path,), (scope.path,), other.origin, scope.origin,
                )  # fmt: skip


def _proportional(pair: tuple[Argument | None, Argument | None], diff: UnitDiff) -> bool:
    """Whether a number grew as an argument of the block did, of which another fact tells."""
    before, after = pair
    if not isinstance(before, int | float) or not isinstance(after, int | float) or isinstance(before, bool):
        return False
    others = [(a, b) for a, b in diff.arguments[""].values() if isinstance(a, int | float) and isinstance(b, int | float)]
    return any(after * a == before * b for a, b in others)


def _block(diff: UnitDiff, sides: Sides) -> Iterator[Fact]:
    """Tell of parameters that differ by themselves; the first fact has those that follow as details."""
    changed = {name: pair for name, pair in diff.arguments[""].items() if name != "in" and None not in pair}
    if diff.old.scope.template != diff.new.scope.template:
        changed = {name: pair for name, pair in changed.items() if name in OF_A_BLOCK}
    uses = sides.defaults.get(diff.new.scope.template, {})
    following = [
        name for name in changed if uses.get(name, frozenset()) & diff.arguments[""].keys() and settings(diff, name)[1] is None
    ]
    details = tuple([(f"{name} ", " → ".join(map(_value, changed[name])), "") for name in following])
    for name, (before, after) in changed.items():
        if name in following or (name in ("out", "stride") and _of_the_stage(diff, name)):
            continue
        old_place, new_place = places(diff, name)
        yield Fact(
            "changed", "block", "change", name, _value(before), _value(after), diff.part_number, diff.unit_number,
            (diff.old.path,), (diff.new.path,), old_place, new_place, details,
        )  # fmt: skip
        details = ()


def _of_the_stage(diff: UnitDiff, name: str) -> bool:
    """Whether the stage's own number differs as well, of which the stage's fact tells."""
    if diff.part.old is None or diff.part.new is None:
        return False
    values = [{a.name: a.value for a in part.scope.arguments}.get(name) for part in (diff.part.old, diff.part.new)]
    return values[0] != values[1]
