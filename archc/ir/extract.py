"""Parts of a network as networks of their own: its features by name, and what is left without its head."""

from collections.abc import Container, Iterator

from archc.ir import ops
from archc.ir.graph import Graph, Node, Scope
from archc.ir.sizes import pooled_values, prove_sizes
from archc.record import replace
from archc.traced import Traced

_ENDS = (ops.GlobalPool, ops.AdaptiveAvgPool, ops.AvgPool, ops.Sum, ops.Flatten, ops.Tokens, ops.Take, ops.Linear)
"""With one of these a head leaves the map behind."""


def named_values(graph: Graph) -> dict[str, str]:
    """The value that each path stands for: a node's own, a scope's last one. A node that makes several has none."""
    values = {node.name: node.outputs[0] for node in graph.nodes if len(node.outputs) == 1}
    last = {path: node.outputs[0] for node in graph.nodes if len(node.outputs) == 1 for path in _around(node.scope)}
    for scope in graph.scopes:
        value = scope.output or last.get(scope.path)
        if scope.path and value is not None:
            values[scope.path] = value
    return values


def extractor(graph: Graph, paths: tuple[str, ...]) -> Graph:
    """The network that gives the values of these paths by name, in order of execution; what none of them needs is gone.

    Each path is one that `named_values` has.
    """
    values = named_values(graph)
    made = (graph.input, *(value for node in graph.nodes for value in node.outputs))
    place = {value: at for at, value in enumerate(made)}
    ordered = sorted(dict.fromkeys(paths), key=lambda path: place[values[path]])
    return _cut(graph, tuple([values[path] for path in ordered]), tuple(ordered))


def without_head(graph: Graph) -> Graph:
    """The network up to its last map: the head's first step that pools or flattens is gone, and all after it."""
    head = next((scope for scope in graph.scopes if scope.kind == "head"), None)
    if head is None:
        return graph
    steps: dict[str, list[Node]] = {}
    for node in graph.nodes:
        if head.path in _around(node.scope):
            steps.setdefault(node.name[len(head.path) + 1 :].partition(".")[0], []).append(node)
    last, pooled = head.inputs[0], pooled_values(graph)
    for step in steps.values():
        made = step[-1].outputs[0]
        # neither a vector, nor the one pixel that a module has pooled the map to
        is_map = graph.types[made].is_map and (made not in pooled or last in pooled)
        if isinstance(step[-1].op, _ENDS) or not is_map:
            break
        last = made
    return _cut(graph, (last,), ())


def _cut(graph: Graph, outputs: tuple[str, ...], names: tuple[str, ...]) -> Graph:
    """What these outputs are computed from."""
    wanted = set(outputs)
    kept: list[Node] = []
    for node in reversed(graph.nodes):
        if not wanted.isdisjoint(node.outputs):
            wanted.update(node.inputs)
            kept.append(node)
    nodes = tuple(reversed(kept))
    values = (graph.input, *(value for node in nodes for value in node.outputs))
    types = {value: graph.types[value] for value in values}
    last = {path: node.outputs[-1] for node in nodes for path in _around(node.scope)}
    scopes = [_narrowed(scope, last[scope.path], types) for scope in graph.scopes if scope.path in last or not scope.path]
    found = replace(graph, outputs=outputs, output_names=names, nodes=nodes, scopes=_without_classes(scopes, nodes), types=types)
    if graph.any_size:
        return found
    problem = prove_sizes(found)  # a head may be what fixed the size of the image
    return found if problem is not None and problem.fixed else replace(found, any_size=True)


def _narrowed(scope: Scope, last: str, known: Container[str]) -> Scope:
    """The scope with the values that are left; where its own last one is gone, the last that is there."""
    inputs = tuple([value for value in scope.inputs if value in known])
    output = scope.output if not scope.output or scope.output in known else last
    return scope if (inputs, output) == (scope.inputs, scope.output) else replace(scope, inputs=inputs, output=output)


def _without_classes(scopes: list[Scope], nodes: tuple[Node, ...]) -> tuple[Scope, ...]:
    """The number of classes is an argument of what makes them, and of the scopes around it, alone."""
    using = {path for node in nodes if _reads_classes(node) for path in _around(node.scope)}
    using |= {
        path for scope in scopes if any(a.passed == "classes" and a.name != "classes" for a in scope.arguments)
        for path in _around(scope.path.rpartition(".")[0])
    }  # fmt: skip
    return tuple(
        [
            scope if scope.path in using else replace(scope, arguments=tuple([a for a in scope.arguments if a.name != "classes"]))
            for scope in scopes
        ]
    )


def _reads_classes(node: Node) -> bool:
    formulas = (value for value in node.op.__dict__.values() if isinstance(value, Traced))
    return any(passed == "classes" for _, passed in node.arguments) or any(each.depends_on("num_classes") for each in formulas)


def _around(path: str) -> Iterator[str]:
    """A path, and the paths around it up to the network's."""
    while path:
        yield path
        path = path.rpartition(".")[0]
    yield ""
