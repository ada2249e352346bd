"""Rows of every level: together they are the network, each node once, and folding changes nothing but the number of rows."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from table.tables import network

from archc.present.table.figures import FIGURES
from archc.present.table.levels import LEVELS, Level, parts
from archc.present.table.listing import Line, lines, listing, ordered
from archc.present.table.numbers import percent, plain, short, short_bytes, three

NETWORKS = ("resnet50_v1", "preact_resnet18", "resnest14d", "res2net50d", "resnet50_clip", "vgg19", "cifar_resnet110")
ADDED = ("params", "buffers", "macs", "acts", "norm", "addition")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_node_is_in_one_part(name: str, level: Level) -> None:
    graph = network(name).graph
    found = [node.name for part in parts(graph, level, fold=False) for node in part.nodes]
    assert sorted(found) == sorted(node.name for node in graph.nodes)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", NETWORKS)
def test_folded_rows_add_up_to_the_network(name: str, level: Level) -> None:
    base = network(name)
    figures = [FIGURES[figure] for figure in ADDED]
    (total,) = lines([base], "network", figures)
    rows = lines([base], level, figures)
    sums = tuple(sum(int(row.values[at] or 0) for row in rows) for at in range(len(ADDED)))
    assert sums == total.values


def test_repeats_are_folded() -> None:
    graph = network("cifar_resnet1202").graph
    rows = [(part.path, part.last, part.times) for part in parts(graph, "block")]
    assert rows == [
        ("stem", "stem", 1),
        ("layer1.0", "layer1.199", 200),
        ("layer2.0", "layer2.0", 1),
        ("layer2.1", "layer2.199", 199),
        ("layer3.0", "layer3.0", 1),
        ("layer3.1", "layer3.199", 199),
        ("head", "head", 1),
    ]


def test_unfolded_there_is_a_row_for_each() -> None:
    assert len(parts(network("cifar_resnet1202").graph, "block", fold=False)) == 602


def test_a_layer_has_its_norm_and_activation() -> None:
    rows = {part.path: [node.local for node in part.nodes] for part in parts(network("preact_resnet18").graph, "layer")}
    assert rows["layer2.1.conv1"] == ["norm1", "act1", "conv1"]


def test_a_field_that_grows_within_a_fold_is_told_from_first_to_last() -> None:
    row = lines([network("cifar_resnet1202")], "block", [FIGURES["rf"]])[1]
    assert (row.values, row.ends) == (("7",), ("803",))


def test_what_is_no_sum_of_repeats_is_said() -> None:
    figures = [FIGURES[name] for name in ("params", "memory", "saved", "intensity", "rf")]
    assert listing(lines([network("resnet18")], "block", figures), "block", figures).notes[0] == (
        "×N: so many alike in a row; their figures are added up; memory and intensity of one"
    )


def by(figure: str, name: str, *, reverse: bool = False) -> Sequence[Line]:
    figures = [FIGURES[figure]]
    return ordered(lines([network("resnet18")], "stage", figures), figures, name, reverse=reverse)


@pytest.mark.parametrize(
    ("figure", "name", "reverse", "paths"),
    [
        ("macs", "macs", False, ["head", "stem", "layer2", "layer3", "layer4", "layer1"]),
        ("macs", "macs", True, ["layer1", "layer2", "layer3", "layer4", "stem", "head"]),
        ("macs", "name", False, ["head", "layer1", "layer2", "layer3", "layer4", "stem"]),
        ("rf", "rf", True, ["head", "layer4", "layer3", "layer2", "layer1", "stem"]),
        ("output", "output", False, ["stem", "layer1", "layer2", "layer3", "layer4", "head"]),
    ],
)
def test_order(figure: str, name: str, reverse: bool, paths: list[str]) -> None:
    assert [line.part.path for line in by(figure, name, reverse=reverse)] == paths


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(3857973248, 10**9), "3.86"),
        (Fraction(11282415616, 10**9), "11.3"),
        (Fraction(9996, 1000), "10.0"),
        (Fraction(99951, 100), "1000"),
        (Fraction(408, 1000), "0.408"),
        (Fraction(1, 3000), "0.000333"),
        (1, "1.00"),
        (1024, "1024"),
        (0, "0"),
    ],
)
def test_three_digits(value: Fraction | int, text: str) -> None:
    assert three(value) == text


def test_units() -> None:
    assert (short(25557032), short(9999), short(10000), short_bytes(86_000_000), short_bytes(1023)) == (
        *("25.6 M", "9999", "10.0 k"),
        *("82.0 MiB", "1023 B"),
    )


def test_printed_numbers_keep_their_digits() -> None:
    assert (plain(Fraction("3.8e9") / 10**9), plain(Fraction("19.4e6") / 10**6), percent(Fraction("0.005"))) == (
        "3.8",
        "19.4",
        "0.5 %",
    )


def test_known_figures() -> None:
    """ResNet-50: Radosavovic et al. 2020, Table 9 has 25.6 M parameters, 4.1 G multiply-adds and 11.1 M activations."""
    (line,) = lines([network("resnet50")], "network", [FIGURES["params"], FIGURES["macs"], FIGURES["acts"]])
    assert [short(int(value or 0)) for value in line.values] == ["25.6 M", "4.09 G", "11.1 M"]
