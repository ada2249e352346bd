"""Networks drawn from a number, with files of their own: what a document can leave out, in every place where it can."""

import json
from random import Random
from typing import Any, TypeAlias

from archc.ir.norms import ACTIVATIONS

Tree: TypeAlias = dict[str, Any]

FILES = {
    "parts/twin.yaml": {
        "archc": 1,
        "block": "twin",
        "stride_at": "conv1",
        "parameters": {
            "ratio": {"type": "number", "default": 0.75},
            "mid": {"type": "channels", "default": "make_divisible(out * ratio, 4)"},
            "gate": {"type": "act", "default": "celu"},
            "second": {"type": "norm", "default": "batch"},
        },
        "steps": {
            "conv1": {"kernel": 3, "out": "mid", "act": "gate"},
            "mixed": {"module": "./mix.yaml", "size": 2},
            "conv2": {"kernel": [1, 3], "out": "out", "norm": "second"},
        },
    },
    "parts/mix.yaml": {
        "archc": 1,
        "module": "mix",
        "parameters": {
            "size": {"type": "integer", "default": 1},
            "share": {"type": "number", "default": "1 / 3"},
            "wide": {"type": "integer", "default": "in // 8 * 2 + 1"},
            "norm": {"type": "norm", "default": {"kind": "group", "group_size": 2}},
            "gate": {"type": "act", "default": "leaky_relu"},
        },
        "steps": {
            "conv": {"kernel": "size * 2 - 1", "out": "in", "norm": "norm", "act": "gate"},
            "near": {"op": "conv", "kernel": ["wide", 1], "out": "in", "groups": "in"},
            "less": {"op": "affine", "scale": "share"},
        },
    },
    "parts/own_norm.yaml": {
        "archc": 1,
        "module": "own_norm",
        "parameters": {"begin": {"type": "number", "default": 0.5}},
        "steps": {"n": {"op": "norm", "kind": "layer"}, "y": {"op": "scale", "value": "begin"}},
    },
    "parts/halved.yaml": {
        "archc": 1,
        "shortcut": "halved",
        "parameters": {
            "factor": {"type": "number", "default": 0.5},
            "other": {"type": "number", "default": "1 - factor"},
        },
        "same": {"op": "affine", "scale": "factor", "shift": "other"},
        "change": {"module": "projection", "of": "x", "out": "out", "stride": "stride"},
    },
    "parts/names.yaml": {"archc": 1, "layout": "own/names", "stages": "stage{n}", "stem": {"self": ""}},
}
"""Definitions that every case may use. They stand in a folder of their own, as does the parent that names some of them."""

NORMS = (
    "batch",
    "layer",
    "instance",
    {"kind": "batch", "eps": 1e-3},
    {"kind": "batch", "frozen": True},
    {"kind": "group", "group_size": 4},
    {"kind": "group", "groups": 2},
    {"kind": "evonorm_s0", "groups": 2},
    "filter_response",
    {"kind": "filter_response", "linear": True},
    "none",
)
ACTS = (*ACTIVATIONS, {"kind": "leaky_relu", "slope": 0.2}, {"kind": "celu", "slope": 0.5}, "none")
CONVS = (
    "plain",
    "scaled",
    "standardized",
    {"bias": True},
    {"kind": "scaled", "gamma": 1.5},
    {"kind": "standardized", "eps": 1e-5},
    {"kind": "scaled", "bias": True, "eps": 1e-4},
    {"gamma": 2},
    {"eps": 1e-4},
)
ORDERS = (
    "post",
    "pre",
    "act_before_add",
    "linear_out",
    "norm_after_add",
    {"each": ["conv", "norm", "act"]},
    {"each": ["norm", "act", "conv"], "first": ["conv"]},
    {"each": ["conv", "norm", "act"], "last": ["conv", "norm"], "after_add": ["act"]},
)
INSERTED = (
    {"module": "squeeze_excite", "width": "out // 4", "before": "add"},
    {"module": "effective_squeeze_excite", "before": "add"},
    {"module": "eca", "before": "add"},
    {"op": "drop_block", "rate": 0.1, "after": "conv1"},
    {"op": "drop_path", "rate": "0.1 * block_index / block_count", "before": "add"},
    {"op": "scale", "before": "add"},
    {"op": "affine", "shift": 0.25, "before": "add"},
    {"op": "avg_pool", "kernel": [3, 1], "padding": [1, 0], "after": "conv1"},
    {"op": "max_pool", "kernel": 3, "padding": 1, "before": "add"},
    {"op": "blur_pool", "after": "conv1"},
    {"op": "conv", "kernel": "3 if index == 0 else 5", "out": "out", "before": "add"},
    {"op": "conv", "kernel": ["2 * index + 1", 3], "out": "out", "groups": "out", "before": "add"},
    {"op": "norm", "before": "add"},
    {"op": "norm", "kind": "layer", "after": "conv1"},
    {"op": "act", "kind": "elu", "after": "conv1"},
    {"kernel": [1, 3], "out": "out", "conv": "scaled", "act": "celu", "before": "add", "called": "conv"},
    {"kernel": 1, "out": "out", "norm": {"module": "own_norm"}, "before": "add", "called": "conv"},
    {"module": "mix", "before": "add"},
    {"module": "mix", "size": 2, "gate": "celu", "before": "add"},
    {"repeat": 2, "steps": {"conv": {"kernel": "2 * i + 1", "out": "out"}}, "before": "add", "called": "turns"},
)
HEADS: tuple[Tree, ...] = (
    {"pool": {"op": "global_pool"}},
    {"norm": {"op": "norm"}, "act": {"op": "act"}, "pool": {"op": "global_pool"}},
    {"conv": {"kernel": [1, 3], "out": 24}, "pool": {"op": "max"}},
    {"space": {"op": "pad", "size": 1}, "pool": {"op": "sum"}, "less": {"op": "affine", "scale": "1 / 64"}},
    {"a": {"op": "global_pool"}, "b": {"op": "max", "of": "x"}, "both": {"op": "concat", "of": ["a", "b"]}},
    {"rows": {"op": "tokens"}, "mixed": {"op": "attention", "heads": 2, "of": ["rows", "rows", "rows"]}, "pool": {"op": "take"}},
)
POLICIES = ("B", "C", "D", "A", "none", "constant_scaling", "dropout_shortcut", "exclusive_gating", "halved")


class Draw:
    """Chances drawn from a number."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def one(self, values: Any) -> Any:
        return self.random.choice(values)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def some(self, root: Tree, key: str, values: Any, share: float = 0.4) -> None:
        """`key` with one of the values, sometimes."""
        if self.chance(share):
            root[key] = self.one(values)


def case(seed: int) -> dict[str, str]:
    """The files of one network, by name; `net.yaml` is the network, and a child of `parts/base.yaml` where that is there."""
    draw = Draw(seed)
    root = _network(draw)
    files: dict[str, Tree] = dict(FILES)
    child = {"archc": 1, "name": "net"}
    if draw.chance(0.5):
        files["parts/base.yaml"] = {"archc": 1, "name": "base", **_located(root, "./")}
        files["net.yaml"] = {**child, "extends": "parts/base.yaml", "set": _changes(draw, root)}
    else:
        files["net.yaml"] = {**child, **_located(root, "parts/")}
    return {name: json.dumps(tree, indent=1).replace('"0": ', "0: ") for name, tree in files.items()}


def _located(node: Any, folder: str) -> Any:
    """With the path of each definition that stands in `parts`."""
    known = {tree[kind]: name for name, tree in FILES.items() for kind in tree if kind in ("block", "module", "shortcut")}
    known["own/names"] = "parts/names.yaml"
    if isinstance(node, dict):
        return {key: _located(value, folder) for key, value in node.items()}
    if isinstance(node, str) and node in known:
        return folder + known[node].removeprefix("parts/")
    return [_located(item, folder) for item in node] if isinstance(node, list) else node


def _network(draw: Draw) -> Tree:
    root: Tree = {
        "input": {"channels": draw.one((3, 1)), "height": draw.one((32, 48)), "width": draw.one((32, 64))},
        "classes": 10,
    }
    draw.some(root, "norm", (*NORMS, {"module": "own_norm"}), 0.7)
    draw.some(root, "act", ACTS)
    draw.some(root, "conv", CONVS)
    draw.some(root, "init", ({"last_norm": "zeros"}, {"conv": "torch"}, {"linear": {"kind": "normal", "std": 0.01}}))
    draw.some(root, "output_stride", (4, 8), 0.25)
    root["stem"] = draw.one(
        (
            {"conv": {"kernel": [1, 3], "out": 8}},
            {"conv": {"kernel": [5, 3], "stride": [2, 1], "out": 16, "norm": "layer"}},
            {"conv1": {"kernel": 3, "out": 8, "bias": True}, "conv2": {"kernel": [3, 1], "dilation": [2, 1], "out": 16}},
            {"conv": {"kernel": 3, "out": 16, "conv": "scaled"}, "pool": {"op": "max_pool", "kernel": [3, 1], "padding": [1, 0]}},
            {"conv": {"kernel": 3, "out": 16, "act": "celu"}, "halves": {"op": "split", "parts": 2}, "sum": {"op": "add"}},
        )
    )
    if draw.chance(0.5):
        root["vars"] = {"n": draw.one((1, 2)), "wide": "n * 8 + 8"}
    root["block"] = _block(draw)
    root["stages"] = _stages(draw, "vars" in root)
    root["head"] = {**draw.one(HEADS), "flat": {"op": "flatten"}, "fc": {"op": "linear", "out": "classes"}}
    draw.some(root, "features", (["layer1"], ["stem", "layer1.0"]), 0.2)
    draw.some(root, "layouts", ({"own": "own/names"},), 0.3)
    return root


def _block(draw: Draw) -> Tree:
    block: Tree = {"kind": draw.one(("basic", "bottleneck", "edge", "dark", "conv", "twin", "double_bottleneck"))}
    if block["kind"] in ("bottleneck", "double_bottleneck"):
        block["stride_at"] = draw.one(("conv1", "conv2"))
    block["order"] = draw.one(ORDERS)
    block["shortcut"] = _shortcut(draw, block["order"])
    _restated(draw, block, 0.25)
    if block["kind"] == "bottleneck" and draw.chance(0.5):
        block["conv2"] = draw.one(
            (
                {"kernel": [1, 3], "out": "mid"},
                {"kernel": 3, "out": "mid", "conv": "scaled", "norm": {"module": "own_norm"}},
                {"module": "res2", "out": "mid", "scales": 2, "first": "change"},
                {"module": "rep_branches", "out": "mid"},
                {"op": "conv", "kernel": "3 if index == 0 else 5", "out": "mid"},
            )
        )
    if draw.chance(0.7):
        block["insert"] = {}
        for number in range(draw.one((1, 2, 3))):
            step = dict(draw.one(INSERTED))
            block["insert"][f"{step.pop('called', 'own')}{number + 7}"] = step
    return block


def _restated(draw: Draw, root: Tree, share: float) -> None:
    draw.some(root, "norm", NORMS, share)
    draw.some(root, "act", ACTS, share)
    draw.some(root, "conv", CONVS, share)


def _shortcut(draw: Draw, order: Any) -> Any:
    each = order["each"] if isinstance(order, dict) else ["norm" if order == "pre" else "conv"]
    if each[0] != "conv":
        change = {"module": "projection", "of": draw.one(("x", "preact")), "out": "out", "stride": "stride"}
        return draw.one(("none", "halved", {"same": "identity", "change": change}))
    change = {"module": draw.one(("projection", "average_projection")), "out": "out", "stride": "stride"}
    return draw.one((*POLICIES, {"same": "identity", "change": change}, {"kind": "B", "join": "add"}))


def _stages(draw: Draw, has_vars: bool) -> Tree:
    stages: Tree = {}
    width: Any = 16
    for number in range(draw.one((1, 2, 3))):
        stage: Tree = {"out": width, "repeat": draw.one((1, 2, "n" if has_vars else 2)), "stride": draw.one((1, 2))}
        if draw.chance(0.3):
            stage.pop("stride")
        if number:
            _apart(draw, stage)
        if draw.chance(0.3):
            stage["blocks"] = {0: {}}
            _apart(draw, stage["blocks"][0])
        stages[f"layer{number + 1}"] = stage
        width = width * draw.one((1, 2))
    if has_vars:
        stages["last"] = {"out": "64 + wide", "repeat": 1}
    return stages


def _apart(draw: Draw, layer: Tree) -> None:
    """What a stage or a single block says otherwise, by path too."""
    _restated(draw, layer, 0.15)
    draw.some(layer, "norm.kind", ("layer", "instance"), 0.15)
    draw.some(layer, "act.kind", ("celu", "relu", "elu"), 0.15)
    draw.some(layer, "conv.kind", ("scaled", "standardized", "plain"), 0.15)
    draw.some(layer, "conv.bias", (True,), 0.1)
    draw.some(layer, "order.after_add", (["act"], []), 0.1)
    draw.some(layer, "shortcut.join", ("add",), 0.1)
    draw.some(layer, "insert.own7.rate", (0.2,), 0.1)
    draw.some(layer, "insert.own7.kernel", (3, [1, 5]), 0.1)
    draw.some(layer, "insert.own7.before", ("add",), 0.1)
    draw.some(layer, "conv2.kernel", (5, [1, 3]), 0.15)
    draw.some(layer, "conv1.out", ("out // 2",), 0.05)
    if draw.chance(0.2):
        layer["kind"] = draw.one(("basic", "edge", "dark", "twin", "bottleneck", "double_bottleneck"))
    draw.some(layer, "ratio", (0.5,), 0.1)


def _changes(draw: Draw, root: Tree) -> Tree:
    """A child's changes."""
    changes: Tree = {}
    draw.some(changes, "classes", (7,))
    draw.some(changes, "block.norm", NORMS, 0.2)
    draw.some(changes, "block.act", ACTS, 0.2)
    draw.some(changes, "stem.conv.kernel", ([3, 5], 1), 0.2)
    draw.some(changes, "stages.layer1.order.after_add", (["act"],), 0.1)
    draw.some(changes, "head.fc", ({"op": "linear", "out": "classes + 1"},), 0.1)
    if "layer2" in root["stages"]:
        draw.some(changes, "stages.layer2.blocks.0.act", ACTS, 0.2)
        draw.some(changes, "stages.layer2.norm.kind", ("layer",), 0.2)
    return changes
