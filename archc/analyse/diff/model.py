"""The difference between two networks as data: changes in words, costs on both sides, and what becomes of the weights."""

from typing import Literal, TypeAlias, get_args

from archc.diagnostics import Span
from archc.ir.graph import Graph
from archc.record import Record

Kind: TypeAlias = Literal["added", "removed", "changed"]
Level: TypeAlias = Literal["network", "stage", "block", "operation"]
LEVELS: tuple[Level, ...] = get_args(Level)


class Operation(Record):
    """One operation that differs, by path on each side, "" where there is none; `attributes` as name, before, after.

    `implied`: it follows from a change that is told of, as the channels a convolution reads follow from those made before it.
    """

    kind: Kind
    old: str
    new: str
    operation: str
    attributes: tuple[tuple[str, str, str], ...] = ()
    rewired: bool = False
    implied: bool = False


class Change(Record):
    """One sentence of the difference.

    `where` is the part of the network ("" for all of it), `what` the change: `layer2, first block` and `shortcut B → D`, with its
    `subject`, `before` and `after`. `old` and `new` are paths of scopes and nodes, `details`
    what follows from it. Places are where the specs say it, where that is known.
    """

    kind: Kind
    level: Level
    where: str
    what: str
    subject: str
    before: str = ""
    after: str = ""
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    old_place: Span | None = None
    new_place: Span | None = None
    details: tuple[str, ...] = ()


class Tally(Record):
    """A part of the network on both sides, None where a side has none: learned parameters, multiply-adds of an image, activations
    (elements that convolutions and linear layers put out for an image, Radosavovic et al. 2020, section 3), and bytes in float32:
    of parameters and buffers, written by an image's operations; of whole networks the peak of inference and what training keeps
    of an image for its backward pass, both for a batch of one.
    """

    part: str
    parameters: tuple[int | None, int | None]
    macs: tuple[int | None, int | None]
    activations: tuple[int | None, int | None]
    parameter_bytes: tuple[int | None, int | None]
    written_bytes: tuple[int | None, int | None]
    peak_bytes: tuple[int | None, int | None] = (None, None)
    saved_bytes: tuple[int | None, int | None] = (None, None)


Fit: TypeAlias = Literal["strict", "partly", "none"]
"""Every tensor and no other; some; not one."""


class Loading(Record):
    """What becomes of the first network's weights in the second, under the names of one layout.

    `matching` tensors of `wanted` are taken. `meaning`, where they load strictly: whether they make the same function there,
    and if not, how it differs.
    """

    layout: str
    fit: Fit
    matching: int
    wanted: int
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    reshaped: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...] = ()
    same_meaning: bool = False
    meaning: tuple[str, ...] = ()


class Side(Record):
    """One of the two: as it was named on the command line, its own name, its graph and the graph's hash."""

    target: str
    name: str
    title: str
    graph: Graph
    hash: str


class Difference(Record):
    """Everything. `same`: one function up to names. `notes` say what differs beside the function: names, how weights begin,
    the size of the image.
    """

    old: Side
    new: Side
    same: bool
    changes: tuple[Change, ...]
    operations: tuple[Operation, ...]
    network: Tally
    stages: tuple[Tally, ...]
    loading: tuple[Loading, ...]
    notes: tuple[str, ...]
