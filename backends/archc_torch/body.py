"""What one emitted class holds: the operations and children of a scope, those of dissolved scopes among them."""

from collections.abc import Callable, Iterator

from archc.backend import BackendError
from archc.ir.graph import Role, Scope
from archc.ir.op import Init
from archc.language.layouts.lookup import Levels
from archc.record import Record, field
from archc_torch.parts import Applied, Leaf, Part, Parts

Passed = dict[str, str | None]
"""Which argument of the class each argument of a scope inside it came from."""


class Member(Record, frozen=False, eq=False, compiled=True):
    """One operation, or one child with a class of its own (`part`), in a body.

    `name` is its path in the scope, `levels` its attribute path in the class; `arguments` say which argument of the class an
    attribute (or the child's argument) came from. `bare`: the layout gives its one tensor, not the module, that path.
    """

    name: str
    levels: Levels
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    role: Role
    applied: Applied | None = None
    part: int = -1
    arguments: tuple[tuple[str, str | None], ...] = ()
    init: tuple[tuple[str, Init], ...] = ()
    bare: bool = False
    block: int = -1
    """The part of the dissolved block it comes from, and `start`, the block's place in the order; -1 if it is the scope's own."""
    start: int = -1


class Body(Record, frozen=False, eq=False):
    """Members in order of execution over numbered values."""

    scope: Scope
    members: list[Member]
    inputs: tuple[int, ...]
    input_names: tuple[str, ...]
    outputs: tuple[int, ...]
    output_names: tuple[str, ...]
    by_name: tuple[str, ...] = ()

    def path(self, place: int) -> str:
        """The full name of a member, for messages."""
        name = self.members[place].name
        return f"{self.scope.path}.{name}" if self.scope.path else name


class Bodies(Record, frozen=False, eq=False):
    """Bodies by part; `whole` are the parts that have a class or function of their own."""

    parts: Parts
    bodies: dict[int, Body] = field(factory=dict)
    whole: set[int] = field(factory=set)


class _Flattening(Record, frozen=False, eq=False):
    """One body being made; `expanded` are the scopes that have to be dissolved into it."""

    bodies: Bodies
    expanded: frozenset[str]
    root: str = ""
    members: list[Member] = field(factory=list)
    numbers: dict[Levels, int] = field(factory=dict)
    count: int = 0

    def values(self, numbers: tuple[int, ...], known: dict[int, int]) -> tuple[int, ...]:
        for number in numbers:
            if number not in known:
                known[number] = self.count
                self.count += 1
        return tuple([known[number] for number in numbers])

    def counted(self, prefix: Levels, levels: Levels) -> Levels:
        """`#` replaced by the parent's next number."""
        if "#" not in levels:
            return prefix + levels
        for level in levels:
            if level == "#":
                number = self.numbers.get(prefix, 0)
                self.numbers[prefix] = number + 1
                prefix = (*prefix, str(number))
            else:
                prefix = (*prefix, level)
        return prefix

    def run(self, part: Part, base: str, prefix: Levels, known: dict[int, int], passed: Passed, block: tuple[int, int]) -> None:
        lookup = self.bodies.parts.lookup
        for item in part.items:
            name = f"{base}.{item.local}" if base else item.local
            inputs = self.values(item.inputs, known)
            if isinstance(item, Leaf):
                self.leaf(item, name, prefix, known, passed, block)
                continue
            child = self.bodies.parts.parts[item.part]
            scope = lookup.scopes[f"{self.root}.{name}" if self.root else name]
            levels = prefix if scope.kind == "turn" else self.counted(prefix, lookup.own(scope))
            arguments = tuple((key, passed.get(outer) if outer else None) for key, outer in item.passed)
            outputs = self.values(item.outputs, known) if item.part in self.bodies.whole else ()
            if item.part in self.bodies.whole and len(levels) > len(prefix) and name not in self.expanded:
                member = Member(name, levels, inputs, outputs, item.role, part=item.part, arguments=arguments)
                member.block, member.start = block
                self.members.append(member)
                continue
            inside = dict(passed) if scope.kind == "turn" else {}
            inside.update(arguments)
            mapped = dict(zip(child.inputs, inputs, strict=True))
            mapped.update(zip(child.outputs, self.values(item.outputs, known), strict=True))
            around = (item.part, len(self.members)) if scope.kind == "block" and block[0] < 0 else block
            self.run(child, name, levels, mapped, inside, around)

    def leaf(self, item: Leaf, name: str, prefix: Levels, known: dict[int, int], passed: Passed, block: tuple[int, int]) -> None:
        scope = ".".join(filter(None, (self.root, name.removesuffix(item.local).removesuffix("."))))
        lookup, applied = self.bodies.parts.lookup, self.bodies.parts.operations[item.operation]
        levels = self.counted(prefix, lookup.step(scope, item.local))
        tensors = applied.op.parameters()
        bare = False
        renamed = lookup.renamed(scope, item.local) if tensors else {}
        for tensor, path in renamed.items():
            whole = prefix + path
            if applied.op.kind in ("position", "scale") and tensor == "weight":
                levels, bare = whole, True
            elif whole != (*levels, tensor):
                node = f"{scope}.{item.local}" if scope else item.local
                raise BackendError("E0506", f"`{node}` cannot keep its `{tensor}` as `{'.'.join(whole)}` in a torch module")
        arguments = tuple((key, passed.get(argument)) for key, argument in item.arguments)
        member = Member(
            name,
            levels,
            self.values(item.inputs, known),
            self.values(item.outputs, known),
            item.role,
            applied=applied,
            arguments=arguments,
            init=item.init,
            bare=bare,
            block=block[0],
            start=block[1],
        )
        self.members.append(member)


def flatten(bodies: Bodies, index: int) -> Body:
    """The body of a part. Scopes whose attribute path is not theirs alone are dissolved into it."""
    part = bodies.parts.parts[index]
    own: Passed = {argument.name: argument.name for argument in part.scope.arguments}
    expanded: frozenset[str] = frozenset()
    while True:
        made = _Flattening(bodies, expanded, part.scope.path)
        known: dict[int, int] = {}
        inputs = made.values(part.inputs, known)
        made.run(part, "", (), known, own, (-1, -1))
        shared = frozenset(_shared(made.members)) - expanded
        if not shared:
            outputs = made.values(part.outputs, known)
            return Body(part.scope, made.members, inputs, part.input_names, outputs, part.output_names, part.by_name)
        expanded |= shared


def _shared(members: list[Member]) -> Iterator[str]:
    """Children whose path is, or begins, that of another member."""
    owners: dict[Levels, list[str]] = {}
    for member in members:
        if member.part >= 0:
            owners.setdefault(member.levels, []).append(member.name)
    for names in owners.values():
        if len(names) > 1:
            yield from names
    for member in members:
        levels = member.levels
        for length in range(1, len(levels) + (member.part < 0)):
            yield from owners.get(levels[:length], ())


def all_bodies(parts: Parts, stands_alone: Callable[[Body], bool]) -> Bodies:
    """The bodies of the network and of each part that becomes a class or function, inner ones first."""
    bodies = Bodies(parts)
    last = len(parts.parts) - 1
    for index, part in enumerate(parts.parts):
        if index != last and (part.scope.kind not in ("block", "module") or len(part.outputs) != 1):
            continue
        body = flatten(bodies, index)
        if index != last and not stands_alone(body):
            continue
        bodies.bodies[index] = body
        bodies.whole.add(index)
    return bodies


def short(member: Member) -> str:
    """What a member is called in the name of an argument: the last name of its attribute path."""
    last = member.levels[-1] if member.levels else member.name
    return last if not last.isdigit() else member.name.replace(".", "_")


def input_names(body: Body) -> list[str]:
    """Names for the values a scope reads: `x` from outside the scope around it, `shortcut`, `residual`, else the step's."""
    if len(body.inputs) == 1:
        return ["x"]
    around = body.scope.parent
    found: list[str] = []
    for name in body.input_names:
        inside = name.startswith(around + ".") if around else True
        step = name[len(around) + 1 :].split(".")[0].replace(":", "_") if inside and around else "x" if not inside else name
        if step not in ("x", "shortcut") and body.scope.path.endswith(".add"):
            step = "residual"
        step = "".join(c if c.isalnum() else "_" for c in step)
        found.append(step if step not in found else f"{step}{len(found)}")
    return found
