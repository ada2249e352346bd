"""The attribute tree of a class: which levels are an nn.Sequential, which a list or dict that forward reaches into."""

from collections import Counter
from collections.abc import Iterator
from typing import Literal, TypeAlias, get_args

from archc.backend import BackendError
from archc.ir import ops
from archc.language.layouts.lookup import Levels
from archc.record import Record, field
from archc_torch.body import Body, Member
from archc_torch.words import check_attribute, is_word

Kind: TypeAlias = Literal["chain", "list", "dict"]

Module: TypeAlias = (
    ops.Conv | ops.ConvTranspose | ops.Linear | ops.ChannelConv | ops.Norm | ops.Act | ops.Dropout | ops.MaxPool | ops.AvgPool
    | ops.BlurPool | ops.GlobalPool | ops.AdaptiveAvgPool | ops.AdaptiveMaxPool | ops.Scale | ops.Position
)  # fmt: skip
"""What is an nn.Module in the emitted class; the rest is an expression in forward."""
ChainedModule: TypeAlias = Module | ops.Flatten | ops.Identity | ops.Pad
"""What can stand in an nn.Sequential."""
MODULES, CHAINED = (frozenset([cls.kind for cls in get_args(union)]) for union in (Module, ChainedModule))
TAPPED = 4
"""Up to so many modules are called one by one, where values between them are read."""


class Level(Record, frozen=False, eq=False, compiled=True):
    """One level of an attribute path: what is below it by name, and the members that stand at it."""

    children: dict[str, "Level"] = field(factory=dict)
    members: list[int] = field(factory=list)
    kind: Kind | None = None
    first: int = -1
    last: int = -1
    count: int = 0
    modules: bool = False
    """Whether a module stands at this level or below it."""


class Tree:
    """The levels of a body.

    `chains` are the outermost sequential levels by their first member; `tapped` are sequences too, but for values that are read
    on the way. `is_chain`: the body is a sequence whose names cannot be attributes (`0`, `1`). `inline` are activations that
    forward calls as functions.
    """

    def __init__(self, body: Body, *, network: bool = False) -> None:
        self.body = body
        self.root = Level()
        self.chains: dict[int, Levels] = {}
        self.tapped: dict[int, Levels] = {}
        self.root_tensors = False
        self.inline: set[int] = set()
        self._uses = Counter(value for member in body.members for value in member.inputs)
        self._uses.update(body.outputs)
        for index, member in enumerate(body.members):
            self._add(index, member)
        named = all(is_word(name) for name in self.root.children)
        self.is_chain = not network and not named and self._chained(self.root, start=None)
        if self.is_chain:
            self._has_modules(self.root)
        else:
            self._decide(self.root, ())

    def in_chain(self, levels: Levels) -> bool:
        """Whether a member is part of an nn.Sequential."""
        paths = (*self.chains.values(), *self.tapped.values())
        return self.is_chain or any(levels[: len(path)] == path for path in paths)

    def _add(self, index: int, member: Member) -> None:
        if not member.levels:
            self.root_tensors |= bool(member.applied and member.applied.op.parameters())
        at = self.root
        for name in ("", *member.levels):
            at = at.children.setdefault(name, Level()) if name else at
            at.first = index if at.first < 0 else at.first
            at.last = index
            at.count += 1
        at.members.append(index)

    def _decide(self, level: Level, path: Levels) -> None:
        """Gives each level below a kind; an activation alone in a list or dict needs no module."""
        for name, child in level.children.items():
            below = (*path, name)
            if not child.children:
                child.modules = any(self._is_module(index, inside=bool(path)) for index in child.members)
            elif self._chained(child, start=child.first) and self._has_modules(child):
                self.chains[child.first] = below
            elif self._is_tapped(child) and self._has_modules(child):
                self.tapped[child.first] = below
            else:
                for nested in (child, *_nested(child)):
                    nested.kind = None
                self._decide(child, below)
                keys = [key for key, nested in child.children.items() if nested.modules]
                if not child.members:
                    child.kind = "list" if keys == [str(i) for i in range(len(keys))] else "dict"
                child.modules = bool(keys) or any(self._is_module(index, inside=bool(path)) for index in child.members)

    def _is_module(self, index: int, *, inside: bool) -> bool:
        member = self.body.members[index]
        if member.applied is None:
            return True
        kind = member.applied.op.kind
        if kind == "act" and inside:
            self.inline.add(index)
            return False
        return kind in MODULES

    def _has_modules(self, level: Level) -> bool:
        for nested in (level, *_nested(level)):
            nested.modules = bool(nested.children) or bool(nested.members)
        applied = [self.body.members[index].applied for index in range(level.first, level.last + 1)]
        return any(each is None or each.op.kind in MODULES - {"act"} for each in applied)

    def _chained(self, level: Level, *, start: int | None) -> bool:
        """Whether the members below a level follow one another, each reading only the one before it; marks it if so."""
        members, body = self.body.members, self.body
        if level.members or not level.children or level.count != level.last - level.first + 1:
            return False
        if not all(self._follows(index, level) for index in range(level.first, level.last + 1)):
            return False
        if start is None and (members[level.first].inputs != body.inputs or members[level.last].outputs != body.outputs):
            return False
        found = list(_nested(level))
        if any(below.members and (below.children or len(below.members) > 1) for below in found):
            return False
        if any(below.count != below.last - below.first + 1 for below in found):
            return False
        for below in (level, *found):
            if below.children:
                below.kind = "chain"
        return True

    def _is_tapped(self, level: Level) -> bool:
        """Whether a loop over a level's modules is what it does: numbered, each a module or a sequence, one after the other."""
        children = list(level.children.items())
        if level.members or [name for name, _ in children] != [str(place) for place in range(len(children))]:
            return False
        if level.count != level.last - level.first + 1 or len(children) <= TAPPED:
            return False
        for _, child in children:
            alone = len(child.members) == 1 and not child.children
            if not alone and not self._chained(child, start=child.first):
                return False
            if not self._in_line(child.first, level):
                return False
        level.kind = "chain"
        return True

    def level(self, path: Levels) -> Level:
        """The level at an attribute path."""
        found = self.root
        for name in path:
            found = found.children[name]
        return found

    def taps(self, level: Level) -> list[tuple[int, int]]:
        """Which modules of a tapped sequence make a value read elsewhere, and the value; the last one's is the sequence's."""
        ends = [(place, self.body.members[child.last].outputs[0]) for place, child in enumerate(level.children.values())]
        return [(place, value) for place, value in ends[:-1] if self._uses[value] > 1]

    def _follows(self, index: int, level: Level) -> bool:
        """Whether a member could be a module of a sequence, and reads what the member before it makes, alone."""
        return self._in_line(index, level) and (index == level.last or self._uses[self.body.members[index].outputs[0]] == 1)

    def _in_line(self, index: int, level: Level) -> bool:
        """Whether a member could be a module of a sequence, and reads what the member before it makes."""
        members = self.body.members
        member = members[index]
        if len(member.inputs) != 1 or len(member.outputs) != 1 or member.bare:
            return False
        if member.applied is not None and member.applied.op.kind not in CHAINED:
            return False
        return index == level.first or member.inputs == members[index - 1].outputs

    def access(self, levels: Levels, place: int, owner: str = "self") -> str:
        """The expression that reaches the attribute path of a member: `self.convs[0]`."""
        at, text, node = self.root, owner, self.body.path(place)
        for name in levels:
            match at.kind:
                case "list":
                    text += f"[{name}]"
                case "dict":
                    check_attribute(name, node, inside="ModuleDict")
                    text += f'["{name}"]'
                case "chain":
                    text += f"[{name if name.isdigit() else list(at.children).index(name)}]"
                case None:
                    check_attribute(name, node)
                    text += f".{name}"
            at = at.children[name]
        return text


def _nested(level: Level) -> Iterator[Level]:
    for child in level.children.values():
        yield child
        yield from _nested(child)


def clash(body: Body, first: int, other: int) -> BackendError:
    path = ".".join(body.members[first].levels)
    return BackendError("E0507", f"`{body.path(first)}` and `{body.path(other)}` cannot both be the module `{path}`")


def stands_alone(body: Body) -> bool:
    """Whether a scope can be a class, its attributes identifiers, or an nn.Sequential."""
    tree = Tree(body)
    if tree.is_chain:
        return all(not member.init for member in body.members)
    return all(is_word(name) for name in tree.root.children) and not tree.root_tensors
