"""Settings of a block that differ: its kind, shortcut, order and insertions, and the step that carries its stride."""

from collections.abc import Iterator

from archc.analyse.diff.facts import Fact
from archc.analyse.diff.model import Kind
from archc.analyse.diff.unit_diff import ItemDiff, UnitDiff
from archc.analyse.diff.units import JOIN, Unit
from archc.analyse.diff.words import brief, further, named, width
from archc.diagnostics import Span
from archc.ir.graph import Setting
from archc.ir.norms import Act, Norm


def branch_facts(diff: UnitDiff) -> Iterator[Fact]:
    """Tell of the settings in the order a reader looks for them, and mark the operations that a fact covers."""
    if diff.old.scope.kind == "block":
        yield from _kind(diff)
        yield from _shortcut(diff)
        yield from _modules(diff)
        yield from _order(diff)
    else:
        yield from _modules(diff)
    yield from _inserted(diff)
    yield from _moved_stride(diff)


def settings(diff: UnitDiff, key: str) -> tuple[Setting | None, Setting | None]:
    """What both specs say of the block under a key."""
    return diff.old.scope.settings.get(key), diff.new.scope.settings.get(key)


def _words(diff: UnitDiff, key: str) -> tuple[str, str]:
    """The words both specs have for a setting, "" where a spec does not say it."""
    old, new = settings(diff, key)
    return old.word if old else "", new.word if new else ""


def places(diff: UnitDiff, key: str) -> tuple[Span | None, Span | None]:
    """Where both specs say a setting; where a spec does not, the place of `block`, else that of the unit."""
    old, new = [
        setting.place if (setting := unit.scope.settings.get(key) or unit.scope.settings.get("block")) else unit.scope.origin
        for unit in (diff.old, diff.new)
    ]
    return old, new


def covered(operations: list[ItemDiff]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str, str], ...]]:
    """Mark operations as covered by a fact; return their paths on both sides, and a line for each."""
    for operation in operations:
        operation.is_covered = True
    old = tuple([operation.pair.old.node.name for operation in operations if operation.pair.old])
    new = tuple([operation.pair.new.node.name for operation in operations if operation.pair.new])
    return old, new, tuple([line for operation in operations for line in _detail(operation)])


def _detail(operation: ItemDiff) -> Iterator[tuple[str, str, str]]:
    """Each attribute of an operation as a line with its value in the middle, but for those that follow from others."""
    old, new = operation.pair.old, operation.pair.new
    if old is None or new is None:
        op = operation.any.node.op
        head = f"{named(operation.any.local)} {'added' if new else 'removed'}: {brief(op)}"
        yield (f"{head} to ", width(op), f" channels{further(op)}") if width(op) else (head + further(op), "", "")
        return
    for attribute in operation.attributes:
        if not attribute.implied:
            yield f"{named(new.local)} {attribute.name.replace('_', ' ')} ", f"{attribute.before} → {attribute.after}", ""


def _fact(diff: UnitDiff, key: str, words: tuple[str, str], operations: list[ItemDiff]) -> Fact:
    """A setting that is another word, and the operations that differ for it."""
    old, new, details = covered(operations)
    old_place, new_place = places(diff, key)
    return Fact(
        "changed", "block", "change", key, *words, diff.part_number, diff.unit_number,
        (diff.old.path, *old), (diff.new.path, *new), old_place, new_place, details,
    )  # fmt: skip


def _kind(diff: UnitDiff) -> Iterator[Fact]:
    """Another kind of block, its branch with it."""
    before, after = diff.old.scope.template, diff.new.scope.template
    branch = [operation for operation in diff.open("main") if operation.any.step != JOIN]
    if before != after and branch:
        yield _fact(diff, "kind", (named(before), named(after)), branch)


def _shortcut(diff: UnitDiff) -> Iterator[Fact]:
    """Another shortcut, or another way to join it to the branch."""
    words = _words(diff, "shortcut")
    beside = diff.open("shortcut")
    joining = [operation for operation in diff.open("main") if operation.any.step == JOIN and operation.is_one_sided]
    changes_structure = any(operation.is_one_sided for operation in beside) or bool(joining)
    if not changes_structure and (words[0] == words[1] or not beside):
        return
    if words[0] == words[1]:
        words = (_shortcut_operations(diff.old), _shortcut_operations(diff.new))
    if words[0] == words[1]:
        return
    for operation in diff.open("main"):
        if operation.any.local == JOIN and not operation.is_one_sided:
            operation.is_explained = True  # that it reads another shortcut is the same news
    yield _fact(diff, "shortcut", (words[0] or "none", words[1] or "none"), beside + joining)


def _shortcut_operations(unit: Unit) -> str:
    """The module or the operations of a shortcut, where the spec has no word for it."""
    for scope in unit.scopes.values():
        if scope.role == "shortcut":
            return named(scope.template)
    kinds = [brief(item.node.op) for item in unit.items if item.role == "shortcut"]
    is_joined = any(item.step == JOIN for item in unit.items)
    return ", ".join(kinds) if kinds else "identity" if is_joined else "none"


def _order(diff: UnitDiff) -> Iterator[Fact]:
    """Norms and activations elsewhere about the convolutions."""
    moved = [
        operation
        for operation in diff.open("main")
        if (operation.rewired and not operation.is_explained and (_is_direct(diff, operation) or not _is_plain(operation)))
        or (operation.is_one_sided and _is_direct(diff, operation) and _is_plain(operation))
    ]
    if not moved:
        return
    old, new = settings(diff, "order")
    if old is not None and new is not None and old.meaning is not None and old.meaning == new.meaning:
        return  # one order, whether by its word or written out: it is a unit that differs
    words = _words(diff, "order")
    if words[0] == words[1] and not any(setting is not None and setting.has_word for setting in settings(diff, "order")):
        words = (_sequence(diff.old), _sequence(diff.new))
    if words[0] == words[1]:
        return
    for operation in moved:
        operation.is_explained = True
    yield _fact(diff, "order", words, [operation for operation in moved if operation.is_one_sided])


def _is_plain(operation: ItemDiff) -> bool:
    return isinstance(operation.any.node.op, Norm | Act)


def _is_direct(diff: UnitDiff, operation: ItemDiff) -> bool:
    """Whether an operation is a step of the unit itself, in no module or loop of it."""
    return operation.any.node.scope in (diff.old.path, diff.new.path)


def _sequence(unit: Unit) -> str:
    """Convolutions, norms and activations of the branch in order, and what follows the addition."""
    kinds = [item.node.op.kind for item in unit.items if item.role == "main" and item.node.scope == unit.path]
    return ", ".join(kind for kind in kinds if kind in ("conv", "norm", "act", "add"))


def _inserted(diff: UnitDiff) -> Iterator[Fact]:
    """Insertions added or removed, each a module or one operation."""
    groups: dict[tuple[str, bool], list[ItemDiff]] = {}
    for operation in diff.open("insert"):
        if operation.is_one_sided:
            groups.setdefault((operation.any.step, operation.pair.new is not None), []).append(operation)
    yield from _moved_insertions(diff)
    for (name, added), operations in groups.items():
        unit = diff.new if added else diff.old
        scope, op = unit.scopes.get(name), operations[0].any.node.op
        words = f"module {named(scope.template)}" if scope is not None else brief(op) + further(op)
        old, new, details = covered(operations)
        old_place, new_place = places(diff, "insert")
        kind: Kind = "added" if added else "removed"
        path = (f"{unit.path}.{name}",)
        yield Fact(
            kind, "block", "insert" if added else "remove", f"{named(name)} ({words})", "", _place(unit, name) if added else "",
            diff.part_number, diff.unit_number, old if added else path + old, path + new if added else new,
            None if added else old_place, new_place if added else None, details,
        )  # fmt: skip


def _moved_insertions(diff: UnitDiff) -> Iterator[Fact]:
    """Insertions that stand elsewhere in the branch."""
    insertions = [[item.step for item in unit.items if item.role == "insert"] for unit in (diff.old, diff.new)]
    for name in dict.fromkeys(insertions[0]):
        before, after = _place(diff.old, name), _place(diff.new, name)
        if before == after or name not in insertions[1]:
            continue
        for operation in diff.operations:
            operation.is_explained = True
        old_place, new_place = places(diff, "insert")
        yield Fact(
            "changed", "block", "move", named(name), before, after, diff.part_number, diff.unit_number,
            (f"{diff.old.path}.{name}",), (f"{diff.new.path}.{name}",), old_place, new_place,
        )  # fmt: skip


def _place(unit: Unit, name: str) -> str:
    """The step of the branch that an insertion stands after."""
    last = ""
    for item in unit.items:
        if item.step == name:
            break
        if item.role == "main":
            last = item.step
    return f"after {named(last)}" if last else "first"


def _modules(diff: UnitDiff) -> Iterator[Fact]:
    """Steps that are a module where they were an operation, or another module."""
    olds, news = (_steps(diff, old=old) for old in (True, False))
    for step in [step for step in news if step in olds]:
        old, new = diff.old.scopes.get(step), diff.new.scopes.get(step)
        if (old.template if old else "") == (new.template if new else ""):
            continue
        # a module in place of a convolution unit may have the unit's norm and activation inside
        of_step = [operation for operation in diff.operations if operation in olds[step] or operation in news[step]]
        of_unit = [each for each in diff.operations if each.is_one_sided and each.any.conv_unit == step != each.any.local]
        operations = [operation for operation in [*of_step, *of_unit] if operation.differs and not operation.is_covered]
        first, second = olds[step][0].pair.old, news[step][0].pair.new
        if not operations or first is None or second is None:
            continue
        before = f"module {named(old.template)}" if old else brief(first.node.op)
        after = f"module {named(new.template)}" if new else brief(second.node.op)
        paths = covered(operations)
        yield Fact(
            "changed", "operation", "change", named(step), before, after, diff.part_number, diff.unit_number,
            (f"{diff.old.path}.{step}", *paths[0]), (f"{diff.new.path}.{step}", *paths[1]),
            first.node.origin, second.node.origin, paths[2],
        )  # fmt: skip


def _steps(diff: UnitDiff, *, old: bool) -> dict[str, list[ItemDiff]]:
    """The operations of the branch on one side, by the step they are in."""
    steps: dict[str, list[ItemDiff]] = {}
    for operation in diff.operations:
        item = operation.pair.old if old else operation.pair.new
        if item is not None and item.role == "main":
            steps.setdefault(item.step, []).append(operation)
    return steps


def _skipped(stride: str) -> int:
    """Positions for each that is left: 4 of `2`, 2 of `1×2`."""
    sides = stride.split("×")
    return int(sides[0]) * int(sides[-1])


def _moved_stride(diff: UnitDiff) -> Iterator[Fact]:
    """The stride of a block at another of its convolutions."""
    strides = [(each, attribute) for each in diff.open("main") for attribute in each.attributes if attribute.name == "stride"]
    less = [(each, stride) for each, stride in strides if _skipped(stride.before) > _skipped(stride.after)]
    more = [(each, stride) for each, stride in strides if _skipped(stride.before) < _skipped(stride.after)]
    if not less or not more or "stride" in diff.arguments[""]:
        return
    old_place, new_place = places(diff, "stride_at")
    details = tuple(
        [(f"{named(each.any.local)} stride ", f"{stride.before} → {stride.after}", "") for each, stride in [*less, *more]]
    )
    for _, stride in strides:
        stride.implied = True
    yield Fact(
        "changed", "block", "move", f"stride {less[0][1].before}",
        named(*(each.any.local for each, _ in less)), named(*(each.any.local for each, _ in more)),
        diff.part_number, diff.unit_number,
        tuple([each.pair.old.node.name for each, _ in strides if each.pair.old]),
        tuple([each.pair.new.node.name for each, _ in strides if each.pair.new]),
        old_place, new_place, details,
    )  # fmt: skip
