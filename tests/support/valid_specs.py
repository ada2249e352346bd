"""Random specs, valid by construction: the strategy that networks for comparing backends are drawn from. They shrink."""

from typing import Any, TypeAlias

from hypothesis import strategies as st

from archc.ir.norms import ACTIVATIONS

Tree: TypeAlias = dict[str, Any]

ORDERS = ("post", "norm_after_add", "act_before_add", "linear_out", "act_only_pre", "pre")
PREACTIVATED = ("act_only_pre", "pre")
FIXED_SHORTCUTS = ("A", "constant_scaling", "exclusive_gating", "shortcut_only_gating", "dropout_shortcut")
"""They pad channels, so that a change may not narrow."""

NORMS: tuple[Any, ...] = (
    "batch",
    {"kind": "batch", "eps": 0.001, "momentum": 0.2},
    {"kind": "batch", "frozen": True},
    {"kind": "group", "groups": 4},
    {"kind": "group", "group_size": 2},
    "layer",
    "instance",
    {"kind": "evonorm_s0", "groups": 2},
    {"kind": "filter_response"},
    "none",
)
CONVS: tuple[Any, ...] = ("plain", {"bias": True}, "standardized", {"kind": "scaled", "gamma": 1.5, "bias": True})
GATES: tuple[Tree, ...] = (
    {"module": "squeeze_excite", "width": "out // 4"},
    {"module": "effective_squeeze_excite"},
    {"module": "eca"},
    {"module": "bilinear_attention", "width": "out // 2", "block": 1, "norm": "batch"},
    {"op": "drop_channels", "rate": 0.1},
    {"op": "drop_block", "rate": 0.1, "size": 3},
    {"op": "drop_block", "rate": 0.1, "law": "timm"},
    {"op": "act", "kind": "celu", "slope": 0.5},
    {"module": "global_context", "width": "out // 2"},
    {"op": "drop_path", "rate": "0.1 * (block_index + 1) / (block_count + 1)"},
    {"op": "dropout", "rate": 0.1},
    {"op": "scale", "value": 0.5},
    {"op": "scale", "value": 0.5, "shared": True},
    {"op": "affine", "scale": 0.5, "shift": 0.25},
)
MIDDLES: tuple[Tree, ...] = (
    {"module": "res2", "out": "mid", "scales": 2, "first": "change"},
    {"module": "split_attention", "out": "mid", "width": 4, "radix": 2, "groups": 1},
    {"module": "rep_branches", "out": "mid", "groups": 2},
    {"module": "selective_kernel", "out": "mid", "width": 4, "split": True, "groups": 1},
)
STEMS: tuple[Tree, ...] = (
    {"conv": {"kernel": 3, "out": 8}},
    {"conv": {"kernel": 5, "stride": 2, "out": 16}, "pool": {"op": "max_pool", "kernel": 3, "stride": 2, "padding": 1}},
    {"conv": {"kernel": 3, "out": 8}, "pool": {"op": "max_pool", "kernel": 3, "stride": 2, "ceil": True}},
    {"conv": {"kernel": 3, "out": 8}, "pool": {"op": "avg_pool", "kernel": 3, "stride": 2, "padding": 1, "ceil": True}},
    {"conv1": {"kernel": 3, "out": 4}, "conv2": {"kernel": 3, "out": 8, "stride": 2}, "blur": {"op": "blur_pool", "stride": 2}},
    {"edge": {"op": "pad", "left": 1, "bottom": 2}, "conv": {"kernel": 2, "padding": 0, "out": 8}},
    {"conv": {"kernel": [3, 5], "stride": [1, 2], "out": 8}},
    {"conv": {"kernel": 3, "out": 8}, "pool": {"op": "max_pool", "kernel": [3, 2], "stride": [2, 1], "padding": [1, 0]}},
    {
        "conv": {"kernel": [1, 3], "out": 8},
        "pool": {"op": "avg_pool", "kernel": [2, 3], "padding": [0, 1], "count_include_pad": False},
    },
    {"conv1": {"kernel": 3, "out": 16}, "up": {"op": "pixel_shuffle", "block": 2}, "conv2": {"kernel": 3, "stride": 2, "out": 8}},
    {
        "conv": {"kernel": 3, "out": 8},
        "halves": {"op": "split", "parts": 2},
        "quarters": {"op": "split", "parts": 4, "of": "act"},
        "ends": {"op": "concat", "of": ["halves.1", "quarters", "halves.0"]},
    },
    {
        "conv": {"kernel": 3, "out": 8},
        "mean": {"op": "mean", "over": "channels"},
        "most": {"op": "max", "over": "channels", "of": "act"},
        "both": {"op": "concat", "of": ["mean", "most"]},
        "gate": {"op": "conv", "kernel": 5, "out": 1},
        "open": {"op": "act", "kind": "sigmoid"},
        "gated": {"op": "mul", "of": ["act", "open"]},
    },
    {
        "conv": {"kernel": 3, "out": 8},
        "rows": {"op": "sum", "over": "width"},
        "bound": {"op": "act", "kind": "sigmoid"},
        "raised": {"op": "affine", "shift": 1},
        "shared": {"op": "div", "of": ["act", "raised"]},
    },
    {"conv": {"kernel": 3, "out": 8, "norm": "none"}, "mixed": {"op": "shuffle", "groups": 2, "parts": 2}},
)
FIXED_POOL: Tree = {"pool": {"module": "attention_pool", "heads": 2, "out": 16}}
"""Its table of positions is of one size."""
POOLS: tuple[Tree, ...] = (
    {"pool": {"op": "global_pool"}},
    {"pool": {"op": "adaptive_avg_pool", "size": 2}},
    {"pool": {"op": "adaptive_avg_pool", "size": [1, 2]}},
    {"pool": {"op": "adaptive_max_pool", "size": 2}},
    {"pool": {"op": "sum"}},
    {"mean": {"op": "global_pool"}, "most": {"op": "max", "of": "x"}, "both": {"op": "concat", "of": ["mean", "most"]}},
    {
        "mean": {"op": "global_pool"},
        "most": {"op": "max", "of": "x"},
        "both": {"op": "concat", "of": ["mean", "most"], "along": "height"},
    },
    {"rows": {"op": "tokens"}, "mixed": {"op": "attention", "heads": 2, "of": ["rows", "rows", "rows"]}, "first": {"op": "take"}},
)


@st.composite
def networks(draw: st.DrawFn) -> Tree:
    """A document of a network of at most three stages with a few narrow blocks each."""
    norm = draw(st.sampled_from(NORMS))
    gated = isinstance(norm, dict) and norm["kind"] in ("evonorm_s0", "filter_response")
    root: Tree = {
        "archc": 1,
        "name": "drawn",
        "input": {"channels": draw(st.sampled_from((3, 1, 4))), "height": draw(sizes), "width": draw(sizes)},
        "classes": draw(st.sampled_from((10, 16))),
        "norm": norm,
        "act": "none" if gated else draw(st.sampled_from(list(ACTIVATIONS))),
        "conv": draw(st.sampled_from(CONVS)),
        "stem": draw(st.sampled_from(STEMS)),
        "block": draw(blocks()),
        "stages": draw(stages()),
        "head": {
            **draw(st.sampled_from(POOLS)),
            "flat": {"op": "flatten"},
            "fc": {"op": "linear", "out": "classes", "bias": draw(st.booleans())},
        },
    }
    if norm == "instance":  # torch refuses to norm a single pixel: none is pooled, and maps stay large
        root["block"].pop("conv2", None)
        for stage in root["stages"].values():
            stage["stride"] = 1
    if "up" in root["stem"]:  # a map that grows follows no stride of the image's
        root["input"]["fixed"] = True
    if draw(st.integers(0, 9)) == 9:
        root["input"]["fixed"] = True
        root["head"] = {**FIXED_POOL, "fc": {"op": "linear", "out": "classes"}}
    if draw(st.integers(0, 3)) == 3:
        root["output_stride"] = draw(st.sampled_from((8, 4)))
    return root


sizes = st.integers(12, 28)


@st.composite
def stages(draw: st.DrawFn) -> Tree:
    """Channels that never fall, so that every shortcut fits."""
    found: Tree = {}
    width = 16
    for number in range(draw(st.integers(1, 3))):
        width *= draw(st.sampled_from((1, 2))) if number else 1
        found[f"layer{number + 1}"] = {"out": width, "repeat": draw(st.integers(1, 3)), "stride": draw(st.sampled_from((1, 2)))}
    return found


@st.composite
def blocks(draw: st.DrawFn) -> Tree:
    kind = draw(st.sampled_from(("basic", "bottleneck", "double_bottleneck", "edge", "dark", "conv")))
    order = draw(st.sampled_from(ORDERS))
    block: Tree = {"kind": kind, "order": order}
    if kind in ("bottleneck", "double_bottleneck"):
        block["stride_at"] = draw(st.sampled_from(("conv2", "conv1")))
        block["ratio"] = draw(st.sampled_from((0.5, 0.25, 1)))
    block["shortcut"] = draw(shortcuts(order))
    if kind == "bottleneck" and block["stride_at"] == "conv2" and draw(st.booleans()):
        block["ratio"] = 0.5
        block["conv2"] = draw(st.sampled_from(MIDDLES))
    elif kind in ("bottleneck", "double_bottleneck", "edge", "dark"):
        block["groups"] = draw(st.sampled_from((1, 2)))
    if draw(st.booleans()):
        block["insert"] = {"gate": {**draw(st.sampled_from(GATES)), "before": "add"}}
    return block


@st.composite
def shortcuts(draw: st.DrawFn, order: str) -> Any:
    """Where a block begins with a norm or activation, what changes the shape has to say what it reads."""
    if order in PREACTIVATED:
        source = draw(st.sampled_from(("x", "preact")))
        change = draw(
            st.sampled_from(
                (
                    {"module": "projection", "out": "out", "stride": "stride"},
                    {"module": "average_projection", "out": "out", "stride": "stride", "dilation": "dilation"},
                    {"module": "pad_shortcut", "out": "out", "stride": "stride", "zeros": "after"},
                )
            )
        )
        return draw(st.sampled_from(("none", {"same": "identity", "change": {**change, "of": source}})))
    return draw(st.sampled_from(("B", "none", "C", "D", *FIXED_SHORTCUTS)))
