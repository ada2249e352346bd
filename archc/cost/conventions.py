"""The conventions a network's operations are counted in, by name: whose they are, and how each class of operations counts."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from archc.cost import tools
from archc.cost.each import each
from archc.ir.graph import Graph
from archc.ir.op import CLASSES, Types, Work
from archc.ir.ops import Operation
from archc.record import Record

Rule: TypeAlias = Callable[[Operation, Types, Types], dict[Work, int]]


class Convention(Record):
    """`program` with its version, `mode` of the module and `backend`, all "" for archc's own; `unit` is what one is."""

    name: str
    unit: str
    says: str
    rule: Rule
    program: str = ""
    mode: str = ""
    backend: str = ""

    @property
    def title(self) -> str:
        """`fvcore 0.1.5 (eval)`, `macs`."""
        where = ", ".join(filter(None, (self.mode, self.backend)))
        return f"{self.program} ({where})" if self.program else self.name


def _macs(op: Operation, inputs: Types, outputs: Types) -> dict[Work, int]:
    found = op.work(inputs, outputs)
    return {name: found[name] for name in ("conv", "linear") if name in found}


def _flops(op: Operation, inputs: Types, outputs: Types) -> dict[Work, int]:
    return {name: 2 * count for name, count in _macs(op, inputs, outputs).items()}


FVCORE = "fvcore 0.1.5.post20221221"
PTFLOPS = "ptflops 0.7.5"
THOP = "thop 0.1.1.post2209072238"

CONVENTIONS: dict[str, Convention] = {
    convention.name: convention
    for convention in (
        Convention("macs", "multiply-adds", "multiply-adds of convolutions and linear layers", _macs),
        Convention("flops", "operations", "two for each multiply-add of convolutions and linear layers", _flops),
        Convention(
            "fvcore", "multiply-adds and operations", "FlopCountAnalysis(model.eval(), image).total()",
            partial(tools.fvcore, training=False), FVCORE, "eval",
        ),
        Convention(
            "fvcore-train", "multiply-adds and operations", "FlopCountAnalysis(model.train(), image).total()",
            partial(tools.fvcore, training=True), FVCORE, "train",
        ),
        Convention(
            "ptflops", "multiply-adds and operations", "get_model_complexity_info(model, size, backend='pytorch')",
            tools.ptflops, PTFLOPS, "eval", "pytorch back end",
        ),
        Convention(
            "ptflops-aten", "multiply-adds and operations", "get_model_complexity_info(model, size, backend='aten')",
            tools.ptflops_aten, PTFLOPS, "eval", "aten back end",
        ),
        Convention("thop", "multiply-adds and operations", "profile(model, (image,))", tools.thop, THOP, "eval"),
    )
}  # fmt: skip


def node_counts(graph: Graph, convention: Convention) -> dict[str, dict[Work, int]]:
    """By the node's name and class, for one image."""
    return {node.name: found for node, found in each(graph, convention.rule)}


def class_counts(graph: Graph, convention: Convention) -> dict[Work, int]:
    """Of the network by class, those that are not 0, in the order of CLASSES."""
    sums = dict.fromkeys(CLASSES, 0)
    for _, found in each(graph, convention.rule):
        for name, count in found.items():
            sums[name] += count
    return {name: count for name, count in sums.items() if count}


def count(graph: Graph, convention: Convention) -> int:
    """Of the network, for one image: what the convention's program prints."""
    return sum(class_counts(graph, convention).values())
