"""Batch norms folded into the convolutions before them: which can be, why others cannot, and the network without them.

In evaluation a batch norm is `scale · x + shift` for each channel, which a convolution or a linear layer takes into its weights:
`scale · w` for each filter, and `shift + scale · b` for the bias.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archc.ir import ops
from archc.ir.graph import Graph, Node, Scope
from archc.ir.ops import Operation
from archc.record import replace


class Fold(NamedTuple):
    """A convolution or linear layer, and the batch norm that is folded into it."""

    conv: Node
    norm: Node


class Foldable(NamedTuple):
    """The folds by the convolution's name; and of every other batch norm, in order of execution, why it cannot be folded."""

    folds: dict[str, Fold]
    others: list[tuple[Node, str]]


def foldable(nodes: Sequence[Node], outputs: Sequence[str]) -> Foldable:
    """A norm can be folded if it alone reads what a plain convolution or linear layer makes, dropout apart."""
    uses = Counter(value for node in nodes for value in node.inputs)
    makers = {value: node for node in nodes for value in node.outputs}
    found = Foldable({}, [])
    for norm in nodes:
        if not isinstance(norm.op, ops.Norm) or norm.op.norm != "batch":
            continue
        value = norm.inputs[0]
        shared = uses[value] > 1 or value in outputs
        maker = makers.get(value)
        while maker is not None and isinstance(maker.op, ops.Identity | ops.Dropout) and not shared:
            value = maker.inputs[0]
            shared = uses[value] > 1 or value in outputs
            maker = makers.get(value)
        if maker is None:
            found.others.append((norm, "it reads the input, and no convolution"))
        elif not isinstance(maker.op, ops.Conv | ops.Linear):
            found.others.append((norm, f"it reads `{maker.name}`, which is no convolution"))
        elif isinstance(maker.op, ops.Conv) and maker.op.weights != "plain":
            found.others.append((norm, f"the filters of `{maker.name}` are standardised whenever it runs"))
        elif value in outputs:
            found.others.append((norm, f"`{maker.name}` is wanted without it, as a feature"))
        elif shared:
            found.others.append((norm, f"`{maker.name}` is read without it too"))
        else:
            found.folds[maker.name] = Fold(maker, norm)
    return found


def with_bias(conv: Node) -> Node:
    """The convolution or linear layer as it is after folding."""
    assert isinstance(conv.op, ops.Conv | ops.Linear)  # noqa: S101  nothing else has a norm folded into it
    if conv.op.bias:
        return conv
    op = type(conv.op)(**{**conv.op.__dict__, "bias": True})
    return replace(conv, op=op, arguments=tuple([each for each in conv.arguments if each[0] != "bias"]))


def folded(graph: Graph, folds: dict[str, Fold], *, placeholders: bool = False) -> Graph:
    """The network in evaluation without these norms, whose readers read the convolutions. Every name stays.

    `placeholders`: identities take the norms' places, for a layout that numbers its modules.
    """
    gone = {fold.norm.name: fold for fold in folds.values()}
    renamed = {} if placeholders else {fold.norm.outputs[0]: fold.norm.inputs[0] for fold in folds.values()}
    made: dict[int, Operation] = {}  # by identity: equal operations stay one object
    nodes: list[Node] = []
    for node in graph.nodes:
        if node.name in gone:
            if placeholders:
                nodes.append(replace(node, op=ops.Identity(), arguments=(), init=()))
            continue
        changed = node
        if node.name in folds:
            changed = with_bias(node)
            changed = replace(changed, op=made.setdefault(id(node.op), changed.op))
        inputs = tuple([renamed.get(value, value) for value in node.inputs])
        nodes.append(changed if inputs == node.inputs else replace(changed, inputs=inputs))
    if placeholders:
        return replace(graph, nodes=tuple(nodes))
    return replace(
        graph,
        nodes=tuple(nodes),
        outputs=tuple([renamed.get(value, value) for value in graph.outputs]),
        scopes=tuple(_scopes(graph, nodes, renamed)),
        types={value: type_ for value, type_ in graph.types.items() if value not in renamed},
    )


def _scopes(graph: Graph, nodes: Sequence[Node], renamed: dict[str, str]) -> Iterator[Scope]:
    """The scopes that still hold a node, with the values that are left."""
    holding = {""}
    for path in {node.scope for node in nodes}:
        around = path
        while around:
            holding.add(around)
            around = around.rpartition(".")[0]
    for scope in graph.scopes:
        inputs = tuple([renamed.get(value, value) for value in scope.inputs])
        output = renamed.get(scope.output, scope.output)
        if scope.path in holding:
            yield scope if (inputs, output) == (scope.inputs, scope.output) else replace(scope, inputs=inputs, output=output)
