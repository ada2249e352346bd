"""The statements of `forward` over a part of a network: its features, each of its features, its head."""

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
    """One walk over a graph. `made` are the constructor's attributes, `stored` its numbers that forward reads, `statements` those
    of forward up to its result, `results` the expressions of its values by their names.
    """

    writer: Writer
    plans: dict[int, Plan]
    library: Library
    made: list[str] = field(factory=list)
    stored: list[str] = field(factory=list)
    statements: list[str] = field(factory=list)
    results: dict[str, str] = field(factory=dict)
    now: list[str] = field(factory=list)
    late: list[tuple[str, str]] = field(factory=list)


def walk(graph: Graph, group: Group, plans: dict[int, Plan], library: Library) -> Pass:
    """The lines of one network class."""
    writer = read(Writer(group, Tree(group.bodies[0], network=True), plans, library, Arguments(group.bodies, {"self", "x"})))
    blocks = [writer.value(value) for member in writer.members if member.applied is None for value in member.outputs]
    writer.uses.update({value: writer.uses.get(value, 0) + 1 for value in blocks})  # a feature, not to be written over
    found = Pass(writer, plans, library, attribute_lines(writer, {}))
    writer.uses.update({value: writer.uses[value] - 1 for value in blocks})
    written = forward(writer)
    found.stored = written.stored
    found.now, found.late = init_lines(writer)
    returns = next(place for place, line in enumerate(written.lines) if line.startswith("        return "))
    found.statements = written.lines[:returns]
    last = written.lines[returns:]
    if graph.output_names:
        values = _RESULT.findall("\n".join(last))
        found.results = dict(zip(graph.outputs, values, strict=True))
    else:
        name = "x"
        found.statements += [last[0].replace("return ", f"{name} = ", 1), *last[1:]] if last != ["        return x"] else []
        found.results = dict.fromkeys(graph.outputs, name)
    return found


def walk_part(graph: Graph, layout: Layout) -> Pass:
    """As `walk`, of a graph that has no class of its own: the modules are another's, which keeps them in sequences."""
    kept: list[Pass] = []

    def write(graph: Graph, group: Group, _: str, plans: dict[int, Plan], library: Library, *__: object) -> list[str]:
        kept.append(walk(graph, group, plans, library))
        return []

    definitions(graph, layout, Meta(graph.name), write)
    [found] = kept
    found.statements = [_NAME.sub(r".\1", _KEY.sub(r"[\1]", line)) for line in found.statements]
    return found


def returning(statements: list[str]) -> list[str]:
    """The statements of a method, `x` returned: at once where the last one makes it."""
    at = max((place for place, line in enumerate(statements) if line.startswith("        x = ")), default=-1)
    rest = statements[at + 1 :]
    broken = bool(rest) and statements[at].endswith("(") and rest[-1] == "        )"
    if at < 0 or (rest and not broken) or len(statements[at]) + 3 > WIDTH:
        return [*statements, "        return x"]
    return [*statements[:at], statements[at].replace("x = ", "return ", 1), *rest]
