"""Values as a document would write them, where `archc resolve` prints a default."""

from fractions import Fraction

import pytest

from archc.compile.lower.names import ActKind, NoNorm, NormKind
from archc.compile.lower.written import usual_padding, written
from archc.diagnostics import Source, Span
from archc.ir.norms import Act
from archc.language.document.nodes import Entry, Map, Node, Scalar, Sequence, plain

PLACE = Span(Source("net.yaml", ""), 1, 1, 1, 1)
VALUES: list[tuple[object, object, str]] = [
    (True, True, "true"),
    (False, False, "false"),
    (3, 3, "3"),
    ("both", "both", "both"),
    (1e-05, 1e-05, "1e-5"),
    (1e-10, 1e-10, "1e-10"),
    (0.5, 0.5, "0.5"),
    (Fraction(1, 4), 0.25, "0.25"),
    (Fraction(1, 3), "1 / 3", "1 / 3"),
    (Fraction(-2, 3), "-2 / 3", "-2 / 3"),
    ((3, 1), [3, 1], "[3, 1]"),
    (("conv", None, "act"), ["conv", "act"], "[conv, act]"),
    (NoNorm(), "none", "none"),
    (ActKind(None), "none", "none"),
    (ActKind(Act("relu")), "relu", "relu"),
    (ActKind(Act("leaky_relu", 0.25)), {"kind": "leaky_relu", "slope": 0.25}, "{kind: leaky_relu, slope: 0.25}"),
    (
        NormKind("batch", 1e-5, 0.1),
        {"kind": "batch", "eps": 1e-5, "momentum": 0.1, "frozen": False},
        "{kind: batch, eps: 1e-5, momentum: 0.1, frozen: false}",
    ),
    (
        NormKind("group", 1e-5, groups=4),
        {"kind": "group", "groups": 4, "eps": 1e-5, "frozen": False},
        "",
    ),
    (NormKind("group", 1e-5, group_size=8), {"kind": "group", "group_size": 8, "eps": 1e-5, "frozen": False}, ""),
]
"""A value, what its node holds, and its text."""


def text_of(node: Node) -> str:
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return f"[{', '.join(map(text_of, node.items))}]"
        case Map():
            return f"{{{', '.join(f'{entry.key}: {text_of(entry.value)}' for entry in node)}}}"


def places_of(node: Node) -> set[Span]:
    inner = node.items if isinstance(node, Sequence) else [entry.value for entry in node] if isinstance(node, Map) else []
    keys = {entry.span for entry in node} if isinstance(node, Map) else set()
    return {node.span, *keys, *(place for each in inner for place in places_of(each))}


@pytest.mark.parametrize(("value", "held", "text"), VALUES, ids=[str(number) for number in range(len(VALUES))])
def test_values(value: object, held: object, text: str) -> None:
    node = written(value, PLACE)
    assert node is not None
    assert (plain(node), places_of(node)) == (held, {PLACE})
    assert not text or text_of(node) == text


def test_other_values_have_no_form() -> None:
    assert written(None, PLACE) is None


PADDINGS = {
    ("3", "1"): "(3 - 1) / 2",
    ("size", "1"): "(size - 1) / 2",
    ("2 * i + 1", "1"): "((2 * i + 1) - 1) / 2",
    ("3", "i + 1"): "(i + 1) * (3 - 1) / 2",
}


@pytest.mark.parametrize(("kernel", "dilation"), PADDINGS)
def test_the_usual_padding(kernel: str, dilation: str) -> None:
    entries = [Entry(key, PLACE, Scalar(word, word, PLACE)) for key, word in (("kernel", kernel), ("dilation", dilation))]
    assert plain(usual_padding(Map(tuple(entries), PLACE), PLACE)) == PADDINGS[kernel, dilation]


def test_the_usual_padding_of_two_sides() -> None:
    kernel = Sequence((Scalar("k", "k", PLACE), Scalar(3, "3", PLACE)), PLACE)
    node = usual_padding(Map((Entry("kernel", PLACE, kernel),), PLACE), PLACE)
    assert plain(node) == ["(k - 1) / 2", "(3 - 1) / 2"]
    assert places_of(node) == {PLACE}
