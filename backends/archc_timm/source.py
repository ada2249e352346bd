"""The source of a timm model has a header, imports, classes, timm's configuration of it, and a way to run timm's scripts."""

import ast

from archc import __version__
from archc.backend import BackendError, Network
from archc.ir.graph import Graph
from archc.ir.hash import graph_hash
from archc.ir.norms import Norm
from archc.language.layouts.naming import attribute_paths
from archc.language.layouts.table import Layout
from archc_timm.ending import Ending, beheaded
from archc_timm.head import divide
from archc_timm.network import Model
from archc_torch.printer import Bracket, lines, number
from archc_torch.source import Meta, definitions, header

_MODELS = ("build_model_with_cfg", "checkpoint_seq", "generate_default_cfgs", "register_model")
_LAYERS = ("ClassifierHead", "create_classifier", "to_2tuple")


def emit_source(network: Network) -> str:
    """Return the source of a model. Raises BackendError where the network cannot be a model of timm."""
    factory, layout = network.factory(), network.layout
    graph = factory.whole
    _refuse(network)
    spec = network.spec
    meta = Meta(spec.name, spec.title, tuple(spec.source), graph_hash(network.whole), __version__)
    ending, style = divide(graph, layout)
    model = Model(graph, ending, style, layout, factory.graph, _classes(network.whole), factory.missing)
    text, _ = definitions(graph if style == "steps" else beheaded(graph, ending), layout, meta, model.write)
    about = [
        f"`import {graph.name}` makes it known to timm.create_model. timm's own scripts run by",
        "",
        f"    python {graph.name}.py train.py --model {graph.name} ...",
    ]
    cfg = _default_cfg(network, ending, layout)
    source = "\n".join([header(meta, about), _imports(text), "", *cfg, "", "", text, *_main(graph)]) + "\n"
    ast.parse(source)
    return source


def _classes(graph: Graph) -> int:
    return next(int(argument.value) for argument in graph.scopes[0].arguments if argument.name == "classes")


def _refuse(network: Network) -> None:
    """Raise BackendError (E0573) for a network with changes that timm makes itself."""
    cut, graph = network.graph, network.whole
    if _frozen(cut) and not _frozen(graph):
        how, way = "with frozen norms", "timm.utils.freeze_batch_norm_2d(model)"
    elif len(cut.nodes) < len(graph.nodes) and not cut.output_names:
        how, way = "without its head", 'timm.create_model(..., num_classes=0, global_pool="")'
    else:
        return
    raise BackendError("E0573", f"a model of timm is whole; `{graph.name}` is wanted {how}", f"{way} makes it so")


def _frozen(graph: Graph) -> bool:
    return any(isinstance(node.op, Norm) and node.op.frozen for node in graph.nodes)


def _imports(text: str) -> str:
    layers = [name for name in _LAYERS if f"{name}(" in text]
    models = [name for name in _MODELS if name in text or name == "generate_default_cfgs"]
    rows = ["import os", "import runpy", "import sys"]
    rows += ["from collections import OrderedDict"] if "OrderedDict(" in text else []
    rows += ["from typing import Any", "", "import torch"]
    rows += ["import torch.nn.functional as F"] if "F." in text else []
    rows += lines(_names(layers), 0, "from timm.layers import ") if layers else []
    rows += lines(_names(models), 0, "from timm.models import ")
    return "\n".join([*rows, "from torch import nn"])


def _names(names: list[str]) -> Bracket | str:
    whole = ", ".join(names)
    return whole if len(whole) < 60 else Bracket("(", tuple(names), ")", spread=True)


def _default_cfg(network: Network, ending: Ending, layout: Layout) -> list[str]:
    """Return timm's default configuration: how images are prepared, and which layers depend on channels and classes."""
    graph = network.whole
    paths = attribute_paths(graph, layout)
    shape = ", ".join(map(str, graph.types[graph.input].shape))
    features = graph.types[ending.features].spatial
    entries = [f'"num_classes": {_classes(graph)}', f'"input_size": ({shape})']
    if not graph.any_size:
        entries.append('"fixed_input_size": True')
    if features:
        entries.append(f'"pool_size": {features}')
    names = {"crop": "crop_pct"}
    for key, value in network.spec.preprocess:
        text = number(value) if isinstance(value, int | float) else "(" + "".join(f"{number(v)}, " for v in value).rstrip() + ")"
        entries.append(f'"{names.get(key, key)}": {text}')
    first = next((paths[node.name] for node in graph.nodes if node.op.kind == "conv" and graph.input in node.inputs), None)
    entries += [f'"first_conv": "{first}"'] if first else []
    entries.append(f'"classifier": "{paths[ending.classifier.name]}"')
    entry = Bracket(f'"{graph.name}": ' + "{", tuple(entries), "}", spread=True)
    whole = Bracket("generate_default_cfgs(", (Bracket("{", (entry,), "}", spread=True),))
    return lines(whole, 0, "default_cfgs = ")


def _main(graph: Graph) -> list[str]:
    return [
        "",
        'if __name__ == "__main__":',
        "    if len(sys.argv) < 2:",
        f'        sys.exit("usage: python {graph.name}.py SCRIPT [ARGUMENTS]")',
        "    del sys.argv[0]  # the script finds its own arguments, and the files beside it",
        "    sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))",
        '    runpy.run_path(sys.argv[0], run_name="__main__")',
    ]
