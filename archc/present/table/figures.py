"""A figure is a column that a table can have: what it counts, of a network or of a part of it, and how it is printed."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias

from archc.ir.graph import Node
from archc.ir.op import CLASSES
from archc.present.table.network import Network
from archc.present.table.numbers import short, short_bytes, three
from archc.record import Record

if TYPE_CHECKING:
    from archc.cost.conventions import Convention
    from archc.cost.measures import Measures

Unit: TypeAlias = Literal["count", "bytes", "ratio", "text"]
Value: TypeAlias = int | Fraction | str | None

FLOAT = 4
"""The bytes of an element in float32."""


class Subject(Record):
    """What a row is about: a network or a part of it."""

    network: Network
    nodes: tuple[Node, ...]
    value: str
    """The value that the nodes give."""
    whole: bool = False
    """Whether the nodes are all of the network."""


class Figure(Record):
    """A column of a table."""

    name: str
    title: str
    help: str
    unit: Unit
    value: Callable[[Subject], Value]
    adds: bool = False
    """Whether the figure of several parts is the sum of theirs."""
    varies: bool = False
    """Whether parts that are alike may have unlike figures."""


def printed(figure: Figure, value: Value, *, exact: bool = False) -> str:
    """Write a value as a cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if figure.unit == "ratio":
        return three(value)
    if exact or not isinstance(value, int):
        return f"{value:,}"
    return short_bytes(value) if figure.unit == "bytes" else short(value)


def _sum(of: Callable[["Measures"], int]) -> Callable[[Subject], int]:
    def value(subject: Subject) -> int:
        measures = subject.network.measures
        return sum([of(measures[node.name]) for node in subject.nodes])

    return value


_macs_of_nodes = _sum(lambda measures: measures.macs)
_params_of_nodes = _sum(lambda measures: measures.parameters)


def _macs(subject: Subject) -> Value:
    return subject.network.total.macs if subject.whole else _macs_of_nodes(subject)


def _params(subject: Subject) -> Value:
    return subject.network.total.parameters if subject.whole else _params_of_nodes(subject)


def counted(convention: "Convention") -> Figure:
    """Return the column `macs` in another convention."""

    def value(subject: Subject) -> Value:
        counts = subject.network.counts(convention)
        return sum(counts[node.name] for node in subject.nodes)

    return Figure(
        "macs", convention.title, f"{convention.unit} as {convention.title} counts: {convention.says}", "count", value, adds=True
    )


def _work(number: int) -> Callable[[Subject], Value]:
    return _sum(lambda measures: measures.work[number])


_elements = _sum(lambda measures: measures.parameters + measures.buffers)
_moved = _sum(lambda measures: measures.bytes_read() + measures.bytes_written())


def _weights(subject: Subject) -> Value:
    return FLOAT * _elements(subject)


def _intensity(subject: Subject) -> Value:
    moved = _moved(subject)
    return Fraction(2 * _macs_of_nodes(subject), moved) if moved else Fraction(0)


def _memory(subject: Subject) -> Value:
    live = subject.network.live
    return FLOAT * max((live[node.name] for node in subject.nodes), default=0)


def _saved(subject: Subject) -> Value:
    return subject.network.saved if subject.whole else None


def _output(subject: Subject) -> Value:
    return "×".join(map(str, subject.network.graph.types[subject.value].shape))


def _field(subject: Subject) -> Value:
    field = subject.network.fields[subject.value]
    return "all" if field.whole else _sides(*field.size)


def _stride(subject: Subject) -> Value:
    return _sides(*subject.network.fields[subject.value].stride)


def _sides(height: int, width: int) -> str:
    """Write a size, as one number where both sides are the same."""
    return str(height) if height == width else f"{height}×{width}"


def _depth(subject: Subject) -> Value:
    return subject.network.depth if subject.whole else None


def _printed(subject: Subject) -> Value:
    """Write the multiply-adds that the spec's source prints."""
    from archc.present.table.agreement import as_printed

    return as_printed(subject.network, "macs")


_FIGURES: Sequence[Figure] = (
    Figure("params", "params", "learned parameters", "count", _params, adds=True),
    Figure(
        "buffers", "buffers", "values that are kept and not learned", "count", _sum(lambda measures: measures.buffers), adds=True
    ),
    Figure("macs", "MACs", "multiply-adds of convolutions and linear layers for one image", "count", _macs, adds=True),
    Figure(
        "acts",
        "acts",
        "elements that convolutions and linear layers put out (Radosavovic et al. 2020)",
        "count",
        _sum(lambda measures: measures.activations),
        adds=True,
    ),
    Figure("memory", "memory", "the most that activations take while it runs, float32, one image, best order", "bytes", _memory),
    Figure("saved", "saved", "what training saves for the backward pass, float32, an image of a batch of 2", "bytes", _saved),
    Figure("weights", "weights", "parameters and buffers, float32", "bytes", _weights, adds=True),
    Figure("moved", "moved", "bytes read and written, float32, one image", "bytes", _moved, adds=True),
    Figure("intensity", "intensity", "two operations a multiply-add, by the bytes moved", "ratio", _intensity),
    Figure(
        "rf",
        "receptive field",
        "pixels of the image that one position of the output depends on, along height and width",
        "text",
        _field,
        varies=True,
    ),
    Figure("stride", "stride", "pixels of the image from one position of the output to the next", "text", _stride),
    Figure("output", "output", "the output's shape without the batch", "text", _output),
    Figure("depth", "depth", "convolutions and linear layers on the main path", "count", _depth),
    Figure(
        "printed",
        "printed",
        "multiply-adds as the spec's source prints them, and whether the exact figure agrees",
        "text",
        _printed,
    ),
    *(
        Figure(name, name, f"operations of the class {name} for one image", "count", _work(number), adds=True)
        for number, name in enumerate(CLASSES)
    ),
)

FIGURES: dict[str, Figure] = {figure.name: figure for figure in _FIGURES}
