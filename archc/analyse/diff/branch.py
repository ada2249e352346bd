"""What a block's settings say of it, read off two graphs: its kind, shortcut, order, insertions, and where its stride stands."""

from collections.abc import Iterator

from archc.analyse.diff.facts import Fact
from archc.analyse.diff.model import Kind
from archc.analyse.diff.seen import Look, Seen
from archc.analyse.diff.units import JOIN, Unit
from archc.analyse.diff.words import brief, further, named, width
from archc.diagnostics import Span
from archc.ir.graph import Setting
from archc.ir.norms import Act, Norm


def branch_facts(look: Look) -> Iterator[Fact]:
    """In the order a reader looks for them; what they cover is marked as told."""
    if look.old.scope.kind == "block":
        yield from _kind(look)
        yield from _shortcut(look)
        yield from _modules(look)
        yield from _order(look)
    else:
        yield from _modules(look)
    yield from _inserted(look)
    yield from _moved_stride(look)


def settings(look: Look, key: str) -> tuple[Setting | None, Setting | None]:
    """What both specs say of the block under a key."""
    return look.old.scope.settings.get(key), look.new.scope.settings.get(key)


def _words(look: Look, key: str) -> tuple[str, str]:
    """The words both specs have for a setting, "" where one does not say it."""
    old, new = settings(look, key)
    return old.word if old else "", new.word if new else ""


def places(look: Look, key: str) -> tuple[Span | None, Span | None]:
    """Where both specs say a setting; where one does not, the place of `block`, else that of the unit."""
    old, new = [
        setting.place if (setting := unit.scope.settings.get(key) or unit.scope.settings.get("block")) else unit.scope.origin
        for unit in (look.old, look.new)
    ]
    return old, new


def covered(seen: list[Seen]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str, str], ...]]:
    """Paths on both sides and a line for each; marks them as told."""
    for one in seen:
        one.told = True
    old = tuple([one.pair.old.node.name for one in seen if one.pair.old])
    new = tuple([one.pair.new.node.name for one in seen if one.pair.new])
    return old, new, tuple([line for one in seen for line in detail(one)])


def detail(seen: Seen) -> Iterator[tuple[str, str, str]]:
    """One operation's difference, each attribute a line with its value in the middle; none for what follows from others."""
    old, new = seen.pair.old, seen.pair.new
    if old is None or new is None:
        op = seen.any.node.op
        head = f"{named(seen.any.local)} {'added' if new else 'removed'}: {brief(op)}"
        yield (f"{head} to ", width(op), f" channels{further(op)}") if width(op) else (head + further(op), "", "")
        return
    for one in seen.attributes:
        if not one.implied:
            yield f"{named(new.local)} {one.name.replace('_', ' ')} ", f"{one.before} → {one.after}", ""


def _fact(look: Look, key: str, words: tuple[str, str], seen: list[Seen]) -> Fact:
    """A setting that is another word; `seen` is what it comes to."""
    old, new, details = covered(seen)
    old_place, new_place = places(look, key)
    return Fact(
        "changed", "block", "change", key, *words, look.part_number, look.unit_number,
        (look.old.path, *old), (look.new.path, *new), old_place, new_place, details,
    )  # fmt: skip


def _kind(look: Look) -> Iterator[Fact]:
    """Another kind of block, its branch with it."""
    before, after = look.old.scope.template, look.new.scope.template
    branch = [seen for seen in look.open("main") if seen.any.step != JOIN]
    if before != after and branch:
        yield _fact(look, "kind", (named(before), named(after)), branch)


def _shortcut(look: Look) -> Iterator[Fact]:
    words = _words(look, "shortcut")
    beside = look.open("shortcut")
    joining = [seen for seen in look.open("main") if seen.any.step == JOIN and seen.one_sided]
    structure = any(seen.one_sided for seen in beside) or bool(joining)
    if not structure and (words[0] == words[1] or not beside):
        return
    if words[0] == words[1]:
        words = (_built(look.old), _built(look.new))
    if words[0] == words[1]:
        return
    for one in look.open("main"):
        if one.any.local == JOIN and not one.one_sided:
            one.explained = True  # that it reads another shortcut is the same news
    yield _fact(look, "shortcut", (words[0] or "none", words[1] or "none"), beside + joining)


def _built(unit: Unit) -> str:
    """What a shortcut is made of, where the spec has no word for it."""
    for scope in unit.scopes.values():
        if scope.role == "shortcut":
            return named(scope.template)
    kinds = [brief(item.node.op) for item in unit.items if item.role == "shortcut"]
    added = any(item.step == JOIN for item in unit.items)
    return ", ".join(kinds) if kinds else "identity" if added else "none"


def _order(look: Look) -> Iterator[Fact]:
    """Norms and activations elsewhere about the convolutions."""
    branch = [
        seen for seen in look.open("main") if not isinstance(seen.any.node.op, Norm | Act) or seen.any.node.scope in _paths(look)
    ]
    moved = [
        seen
        for seen in branch
        if (seen.rewired and not seen.explained) or (seen.one_sided and isinstance(seen.any.node.op, Norm | Act))
    ]
    if not moved:
        return
    words = _words(look, "order")
    if words[0] == words[1] and not any(setting is not None and setting.has_word for setting in settings(look, "order")):
        words = (_sequence(look.old), _sequence(look.new))
    if words[0] == words[1]:
        return
    for one in moved:
        one.explained = True
    moved = [seen for seen in moved if seen.one_sided]
    yield _fact(look, "order", words, moved)


def _paths(look: Look) -> tuple[str, str]:
    return (look.old.path, look.new.path)


def _sequence(unit: Unit) -> str:
    """Convolutions, norms and activations of the branch in order, and what follows the addition."""
    kinds = [item.node.op.kind for item in unit.items if item.role == "main" and item.node.scope == unit.path]
    return ", ".join(kind for kind in kinds if kind in ("conv", "norm", "act", "add"))


def _inserted(look: Look) -> Iterator[Fact]:
    """Insertions added or removed, each a module or one operation."""
    groups: dict[tuple[str, bool], list[Seen]] = {}
    for seen in look.open("insert"):
        if seen.one_sided:
            groups.setdefault((seen.any.step, seen.pair.new is not None), []).append(seen)
    yield from _moved_insertions(look)
    for (name, added), seen_ in groups.items():
        unit = look.new if added else look.old
        what = _made_of(unit, name, seen_)
        old, new, details = covered(seen_)
        old_place, new_place = places(look, "insert")
        kind: Kind = "added" if added else "removed"
        path = (f"{unit.path}.{name}",)
        yield Fact(
            kind, "block", "insert" if added else "remove", f"{named(name)} ({what})", "", _place(unit, name) if added else "",
            look.part_number, look.unit_number, old if added else path + old, path + new if added else new,
            None if added else old_place, new_place if added else None, details,
        )  # fmt: skip


def _moved_insertions(look: Look) -> Iterator[Fact]:
    """Insertions that stand elsewhere in the branch."""
    names = {step: None for unit in (look.old, look.new) for step in _insertions(unit)}
    for name in names:
        before, after = _place(look.old, name), _place(look.new, name)
        if before == after or not all(name in _insertions(unit) for unit in (look.old, look.new)):
            continue
        for seen in look.seen:
            seen.explained = True
        old_place, new_place = places(look, "insert")
        yield Fact(
            "changed", "block", "move", named(name), before, after, look.part_number, look.unit_number,
            (f"{look.old.path}.{name}",), (f"{look.new.path}.{name}",), old_place, new_place,
        )  # fmt: skip


def _insertions(unit: Unit) -> list[str]:
    return [item.step for item in unit.items if item.role == "insert"]


def _made_of(unit: Unit, name: str, seen: list[Seen]) -> str:
    scope = unit.scopes.get(name)
    return f"module {named(scope.template)}" if scope is not None else brief(seen[0].any.node.op) + further(seen[0].any.node.op)


def _place(unit: Unit, name: str) -> str:
    """After which operation of the branch."""
    last = ""
    for item in unit.items:
        if item.step == name:
            break
        if item.role == "main":
            last = item.step
    return f"after {named(last)}" if last else "first"


def _modules(look: Look) -> Iterator[Fact]:
    """A step that is a module where it was an operation, or another module."""
    olds, news = (_steps(look, old=old) for old in (True, False))
    for step in [step for step in news if step in olds]:
        old, new = look.old.scopes.get(step), look.new.scopes.get(step)
        if (old.template if old else "") == (new.template if new else ""):
            continue
        both = [seen for seen in look.seen if seen in olds[step] or seen in news[step]]
        open_ = [seen for seen in [*both, *_unit_of(look, step)] if seen.differs and not seen.told]
        first, second = olds[step][0].pair.old, news[step][0].pair.new
        if not open_ or first is None or second is None:
            continue
        before = f"module {named(old.template)}" if old else brief(first.node.op)
        after = f"module {named(new.template)}" if new else brief(second.node.op)
        paths = covered(open_)
        yield Fact(
            "changed", "operation", "change", named(step), before, after, look.part_number, look.unit_number,
            (f"{look.old.path}.{step}", *paths[0]), (f"{look.new.path}.{step}", *paths[1]),
            first.node.origin, second.node.origin, paths[2],
        )  # fmt: skip


def _steps(look: Look, *, old: bool) -> dict[str, list[Seen]]:
    """The operations of the branch on one side, by the step they are in."""
    found: dict[str, list[Seen]] = {}
    for seen in look.seen:
        item = seen.pair.old if old else seen.pair.new
        if item is not None and item.role == "main":
            found.setdefault(item.step, []).append(seen)
    return found


def _unit_of(look: Look, step: str) -> list[Seen]:
    """The norm and activation of a convolution unit, which a module in its place may have inside."""
    return [seen for seen in look.seen if seen.one_sided and seen.any.local != step and seen.any.conv_unit == step]


def _skipped(stride: str) -> int:
    """Positions for each that is left: 4 of `2`, 2 of `1×2`."""
    sides = stride.split("×")
    return int(sides[0]) * int(sides[-1])


def _moved_stride(look: Look) -> Iterator[Fact]:
    """The stride of a block at another of its convolutions."""
    strides = [(seen, attribute) for seen in look.open("main") for attribute in seen.attributes if attribute.name == "stride"]
    less = [(seen, one) for seen, one in strides if _skipped(one.before) > _skipped(one.after)]
    more = [(seen, one) for seen, one in strides if _skipped(one.before) < _skipped(one.after)]
    if not less or not more or "stride" in look.arguments[""]:
        return
    old_place, new_place = places(look, "stride_at")
    details = tuple([(f"{named(seen.any.local)} stride ", f"{one.before} → {one.after}", "") for seen, one in [*less, *more]])
    for _, one in strides:
        one.implied = True
    moved = [seen for seen, _ in strides]
    yield Fact(
        "changed", "block", "move", f"stride {less[0][1].before}",
        named(*(seen.any.local for seen, _ in less)), named(*(seen.any.local for seen, _ in more)),
        look.part_number, look.unit_number,
        tuple([seen.pair.old.node.name for seen in moved if seen.pair.old]),
        tuple([seen.pair.new.node.name for seen in moved if seen.pair.new]),
        old_place, new_place, details,
    )  # fmt: skip
