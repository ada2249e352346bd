"""The forward of a class: one statement a unit, the residual branch first, in place only where that is the same."""

from archc.record import Record, field
from archc_torch.arguments import Expr
from archc_torch.body import Body, input_names
from archc_torch.printer import Bracket, Doc, flat, lines
from archc_torch.steps import DEPTH, Loop, Step, steps_of
from archc_torch.words import MODULE_ATTRIBUTES, plain, unused
from archc_torch.writer import Writer


class Statement(Record, frozen=False, eq=False):
    """Steps nested in one another; the last one's values are what it assigns."""

    steps: list[Step]

    @property
    def last(self) -> Step:
        return self.steps[-1]

    def inputs(self) -> set[int]:
        made = {number for step in self.steps for number in step.outputs}
        return {number for step in self.steps for number in step.inputs if number not in made}


class Forward(Record, frozen=False, eq=False):
    """`lines` are those of forward's body; `stored` the constructor's, for numbers that forward reads."""

    lines: list[str]
    stored: list[str]


class _Naming(Record, frozen=False, eq=False):
    """Which variable holds each value."""

    chain: str
    taken: set[str]
    names: dict[int, str] = field(factory=dict)

    def new(self, wanted: str) -> str:
        """A variable of its own."""
        name = unused(wanted, self.taken, 20)
        self.taken.add(name)
        return name


def forward(writer: Writer) -> Forward:
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
            stored[expr.text] = unused(wanted, taken, 20)
            taken.add(stored[expr.text])
        return Expr(f"self.{stored[expr.text]}", expr.values, literal=False)

    statements = _statements(writer, steps_of(writer, attribute), module=writer.body.scope.kind == "module")
    body = _written(writer, statements)
    return Forward(body, [f"        self.{name} = {text}" for text, name in stored.items()])


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
    if len(first.outputs) != 1 or first.target >= 0 or first.loop is not None:
        return False
    value = first.outputs[0]
    if writer.uses.get(value) != 1 or then.inputs.count(value) != 1 or value in kept:
        return False
    pooled = first.place >= 0 and _kind(writer, first) == "global_pool"
    if first.unit is not None and then.unit is not None and not (pooled and not module):
        return len(first.unit | then.unit) <= 1 and first.depth < DEPTH
    # an operand of a sum, a product, a slice: only what reads as a call; `torch.flatten` and further calls have their own line
    if then.unit is not None or len(then.inputs) < 2:
        return False
    return first.is_call or _kind(writer, first) == "affine" or (_kind(writer, first), _kind(writer, then)) == ("mul", "add")


def _kind(writer: Writer, step: Step) -> str:
    applied = writer.members[step.place].applied
    return applied.op.kind if applied else ""


def _written(writer: Writer, statements: list[Statement]) -> list[str]:
    body = writer.body
    arguments = input_names(body)
    last_use: dict[int, int] = {}
    for at, statement in enumerate(statements):
        last_use.update(dict.fromkeys(statement.inputs(), at))
    results = [writer.value(number) for number in body.outputs]
    last_use.update(dict.fromkeys(results, len(statements)))
    chain = "x" if body.scope.kind == "network" or (len(arguments) == 1 and last_use.get(body.inputs[0], 0) == 0) else "out"
    naming = _Naming(chain, {*arguments, chain})
    naming.names.update(zip(body.inputs, arguments, strict=True))
    found: list[str] = []
    for at, statement in enumerate(statements):
        final = at == len(statements) - 1 and tuple(results) == statement.last.outputs and not body.by_name
        found += _statement(writer, statement, at, naming, last_use, final=final)
    if not any(line.startswith("        return ") for line in found):
        found += _result(body, results, naming)
    return found


def _result(body: Body, results: list[int], naming: _Naming) -> list[str]:
    names = body.by_name or body.output_names
    if len(results) == 1 and not body.by_name:
        return [f"        return {naming.names[results[0]]}"]
    pairs: tuple[Doc, ...] = tuple(
        f'"{plain(name)}": {naming.names[number]}' for name, number in zip(names, results, strict=True)
    )
    return lines(Bracket("return {", pairs, "}", spread=True), 8)


def _statement(
    writer: Writer, statement: Statement, at: int, naming: _Naming, last_use: dict[int, int], *, final: bool
) -> list[str]:
    doc: Doc = ""
    inner: dict[int, Doc] = {}
    for step in statement.steps[:-1]:
        doc = step.write([_operand(number, inner, naming) for number in step.inputs])
        inner[step.outputs[0]] = f"({flat(doc)})" if _kind(writer, step) == "affine" else doc
    step = statement.last
    if step.loop is not None:
        return _loop(writer, statement, step.loop, at, naming, last_use)
    operands = [_operand(number, inner, naming) for number in step.inputs]
    if step.target >= 0 and step.inputs[step.target] not in inner:
        name = naming.names[step.inputs[step.target]]
        naming.names[step.outputs[0]] = name
        return lines(operands[1 - step.target], 8, f"{name} += ")
    doc = step.write(operands)
    if final:
        return lines(doc, 8, "return ")
    name = _target(writer, statement, at, naming, last_use)
    for place, number in enumerate(step.outputs):
        naming.names[number] = f"{name}[{place}]" if len(step.outputs) > 1 else name
    return lines(doc, 8, f"{name} = ")


def _loop(writer: Writer, statement: Statement, loop: Loop, at: int, naming: _Naming, last_use: dict[int, int]) -> list[str]:
    """A sequence run module by module, in the running variable where that is free, and what is read of it on the way."""
    step = statement.last
    [source], (*tapped, result) = step.inputs, step.outputs
    busy = [number for number, name in naming.names.items() if name == naming.chain and last_use.get(number, -1) > at]
    running = naming.new("y") if busy else naming.chain
    begin = [] if naming.names[source] == running else [f"        {running} = {naming.names[source]}"]
    values = naming.new("maps")
    where = f"i == {loop.taps[0]}" if len(loop.taps) == 1 else f"i in {loop.taps}"
    names = [
        naming.new(_value_name(writer, number) or f"{step.name}_{place}") for place, number in zip(loop.taps, tapped, strict=True)
    ]
    naming.names.update(zip(tapped, names, strict=True))
    naming.names[result] = running
    taken = f"        {', '.join(names)} = {values}" if len(names) > 1 else f"        {names[0]} = {values}[0]"
    found = [
        *begin,
        f"        {values}: list[torch.Tensor] = []",
        f"        for i, {loop.item} in enumerate({loop.sequence}):",
        f"            {running} = {loop.item}({running})",
        f"            if {where}:",
        f"                {values}.append({running})",
        taken,
    ]
    if last_use.get(result, at) > at + 1:
        naming.names[result] = naming.new(_value_name(writer, result) or step.name)
        found.append(f"        {naming.names[result]} = {running}")
    return found


def _value_name(writer: Writer, number: int) -> str:
    """A feature's own name, as a variable's: the last of it that is no number, with what is left where it is one."""
    body = writer.body
    results = [writer.value(result) for result in body.outputs]
    if not body.by_name or number not in results:
        return ""
    return body.by_name[results.index(number)].replace(".", "_")


def _operand(number: int, inner: dict[int, Doc], naming: _Naming) -> Doc:
    return inner[number] if number in inner else naming.names[number]


def _target(writer: Writer, statement: Statement, at: int, naming: _Naming, last_use: dict[int, int]) -> str:
    """The running variable for what the next statement uses up; a name of its own for what lives longer."""
    step = statement.last
    lives = max((last_use.get(number, at) for number in step.outputs), default=at)
    held = [number for number, name in naming.names.items() if name == naming.chain and last_use.get(number, -1) > at]
    if len(step.outputs) == 1 and not held and lives <= at + 1:
        return naming.chain
    return naming.new((_value_name(writer, step.outputs[0]) if len(step.outputs) == 1 else "") or _own_name(writer, step))


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
