"""The papers' figures have names: each shows a block of some networks, with more or less written on it."""

from typing import Literal, TypeAlias

from archc.compile.pipeline import compile_spec
from archc.limits import Limits
from archc.present.draw.layouts.closeup import Closeup, grid
from archc.present.draw.layouts.lanes import Measures
from archc.present.draw.read import read_scope, reading_of
from archc.present.draw.scene import Scene
from archc.present.draw.words import Detail
from archc.record import Record

FigureName: TypeAlias = Literal["shortcuts", "activation-orders"]

TRUNK = Measures(
    text=13.5, box=30.0, pad=13.0, least=96.0, join=11.0, gap=18.0, branch=14.0, lane=24.0, small=12.0, trunk=True
)  # fmt: skip


class Variant(Record):
    """A panel of a figure: a caption, and the changes of the figure's network that it shows."""

    caption: str
    changes: tuple[str, ...]
    marked: bool = False


class Figure(Record):
    """A figure of a paper."""

    title: str
    spec: str
    block: str
    detail: Detail
    hidden: tuple[str, ...]
    columns: int
    variants: tuple[Variant, ...]


def _shortcut(caption: str, policy: str) -> Variant:
    return Variant(caption, (f"block.shortcut={policy}",))


def _order(caption: str, order: str, *, marked: bool = False) -> Variant:
    # Where a norm or activation comes first, the projection must say what it reads; the block of the figure has none.
    policy = "block.shortcut={same: identity, change: {module: pad_shortcut, out: out, stride: stride, zeros: after, of: x}}"
    return Variant(caption, (f"block.order={order}", policy), marked)


FIGURES: dict[FigureName, Figure] = {
    "shortcuts": Figure(
        "Shortcut connections (He et al. 2016, Fig. 2)", "cifar_resnet20", "layer1.1", "kernel", ("norm",), 3,
        (
            _shortcut("(a) original", "A"), _shortcut("(b) constant scaling", "constant_scaling"),
            _shortcut("(c) exclusive gating", "exclusive_gating"), _shortcut("(d) shortcut-only gating", "shortcut_only_gating"),
            _shortcut("(e) conv shortcut", "conv_shortcut"), _shortcut("(f) dropout shortcut", "dropout_shortcut"),
        ),
    ),
    "activation-orders": Figure(
        "Orders of activation (He et al. 2016, Fig. 4)", "cifar_resnet20", "layer1.1", "symbol", (), 5,
        (
            _order("(a) original", "post"), _order("(b) BN after addition", "norm_after_add"),
            _order("(c) ReLU before addition", "act_before_add"), _order("(d) ReLU-only pre-activation", "act_only_pre"),
            _order("(e) full pre-activation", "pre", marked=True),
        ),
    ),
}  # fmt: skip


def draw_figure(name: FigureName, limits: Limits) -> Scene:
    """Draw a paper's figure; each panel is read off a network that is compiled for it."""
    figure = FIGURES[name]
    closeups = []
    for variant in figure.variants:
        changes = (*variant.changes, "expect=null")
        graph = compile_spec(figure.spec, overrides=changes, limits=limits).graph
        reading = reading_of(graph, "op", detail=figure.detail, hidden=figure.hidden)
        cell = read_scope(graph, figure.block, reading)
        closeups.append(Closeup(variant.caption, variant.caption, cell, "x_l", "x_l+1", marked=variant.marked))
    described = f"{figure.title}: " + "; ".join(variant.caption for variant in figure.variants)
    return grid(closeups, TRUNK, title=figure.title, described=described, columns=figure.columns)
