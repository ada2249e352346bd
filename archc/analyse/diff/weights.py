"""What becomes of one network's weights in another: which tensors fit, and what they would mean there."""

from collections.abc import Mapping

from archc.analyse.diff.model import Fit, Loading
from archc.ir.graph import Graph
from archc.ir.hash import weights_hash
from archc.ir.pools import BlurPool
from archc.language.layouts.naming import state_keys
from archc.language.layouts.table import CANONICAL, Layout
from archc.weights.origin import unlike_traits


def loading(old: Graph, new: Graph, layout: str, tables: tuple[Layout, Layout], changes: tuple[str, ...]) -> Loading:
    """Of the first network's tensors in the second, under the names both layouts give them.

    `changes` are told where nothing that weights leave no trace of differs. Raises SpecError (E0322).
    """
    before, after = (_shapes(graph, table) for graph, table in zip((old, new), tables, strict=True))
    missing = tuple([key for key in after if key not in before])
    extra = tuple([key for key in before if key not in after])
    reshaped = tuple([(key, before[key], after[key]) for key in after if key in before and before[key] != after[key]])
    matching = len(after) - len(missing) - len(reshaped)
    strict = not missing and not extra and not reshaped
    fit: Fit = "strict" if strict else "partly" if matching else "none"
    same = strict and weights_hash(old) == weights_hash(new)
    traits = tuple([f"{trait}: {before_} → {after_}" for trait, before_, after_ in unlike_traits(old, new)])
    meaning = (traits or changes) if strict and not same else ()
    return Loading(layout, fit, matching, len(after), missing, extra, reshaped, same, meaning)


def _shapes(graph: Graph, layout: Layout) -> Mapping[str, tuple[int, ...]]:
    """Of what is in a state dict; blur filters follow from the spec and are not."""
    found = {name: shape for name, node, shape, _ in graph.parameters() if not isinstance(node.op, BlurPool)}
    if layout is CANONICAL:
        return found
    keys = state_keys(graph, layout)
    return {keys[name]: shape for name, shape in found.items()}
