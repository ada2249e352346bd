"""Nodes are read as units and wires; an operation without a box of its own becomes words on the wire that passes it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias

from archc.cost.count import Cost
from archc.ir import ops
from archc.ir.graph import Graph, Node, Scope
from archc.ir.types import along, by_axis
from archc.present.draw.content import ENTRY, Cell, Side, Unit, Wire
from archc.present.draw.scene import Facts, Mark
from archc.present.draw.words import Detail, beside, dimensions, role, shortcut_words, symbol, words
from archc.record import Record, field, replace

Grain: TypeAlias = Literal["layer", "op"]
"""At the grain of operations norms, activations and shortcuts have boxes of their own."""

SIGNS: dict[Mark, str] = {"": "", "added": "+ ", "removed": "− ", "changed": "~ "}
"""Before the words of what a comparison marks."""


class Reading(Record):
    """A graph with its costs, and the settings by which it is read."""

    graph: Graph
    costs: Mapping[str, Cost]
    grain: Grain
    scopes: Mapping[str, Scope]
    detail: Detail = "full"
    closed: Callable[[Scope], bool] = lambda _: False
    quiet: tuple[type, ...] = (ops.Identity,)
    expand_shortcut: bool = False
    silent: tuple[type, ...] = (ops.Identity,)
    """What is quiet and not even told in words."""
    marks: Mapping[str, Mark] = field(factory=dict)
    """What became of nodes and scopes in a comparison, by path."""


class _Value(Record, frozen=False):
    """The origin of a value."""

    source: int
    """The unit that the value comes from, by index."""
    side: Side = "main"
    passed: tuple[str, ...] = ()
    """The words of the operations without a box that the value passed since."""
    nodes: tuple[Node, ...] = ()
    """The nodes of these operations."""


class _State(Record, frozen=False):
    units: list[Unit] = field(factory=list)
    values: dict[str, _Value] = field(factory=dict)
    wires: list[Wire] = field(factory=list)


def read_cell(reading: Reading, nodes: Sequence[Node], outputs: Sequence[str]) -> Cell:
    """Read the cell of nodes that give `outputs`; all values that they read from other nodes are the cell's entry."""
    state = _State()
    groups: dict[str, list[Node]] = {}
    order: list[tuple[str, Node]] = []
    for node in nodes:
        scope = _closed_scope(reading, node.scope)
        if scope:
            if scope not in groups:
                order.append((scope, node))
            groups.setdefault(scope, []).append(node)
        else:
            order.append(("", node))
    for scope, node in order:
        if scope:
            _module(reading, state, reading.scopes[scope], groups[scope])
        else:
            _node(reading, state, node)
    last = len(state.units)
    for name in outputs:
        _connect(reading, state, state.values.get(name, _Value(ENTRY)), last)
    modules = dict.fromkeys(unit.module for unit in state.units if unit.module)
    if _reshapes(reading, nodes):
        aside = {index for index, unit in enumerate(state.units) if unit.side == "shortcut"}
        state.wires = [replace(wire, changes=wire.changes or bool(aside & {wire.source, wire.target})) for wire in state.wires]
    return Cell(tuple(state.units), _merged(state.wires), tuple([(path, _title(reading.scopes[path])) for path in modules]))


def _reshapes(reading: Reading, nodes: Sequence[Node]) -> bool:
    """Return whether the nodes have a shortcut that changes the shape."""
    shortcut = [node for node in nodes if _side(reading, node) == "shortcut"]
    types = reading.graph.types
    return bool(shortcut) and types[shortcut[0].inputs[0]].shape != types[shortcut[-1].outputs[0]].shape


def _title(module: Scope) -> str:
    """Return the title of a module, `attention: squeeze excite`, and on a shortcut `projection` alone."""
    local, template = module.path.rpartition(".")[2], module.template.replace("_", " ")
    return template if local.replace("_", " ") in (template, "shortcut") else f"{local}: {template}"


def _closed_scope(reading: Reading, path: str) -> str:
    """Return the outermost module around a node that is drawn as one box, "" where there is none."""
    outermost = ""
    while path:
        scope = reading.scopes.get(path)
        if scope is not None and scope.kind == "module" and reading.closed(scope):
            outermost = path
        elif scope is not None and scope.kind not in ("module", "turn"):
            break
        path = path.rpartition(".")[0]
    return outermost


def _node(reading: Reading, state: _State, node: Node) -> None:
    side = _side(reading, node)
    quiet = isinstance(node.op, reading.quiet) or (side == "shortcut" and not reading.expand_shortcut)
    if quiet and len(node.inputs) == 1:
        before = state.values.get(node.inputs[0]) or _Value(ENTRY)
        passed = before.passed if isinstance(node.op, reading.silent) else (*before.passed, words(node, "kernel"))
        value = _Value(before.source, side if side != "main" else before.side, passed, (*before.nodes, node))
        state.values.update(dict.fromkeys(node.outputs, value))
        if node.name in reading.marks and side == "main" and before.source != ENTRY:
            changed = state.units[before.source]
            if not changed.mark:
                lines = changed.words if changed.symbol else (SIGNS["changed"] + changed.words[0],)
                state.units[before.source] = replace(changed, mark="changed", words=lines)
        return
    sign = symbol(node.op)
    tooltip = facts(reading, node)
    detail: Detail = "kernel" if isinstance(node.op, ops.Dropout) and reading.detail == "full" else reading.detail
    label = words(node, detail)
    output = reading.graph.types[node.outputs[0]]
    module = _module_of(reading, node)
    kind = role(node.op)
    mark = reading.marks.get(node.name, "")
    lines = (beside(node.op),) if sign else (SIGNS[mark] + label,)
    unit = Unit(node.name, lines, kind, sign, side, output, tooltip, f"{sign}{label}", module, node.op.drawn == "layer", mark)
    _add(reading, state, unit, node.inputs, node.outputs)


def _module(reading: Reading, state: _State, scope: Scope, nodes: Sequence[Node]) -> None:
    """Add a module as one box with its name, and its width if it has one."""
    arguments = {argument.name: argument.value for argument in scope.arguments}
    graph = reading.graph
    inner = {name for node in nodes for name in node.outputs}
    used = {name for node in graph.nodes for name in node.inputs} if not scope.output else set()
    outputs = [scope.output] if scope.output else [name for name in inner if name in used]
    reads = list(dict.fromkeys(name for node in nodes for name in node.inputs if name not in inner))
    output = graph.types[outputs[-1]]
    cost = sum((reading.costs[node.name] for node in nodes), Cost())
    label = scope.template.replace("_", " ")
    width = arguments.get("out")
    stride = arguments.get("stride", 1)
    convs = [node.op for node in nodes if isinstance(node.op, ops.Conv | ops.ConvTranspose)]
    kernel = max((along(op.kernel, op.axes) for op in convs), default=())
    if scope.role == "main" and width is not None and convs:
        label = f"{label} {by_axis(kernel)}, {width}" + (f", /{stride}" if stride != 1 else "")
    joins = _joins(scope)
    side: Side = "main" if joins or scope.role == "main" else "aside" if scope.role == "insert" else "shortcut"
    tooltip = Facts(f"{scope.path}: {label}", dimensions(output.shape), cost.parameters, cost.macs, *place(scope))
    kind = "gate" if joins or scope.role == "insert" else "conv" if convs else role(nodes[-1].op)
    mark = reading.marks.get(scope.path, "")
    unit = Unit(scope.path, (SIGNS[mark] + label,), kind, "", side, output, tooltip, label, "", layer=True, mark=mark)
    _add(reading, state, unit, reads, outputs)


def _joins(scope: Scope) -> bool:
    """Return whether a module stands in place of the addition, since it reads several values of the block."""
    return len(scope.inputs) > 1 and scope.role == "main"


def _add(reading: Reading, state: _State, unit: Unit, reads: Sequence[str], gives: Sequence[str]) -> None:
    index = len(state.units)
    state.units.append(unit)
    for name in reads:
        _connect(reading, state, state.values.get(name) or _Value(ENTRY), index)
    side: Side = "shortcut" if unit.side == "shortcut" else "main"
    state.values.update({name: _Value(index, side) for name in gives})


def _connect(reading: Reading, state: _State, value: _Value, target: int) -> None:
    tooltip = None
    changes = False
    passed = ", ".join(value.passed)
    shortcut = [node for node in value.nodes if _side(reading, node) == "shortcut"]
    if shortcut and value.side == "shortcut":
        shape = reading.graph.types[shortcut[-1].outputs[0]].shape
        changes = shape != reading.graph.types[shortcut[0].inputs[0]].shape
        spent = sum((reading.costs[node.name] for node in shortcut), Cost())
        if not reading.expand_shortcut:
            passed = shortcut_words(shortcut)
        elif not passed and reading.grain == "layer":
            passed = "identity"
        scope = reading.scopes.get(shortcut[-1].scope)
        line = place(scope if scope is not None and scope.kind == "module" else shortcut[-1])
        path = shortcut[0].name if len(shortcut) == 1 else shortcut[0].scope
        tooltip = Facts(f"{path}: {passed or 'identity'}", dimensions(shape), spent.parameters, spent.macs, *line)
    marks: list[Mark] = [reading.marks[node.name] for node in shortcut if node.name in reading.marks]
    mark = _common(marks)
    if mark and passed:
        passed = SIGNS[mark] + passed
    state.wires.append(Wire(value.source, target, value.side, passed, changes, tooltip, mark))


def _common(marks: Sequence[Mark]) -> Mark:
    """Return the mark of a wire that passes several nodes."""
    if not marks:
        return ""
    return marks[0] if len({*marks}) == 1 else "changed"


def _merged(wires: Sequence[Wire]) -> tuple[Wire, ...]:
    """Keep one wire between two units, the shortcut where there is one: a gate may read `x` beside it."""
    merged: dict[tuple[int, int], Wire] = {}
    for wire in wires:
        key = (wire.source, wire.target)
        before = merged.get(key)
        if before is None or (wire.side == "shortcut" and before.side != "shortcut"):
            merged[key] = wire
    return tuple(merged.values())


def _side(reading: Reading, node: Node) -> Side:
    path = node.scope
    if node.role == "shortcut":
        return "shortcut"
    while path:
        scope = reading.scopes.get(path)
        if scope is not None:
            if scope.role == "shortcut":
                return "shortcut"
            if scope.kind not in ("module", "turn"):
                break
        path = path.rpartition(".")[0]
    return "main"


def _module_of(reading: Reading, node: Node) -> str:
    """Return the outermost module that a node stands in."""
    outermost, path = "", node.scope
    while path:
        scope = reading.scopes.get(path)
        if scope is not None and scope.kind == "module":
            outermost = path
        elif scope is not None and scope.kind != "turn":
            break
        path = path.rpartition(".")[0]
    return outermost


def facts(reading: Reading, node: Node) -> Facts:
    """Return what a tooltip tells of a node: its full words, its value's shape, its cost, its line of the spec."""
    cost = reading.costs[node.name]
    shape = dimensions(reading.graph.types[node.outputs[0]].shape)
    return Facts(f"{node.name}: {words(node)}", shape, cost.parameters, cost.macs, *place(node))


def place(thing: Node | Scope) -> tuple[str, str]:
    """Return a place, as `archc:blocks/basic.yaml:7`, and the text of that line."""
    span = thing.origin
    if span is None:
        return "", ""
    lines = span.source.text.splitlines()
    text = lines[span.line - 1].strip() if 0 < span.line <= len(lines) else ""
    return f"{span.source.name}:{span.line}", text
