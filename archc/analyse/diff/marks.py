"""What became of each node and scope, by path: what a drawing of two networks colours."""

from archc.analyse.diff.model import Difference, Kind
from archc.ir.arrange import Identity
from archc.ir.graph import Graph


def marks(difference: Difference) -> tuple[dict[str, Kind], dict[str, Kind]]:
    """On the old side what was removed or changed, on the new side what was added or changed; what is not there is as it was.

    What only follows from other changes (the channels a convolution reads) is changed too. A scope is added or removed if
    everything in it is, changed if something in it differs.
    """
    old: dict[str, Kind] = {}
    new: dict[str, Kind] = {}
    for operation in difference.operations:
        if operation.old:
            old[operation.old] = operation.kind
        if operation.new:
            new[operation.new] = operation.kind
    _mark_scopes(difference.old.graph, old)
    _mark_scopes(difference.new.graph, new)
    return old, new


def _mark_scopes(graph: Graph, found: dict[str, Kind]) -> None:
    inside: dict[str, set[Kind | None]] = {}
    for node in graph.nodes:
        path = "" if isinstance(node.op, Identity) else node.scope
        while path:
            inside.setdefault(path, set()).add(found.get(node.name))
            path = path.rpartition(".")[0]
    for scope in graph.scopes:
        kinds = inside.get(scope.path, set())
        if kinds - {None}:
            [*alike] = kinds
            found[scope.path] = alike[0] if len(alike) == 1 and alike[0] is not None else "changed"
    for node in graph.nodes:  # an identity is a name for what it reads: it comes and goes with what it is in
        kind = found.get(node.scope)
        if isinstance(node.op, Identity) and kind is not None and kind != "changed":
            found[node.name] = kind
