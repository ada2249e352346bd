"""The forward of a class: one statement a unit, the residual branch first, in place only where that is the same."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from archc.ir.ops import Act, Add, ChannelConv
from archc_torch.arguments import Expr
from archc_torch.functional import expression
from archc_torch.printer import Bracket, Doc, call, flat, lines
from archc_torch.words import MODULE_ATTRIBUTES, unused
from archc_torch.writer import Writer, input_names

_UNIT = frozenset(("conv", "norm", "act", "linear", "dropout", "global_pool"))
_DEPTH = 3

_FUNCTIONS = {
    "relu": "F.relu", "relu6": "F.relu6", "leaky_relu": "F.leaky_relu", "elu": "F.elu", "silu": "F.silu", "gelu": "F.gelu",
    "gelu_tanh": "F.gelu", "mish": "F.mish", "tanh": "torch.tanh", "sigmoid": "torch.sigmoid", "hard_sigmoid": "F.hardsigmoid",
    "hard_swish": "F.hardswish", "softplus": "F.softplus",
}  # fmt: skip


@dataclass(slots=True, eq=False)
class Step:
    """One call or expression: its values, and how it is written over its operands. `unit` holds the numbers of its unit's name."""

    place: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    write: Callable[[list[Doc]], Doc]
    unit: frozenset[str] | None = None
    is_call: bool = True
    depth: int = 1
    target: int = -1
    """The operand an addition is written over."""
    name: str = ""
    """What a sequential level is called."""


@dataclass(slots=True, eq=False)
class Statement:
    """Steps nested in one another; the last one's values are what it assigns."""

    steps: list[Step]

    @property
    def last(self) -> Step:
        return self.steps[-1]

    def inputs(self) -> set[int]:
        made = {number for step in self.steps for number in step.outputs}
        return {number for step in self.steps for number in step.inputs if number not in made}


@dataclass(slots=True, eq=False)
class Forward:
    """`lines` are those of forward's body; `stored` the constructor's, for numbers that forward reads."""

    lines: list[str]
    stored: list[str]


@dataclass(slots=True, eq=False)
class _Naming:
    """Which variable holds each value."""

    chain: str
    taken: set[str]
    names: dict[int, str] = field(default_factory=dict)


def forward(writer: Writer, network: bool) -> Forward:
    """The statements of a class's forward."""
    stored: dict[str, str] = {}
    taken = set(MODULE_ATTRIBUTES) | set(writer.tree.root.children)

    def attribute(place: int, name: str) -> Expr:
        """What forward says for an attribute: a literal, or where the constructor kept it."""
        expr = writer.attributes[place, name]
        if expr.literal:
            return expr
        if expr.text not in stored:
            wanted = expr.text if expr.text.isidentifier() else f"{writer.members[place].name.rpartition('.')[2]}_{name}"
            stored[expr.text] = unused(wanted, taken)
            taken.add(stored[expr.text])
        return Expr(f"self.{stored[expr.text]}", expr.values, literal=False)

    statements = _statements(writer, _steps(writer, attribute), module=writer.body.scope.kind == "module")
    body = _written(writer, statements, network)
    return Forward(body, [f"        self.{name} = {text}" for text, name in stored.items()])


def _steps(writer: Writer, attribute: Callable[[int, str], Expr]) -> list[Step]:
    """The calls in order of execution; a sequential level is one."""
    steps: list[Step] = []
    skip = -1
    for place, member in enumerate(writer.members):
        if place <= skip or member.outputs[0] in writer.alias:
            continue
        inputs = tuple(writer.value(number) for number in member.inputs)
        path = writer.tree.chains.get(place)
        if path is not None:
            level = writer.tree.root
            for name in path:
                level = level.children[name]
            skip = level.last
            outputs = writer.members[skip].outputs
            unit = _unit_of(writer, place, skip)
            steps.append(Step(place, inputs, outputs, _called(writer.tree.access(path, member.name)), unit, name=path[-1]))
            continue
        steps.append(_step(writer, place, inputs, attribute))
    return steps


def _unit_of(writer: Writer, first: int, last: int) -> frozenset[str] | None:
    """A convolution with its norm and activation is one unit wherever they are kept."""
    members = writer.members[first : last + 1]
    if len(members) > _DEPTH or any(m.applied is None or m.applied.op.kind not in ("conv", "norm", "act") for m in members):
        return None
    return frozenset(re.findall(r"\d+$", members[0].name.rpartition(".")[2]))


def _called(access: str) -> Callable[[list[Doc]], Doc]:
    return lambda operands: call(access, *operands)


def _step(writer: Writer, place: int, inputs: tuple[int, ...], attribute: Callable[[int, str], Expr]) -> Step:
    member = writer.members[place]
    applied = member.applied
    if applied is None or place in writer.group.slots:
        return Step(place, inputs, member.outputs, _called(writer.tree.access(member.levels, member.name)))
    op = applied.op
    numbers = frozenset(re.findall(r"\d+$", member.name.rpartition(".")[2]))
    unit = numbers if op.kind in _UNIT else None
    own: Callable[[str], Expr] = lambda name: attribute(place, name)  # noqa: E731
    if isinstance(op, Act) and place in writer.tree.inline:
        return Step(place, inputs, member.outputs, _activation(writer, place, op, own), unit)
    if member.bare:
        access = writer.tree.access(member.levels, member.name)
        sign = "+" if op.kind == "position" else "*"
        index = "[:, None, None]" if op.kind == "scale" and applied.rank == 3 else ""
        return Step(place, inputs, member.outputs, lambda d: f"{flat(d[0])} {sign} {access}{index}", is_call=False)
    if op.kind == "affine":
        return Step(place, inputs, member.outputs, lambda d: _in_parentheses(expression(applied, d, own, writer.library)), is_call=False)
    written = expression(applied, ["x"] * len(inputs), own, writer.library)
    if written is None:
        access = writer.tree.access(member.levels, member.name)
        if isinstance(op, ChannelConv):  # along the channels: (N, C, 1, 1) as (N, 1, C) and back
            turned = "{}({}.flatten(2).transpose(1, 2)).transpose(1, 2).unsqueeze(3)"
            return Step(place, inputs, member.outputs, lambda d: turned.format(access, flat(d[0])), is_call=False)
        return Step(place, inputs, member.outputs, _called(access), unit)
    target = _overwritten(writer, place, inputs) if isinstance(op, Add) else -1

    def write(operands: list[Doc]) -> Doc:
        made = expression(applied, operands, own, writer.library)
        return made if made is not None else ""

    return Step(place, inputs, member.outputs, write, is_call=isinstance(written, Bracket), target=target)


def _in_parentheses(doc: Doc | None) -> Doc:
    return f"({flat(doc or '')})"


def _activation(writer: Writer, place: int, op: Act, own: Callable[[str], Expr]) -> Callable[[list[Doc]], Doc]:
    further = {"leaky_relu": own("slope").text, "elu": own("slope").text, "gelu_tanh": 'approximate="tanh"'}
    given = [further[op.act]] if op.act in further else []
    if writer.in_place(place):
        given.append("inplace=True")
    return lambda operands: call(_FUNCTIONS[op.act], *operands, *given)


def _overwritten(writer: Writer, place: int, inputs: tuple[int, ...]) -> int:
    """Which operand of an addition may be written over: the residual branch rather than the shortcut, never one that is broadcast."""
    member = writer.members[place]
    small = member.applied.rank if member.applied else 0
    if len(inputs) != 2:
        return -1
    fit = [at for at, number in enumerate(inputs) if writer.safe(number) and not small >> at & 1]
    fit.sort(key=lambda at: writer.members[writer.makers[inputs[at]]].role == "shortcut")
    return fit[0] if fit else -1


def _statements(writer: Writer, steps: list[Step], *, module: bool) -> list[Statement]:
    """Steps nested where one reads only the step before it and both are of one unit, or where it is a plain operand."""
    kept = {step.inputs[step.target] for step in steps if step.target >= 0}
    found: list[Statement] = []
    for step in steps:
        before = found[-1] if found else None
        if before is not None and _nests(writer, before.last, step, kept, module=module):
            if step.unit is not None and before.last.unit is not None:
                step.unit |= before.last.unit
                step.depth = before.last.depth + 1
            before.steps.append(step)
        else:
            found.append(Statement([step]))
    return found


def _nests(writer: Writer, first: Step, then: Step, kept: set[int], *, module: bool) -> bool:
    if len(first.outputs) != 1 or first.target >= 0:
        return False
    value = first.outputs[0]
    if writer.uses.get(value) != 1 or then.inputs.count(value) != 1 or value in kept:
        return False
    pooled = first.place >= 0 and _kind(writer, first) == "global_pool"
    if first.unit is not None and then.unit is not None and not (pooled and not module):
        return len(first.unit | then.unit) <= 1 and first.depth < _DEPTH
    # an operand of a sum, a product, a slice: only what reads as a call; `torch.flatten` and further calls have their own line
    return then.unit is None and len(then.inputs) > 1 and (first.is_call or _kind(writer, first) in ("affine", "mul"))


def _kind(writer: Writer, step: Step) -> str:
    applied = writer.members[step.place].applied
    return applied.op.kind if applied else ""


def _written(writer: Writer, statements: list[Statement], network: bool) -> list[str]:
    body = writer.body
    arguments = input_names(body)
    last_use: dict[int, int] = {}
    for at, statement in enumerate(statements):
        last_use.update(dict.fromkeys(statement.inputs(), at))
    results = [writer.value(number) for number in body.outputs]
    last_use.update(dict.fromkeys(results, len(statements)))
    chain = "x" if network or (len(arguments) == 1 and last_use.get(body.inputs[0], 0) == 0) else "out"
    naming = _Naming(chain, {*arguments, chain})
    naming.names.update(zip(body.inputs, arguments, strict=True))
    found: list[str] = []
    for at, statement in enumerate(statements):
        final = at == len(statements) - 1 and len(results) == 1 and results[0] in statement.last.outputs
        found += _statement(writer, statement, at, naming, last_use, final=final)
    if not any(line.startswith("        return ") for line in found):
        found += _result(body.output_names, results, naming)
    return found


def _result(names: tuple[str, ...], results: list[int], naming: _Naming) -> list[str]:
    if len(results) == 1:
        return [f"        return {naming.names[results[0]]}"]
    pairs: tuple[Doc, ...] = tuple(f'"{name}": {naming.names[number]}' for name, number in zip(names, results, strict=True))
    return lines(Bracket("return {", pairs, "}", spread=True), 8)


def _statement(writer: Writer, statement: Statement, at: int, naming: _Naming, last_use: dict[int, int], *, final: bool) -> list[str]:
    doc: Doc = ""
    inner: dict[int, Doc] = {}
    for step in statement.steps[:-1]:
        inner[step.outputs[0]] = step.write([_operand(number, inner, naming) for number in step.inputs])
    step = statement.last
    operands = [_operand(number, inner, naming) for number in step.inputs]
    if step.target >= 0 and step.inputs[step.target] not in inner:
        name = naming.names[step.inputs[step.target]]
        naming.names[step.outputs[0]] = name
        return lines(operands[1 - step.target], 8, f"{name} += ")
    doc = step.write(operands)
    if isinstance(doc, str) and doc.startswith("(") and doc.endswith(")"):
        doc = doc[1:-1]
    if final:
        return lines(doc, 8, "return ")
    name = _target(writer, statement, at, naming, last_use)
    if len(step.outputs) > 1:
        naming.names.update({number: f"{name}[{place}]" for place, number in enumerate(step.outputs)})
    else:
        naming.names[step.outputs[0]] = name
    return lines(doc, 8, f"{name} = ")


def _operand(number: int, inner: dict[int, Doc], naming: _Naming) -> Doc:
    return inner[number] if number in inner else naming.names[number]


def _target(writer: Writer, statement: Statement, at: int, naming: _Naming, last_use: dict[int, int]) -> str:
    """The running variable for what the next statement uses up; a name of its own for what lives longer."""
    step = statement.last
    lives = max((last_use.get(number, at) for number in step.outputs), default=at)
    held = [number for number, name in naming.names.items() if name == naming.chain and last_use.get(number, -1) > at]
    if len(step.outputs) == 1 and not held and lives <= at + 1:
        return naming.chain
    name = unused(_own_name(writer, step), naming.taken)
    naming.taken.add(name)
    return name


def _own_name(writer: Writer, step: Step) -> str:
    member = writer.members[step.place]
    if member.role == "shortcut":
        return "shortcut"
    readers = [other for other in writer.members if set(step.outputs) & {writer.value(number) for number in other.inputs}]
    if any(reader.role == "shortcut" for reader in readers) and len(readers) > 1:
        return "preact"
    if any(reader.name.split(".")[0] == "add" for reader in readers) and writer.body.scope.kind == "block":
        return "residual"
    *_, around, own = ("", "", *member.name.split("."))
    if step.name:
        return step.name if not step.name.isdigit() else f"{member.levels[-3]}{step.name}" if len(member.levels) > 2 else own
    return f"{own}{around}" if around.isdigit() else own
