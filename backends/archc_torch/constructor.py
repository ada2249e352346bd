"""The constructor of a class: a line for each attribute, in the order forward uses them, which is the state dict's."""

from archc.backend import BackendError
from archc.ir.op import Init
from archc.ir.ops import Scale
from archc.language.layouts.lookup import Levels
from archc_torch.folding import Entry, by_key, listed, positional
from archc_torch.printer import Doc, call, choice, flat, lines, number, prefixed
from archc_torch.tree import MODULES, Level, clash
from archc_torch.words import check_attribute, is_word
from archc_torch.writer import Writer

_GAPS = 8


def attribute_lines(writer: Writer, slots: dict[int, str]) -> list[str]:
    """`self.name = …` for every module of the class, at the indent of a method's body."""
    found: list[str] = []
    for name, level in writer.tree.root.children.items():
        if level.modules or level.first in slots or any(writer.members[index].bare for index in level.members):
            found += _level_lines(writer, level, (name,), slots)
    return found


def _level_lines(writer: Writer, level: Level, path: Levels, slots: dict[int, str]) -> list[str]:
    check_attribute(path[-1], writer.body.path(level.first))
    target = writer.tree.access(path, level.first)
    if level.first in slots and not level.children:
        argument = slots[level.first]
        return choice(target, "nn.Identity()", f"{argument} is None", argument, 8)
    if level.members and writer.members[level.members[0]].bare:
        return _bare(writer, level, target)
    made = _leaf(writer, level) if level.members else container(writer, level)
    return [*lines(made, 8, f"{target} = "), *_inside(writer, level, path)]


def _inside(writer: Writer, level: Level, path: Levels) -> list[str]:
    """What stands inside a layer at or below a level: detectron2's `conv1.norm`, a norm inside a convolution."""
    found: list[str] = []
    for name, child in level.children.items():
        if level.members and child.modules:
            found += _level_lines(writer, child, (*path, name), {})
        else:
            found += _inside(writer, child, (*path, name))
    return found


def _bare(writer: Writer, level: Level, target: str) -> list[str]:
    """A tensor that is an attribute of the class itself."""
    place = level.members[0]
    member = writer.members[place]
    if len(level.members) > 1 or level.children or member.applied is None:
        raise clash(writer.body, place, level.last)
    op, sizes = member.applied.op, {name: writer.attributes.get((place, name)) for name in ("tokens", "channels", "value")}
    texts = {name: expr.text for name, expr in sizes.items() if expr is not None}
    if op.kind == "position":
        made = call("nn.Parameter", call("torch.empty", texts["tokens"], texts["channels"]))
        return [*lines(made, 8, f"{target} = "), *lines(call("nn.init.normal_", target, f"std={texts['channels']}**-0.5"), 8)]
    value = texts["value"] if "." in texts["value"] or not texts["value"].isdigit() else texts["value"] + ".0"
    shared = isinstance(op, Scale) and op.channels == 0
    made = call("torch.tensor", value) if shared else call("torch.full", f"({texts['channels']},)", value)
    return lines(call("nn.Parameter", made), 8, f"{target} = ")


def _leaf(writer: Writer, level: Level) -> Doc:
    """The one module at a level; operations without tensors may share it."""
    docs: dict[str, tuple[int, Doc]] = {}
    for index in level.members:
        member = writer.members[index]
        kind = member.applied.op.kind if member.applied else ""
        if kind and kind not in MODULES and not writer.tree.in_chain(member.levels):
            continue
        doc = writer.module(index)
        docs.setdefault(flat(doc), (index, doc))
    if len(docs) != 1 or (len(level.members) > 1 and any(_owns(writer, index) for index in level.members)):
        indices = [index for index, _ in docs.values()]
        raise clash(writer.body, indices[0], level.members[-1])
    return next(iter(docs.values()))[1]


def _owns(writer: Writer, index: int) -> bool:
    applied = writer.members[index].applied
    return applied is None or bool(applied.op.parameters())


def container(writer: Writer, level: Level) -> Doc:
    """An nn.Sequential where forward runs through it, else the ModuleList or ModuleDict that forward reaches into."""
    entries = [_entry(writer, name, child) for name, child in level.children.items() if child.modules]
    match level.kind:
        case "list":
            return call("nn.ModuleList", listed(entries))
        case "dict":
            for entry in entries:
                check_attribute(entry.key, writer.body.path(level.first), inside="ModuleDict")
            return call("nn.ModuleDict", by_key(entries))
        case _:
            return _sequential(writer, level, entries)


def _entry(writer: Writer, name: str, level: Level) -> Entry:
    if level.children and not level.members:
        return Entry(name, container(writer, level))
    place = level.members[0]
    member = writer.members[place]
    if member.bare:
        raise BackendError(
            "E0506", f"`{writer.body.path(place)}` cannot be a tensor called `{'.'.join(member.levels)}` in a torch module"
        )
    if member.applied is not None or len(level.members) > 1:
        return Entry(name, _leaf(writer, level))
    return writer.entry(name, place)


def _unpacked(writer: Writer, level: Level, entries: list[Entry]) -> list[Entry]:
    """The entries with those of each dissolved block in one."""
    found: list[Entry] = []
    place = level.first
    at = 0
    while at < len(entries):
        member = writer.members[place]
        doc = writer.unpacked(place) if not level.children[entries[at].key].children else None
        size = writer.plans[member.block].size if doc is not None else 1
        if doc is not None and size > 1 and at + size <= len(entries):
            found.append(Entry(entries[at].key, doc, starred=True))
        else:
            size = 1
            found.append(entries[at])
        below = [level.children[entry.key] for entry in entries[at : at + size]]
        place = below[-1].last + 1
        at += size
    return found


def _sequential(writer: Writer, level: Level, entries: list[Entry]) -> Doc:
    keys = [entry.key for entry in entries]
    if all(key.isdigit() and str(int(key)) == key for key in keys):
        numbers = [int(key) for key in keys]
        gaps = numbers[-1] + 1 - len(numbers)
        if numbers == sorted(set(numbers)) and gaps <= _GAPS:
            filled: list[Entry] = []
            for entry in entries:  # timm numbers a pool that is not always there
                while len(filled) < int(entry.key):
                    filled.append(Entry(str(len(filled)), "nn.Identity()"))
                filled.append(entry)
            return call("nn.Sequential", *positional(filled if gaps else _unpacked(writer, level, filled)))
    for key in keys:
        check_attribute(key, writer.body.path(level.first), inside="Sequential")
    made = by_key(entries)
    if all(is_word(key) for key in keys) and not any(flat(item).startswith("**") for item in made.items):
        pairs: list[Doc] = [prefixed(f"{entry.key}=", entry.doc) for entry in entries]
        return call("nn.Sequential", call("OrderedDict", *pairs))
    return call("nn.Sequential", call("OrderedDict", made))


def init_statement(tensor: str, init: Init) -> str:
    """The statement that begins a tensor, "" for torch's own way."""
    match init.kind:
        case "constant" if init.value == 0:
            return f"nn.init.zeros_({tensor})"
        case "constant" if init.value == 1:
            return f"nn.init.ones_({tensor})"
        case "constant":
            return f"nn.init.constant_({tensor}, {number(init.value)})"
        case "normal":
            return f"nn.init.normal_({tensor}, std={number(init.value)})"
        case "kaiming_normal_fan_out":
            return f'nn.init.kaiming_normal_({tensor}, mode="fan_out", nonlinearity="relu")'
        case "kaiming_normal_fan_in":
            return f'nn.init.kaiming_normal_({tensor}, mode="fan_in", nonlinearity="relu")'
        case "xavier_uniform":
            return f"nn.init.xavier_uniform_({tensor})"
        case "torch":
            return ""
        case _:
            raise BackendError("E0509", f"there is no initialisation `{init.kind}` in the torch backend")
