"""A figure shows units and wires, in runs of equal blocks, in parts of a network; none of them has a place yet."""

from typing import Literal, TypeAlias

from archc.ir.types import TensorType
from archc.present.draw.scene import Facts, Mark, Role
from archc.record import Record

Side: TypeAlias = Literal["main", "shortcut", "aside"]
"""On the residual branch, on the shortcut, or beside them, as a gate or an attention is."""

ENTRY = -1
"""The source of a wire that carries what a cell reads."""


class Unit(Record):
    """A box, or a circle where it has a symbol."""

    id: str
    words: tuple[str, ...]
    role: Role
    symbol: str
    side: Side
    output: TensorType
    facts: Facts
    key: str
    """Units of one key are drawn alike."""
    module: str = ""
    """The path of the module that the unit stands in."""
    layer: bool = False
    """A convolution, pool or linear layer, as papers count and draw them; else an operation among those."""
    mark: Mark = ""


class Wire(Record):
    """A value that leads from one unit of a cell to another."""

    source: int
    """The index of a unit, or `ENTRY`."""
    target: int
    """The index of a unit, or the number of units for the exit."""
    side: Side
    words: str = ""
    """The operations on the way that have no box: `BN, ReLU`, or on a shortcut `project, /2`."""
    changes: bool = False
    """Whether it changes shape on the way."""
    facts: Facts | None = None
    mark: Mark = ""


class Cell(Record):
    """Units in order of execution and the wires between them: a block, a stem, a head."""

    units: tuple[Unit, ...]
    wires: tuple[Wire, ...]
    modules: tuple[tuple[str, str], ...] = ()
    """The path and name of each module that some of the units stand in."""

    def key(self) -> tuple[object, ...]:
        """Return a key that is equal for cells that are drawn alike."""
        units = tuple([(unit.key, unit.output, unit.side, unit.mark) for unit in self.units])
        return units, tuple([(wire.source, wire.target, wire.side, wire.words, wire.changes, wire.mark) for wire in self.wires])


class Run(Record):
    """Equal blocks, one after the other."""

    cells: tuple[Cell, ...]
    ids: tuple[str, ...]
    """The paths of the blocks."""
    template: str
    facts: tuple[Facts, ...]


class Part(Record):
    """A stem, a stage or a head."""

    id: str
    kind: Literal["stem", "stage", "head"]
    label: str
    output: TensorType
    """The type of the part's value."""
    runs: tuple[Run, ...]
    width: int
    """The channels that the first convolution gives."""
    facts: Facts
    mark: Mark = ""

    @property
    def blocks(self) -> int:
        return sum(len(run.cells) for run in self.runs)


class Network(Record):
    """A network as its figure tells it."""

    name: str
    title: str
    input: tuple[int, ...]
    parts: tuple[Part, ...]
    facts: Facts
