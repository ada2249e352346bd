"""What an operation is: its attributes, and from them its output shapes, its parameters, its work and what training keeps."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NamedTuple, TypeAlias, cast, get_args

from archc.ir.behaviour import OF_MAPS, Behaviour, output_types
from archc.ir.types import ShapeError, Sides, TensorType, by_axis, feature_map
from archc.record import Record

Types: TypeAlias = tuple[TensorType, ...]
Flags: TypeAlias = tuple[bool, ...]
"""One for each operand."""

Work: TypeAlias = Literal["conv", "linear", "bias", "norm", "activation", "pooling", "addition", "multiplication", "attention"]
"""The classes of elementary operations."""
CLASSES: tuple[Work, ...] = get_args(Work)

Module: TypeAlias = Literal[
    "convolution",
    "transposed convolution",
    "linear",
    "filter",
    "product",
    "norm",
    "activation",
    "max pool",
    "average pool",
    "adaptive average pool",
    "none",
]
"""What programs that count take the emitted code for: a module of torch's, a call of a convolution (`filter`) or of a matrix
product in no module of torch's, or nothing they know.
"""
Saves: TypeAlias = Literal["nothing", "input", "output", "by rule"]
Output: TypeAlias = Literal["view", "spare", "own"]
"""`view`: the input's memory under another shape. Else memory of its own, `spare` where nothing of it is kept for the backward
pass, so that an activation or addition that alone reads it may write over it.
"""
Box: TypeAlias = Literal["conv", "linear", "norm", "act", "gate", "pool", "reshape"]
Row: TypeAlias = Literal["layer", "pool", "none"]
"""Whether papers give it a line in a table: what has weights of its own to learn but norms, or pools. A `pool` does nothing but
make a map smaller.
"""
Drawn: TypeAlias = Literal["layer", "box", "detail", "words"]
"""What a figure of layers makes of it: a box that counts as a layer, or one that does not; a `detail` has one in the close-up of
a block alone; `words` stand beside the wire that passes it.
"""


Read: TypeAlias = Mapping[str, Any]
"""How a step of a spec states an attribute, where its name, type and default do not say it: `word` is its key, `limit` the limit
of that name, `least` the smallest value (1 where nothing is said). The metadata of its field.
"""
OF_OPERAND: Read = {"of_operand": "channels"}
"""No step states it: it is the number of channels of the first operand."""
AXES: Read = {"of_operand": "axes"}
"""No step states it: it is the number of axes of the first operand where that is a map, else the default."""
CHANNELS: Read = {"word": "out", "limit": "channels"}
KERNEL: Read = {"limit": "kernel"}
SIZE: Read = {"limit": "size"}
SIZE_OR_NONE: Read = {"limit": "size", "least": 0}


TensorRole: TypeAlias = Literal["filter", "gain", "weight", "bias", "running_mean", "running_var", "threshold"]
"""What a tensor does: `filter` is that of a convolution or linear layer, `gain` a factor of one, `threshold` a least value."""


class Init(Record):
    """How a tensor begins: `constant` (value), `normal` (std = value), `kaiming_normal_fan_out`, `kaiming_normal_fan_in`,
    `xavier_uniform`, `torch` (the layer's own default), or `binomial` (a blur pool's filter).
    """

    kind: str
    value: float = 0.0


ZERO, ONE = Init("constant", 0.0), Init("constant", 1.0)


class Parameter(NamedTuple):
    """A tensor an operation owns: learned, or a buffer that is only kept."""

    name: str
    shape: tuple[int, ...]
    role: TensorRole
    begins: Init | Literal["conv", "linear"]
    """How it begins where the step does not say: by itself, or by the network's policy for these layers."""
    trainable: bool = True

    @property
    def size(self) -> int:
        n = 1
        for length in self.shape:
            n *= length
        return n


class Kept(Record):
    """What autograd saves of one operation for the backward pass, where the emitted module runs on a CPU.

    Operands by place, the output, and tensors of its own: `image` elements for each image, `fixed` elements for any batch, and
    `indices` of 8 bytes for each image.
    """

    operands: tuple[int, ...] = ()
    output: bool = False
    image: int = 0
    fixed: int = 0
    indices: int = 0


class Op(Record):
    """An operation is its attributes. Subclasses are the closed set that every backend matches on.

    A subclass states as keywords what the rest of archc asks of it; one that leaves a property out cannot be made.
    """

    kind: ClassVar[str]
    """Its name in a graph."""
    work_class: ClassVar[Work | None]
    """The class of its elementary operations; None where elements are only moved or renamed."""
    counted_as: ClassVar[Module]
    saves: ClassVar[Saves]
    """What training keeps; `by rule` stands for a method `kept` of the class."""
    output: ClassVar[Output]
    keeps_channels: ClassVar[bool]
    """Whether the output has the channels of the first operand; `passes_channels` knows the attributes too."""
    box: ClassVar[Box]
    """The kind of box it is drawn as."""
    row: ClassVar[Row]
    drawn: ClassVar[Drawn]
    templates: ClassVar[tuple[str, str]]
    """What tables and figures call it, with attributes in braces; `window` is its kernel or size by axis."""
    does: ClassVar[Behaviour | None]
    """What it does to the axes of its operands, where that hangs on no attribute; else there is a method `behaviour`."""
    operands: ClassVar[int | None]
    """How many values it takes; None stands for any number."""
    enlarges: ClassVar[bool]
    """Whether it makes a map larger, so that a stride of its own is no reduction."""

    def __init_subclass__(
        cls,
        *,
        kind: str,
        work: Work | None,
        counted: Module,
        saves: Saves,
        output: Output,
        channels: Literal["kept", "own"],
        box: Box,
        row: Row,
        drawn: Drawn,
        words: str = "",
        figure: str = "",
        does: Behaviour | None = None,
        operands: int | None = 1,
        enlarges: bool = False,
    ) -> None:
        super().__init_subclass__()
        if (does is None) != ("behaviour" in cls.__dict__):
            raise TypeError(f"{cls.__name__} must say what it `does` or have a method `behaviour`, and not both")
        if (saves == "by rule") != ("kept" in cls.__dict__):
            raise TypeError(f"{cls.__name__} must have a method `kept` or say what it saves, and not both")
        cls.kind, cls.work_class, cls.counted_as, cls.saves = kind, work, counted, saves
        cls.output, cls.keeps_channels, cls.operands = output, channels == "kept", operands
        cls.box, cls.row, cls.drawn = box, row, drawn
        plain = words or kind.replace("_", " ")
        cls.templates = (plain, figure or plain)
        cls.does, cls.enlarges = does, enlarges

    @property
    def reduction(self) -> Sides:
        """The stride by which it makes a map smaller, 1 where it has none."""
        stride: Sides = 1 if self.enlarges else getattr(self, "stride", 1)
        return stride

    def words(self, medium: Literal["table", "figure"] = "table") -> str:
        """What it is called, without its stride, which belongs to a place in the network."""
        template = self.templates[medium == "figure"]
        if "{" not in template:
            return template
        values = vars(self)
        return template.format(**values, window=by_axis(values.get("kernel") or values.get("size") or 1, values.get("axes", 2)))

    def behaviour(self) -> Behaviour:
        """What it does to the axes of its operands."""
        return cast("Behaviour", self.does)  # a class that does not state it has a method of its own

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        """Types of the outputs; raises ShapeError."""
        behaviour, first = self.behaviour(), inputs[0]
        if isinstance(behaviour, OF_MAPS):
            feature_map(first, self.kind)
        axes = len(first.spatial) if first.is_map else 2  # the default, where there is no axis to speak of
        if getattr(self, "axes", axes) != axes:
            raise ShapeError("", f"`{self.kind}` is made for maps of another number of axes than {first}")
        self.check(*inputs)
        return output_types(behaviour, first, self.width(first.channels))

    def check(self, *inputs: TensorType) -> None:
        """Refuse operands and attributes that do not fit, apart from what the behaviour says; raises ShapeError."""

    def width(self, channels: int) -> int:
        """Channels of the output, by those of the first operand."""
        return channels

    def parameters(self) -> tuple[Parameter, ...]:
        """In the order a state dict keeps them."""
        return ()

    def macs(self, inputs: Types, outputs: Types) -> int:
        """Multiply-adds of convolutions and linear layers for one image; no other operation counts as one."""
        return 0

    def operations(self, inputs: Types, outputs: Types) -> int:
        """Elementary operations of `work_class` for one image, a bias left out."""
        return outputs[0].elements

    def work(self, inputs: Types, outputs: Types) -> dict[Work, int]:
        """Operations for one image by class: a multiply-add, an addition, a product, a comparison or a function of one element is
        one. Conv and linear are exactly their multiply-adds. Dropout does none outside of training, and work on weights alone
        (standardized convolutions) is the same for every batch and left out.
        """
        if self.work_class is None:
            return {}
        found: dict[Work, int] = {self.work_class: self.operations(inputs, outputs)}
        if getattr(self, "bias", False):
            found["bias"] = outputs[0].elements
        return found

    def is_view(self, operands: int = 1) -> bool:
        """Whether the outputs are the input's memory under another shape: nothing is read, written or allocated."""
        return self.output == "view"

    def is_spare(self, *, of_map: bool) -> bool:
        """Whether the output may be written over by what alone reads it, where the first operand is a map or is none."""
        return self.output == "spare"

    def passes_channels(self) -> bool:
        """Whether the output has the channels of the first operand."""
        return self.keeps_channels

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        """What training keeps. `needs`: which operands a gradient flows to. `in_place`: the output is the input's memory.
        `rows`: of which operands a position's channels lie side by side.
        """
        if self.saves == "nothing" or not (needs[0] or self.parameters()):
            return Kept()
        return Kept((0,)) if self.saves == "input" else Kept(output=True)


def stated(op: Op) -> list[tuple[str, object]]:
    """The attributes that are not at their default, in the order they are declared."""
    found = ((field, getattr(op, field.name)) for field in op.record_fields.values())
    return [(field.name, value) for field, value in found if value != field.default]
