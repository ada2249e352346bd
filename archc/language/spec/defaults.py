"""Defaults of a network's norm, activation, convolutions and initial weights."""

from archc.language.document.nodes import Entry, Map, Scalar

WORDS = {"norm": "batch", "act": "relu", "conv": "plain"}
"""The words that hold where a network leaves these keys out; each is short for a map with that `kind`."""

INIT = {"conv": "kaiming_normal_fan_out", "linear": "torch", "last_norm": "ones"}
"""How weights begin unless `init` says otherwise."""


def opened(word: Scalar) -> Map:
    """Return the map that a word is short for, such as `{kind: B}`, so that a path can change a part of it."""
    return Map((Entry("kind", word.span, word),), word.span)
