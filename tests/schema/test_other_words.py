# ruff: noqa: E501  a case is a word
"""The table of other programs' words: what it proposes is a word of this language, and never the word that was written."""

import json
from pathlib import Path

import pytest

import archc
from archc.compile.lower.kinds import INITS, KINDS_OF_WEIGHTS, NORMS
from archc.compile.lower.operations import WORDS as OPERATIONS
from archc.compile.lower.order import ORDERS
from archc.ir.norms import ACTIVATIONS
from archc.language.expressions.functions import FUNCTIONS
from archc.language.schema.load import language
from archc.language.shipped import shipped_names
from archc.suggest import advice, meant

TABLE = json.loads((Path(archc.__file__).parent / "other_words.json").read_text(encoding="utf-8"))
WORDS = {
    "op": set(OPERATIONS), "act": {*ACTIVATIONS, "none"}, "norm": set(NORMS), "conv": set(KINDS_OF_WEIGHTS), "order": set(ORDERS),
    "init": {*INITS} - {"normal"}, "function": set(FUNCTIONS), **{kind: set(shipped_names(kind)) for kind in ("block", "module", "shortcut")},
}  # fmt: skip
PARAMETERS = {"ratio", "mid", "width"}
NAMES = {"in", "out", "index", "block_index", "block_count", "repeat", "change", "stride", "dilation", "classes", "x"}


@pytest.mark.parametrize("place", TABLE)
def test_a_proposal_is_a_word_of_its_place(place: str) -> None:
    known = WORDS.get(place, language() | PARAMETERS | NAMES)
    proposals = {one for said in TABLE[place].values() for one in ([said] if isinstance(said, str) else said) if " " not in one}
    assert proposals <= known


@pytest.mark.parametrize("place", WORDS)
def test_a_word_of_this_language_is_not_another_program_s(place: str) -> None:
    words = {word for entry in TABLE[place] for word in entry.split(", ")}
    assert words & WORDS[place] == set()


@pytest.mark.parametrize(
    ("place", "word", "expected"),
    [
        ("act", "swish", "silu"), ("act", "hswish", "hard_swish"), ("act", "LeakyReLU", "leaky_relu"), ("act", "GELU", "gelu"),
        ("act", "prelu", None), ("act", "rrelu", None), ("norm", "bn", "batch"), ("norm", "BatchNorm2d", "batch"), ("norm", "ln", "layer"),
        ("norm", "instance_norm", "instance"), ("norm", "gn", None), ("op", "upsample", None), ("op", "downsample", None),
        ("op", "upsampel", None), ("op", "global_max_pool", None), ("op", "globalavgpool", "global_pool"), ("op", "max_pooling", "max_pool"),
        ("op", "dense", "linear"), ("op", "fc", "linear"), ("op", "Conv2d", "conv"), ("op", "depthwise", None), ("op", "avgpool", "avg_pool"),
        ("op", "concatenate", "concat"), ("op", "interpolate", None), ("op", "min", None), ("op", "sub", None),
        ("shortcut", "projection", "B"), ("shortcut", "identity", None), ("module", "se", "squeeze_excite"), ("order", "preact", "pre"),
        ("init", "he_normal", None), ("init", "glorot_uniform", "xavier_uniform"), ("block", "basic_block", "basic"),
    ],
)  # fmt: skip
def test_a_word_is_answered_by_its_meaning(place: str, word: str, expected: str | None) -> None:
    assert meant(word, sorted(WORDS[place]), place) == expected


@pytest.mark.parametrize(
    ("word", "choices"),
    [
        ("vgg16", ["vgg19", "vgg13"]), ("resnet18", ["resnet34", "resnet101"]), ("resnest50", ["resnet50", "resnest50d"]),
        ("zeros", ["ones"]), ("before", ["after"]), ("max_pool", ["avg_pool"]), ("upsample", ["subsample"]), ("conv4", ["conv1", "conv2"]),
        ("kaiming_normal_fan_in", ["kaiming_normal_fan_out"]), ("weight", ["height", "width"]), ("pre", ["post"]), ("left", ["right"]),
    ],
)  # fmt: skip
def test_the_opposite_is_never_proposed(word: str, choices: list[str]) -> None:
    assert not any(f"`{choice}`" in advice(word, choices) for choice in choices if choice != "resnest50d")
