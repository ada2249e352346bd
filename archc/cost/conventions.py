"""A convention says whose count of a network's operations a number is, and how each class of operations counts in it."""

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
    """A rule by which operations are counted, and the program whose rule it is."""

    name: str
    unit: str
    """What is counted, such as multiply-adds."""
    says: str
    """What is counted in words, or the call of the program that prints it."""
    rule: Rule
    program: str = ""
    """The program with its version, "" for a convention of archc's own."""
    mode: str = ""
    """Whether the program counts the module in training or not."""
    backend: str = ""
    """The back end of the program, where it has several."""

    @property
    def title(self) -> str:
        """Return `fvcore 0.1.5 (eval)`, or `macs`."""
        settings = ", ".join(filter(None, (self.mode, self.backend)))
        return f"{self.program} ({settings})" if self.program else self.name


def _macs(op: Operation, inputs: Types, outputs: Types) -> dict[Work, int]:
    work = op.work(inputs, outputs)
    return {name: work[name] for name in ("conv", "linear") if name in work}


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
    """Return the count of each node by class, for one image."""
    return {node.name: counts for node, counts in each(graph, convention.rule)}


def class_counts(graph: Graph, convention: Convention) -> dict[Work, int]:
    """Return the network's counts by class that are not 0, in the order of CLASSES."""
    sums = dict.fromkeys(CLASSES, 0)
    for _, counts in each(graph, convention.rule):
        for name, count in counts.items():
            sums[name] += count
    return {name: count for name, count in sums.items() if count}


def count(graph: Graph, convention: Convention) -> int:
    """Return the count of the network for one image, which the convention's program prints."""
    return sum(class_counts(graph, convention).values())
