"""Operations that combine or rearrange values: sums, products, splits, tokens."""

from typing import Literal

from archc.ir.behaviour import Attended, Behaviour, Beside, Collected, Fixed, Joined, Pointwise, Taken
from archc.ir.op import Flags, Init, Kept, Op, Parameter, Types
from archc.ir.types import AxisName, ShapeError, TensorType, feature_map, must_divide, places
from archc.record import field


class Identity(
    Op, kind="identity", work=None, counted="none", saves="nothing", output="view", channels="kept", box="reshape", row="none",
    drawn="words", does=Pointwise(),
):  # fmt: skip
    """The value itself: a shortcut that changes nothing."""


class Add(
    Op, kind="add", work="addition", counted="none", saves="nothing", output="spare", channels="kept", box="reshape", row="none",
    drawn="box", does=Joined("pixels"), operands=None,
):  # fmt: skip
    """The sum of operands of one shape, or of maps NxCxHxW with NxCx1x1 (Cao et al. 2019, Fig. 4d)."""

    def operations(self, inputs: Types, outputs: Types) -> int:
        return outputs[0].elements * (len(inputs) - 1)

    def is_view(self, operands: int = 1) -> bool:
        return operands == 1

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        maps = all(type_.is_map and type_.channels == inputs[0].channels for type_ in inputs)
        whole = tuple(type_ for type_ in inputs if not type_.is_pixel) if maps else inputs
        return (_same("addition", whole or inputs),)


class Mul(
    Op, kind="mul", work="multiplication", counted="none", saves="by rule", output="own", channels="kept", box="reshape",
    row="none", drawn="box", does=Joined("axes"), operands=None,
):  # fmt: skip
    """The product of operands of one shape, or of a map NxCxHxW with one NxCx1x1, Nx1xHxW or Nx1x1x1."""

    def operations(self, inputs: Types, outputs: Types) -> int:
        return outputs[0].elements * (len(inputs) - 1)

    def is_view(self, operands: int = 1) -> bool:
        return operands == 1

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        """From the left, two at a time: each factor is kept for the other's gradient, partial products as well."""
        operands: set[int] = set()
        partial = 0
        flows = needs[0]
        for place in range(1, len(inputs)):
            if flows:
                operands.add(place)
            if needs[place]:
                if place == 1:
                    operands.add(0)
                else:
                    partial += max(type_.elements for type_ in inputs[:place])
            flows = flows or needs[place]
        return Kept(tuple(sorted(operands)), image=partial)

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (_spread("multiplication", inputs),)


class Div(
    Op, kind="div", work="multiplication", counted="none", saves="by rule", output="own", channels="own", box="reshape",
    row="none", drawn="box", does=Joined("axes"), operands=2,
):  # fmt: skip
    """The first operand divided by the second, of one shape or spread over each other as in a product."""

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        return Kept((0, 1) if needs[1] else (1,)) if any(needs) else Kept()

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        return (_spread("division", inputs),)


def _spread(what: str, inputs: tuple[TensorType, ...]) -> TensorType:
    """Lengths are equal or 1."""
    if any(type_.kind != inputs[0].kind or len(type_.shape) != len(inputs[0].shape) for type_ in inputs):
        return _same(what, inputs)
    shape = tuple(max(lengths) for lengths in zip(*(type_.shape for type_ in inputs), strict=True))
    for type_ in inputs:
        if any(length not in (1, wanted) for length, wanted in zip(type_.shape, shape, strict=True)):
            return _same(what, inputs)
    return TensorType(shape, inputs[0].kind)


def _same(what: str, inputs: tuple[TensorType, ...]) -> TensorType:
    if any(type_ != inputs[0] for type_ in inputs):
        raise ShapeError("E0315", f"{what} of unlike shapes: " + " and ".join(map(str, inputs)))
    return inputs[0]


class Concat(
    Op, kind="concat", work=None, counted="none", saves="nothing", output="own", channels="own", box="reshape", row="none",
    drawn="box", figure="concatenate", operands=None,
):  # fmt: skip
    """Operands one after the other: maps and vectors along the channels, tokens along the tokens; maps also along an axis."""

    along: Literal["channels", AxisName] = "channels"

    def behaviour(self) -> Behaviour:
        return Joined("nowhere", stacked=True) if self.along == "channels" else Beside(self.along)

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        if self.along != "channels":
            return (_beside(inputs, self.along),)
        first = inputs[0]
        if any(type_.kind != first.kind or type_.shape[1:] != first.shape[1:] for type_ in inputs):
            raise ShapeError("E0315", "concatenation of unlike shapes: " + " and ".join(map(str, inputs)))
        return (TensorType((sum(type_.shape[0] for type_ in inputs), *first.shape[1:]), first.kind),)

    def is_view(self, operands: int = 1) -> bool:
        return operands == 1


def _beside(inputs: tuple[TensorType, ...], along: AxisName) -> TensorType:
    """Maps side by side along an axis."""
    shapes = [feature_map(type_, "concat") for type_ in inputs]
    axis = places(along, len(inputs[0].spatial))[0] - 1
    whole = [*shapes[0]]
    whole[axis] = sum(shape[axis] for shape in shapes)
    if any([*shape[:axis], *shape[axis + 1 :]] != whole[:axis] + whole[axis + 1 :] for shape in shapes):
        raise ShapeError("E0315", "concatenation of unlike shapes: " + " and ".join(map(str, inputs)))
    return TensorType(tuple(whole))


class Split(
    Op, kind="split", work=None, counted="none", saves="nothing", output="view", channels="own", box="reshape", row="none",
    drawn="box", words="split in {parts}",
):  # fmt: skip
    """The channels in `parts` equal parts: as many outputs."""

    parts: int = field(metadata={"limit": "turns"})

    def behaviour(self) -> Behaviour:
        return Pointwise(parts=self.parts, split=True)

    def check(self, *inputs: TensorType) -> None:
        if inputs[0].is_tokens:
            raise ShapeError("E0310", f"`split` needs a feature map or a vector, not {inputs[0]}")
        must_divide(self.parts, inputs[0].channels, "channels", "parts")


class PadChannels(
    Op, kind="pad_channels", work=None, counted="none", saves="nothing", output="own", channels="own", box="reshape", row="none",
    drawn="box", words="pad channels {before}, {after}", does=Pointwise(),
):  # fmt: skip
    """Zero channels before and after (He et al. 2015, section 3.3, option A)."""

    before: int = 0
    after: int = 0

    def check(self, *inputs: TensorType) -> None:
        feature_map(inputs[0], "pad_channels")

    def width(self, channels: int) -> int:
        return self.before + channels + self.after


class Shuffle(
    Op, kind="shuffle", work=None, counted="none", saves="nothing", output="own", channels="kept", box="reshape", row="none",
    drawn="box", figure="shuffle {groups}×{parts}", does=Pointwise(),
):  # fmt: skip
    """Channels ordered (group, part, c) become (part, group, c)."""

    groups: int
    parts: int

    def check(self, *inputs: TensorType) -> None:
        channels, *_ = feature_map(inputs[0], "shuffle")
        if channels % (self.groups * self.parts):
            message = f"{self.groups} groups of {self.parts} parts do not divide {channels} channels"
            raise ShapeError("E0312", message, "groups")

    def is_view(self, operands: int = 1) -> bool:
        return self.groups == 1 or self.parts == 1


class Flatten(
    Op, kind="flatten", work=None, counted="none", saves="nothing", output="view", channels="own", box="reshape", row="none",
    drawn="words", does=Collected(channels=True),
):  # fmt: skip
    """Everything but the batch in one axis: NxCxHxW to NxCHW."""


class Tokens(
    Op, kind="tokens", work=None, counted="none", saves="nothing", output="view", channels="kept", box="reshape", row="none",
    drawn="words", figure="to tokens", does=Collected(channels=False),
):  # fmt: skip
    """The positions of a map as tokens, row by row: NxCxHxW to NxHWxC."""

    def check(self, *inputs: TensorType) -> None:
        feature_map(inputs[0], "tokens")


class Position(
    Op, kind="position", work="addition", counted="none", saves="nothing", output="own", channels="kept", box="linear",
    row="none", drawn="layer", figure="positions, {tokens}", does=Fixed(),
):  # fmt: skip
    """Adds a learned table of the input's shape TxC, begun normal with deviation 1/sqrt(C): it fixes the input's size."""

    tokens: int
    channels: int

    def check(self, *inputs: TensorType) -> None:
        if inputs[0].shape != (self.tokens, self.channels):
            raise ShapeError("", f"a table of {self.tokens}x{self.channels} positions is added to {inputs[0]}")

    def parameters(self) -> tuple[Parameter, ...]:
        return (Parameter("weight", (self.tokens, self.channels), "bias", Init("normal", self.channels**-0.5)),)


class Attention(
    Op, kind="attention", work="attention", counted="none", saves="by rule", output="own", channels="own", box="linear",
    row="layer", drawn="layer", words="attention, {heads} heads", does=Attended(), operands=3,
):  # fmt: skip
    """Scaled dot-product attention of query, key and value tokens in `heads` heads (Vaswani et al. 2017, section 3.2)."""

    heads: int

    def infer(self, *inputs: TensorType) -> tuple[TensorType, ...]:
        query, key, value = inputs
        if not all(type_.is_tokens for type_ in inputs):
            raise ShapeError("E0310", "`attention` needs tokens NxTxC, not " + " and ".join(map(str, inputs)))
        if query.channels != key.channels or key.shape[0] != value.shape[0]:
            raise ShapeError("E0315", "attention over unlike shapes: " + " and ".join(map(str, inputs)))
        for type_ in (query, value):
            must_divide(self.heads, type_.channels, "channels", "heads")
        return (query.with_channels(value.channels),)

    def operations(self, inputs: Types, outputs: Types) -> int:
        query, key, value = inputs
        return query.shape[0] * key.shape[0] * (query.channels + value.channels + self.heads)

    def kept(self, inputs: Types, outputs: Types, needs: Flags, *, in_place: bool, rows: Flags) -> Kept:
        """The kernel that keeps its output and a number for each query in the place of the weights, where all lies in order and
        a value is as wide as a query; else the weights, and scaled queries and keys.
        """
        query, key, value = inputs
        if not any(needs):
            return Kept()
        if all(rows) and query.channels == value.channels:
            return Kept((0, 1, 2), output=True, image=query.shape[0] * self.heads)
        compared = needs[0] or needs[1]
        weights = self.heads * query.shape[0] * key.shape[0]
        scaled = (key.elements if needs[0] else 0) + (query.elements if needs[1] else 0)
        copied = rows[2] and self.heads > 1
        return Kept(
            (2,) if compared and not copied else (), image=weights + scaled + (value.elements if compared and copied else 0)
        )


class Take(
    Op, kind="take", work=None, counted="none", saves="nothing", output="view", channels="kept", box="reshape", row="none",
    drawn="words", figure="take token {index}", does=Taken(),
):  # fmt: skip
    """One token of many: NxTxC to NxC."""

    index: int = field(default=0, metadata={"least": 0})

    def check(self, *inputs: TensorType) -> None:
        if not inputs[0].is_tokens:
            raise ShapeError("E0310", f"`take` needs tokens NxTxC, not {inputs[0]}")
        if not 0 <= self.index < inputs[0].shape[0]:
            raise ShapeError("E0309", f"there is no token {self.index} among {inputs[0].shape[0]}", "index")
