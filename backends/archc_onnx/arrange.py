"""Sums, products, splits, shuffles and tokens as ONNX nodes."""

from archc.ir.ops import Attention, Shuffle, Split
from archc_onnx.emitter import Place


def chain(place: Place, op_type: str) -> None:
    """From the left, two at a time, so that rounding is that of a chain of `+`."""
    total, *rest = place.inputs
    if not rest:
        place.give("Identity", total)
        return
    for number, other in enumerate(rest[:-1], 1):
        total = place.step(str(number), op_type, total, other)
    place.give(op_type, total, rest[-1])


def split(place: Place, op: Split) -> None:
    """Equal parts, as many as there are outputs; opset 18 wants their number said."""
    if place.emitter.opset < 18:
        place.give("Split", place.x, axis=1)
    else:
        place.give("Split", place.x, axis=1, num_outputs=op.parts)


def shuffle(place: Place, op: Shuffle) -> None:
    """A Reshape to (group, part, c), a Transpose and the Reshape back; height and width stay one axis meanwhile."""
    width = place.channels // (op.groups * op.parts)
    parted = place.step("parts", "Reshape", place.x, place.integers(0, op.groups, op.parts, width, -1))
    turned = place.step("turned", "Transpose", parted, perm=[0, 2, 1, 3, 4])
    place.give("Reshape", turned, place.input_shape())


def tokens(place: Place) -> None:
    rows = place.step("rows", "Reshape", place.x, place.integers(0, 0, -1))
    place.give("Transpose", rows, perm=[0, 2, 1])


def attention(place: Place, op: Attention) -> None:
    """Written out: the operation Attention came with opset 23 only."""
    shapes = [place.emitter.shapes[name] for name in place.node.inputs]
    widths = [int(shape[1]) // op.heads for shape in shapes]
    parted = [
        place.step(f"{name}/heads", "Reshape", value, place.integers(0, 0, op.heads, width))
        for name, value, width in zip(("query", "key", "value"), place.inputs, widths, strict=True)
    ]
    query, key, value = (
        place.step(f"{name}/turned", "Transpose", each, perm=perm)
        for name, each, perm in zip(("query", "key", "value"), parted, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]), strict=True)
    )
    scores = place.step("scores", "Div", place.step("products", "MatMul", query, key), place.number(widths[0] ** 0.5))
    mixed = place.step("mixed", "MatMul", place.step("weights", "Softmax", scores, axis=-1), value)
    turned = place.step("turned", "Transpose", mixed, perm=[0, 2, 1, 3])
    place.give("Reshape", turned, place.integers(0, 0, op.heads * widths[2]))
