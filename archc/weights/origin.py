"""The origin of weights: what a file records about the function they were made for, and traits in which that may differ."""

from collections.abc import Mapping

from archc.diagnostics import Diagnostic, Note
from archc.ir import ops
from archc.ir.graph import Graph, Node, Scope, enclosing
from archc.ir.hash import weights_hash
from archc.ir.types import shown
from archc.language.layouts.table import Layout
from archc.weights.errors import WeightsError

SPEC, LAYOUT, HASH = "archc.spec", "archc.layout", "archc.weights_hash"
"""Keys of the metadata of a file of weights."""


def provenance(name: str, graph: Graph, layout: Layout) -> dict[str, str]:
    """Return the metadata of a file of weights for a network; transformers asks for `format`."""
    return {"format": "pt", SPEC: name, LAYOUT: layout.name, HASH: weights_hash(graph)}


def check_origin(
    path: str, metadata: Mapping[str, str], name: str, graph: Graph, *, theirs: Graph | None = None, anyway: bool = False
) -> Diagnostic | None:
    """Return None where the weights were made for this function, else a warning: their origin is unknown, or ignored by `anyway`.

    `theirs` is the network that they are recorded for, where it is known. Raises WeightsError (E0585) where they are recorded as
    those of another function.
    """
    recorded, ours = metadata.get(HASH), weights_hash(graph)
    if recorded == ours:
        return None
    if recorded is None:
        message = f"`{path}` does not say which function its weights are for; others with the same keys and shapes may differ in"
        way_out = f"compare the outputs with those of where they come from, or name the spec that is theirs instead of `{name}`"
        return Diagnostic("E0589", message, notes=tuple(map(Note, differences(graph))), help=way_out, severity="warning")
    notes = tuple(map(Note, differences(graph, theirs if theirs and weights_hash(theirs) == recorded else None)))
    whose = f"those of `{metadata[SPEC]}`" if SPEC in metadata else "those of another network"
    message = f"the weights in `{path}` are {whose} ({recorded[:12]}), which is another function than `{name}` ({ours[:12]})"
    if anyway:
        return Diagnostic("E0585", message, notes=notes, help="taken all the same, as `--anyway` says", severity="warning")
    way_out = "name the spec that is theirs, or take them all the same with --anyway"
    raise WeightsError((Diagnostic("E0585", message, notes=notes, help=way_out),))


def differences(graph: Graph, theirs: Graph | None = None) -> list[str]:
    """List the traits in which a network with the same keys and shapes may differ; of a known network, those in which it does."""
    if theirs is None:
        return [f"{trait}: here {value}" for trait, value in _traits(graph).items()]
    return [f"{trait}: there {there}, here {here}" for trait, there, here in unlike_traits(theirs, graph)]


def unlike_traits(theirs: Graph, ours: Graph) -> list[tuple[str, str, str]]:
    """List the traits in which two networks differ: the trait, and its value in each."""
    there, here = _traits(theirs), _traits(ours)
    traits = {**there, **here}
    return [(trait, there.get(trait, "none"), here.get(trait, "none")) for trait in traits if there.get(trait) != here.get(trait)]


def _traits(graph: Graph) -> dict[str, str]:
    """Return the values of the traits that leave no trace in keys and shapes."""
    traits = {
        "stride position": _strides(graph),
        "pool rounding": _pools(graph),
        "eps": _eps(graph),
        "order": _order(graph),
        "activation": ", ".join(dict.fromkeys(node.op.act for node in graph.nodes if isinstance(node.op, ops.Act))),
    }
    return {trait: value for trait, value in traits.items() if value}


def _strides(graph: Graph) -> str:
    """Name the strided steps of blocks with more than one convolution, where the stride could stand elsewhere."""
    steps: dict[str, None] = {}
    for block, nodes in _blocks(graph).items():
        if sum(isinstance(node.op, ops.Conv) for node in nodes) > 1:
            strided = (node.name[len(block.path) + 1 :] for node in nodes if node.op.reduction != 1)
            steps.update(dict.fromkeys(f"`{step}` of `{block.template}`" for step in strided))
    return ", ".join(steps)


def _pools(graph: Graph) -> str:
    kinds = dict.fromkeys(
        f"{node.op.kind} of {shown(node.op.kernel)}, padding {shown(node.op.padding)}, "
        f"rounding {'up' if node.op.ceil else 'down'}"
        for node in graph.nodes
        if isinstance(node.op, ops.MaxPool | ops.AvgPool) and node.op.stride != 1
    )
    return "; ".join(kinds)


def _eps(graph: Graph) -> str:
    values = dict.fromkeys(f"{node.op.eps:g}" for node in graph.nodes if isinstance(node.op, ops.Norm))
    return f"{', '.join(values)} in norms" if values else ""


def _order(graph: Graph) -> str:
    """Say which of convolution, norm and activation blocks begin with, and what follows their addition."""
    orders: dict[str, None] = {}
    for nodes in _blocks(graph).values():
        words = [node.op.kind for node in nodes if node.op.kind in ("conv", "norm", "act", "add")]
        if "add" in words:
            after = " and ".join(words[words.index("add") + 1 :]) or "nothing"
            orders[f"blocks begin with their {words[0]}, {after} after the addition"] = None
    return "; ".join(orders)


def _blocks(graph: Graph) -> dict[Scope, list[Node]]:
    """Return the nodes of each block without its shortcut, including those of modules in it."""
    scopes = {scope.path: scope for scope in graph.scopes}
    blocks: dict[Scope, list[Node]] = {scope: [] for scope in graph.scopes if scope.kind == "block"}
    for node in graph.nodes:
        scope, role = scopes[node.scope], node.role
        while scope.path and scope.kind != "block" and role != "shortcut":
            role, scope = scope.role, scopes[enclosing(scope, scopes)]
        if scope.kind == "block" and role != "shortcut":
            blocks[scope].append(node)
    return blocks
