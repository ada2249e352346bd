"""Networks as papers outline them: what stands in brackets and how often, read off the graph."""

import pytest
from small_specs import graph_of, spec
from table.tables import network

from archc.present.table.architecture import architecture
from archc.present.table.figures import FIGURES
from archc.present.table.grid import Bracket, Cell, Grid, inline
from archc.present.table.outline import Segment, outline


def told(segment: Segment) -> tuple[str, str, str]:
    return segment.label, "x".join(map(str, segment.size)), ", ".join(map(inline, segment.whole))


# fmt: off
OUTLINES = {
    "resnet50_v1": [  # He et al. 2015, Table 1
        ("conv1", "112x112", "7×7, 64, stride 2"),
        ("conv2_x", "56x56", "3×3 max pool, stride 2, [1×1, 64; 3×3, 64; 1×1, 256]×3"),
        ("conv3_x", "28x28", "[1×1, 128; 3×3, 128; 1×1, 512]×4"),
        ("conv4_x", "14x14", "[1×1, 256; 3×3, 256; 1×1, 1024]×6"),
        ("conv5_x", "7x7", "[1×1, 512; 3×3, 512; 1×1, 2048]×3"),
        ("", "1x1", "average pool, 1000-d fc"),
    ],
    "resnext50_32x4d": [  # Xie et al. 2017, Table 1
        ("conv1", "112x112", "7×7, 64, stride 2"),
        ("conv2_x", "56x56", "3×3 max pool, stride 2, [1×1, 128; 3×3, 128, C=32; 1×1, 256]×3"),
        ("conv3_x", "28x28", "[1×1, 256; 3×3, 256, C=32; 1×1, 512]×4"),
        ("conv4_x", "14x14", "[1×1, 512; 3×3, 512, C=32; 1×1, 1024]×6"),
        ("conv5_x", "7x7", "[1×1, 1024; 3×3, 1024, C=32; 1×1, 2048]×3"),
        ("", "1x1", "average pool, 1000-d fc"),
    ],
    "seresnet50": [  # Hu et al. 2018, Table 1
        ("conv1", "112x112", "7×7, 64, stride 2"),
        ("conv2_x", "56x56", "3×3 max pool, stride 2, [1×1, 64; 3×3, 64; 1×1, 256; squeeze excite, [16, 256]]×3"),
        ("conv3_x", "28x28", "[1×1, 128; 3×3, 128; 1×1, 512; squeeze excite, [32, 512]]×4"),
        ("conv4_x", "14x14", "[1×1, 256; 3×3, 256; 1×1, 1024; squeeze excite, [64, 1024]]×6"),
        ("conv5_x", "7x7", "[1×1, 512; 3×3, 512; 1×1, 2048; squeeze excite, [128, 2048]]×3"),
        ("", "1x1", "average pool, 1000-d fc"),
    ],
    "vgg19": [  # Simonyan and Zisserman 2015, Table 1, E
        ("stage1", "112x112", "[3×3, 64]×2, 2×2 max pool, stride 2"),
        ("stage2", "56x56", "[3×3, 128]×2, 2×2 max pool, stride 2"),
        ("stage3", "28x28", "[3×3, 256]×4, 2×2 max pool, stride 2"),
        ("stage4", "14x14", "[3×3, 512]×4, 2×2 max pool, stride 2"),
        ("stage5", "7x7", "[3×3, 512]×4, 2×2 max pool, stride 2"),
        ("", "1x1", "average pool to 7×7, 4096-d fc, 4096-d fc, 1000-d fc"),
    ],
    "resnest14d": [
        ("conv1", "112x112", "3×3, 32, stride 2, 3×3, 32, 3×3, 64"),
        ("conv2_x", "56x56", "3×3 max pool, stride 2, [1×1, 64; split attention 3×3, 64, radix=2; 1×1, 256]×1"),
        ("conv3_x", "28x28", "[1×1, 128; split attention 3×3, 128, radix=2; 3×3 average pool, stride 2; 1×1, 512]×1"),
        ("conv4_x", "14x14", "[1×1, 256; split attention 3×3, 256, radix=2; 3×3 average pool, stride 2; 1×1, 1024]×1"),
        ("conv5_x", "7x7", "[1×1, 512; split attention 3×3, 512, radix=2; 3×3 average pool, stride 2; 1×1, 2048]×1"),
        ("", "1x1", "average pool, 1000-d fc"),
    ],
    "cifar_resnet1202": [
        ("stem", "32x32", "3×3, 16"),
        ("layer1", "32x32", "[3×3, 16; 3×3, 16]×200"),
        ("layer2", "16x16", "[3×3, 32; 3×3, 32]×200"),
        ("layer3", "8x8", "[3×3, 64; 3×3, 64]×200"),
        ("", "1x1", "average pool, 10-d fc"),
    ],
}
# fmt: on


@pytest.mark.parametrize("name", OUTLINES)
def test_outline(name: str) -> None:
    assert OUTLINES[name] == [told(segment) for segment in outline(network(name).graph)]


def test_dilation_and_two_sizes_of_a_stem() -> None:
    assert [told(segment)[2] for segment in outline(network("resnet50_os8").graph)][3] == (
        "[1×1, 256; 3×3, 256; 1×1, 1024]×1, [1×1, 256; 3×3, 256, dilation 2; 1×1, 1024]×5"
    )
    assert [told(segment)[:2] for segment in outline(network("resnet32ts").graph)][:2] == [
        ("conv1", "128x128"),
        ("conv1", "64x64"),
    ]


def test_unlike_blocks_of_a_stage_are_told_in_turn(tmp_path: object) -> None:
    graph = graph_of(
        tmp_path,  # type: ignore[arg-type]
        spec(
            "{kind: basic, order: post, shortcut: B}",
            stages="{layer1: {out: 16, repeat: 5, blocks: {1: {kind: bottleneck, stride_at: conv2}, 4: {conv2.kernel: 5}}}}",
        ),
    )
    assert [told(segment)[2] for segment in outline(graph)][1] == (
        "[3×3, 16; 3×3, 16]×1, [1×1, 4; 3×3, 4; 1×1, 16]×1, [3×3, 16; 3×3, 16]×2, [3×3, 16; 5×5, 16]×1"
    )


def rows(grid: Grid) -> list[tuple[list[str], list[list[str]]]]:
    def texts(cells: tuple[Cell, ...]) -> list[str]:
        return [", ".join(map(inline, cell.parts)) for cell in cells]

    return [(texts(band.head), [texts(row) for row in band.rows]) for band in grid.bands]


def table(*names: str) -> Grid:
    return architecture([network(name) for name in names], [FIGURES["macs"]])


def test_stages_align_by_output_size() -> None:
    assert [(head, [len(row) for row in found]) for head, found in rows(table("resnet50", "vgg19", "resnet50_os8"))] == [
        (["conv1, stage1", "112×112"], [3]),
        (["conv2_x, stage2", "56×56"], [3]),
        (["conv3_x, stage3", "28×28"], [3]),
        (["conv4_x", "28×28"], [3]),
        (["conv5_x", "28×28"], [3]),
        (["conv4_x, stage4", "14×14"], [3]),
        (["conv5_x, stage5", "7×7"], [3]),
        (["", "1×1"], [3]),
        (["MACs, ×10⁹"], [3]),
    ]


def test_what_is_the_same_everywhere_stands_once() -> None:
    assert rows(table("resnet50", "resnet101"))[1] == (
        ["conv2_x", "56×56"],
        [["3×3 max pool, stride 2"], ["[1×1, 64; 3×3, 64; 1×1, 256]×3"]],
    )


def test_unlike_inputs_have_their_own_sizes() -> None:
    grid = table("resnet18", "cifar_resnet20")
    assert (grid.stubs, rows(grid)[0], rows(grid)[3]) == (
        ("layer",),
        (["input"], [["224×224", "32×32"]]),
        (["conv1, layer2"], [["112×112, 7×7, 64, stride 2", "16×16, [3×3, 32; 3×3, 32]×3"]]),
    )


@pytest.mark.parametrize(
    ("names", "note"),
    [
        (("resnet50",), "in the first block of conv3_x, conv4_x, conv5_x, conv2 (3×3) has stride 2"),
        (("resnet50", "resnet50_v1"), "in the first block of conv3_x, conv4_x, conv5_x, conv1 (1×1) has stride 2 (ResNet-50 v1)"),
        (("resnet18_a",), "shortcuts but for the identity: pad shortcut"),
        (("resnet18", "resnet18d"), "shortcuts but for the identity: average projection (ResNet-18-D)"),
        (("resnet18_a",), "MACs in parentheses: as printed in He et al. 2015, Table 1; ✓ within 2 %"),
    ],
)
def test_notes_tell_what_the_cells_leave_out(names: tuple[str, ...], note: str) -> None:
    assert note in table(*names).notes


def test_the_paper_of_2015() -> None:
    """The figures to three digits, those it prints, and that they agree."""
    assert rows(table("resnet18_a", "resnet34_a", "resnet50_v1", "resnet101_v1", "resnet152_v1"))[-1] == (
        ["MACs, ×10⁹"],
        [["1.79 (1.8 ✓)", "3.64 (3.6 ✓)", "3.86 (3.8 ✓)", "7.57 (7.6 ✓)", "11.3 (11.3 ✓)"]],
    )


def test_a_bracket_is_its_lines() -> None:
    assert inline(Bracket(("3×3, 64", "3×3, 64"), 2)) == "[3×3, 64; 3×3, 64]×2"
