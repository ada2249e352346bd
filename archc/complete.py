"""A document with its defaults written out: what `archc resolve` prints, so that nothing is implicit."""

from archc.diagnostics import Source, Span
from archc.document.nodes import Entry, Map, Node, Scalar
from archc.ir.graph import Graph
from archc.library import Document
from archc.lower.context import Context, Failed
from archc.lower.modules import definition, parameters_of
from archc.lower.network import NetworkLowering
from archc.spec.defaults import INIT

DEFAULT = Source("default", "")
"""Where a value comes from that nobody wrote."""

_PLACE = Span(DEFAULT, 1, 1, 1, 1)
_NETWORK: dict[str, dict[str, str | bool]] = {
    "norm": {"kind": "batch", "eps": "1e-5", "momentum": "0.1"},
    "act": {"kind": "relu"},
    "conv": {"kind": "plain", "bias": False},
    "init": dict(INIT),
}
"""The network's own defaults; where a word stands for one of these maps, it is left as it is."""


def complete(context: Context, document: Document) -> tuple[Map, Graph | None]:
    """The resolved document, its network, stages, block and steps with every default they rest on.

    The network is lowered for it: a step's defaults are those its operation read. Problems collect in the context.
    """
    graph = NetworkLowering(context, document).lower()
    root = _filled(document.root, context)
    for key, defaults in _NETWORK.items():
        node = root.get(key)
        if node is None:
            root = _with(root, key, Map(tuple(Entry(k, _PLACE, _scalar(v)) for k, v in defaults.items()), _PLACE))
        elif isinstance(node, Map) and key in ("init", "conv"):
            for name, value in defaults.items():
                if name not in node:
                    node = _with(node, name, _scalar(value))
            root = _with(root, key, node)
    return _stages(_block(root, context)), graph


def _filled(node: Map, context: Context) -> Map:
    """Every map beneath with the defaults its step read."""
    entries = [
        Entry(entry.key, entry.span, _filled(entry.value, context)) if isinstance(entry.value, Map) else entry for entry in node
    ]
    read = context.defaulted.get(id(node), {})
    entries += [Entry(key, _PLACE, _scalar(value)) for key, value in read.items() if key not in node]
    return Map(tuple(entries), node.span)


def _block(root: Map, context: Context) -> Map:
    """`block:` with its kind's parameters and the step that carries the stride, from the kind's own file."""
    block = root.get("block")
    kind = block.get("kind") if isinstance(block, Map) else None
    if not isinstance(block, Map) or not isinstance(kind, Scalar):
        return root
    try:
        found = definition(context, kind, "block")
    except Failed:
        return root
    stride_at = found.root.get("stride_at")
    if stride_at is not None and "stride_at" not in block:
        block = _with(block, "stride_at", stride_at)
    for name, declared in parameters_of(found).items():
        default = declared.get("default")
        if default is not None and name not in block:
            block = _with(block, name, default)
    return _with(root, "block", block)


def _stages(root: Map) -> Map:
    stages = root.get("stages")
    for entry in stages if isinstance(stages, Map) else ():
        stage = entry.value
        for key in ("repeat", "stride"):
            if isinstance(stage, Map) and key not in stage:
                stage = _with(stage, key, _scalar(1))
        stages = _with(stages, entry.key, stage) if isinstance(stages, Map) else stages
    return _with(root, "stages", stages) if stages is not None else root


def _with(root: Map, key: str | int, node: Node) -> Map:
    if key in root:
        return Map(tuple(Entry(e.key, e.span, node) if e.key == key else e for e in root), root.span)
    return Map((*root.entries, Entry(key, _PLACE, node)), root.span)


def _scalar(value: object) -> Scalar:
    if isinstance(value, str) and value[0].isdigit():
        return Scalar(float(value), value, _PLACE)
    if isinstance(value, bool | int | float | str):
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return Scalar(value, text, _PLACE)
    return Scalar(None, "null", _PLACE)
