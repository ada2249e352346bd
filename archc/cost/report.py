"""All that `archc cost` tells of one network, as data: what its text, its tables and its JSON are written from."""

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
    """A printed figure of the spec's `expect: {reported: …}`: of `params`, `macs` or `depth`, how much, and where it stands."""

    figure: str
    value: int | float
    source: str = ""


class Asked(Record):
    """What a report is made for: the convention, batch, dtype, rows, whether repeats are folded, and which conventions are
    explained.
    """

    convention: Convention = CONVENTIONS["macs"]
    batch: int = 1
    dtype: Dtype = "float32"
    level: Level = "stage"
    fold: bool = True
    explained: tuple[Convention, ...] = ()

    @property
    def width(self) -> int:
        """Bytes of an element."""
        return BYTES[self.dtype]


class Explanation(Record):
    """The lines that lead to a convention's count of one network."""

    convention: Convention
    lines: tuple[Line, ...]


class Report(Record):
    """One network's; counts are for one image, memory says what is once and what is for each."""

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
    """Of a graph at the size it has."""
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
    """Arithmetic intensity at the batch and dtype asked for."""
    return measures.intensity(asked.width, asked.batch)
