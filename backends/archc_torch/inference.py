"""A network for inference: the graph with its batch norms folded, and the function that folds the weights it was trained with."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from archc.diagnostics import Diagnostic, Note, Span, SpecError, in_order
from archc.ir.fold import Fold, foldable, folded
from archc.ir.graph import Graph, Node
from archc.ir.norms import Norm
from archc.ir.verify import verify
from archc.language.layouts.lookup import Lookup
from archc.language.layouts.naming import state_keys
from archc.language.layouts.table import Layout
from archc_torch.printer import Bracket, Doc, lines, number


def inference(graph: Graph, layout: Layout) -> tuple[Graph, list[str]]:
    """The folded graph, and the lines of `fold`, which takes a state dict of the network with its norms.

    Raises SpecError (E0512) where a batch norm cannot be folded, or there is none.
    """
    folds, others = foldable(graph.nodes, graph.outputs)
    if others or not folds:
        raise SpecError(_refused(graph, others))
    found = folded(graph, folds, placeholders=Lookup(layout, graph.scopes).counts)
    verify(found)
    keys = state_keys(graph, layout)
    return found, _function(_rules([_pair(fold, keys) for fold in folds.values()]))


def _pair(fold: Fold, keys: Mapping[str, str]) -> "_Rule":
    """A norm and its convolution as the layout names them."""
    assert isinstance(fold.norm.op, Norm)  # noqa: S101  a fold is one of a norm
    norm, conv = (keys[f"{node.name}.weight"].rpartition(".")[0] for node in (fold.norm, fold.conv))
    return _Rule(norm, conv, fold.norm.op.eps)


def _refused(graph: Graph, others: Sequence[tuple[Node, str]]) -> tuple[Diagnostic, ...]:
    """One problem for each line of the spec: copies of a block share it."""
    if not others:
        norms = list(dict.fromkeys(node.op.norm for node in graph.nodes if isinstance(node.op, Norm)))
        there = f"its norms are {' and '.join(norms)}" if norms else "it has no norm"
        helped = "leave --fold-bn out: only a batch norm does the same to every image"
        first = next((node for node in graph.nodes if isinstance(node.op, Norm)), graph.nodes[0])
        message = f"no batch norm of `{graph.name}` could be folded: {there}"
        return (Diagnostic("E0512", message, first.origin, f"`{first.name}`", help=helped),)
    alike: dict[Span | None, list[tuple[Node, str]]] = {}
    for node, why in others:
        alike.setdefault(node.origin, []).append((node, why))
    scopes = {scope.path: scope for scope in graph.scopes}
    found: list[Diagnostic] = []
    for span, ((node, why), *more) in alike.items():
        notes: list[Note] = []
        scope = scopes[node.scope]
        if scope.origin is not None and span is not None and scope.origin.source is not span.source:
            notes.append(Note(f"`{scope.path}` is made here", scope.origin))
        if more:
            notes.append(Note(f"the same holds for {_counted([other for other, _ in more])}"))
        helped = "`--target onnx --fold-bn` keeps what cannot be folded; a module with batch norms is built without --fold-bn"
        message = f"batch norm `{node.name}` cannot be folded: {why}"
        found.append(Diagnostic("E0512", message, span, notes=tuple(notes), help=helped))
    return in_order(found)


def _counted(nodes: Sequence[Node]) -> str:
    return f"`{nodes[0].name}`" if len(nodes) == 1 else f"{len(nodes)} others, the last of them `{nodes[-1].name}`"


class _Rule(NamedTuple):
    """How the name of a norm ends, how that of the convolution it is folded into, and the norm's eps."""

    norm: str
    conv: str
    eps: float

    def holds(self, other: "_Rule") -> bool:
        """Whether a norm and its convolution, named in full, are what the rule says of a norm that ends so."""
        return (other.norm.removesuffix(self.norm) + self.conv, self.eps) == (other.conv, other.eps)


def _rules(pairs: Sequence[_Rule]) -> list[_Rule]:
    """Rules of as few levels as will do, of which the first by which a norm ends is right."""
    found: list[_Rule] = []
    left = list(pairs)
    while left:  # at the latest the longest name that is left, as a whole, holds for itself alone
        candidates = (rule for levels in count(1) for rule in dict.fromkeys(end for pair in left for end in _ends(pair, levels)))
        rule = next(rule for rule in candidates if all(rule.holds(pair) for pair in left if pair.norm.endswith(rule.norm)))
        found.append(rule)
        left = [pair for pair in left if not pair.norm.endswith(rule.norm)]
    return found


def _ends(pair: _Rule, levels: int) -> Iterator[_Rule]:
    """The rule of the last levels of a name, and that for names with a level before them. A number alone says too little."""
    norm, conv = pair.norm.split("."), pair.conv.split(".")
    start = len(norm) - levels
    if start < 0 or norm[:start] != conv[:start] or start >= len(conv) or (start and norm[start].isdigit()):
        return
    end = _Rule(".".join(norm[start:]), ".".join(conv[start:]), pair.eps)
    yield end
    if start:
        yield _Rule(f".{end.norm}", f".{end.conv}", pair.eps)


def _function(rules: Sequence[_Rule]) -> list[str]:
    """One eps is said where it is used, several beside the norms that they are of."""
    several = len({rule.eps for rule in rules}) > 1
    entries: tuple[Doc, ...] = tuple(
        f'"{rule.norm}": ("{rule.conv}", {number(rule.eps)})' if several else f'"{rule.norm}": "{rule.conv}"' for rule in rules
    )
    source = TEMPLATE.format(conv="conv, eps" if several else "conv", eps="eps" if several else number(rules[0].eps))
    before, _, after = source.partition("    # table\n")
    return [*before.splitlines(), *lines(Bracket("{", entries, "}"), 4, "norms = "), *after.splitlines()]


TEMPLATE = '''\
def fold(state_dict: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Weights of the network with batch norms as weights of this one.

    Computed in float64 and rounded once, to the type of each convolution's weight.
    """
    # How the name of a norm ends, and that of the convolution before it.
    # table
    folded = dict(state_dict)
    for key in state_dict:
        norm, _, tensor = key.rpartition(".")
        end = next((end for end in norms if norm.endswith(end)), None)
        if tensor != "running_var" or end is None:
            continue
        {conv} = norms[end]
        conv = norm.removesuffix(end) + conv
        mean, var, gamma, beta = (
            folded.pop(f"{{norm}}.{{name}}").double()
            for name in ("running_mean", "running_var", "weight", "bias")
        )
        folded.pop(f"{{norm}}.num_batches_tracked", None)
        scale = gamma / torch.sqrt(var + {eps})
        weight = folded[f"{{conv}}.weight"]
        bias = folded.get(f"{{conv}}.bias", torch.zeros_like(mean))
        filters = weight * scale.reshape([-1] + [1] * (weight.dim() - 1))
        folded[f"{{conv}}.weight"] = filters.to(weight.dtype)
        bias = beta + (bias - mean) * scale
        folded[f"{{conv}}.bias"] = bias.to(weight.dtype)
    return folded
'''
