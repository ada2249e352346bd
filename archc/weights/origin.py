"""Where weights come from: what a file records of the function they were made for, and how else that may differ."""

from collections.abc import Mapping

from archc.diagnostics import Diagnostic, Note
from archc.ir import ops
from archc.ir.graph import Graph, Node, Scope, enclosing
from archc.ir.hash import weights_hash
from archc.ir.types import shown
from archc.language.layouts.table import Layout
from archc.weights.errors import WeightsError

SPEC, LAYOUT, HASH = "archc.spec", "archc.layout", "archc.weights_hash"
"""Keys in the metadata of a safetensors file."""


def provenance(name: str, graph: Graph, layout: Layout) -> dict[str, str]:
    """What a file of weights for a network says of itself. `format` is what transformers asks for."""
    return {"format": "pt", SPEC: name, LAYOUT: layout.name, HASH: weights_hash(graph)}


def check_origin(
    path: str, metadata: Mapping[str, str], name: str, graph: Graph, *, theirs: Graph | None = None, anyway: bool = False
) -> Diagnostic | None:
    """None where the weights were made for this very function, else a warning: of unknown origin, or `anyway` taken.

    `theirs` is the network they are recorded for, where that is known. Raises WeightsError (E0585) where they are recorded as
    another function's.
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
    """How a network with the same keys and shapes may be another function, each with what it is in this one.

    With the other network, only where the two differ.
    """
    if theirs is None:
        return [f"{trait}: here {said}" for trait, said in _traits(graph).items()]
    return [f"{trait}: there {there}, here {here}" for trait, there, here in unlike_traits(theirs, graph)]


def unlike_traits(theirs: Graph, ours: Graph) -> list[tuple[str, str, str]]:
    """What leaves no trace in keys and shapes and differs between two networks: the trait, and what it is in each."""
    there, here = _traits(theirs), _traits(ours)
    traits = {**there, **here}
    return [(trait, there.get(trait, "none"), here.get(trait, "none")) for trait in traits if there.get(trait) != here.get(trait)]


def _traits(graph: Graph) -> dict[str, str]:
    """What leaves no trace in keys and shapes."""
    found = {
        "stride position": _strides(graph),
        "pool rounding": _pools(graph),
        "eps": _eps(graph),
        "order": _order(graph),
        "activation": ", ".join(dict.fromkeys(node.op.act for node in graph.nodes if isinstance(node.op, ops.Act))),
    }
    return {trait: said for trait, said in found.items() if said}


def _strides(graph: Graph) -> str:
    """Of blocks with more than one convolution, where it could stand elsewhere."""
    found: dict[str, None] = {}
    for block, nodes in _blocks(graph).items():
        if sum(isinstance(node.op, ops.Conv) for node in nodes) > 1:
            strided = (node.name[len(block.path) + 1 :] for node in nodes if getattr(node.op, "stride", 1) != 1)
            found.update(dict.fromkeys(f"`{step}` of `{block.template}`" for step in strided))
    return ", ".join(found)


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
    """Which of convolution, norm and activation a block begins with, and what follows its addition."""
    found: dict[str, None] = {}
    for nodes in _blocks(graph).values():
        words = [node.op.kind for node in nodes if node.op.kind in ("conv", "norm", "act", "add")]
        if "add" in words:
            after = " and ".join(words[words.index("add") + 1 :]) or "nothing"
            found[f"blocks begin with their {words[0]}, {after} after the addition"] = None
    return "; ".join(found)


def _blocks(graph: Graph) -> dict[Scope, list[Node]]:
    """The nodes of each block off its shortcut, those of modules in it too."""
    scopes = {scope.path: scope for scope in graph.scopes}
    blocks: dict[Scope, list[Node]] = {scope: [] for scope in graph.scopes if scope.kind == "block"}
    for node in graph.nodes:
        scope, role = scopes[node.scope], node.role
        while scope.path and scope.kind != "block" and role != "shortcut":
            role, scope = scope.role, scopes[enclosing(scope, scopes)]
        if scope.kind == "block" and role != "shortcut":
            blocks[scope].append(node)
    return blocks
