"""What is odd in the document itself: overrides that change nothing, and a network that proves nothing."""

from collections.abc import Iterator
from math import prod

from archc.compile.lint.subject import Finding, Subject
from archc.language.document.nodes import Entry, Map, Node, Scalar, plain
from archc.language.spec.paths import key_of

STAGE_OWN = ("repeat", "stride", "label", "blocks")
"""Keys that a block's settings do not have; `out` a single block may restate."""


def unused_override(subject: Subject) -> Iterator[Finding]:
    """A key of a stage, or of a single block, that says what holds already, or that every block says anew."""
    block = subject.root.get("block")
    settings = block if isinstance(block, Map) else Map((), subject.root.span)
    stages = subject.root.get("stages")
    for stage in stages if isinstance(stages, Map) else ():
        if isinstance(stage.value, Map):
            yield from _of_stage(stage, stage.value, settings)


def _of_stage(stage: Entry, root: Map, settings: Map) -> Iterator[Finding]:
    name = f"stages.{stage.key}"
    blocks = root.get("blocks")
    single = [entry for entry in blocks if isinstance(entry.value, Map)] if isinstance(blocks, Map) else []
    repeat = root.get("repeat")
    all_apart = isinstance(repeat, Scalar) and {entry.key for entry in single} == set(range(_count(repeat)))
    for entry in root:
        if entry.key in STAGE_OWN or str(entry.key).startswith("blocks."):
            continue
        if all_apart and all(isinstance(one.value, Map) and entry.key in one.value for one in single) and entry.key != "out":
            yield Finding(f"`{name}.{entry.key}` is said anew by every block", entry.span, "never in force", "leave it out")
        elif entry.key != "out" and _same(entry.value, _at(settings, str(entry.key))) and _kind(root, settings):
            yield Finding(f"`{name}.{entry.key}` says what `block` says", entry.span, "changes nothing", "leave it out")
    for one in single:
        inner = one.value
        for entry in inner if isinstance(inner, Map) else ():
            known = _at(root, str(entry.key))
            known = known if known is not None else _at(settings, str(entry.key))
            if _same(entry.value, known) and isinstance(inner, Map) and _kind(inner, root) and _kind(inner, settings):
                said = f"`{name}.blocks.{one.key}.{entry.key}` says what holds for every block"
                yield Finding(said, entry.span, "changes nothing", "leave it out")


def _count(repeat: Scalar) -> int:
    return repeat.value if isinstance(repeat.value, int) and 0 < repeat.value <= 10_000 else -1


def _kind(inner: Map, outer: Map) -> bool:
    """Whether both are of one kind of block: what a word means to another kind is not compared."""
    kind = inner.get("kind")
    return kind is None or _same(kind, outer.get("kind"))


def _at(root: Map, path: str) -> Node | None:
    """The value at a path, written as one key or as maps in maps."""
    found = root.get(path)
    if found is not None:
        return found
    here: Node | None = root
    for part in path.split("."):
        here = here.get(key_of(part)) if isinstance(here, Map) else None
    return here


def _same(one: Node, other: Node | None) -> bool:
    return other is not None and plain(one) == plain(other) and type(plain(one)) is type(plain(other))


def no_expect(subject: Subject) -> Iterator[Finding]:
    """Without `expect` a change of the network by accident is not noticed."""
    expect = subject.root.get("expect")
    if isinstance(expect, Map) and expect.entries:
        return
    entry = subject.document.written.entry("name")
    span = entry.span if entry is not None else subject.root.span
    total = sum(prod(shape) for *_, shape, learned in subject.given.parameters() if learned)
    yield Finding("this network states no figures to be checked", span, "no `expect`", f"add `expect: {{params: {total}}}`")
