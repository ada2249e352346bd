"""Sums, products, splits, shuffles and tokens become ONNX nodes."""

from archc.ir import ops
from archc_onnx.emitter import Place


def chain(place: Place, op_type: str) -> None:
    """Combine from the left, two at a time, so that rounding is that of a chain of `+`."""
    total, *rest = place.inputs
    if not rest:
        place.give("Identity", total)
        return
    for number, other in enumerate(rest[:-1], 1):
        total = place.step(str(number), op_type, total, other)
    place.give(op_type, total, rest[-1])


def split(place: Place, op: ops.Split) -> None:
    """Split into equal parts. From opset 18 on their number is stated.

    Before it their lengths are, where they do not depend on the input's size: onnxruntime takes two splits of one value for the
    same if they differ only in the number of outputs.
    """
    length = place.shape[0]
    if place.emitter.opset >= 18:
        place.give("Split", place.x, axis=1, num_outputs=op.parts)
    elif isinstance(length, int):
        place.give("Split", place.x, place.integers(*[length // op.parts] * op.parts), axis=1)
    else:
        place.give("Split", place.x, axis=1)


def shuffle(place: Place, op: ops.Shuffle) -> None:
    """Reshape to (group, part, c), transpose and reshape back; height and width are one axis meanwhile."""
    width = place.channels // (op.groups * op.parts)
    parted = place.step("parts", "Reshape", place.x, place.integers(0, op.groups, op.parts, width, -1))
    turned = place.step("turned", "Transpose", parted, perm=[0, 2, 1, 3, 4])
    place.give("Reshape", turned, place.input_shape())


def mix(place: Place, op: ops.Mix) -> None:
    """Multiply the matrices of each group: its channels' blocks are rows, or columns, of one matrix."""
    groups, size, _ = (int(length) for length in place.emitter.shapes[place.node.inputs[1]])
    channels = place.channels // groups
    matrix = place.inputs[1]
    if op.along == "height":
        parted = place.step("blocks", "Reshape", place.x, place.integers(0, groups, channels, size, -1))
        rows = place.step("rows", "Reshape", _turned(place, "turned", parted), place.integers(0, 0, size, -1))
        mixed = place.step("mixed", "MatMul", matrix, rows)
        blocks = place.step("back", "Reshape", mixed, place.integers(0, 0, size, channels, -1))
        mixed_blocks = _turned(place, "turned back", blocks)
    else:
        parted = place.step("blocks", "Reshape", place.x, _columns(place, groups, size))
        across = place.step("across", "Transpose", matrix, perm=[0, 1, 3, 2])
        mixed_blocks = place.step("mixed", "MatMul", place.step("spread", "Unsqueeze", across, place.integers(2)), parted)
    place.give("Reshape", mixed_blocks, place.input_shape())


def _columns(place: Place, groups: int, size: int) -> str:
    """Return the shape in which columns are `size` blocks, with those of all channels of a group as rows."""
    width = place.shape[2]
    if isinstance(width, int):
        return place.integers(0, groups, -1, size, width // size)
    whole = place.step("width", "Gather", place.step("columns/shape", "Shape", place.x), place.integers(3), axis=0)
    block = place.step("block", "Div", whole, place.integers(size))
    return place.step("parts", "Concat", place.integers(0, groups, -1, size), block, axis=0)


def _turned(place: Place, label: str, blocks: str) -> str:
    return place.step(label, "Transpose", blocks, perm=[0, 1, 3, 2, 4])


def tokens(place: Place) -> None:
    rows = place.step("rows", "Reshape", place.x, place.integers(0, 0, -1))
    place.give("Transpose", rows, perm=[0, 2, 1])


def attention(place: Place, op: ops.Attention) -> None:
    """Write attention out, since the operation Attention came only with opset 23."""
    shapes = [place.emitter.shapes[name] for name in place.node.inputs]
    widths = [int(shape[1]) // op.heads for shape in shapes]
    parted = [
        place.step(f"{name}/heads", "Reshape", value, place.integers(0, 0, op.heads, width))
        for name, value, width in zip(("query", "key", "value"), place.inputs, widths, strict=True)
    ]
    query, key, value = (
        place.step(f"{name}/turned", "Transpose", heads, perm=perm)
        for name, heads, perm in zip(("query", "key", "value"), parted, ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]), strict=True)
    )
    scores = place.step("scores", "Div", place.step("products", "MatMul", query, key), place.number(widths[0] ** 0.5))
    mixed = place.step("mixed", "MatMul", place.step("weights", "Softmax", scores, axis=-1), value)
    turned = place.step("turned", "Transpose", mixed, perm=[0, 2, 1, 3])
    place.give("Reshape", turned, place.integers(0, 0, op.heads * widths[2]))
