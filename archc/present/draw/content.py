"""What a figure shows of a network, before it has a place: units and wires, in runs of equal blocks, in parts."""

from typing import Literal, TypeAlias

from archc.ir.types import TensorType
from archc.present.draw.scene import Facts, Mark, Role
from archc.record import Record

Side: TypeAlias = Literal["main", "shortcut", "aside"]
"""On the residual branch; on the shortcut; on what runs beside them: a gate, an attention."""

ENTRY = -1
"""The source of a wire that carries what a cell reads."""


class Unit(Record):
    """A box or, where it has a `symbol`, a circle. `key` is what makes two of them equal; `module` the module it stands in."""

    id: str
    words: tuple[str, ...]
    role: Role
    symbol: str
    side: Side
    output: TensorType
    facts: Facts
    key: str
    module: str = ""
    layer: bool = False
    """A convolution, pool or linear layer, as papers count and draw them; else an operation among those."""
    mark: Mark = ""


class Wire(Record):
    """A value on its way from one unit of a cell to another, by index; `ENTRY`, and the number of units for the exit.

    `words` is what it passes that has no box of its own: `BN, ReLU`, or on a shortcut `project, /2`.
    """

    source: int
    target: int
    side: Side
    words: str = ""
    changes: bool = False
    facts: Facts | None = None
    mark: Mark = ""


class Cell(Record):
    """Units in order of execution and the wires between them: a block, a stem, a head."""

    units: tuple[Unit, ...]
    wires: tuple[Wire, ...]
    modules: tuple[tuple[str, str], ...] = ()
    """The path and name of each module that some of the units stand in."""

    def key(self) -> tuple[object, ...]:
        """Equal for cells that are drawn alike."""
        units = tuple([(unit.key, unit.output, unit.side, unit.mark) for unit in self.units])
        return units, tuple([(wire.source, wire.target, wire.side, wire.words, wire.changes, wire.mark) for wire in self.wires])


class Run(Record):
    """Equal blocks, one after the other: `cells` are all of them, in order, and `ids` their paths."""

    cells: tuple[Cell, ...]
    ids: tuple[str, ...]
    template: str
    facts: tuple[Facts, ...]


class Part(Record):
    """A stem, a stage or a head. `output` is the type of its value, `width` the channels its first convolution gives."""

    id: str
    kind: Literal["stem", "stage", "head"]
    label: str
    output: TensorType
    runs: tuple[Run, ...]
    width: int
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
