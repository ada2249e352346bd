"""Single figures of costs: bytes of a type and an optimizer, numbers of a batch, sizes, the pixels of a field."""

from functools import cache

import pytest
from graph_builder import Builder

from archc.compile.pipeline import compile_spec
from archc.cost.batched import Batched
from archc.cost.conventions import CONVENTIONS, class_counts, count
from archc.cost.count import node_costs, stage_shapes
from archc.cost.explain import explain
from archc.cost.features import described_features
from archc.cost.measures import Measures, total
from archc.cost.memory import BYTES, OPTIMIZERS, memory, optimizer_bytes
from archc.cost.parts import parts
from archc.cost.receptive import Axis, receptive_fields
from archc.cost.report import Asked, Reported, intensity, report
from archc.cost.resize import SizeError, at_size
from archc.cost.saved import for_training
from archc.ir import ops
from archc.ir.graph import Graph
from archc.record import replace


@cache
def compiled(name: str) -> Graph:
    return compile_spec(name).graph


@pytest.mark.parametrize("dtype", BYTES)
def test_memory_of_a_dtype(dtype: str) -> None:
    graph = compiled("cifar_resnet20")
    wide, this = memory(graph, "float64"), memory(graph, dtype)  # type: ignore[arg-type]
    factor = 8 // BYTES[dtype]  # type: ignore[index]
    assert (this.parameters * factor, this.peak.times(factor), this.dtype) == (wide.parameters, wide.peak, dtype)


@pytest.mark.parametrize(("optimizer", "expected"), [("sgd", 0), ("sgd-momentum", 400), ("adam", 812)])
def test_bytes_of_an_optimizer(optimizer: str, expected: int) -> None:
    assert optimizer_bytes(optimizer, 100, 3) == expected  # type: ignore[arg-type]


def test_every_optimizer_is_told() -> None:
    assert tuple(memory(compiled("cifar_resnet20")).optimizers) == OPTIMIZERS


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (Batched(), "0"),
        (Batched(3), "3"),
        (Batched(0, 4), "4 N"),
        (Batched(1000, 2), "1,000 + 2 N"),
        (Batched(0, 1234), "1,234 N"),
    ],
)
def test_a_number_of_a_batch_as_text(number: Batched, expected: str) -> None:
    assert str(number) == expected


def test_a_number_of_a_batch() -> None:
    number = Batched(7, 3)
    assert (number.at(4), number.each(2), number.each(7), number.times(3), number + Batched(1, 2)) == (
        19,
        7,
        4,
        Batched(21, 9),
        Batched(8, 5),
    )


@pytest.mark.parametrize(("batch", "expected"), [(1, 7), (2, 13), (3, 16)])
def test_one_image_has_its_share_of_the_smallest_batch(batch: int, expected: int) -> None:
    assert for_training(Batched(7, 3), batch) == expected


def test_a_report_is_what_its_parts_say() -> None:
    graph = compiled("cifar_resnet20")
    flops, thop = CONVENTIONS["flops"], CONVENTIONS["thop"]
    asked = Asked(flops, 4, "float16", "block", fold=False, explained=(flops, thop))
    printed = (Reported("depth", 20, "a table"),)
    found = report(graph, asked, title="a title", reported=printed)
    assert (found.name, found.title, found.image, found.count, asked.width) == (
        graph.name,
        "a title",
        graph.types[graph.input],
        count(graph, flops),
        2,
    )
    assert (found.reported, found.classes, found.measures) == (printed, class_counts(graph, flops), total(graph))
    assert found.parts == parts(graph, "block", flops, fold=False)
    assert found.memory == memory(graph, "float16")
    assert [(each.convention.name, each.lines) for each in found.explanations] == [
        (c.name, explain(graph, c)) for c in (flops, thop)
    ]
    assert intensity(found.measures, asked) == found.measures.intensity(2, 4)


def test_bytes_moved_are_of_a_width_and_a_batch() -> None:
    measures = Measures(macs=10, read=Batched(3, 5), written=Batched(0, 2))
    found = (
        measures.bytes_read(),
        measures.bytes_read(2, 3),
        measures.bytes_written(),
        measures.bytes_written(2, 3),
        measures.intensity(2, 3),
    )
    assert (*found, measures.intensity()) == (32, 36, 8, 12, 60 / 48, 20 / 40)


def test_what_moves_nothing_has_no_intensity() -> None:
    assert Measures(macs=3).intensity() == 0


def test_blocks_of_two_kinds_are_two_rows() -> None:
    builder = Builder(4, 6, 5)
    for number, template in enumerate(("a", "a", "b")):
        builder.inside(f"stage.{number}", "block", template)
        builder.add(ops.Conv(4, 4, 1))
    rows = parts(builder.graph(), "block", CONVENTIONS["macs"])
    assert [(row.path, row.last, row.template, row.times) for row in rows] == [
        ("stage.0", "stage.1", "a", 2),
        ("stage.2", "stage.2", "b", 1),
    ]


def test_features_are_the_outputs_by_their_names() -> None:
    builder = Builder(4, 8, 6)
    builder.add(ops.Conv(4, 6, 3, 2, 1), name="half")
    builder.add(ops.Flatten(), builder.add(ops.GlobalPool(), name="one"), name="flat")
    graph = replace(builder.graph("half", "one", "flat"), output_names=("a", "b", "c"))
    said_ = [(found.name, found.channels, found.stride, found.size, found.label) for found in described_features(graph)]
    assert said_ == [("a", 6, 2, (4, 3), ""), ("b", 6, 0, (1, 1), ""), ("c", 6, 0, (), "")]


def test_costs_of_nodes_add_up() -> None:
    graph = compiled("cifar_resnet20")
    found = node_costs(graph)
    assert [*found] == [node.name for node in graph.nodes]
    assert sum(cost.macs for cost in found.values()) == count(graph, CONVENTIONS["macs"])


def test_the_same_size_is_the_same_graph() -> None:
    graph = compiled("cifar_resnet20")
    assert at_size(graph, 32, 32) is graph


@pytest.mark.parametrize(
    ("size", "multiple", "message"),
    [
        ((33, 32), 32, "works at multiples of 32 only, as its `input` says, not at 33x32"),
        ((32, 33), 32, "works at multiples of 32 only, as its `input` says, not at 32x33"),
    ],
)
def test_a_size_that_is_refused(size: tuple[int, int], multiple: int, message: str) -> None:
    with pytest.raises(SizeError) as error:
        at_size(replace(compiled("cifar_resnet20"), multiple=multiple), *size)
    assert str(error.value) == message


def test_a_size_at_which_an_operation_fails_is_told() -> None:
    builder = Builder(3, 8, 8)
    builder.add(ops.Conv(3, 4, 5), name="conv")
    with pytest.raises(SizeError) as error:
        at_size(builder.graph(), 4, 9)
    assert str(error.value) == "`conv` does not work at an input of 4x9: a window of 5 does not fit a size of 4 with padding 0"


def test_another_size_has_other_types() -> None:
    graph = at_size(compiled("cifar_resnet20"), 40, 48)
    assert [shape.shape for shape in stage_shapes(graph).values()] == [(16, 40, 48), (16, 40, 48), (32, 20, 24), (64, 10, 12)]


@pytest.mark.parametrize(("at", "expected"), [(0, (-1, 3)), (2, (7, 11))])
def test_the_pixels_of_a_position(at: int, expected: tuple[int, int]) -> None:
    assert Axis(-1, 3, 4).at(at) == expected


def test_the_pixels_of_every_position() -> None:
    assert Axis(-1, 3, 4, everywhere=True).at(2) == (-1, 3)


def test_extent_and_middle_of_a_field() -> None:
    field = receptive_fields(compiled("cifar_resnet20"))["stem.conv"]
    assert (field.size, field.stride, field.axes[0].offset) == ((3, 3), (1, 1), 0.0)
