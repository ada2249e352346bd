"""Random graphs as a lowering would order them: a scope that is entered again is another scope."""

from archc.ir.graph import Graph, Scope
from archc.record import replace


def contiguous(graph: Graph) -> Graph:
    """The same function, each scope's nodes together, everything renamed to its new scope."""
    known = {scope.path: scope for scope in graph.scopes}
    scopes = [graph.scopes[0]]
    stack = [("", "")]  # old path and new path of the open scopes
    values = {graph.input: graph.input}
    nodes = []
    for node in graph.nodes:
        chain = _chain(node.scope)
        while stack[-1][0] not in chain:
            stack.pop()
        for old in chain[chain.index(stack[-1][0]) + 1 :]:
            around = stack[-1][1]
            new = f"{around}.part{len(scopes)}" if around else f"part{len(scopes)}"
            scopes.append(Scope(new, known[old].kind, known[old].template, known[old].arguments, role=known[old].role))
            stack.append((old, new))
        scope = stack[-1][1]
        name = f"{scope}.{node.local}" if scope else node.local
        outputs = tuple(name + output.removeprefix(node.name) for output in node.outputs)
        values.update(zip(node.outputs, outputs, strict=True))
        inputs = tuple(values[value] for value in node.inputs)
        nodes.append(replace(node, name=name, inputs=inputs, outputs=outputs, scope=scope))
    types = {values[name]: type_ for name, type_ in graph.types.items()}
    ends = tuple(values[name] for name in graph.outputs)
    return replace(graph, nodes=tuple(nodes), scopes=tuple(scopes), types=types, outputs=ends)


def _chain(path: str) -> list[str]:
    """The scopes from the network to a path."""
    parts = path.split(".") if path else []
    return ["", *(".".join(parts[: i + 1]) for i in range(len(parts)))]
