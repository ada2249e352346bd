"""A report is all that `archc cost` tells of one network; its text, its tables and its JSON are written from it."""

from fractions import Fraction

from archc.cost.conventions import CONVENTIONS, Convention, class_counts
from archc.cost.explain import Line, explain
from archc.cost.measures import Measures, total
from archc.cost.memory import BYTES, Dtype, Memory, memory
from archc.cost.parts import Level, Part, parts
from archc.ir.graph import Graph
from archc.ir.op import Work
from archc.ir.types import TensorType
from archc.record import Record


class Reported(Record):
    """A printed figure of the spec's `expect: {reported: …}`."""

    figure: str
    """`params`, `macs` or `depth`."""
    value: int | float
    source: str = ""
    """Where the figure is printed."""


class Asked(Record):
    """The settings of a report."""

    convention: Convention = CONVENTIONS["macs"]
    batch: int = 1
    dtype: Dtype = "float32"
    level: Level = "stage"
    """What has a row."""
    fold: bool = True
    """Whether equal parts after each other are one row."""
    explained: tuple[Convention, ...] = ()
    """The conventions whose counts are explained."""

    @property
    def width(self) -> int:
        """Return the bytes of an element."""
        return BYTES[self.dtype]


class Explanation(Record):
    """The lines that lead to a convention's count of one network."""

    convention: Convention
    lines: tuple[Line, ...]


class Report(Record):
    """The report of one network; counts are for one image."""

    name: str
    title: str
    image: TensorType
    count: int
    classes: dict[Work, int]
    measures: Measures
    parts: tuple[Part, ...]
    memory: Memory
    reported: tuple[Reported, ...] = ()
    explanations: tuple[Explanation, ...] = ()


def report(graph: Graph, asked: Asked, *, title: str = "", reported: tuple[Reported, ...] = ()) -> Report:
    """Report on a graph at the size it has."""
    classes = class_counts(graph, asked.convention)
    return Report(
        graph.name,
        title,
        graph.types[graph.input],
        sum(classes.values()),
        classes,
        total(graph),
        parts(graph, asked.level, asked.convention, fold=asked.fold),
        memory(graph, asked.dtype),
        reported,
        tuple(Explanation(convention, explain(graph, convention)) for convention in asked.explained),
    )


def intensity(measures: Measures, asked: Asked) -> Fraction:
    """Return the arithmetic intensity at the batch and dtype of the settings."""
    return measures.intensity(asked.width, asked.batch)
