"""A pass gives the statements of `forward` over a part of a network: its features, each of its features, or its head."""

import re

from archc.ir.graph import Graph
from archc.language.layouts.table import Layout
from archc.record import Record, field
from archc_torch.arguments import Arguments
from archc_torch.classes import init_lines
from archc_torch.constructor import attribute_lines
from archc_torch.forward import forward
from archc_torch.instances import Group
from archc_torch.library import Library
from archc_torch.plan import Plan
from archc_torch.printer import WIDTH
from archc_torch.reading import read
from archc_torch.source import Meta, definitions
from archc_torch.tree import Tree
from archc_torch.writer import Writer

_RESULT = re.compile(r'"[^"]*": ([^,\n}]+)')
_KEY = re.compile(r'\["(\d+)"\]')
_NAME = re.compile(r'\["(\w+)"\]')


class Pass(Record, frozen=False, eq=False):
    """One walk over a graph."""

    writer: Writer
    plans: dict[int, Plan]
    library: Library
    attributes: list[str] = field(factory=list)
    """The lines of the constructor that make attributes."""
    stored: list[str] = field(factory=list)
    """The constructor's numbers that forward reads."""
    statements: list[str] = field(factory=list)
    """The lines of forward up to its result."""
    results: dict[str, str] = field(factory=dict)
    """The expressions of values, by name."""
    now: list[str] = field(factory=list)
    """Initialisations in the constructor."""
    late: list[tuple[str, str]] = field(factory=list)
    """Initialisations after the network's policy."""


def walk(graph: Graph, group: Group, plans: dict[int, Plan], library: Library) -> Pass:
    """Return the lines of one network class."""
    writer = read(Writer(group, Tree(group.bodies[0], network=True), plans, library, Arguments(group.bodies, {"self", "x"})))
    blocks = [writer.value(value) for member in writer.members if member.applied is None for value in member.outputs]
    writer.uses.update({value: writer.uses.get(value, 0) + 1 for value in blocks})  # features must not be written over
    result = Pass(writer, plans, library, attribute_lines(writer, {}))
    writer.uses.update({value: writer.uses[value] - 1 for value in blocks})
    code = forward(writer)
    result.stored = code.stored
    result.now, result.late = init_lines(writer)
    returns = next(place for place, line in enumerate(code.lines) if line.startswith("        return "))
    result.statements = code.lines[:returns]
    last = code.lines[returns:]
    if graph.output_names:
        values = _RESULT.findall("\n".join(last))
        result.results = dict(zip(graph.outputs, values, strict=True))
    else:
        result.statements += [last[0].replace("return ", "x = ", 1), *last[1:]] if last != ["        return x"] else []
        result.results = dict.fromkeys(graph.outputs, "x")
    return result


def walk_part(graph: Graph, layout: Layout) -> Pass:
    """Walk a graph that has no class of its own: its modules are another's, which keeps them in sequences."""
    passes: list[Pass] = []

    def write(graph: Graph, group: Group, _: str, plans: dict[int, Plan], library: Library, *__: object) -> list[str]:
        passes.append(walk(graph, group, plans, library))
        return []

    definitions(graph, layout, Meta(graph.name), write)
    [result] = passes
    result.statements = [_NAME.sub(r".\1", _KEY.sub(r"[\1]", line)) for line in result.statements]
    return result


def returning(statements: list[str]) -> list[str]:
    """Return the statements of a method that returns `x`, directly where the last one makes it."""
    place = max((place for place, line in enumerate(statements) if line.startswith("        x = ")), default=-1)
    rest = statements[place + 1 :]
    is_broken = bool(rest) and statements[place].endswith("(") and rest[-1] == "        )"
    if place < 0 or (rest and not is_broken) or len(statements[place]) + 3 > WIDTH:
        return [*statements, "        return x"]
    return [*statements[:place], statements[place].replace("x = ", "return ", 1), *rest]
