"""Pools, padding and strides over the grid become ONNX nodes, exact at every size."""

from archc.ir import ops
from archc.ir.types import along
from archc_onnx.dimensions import is_constant
from archc_onnx.emitter import LAST, Place


def max_pool(place: Place, op: ops.MaxPool) -> None:
    """Round up by padding: programs disagree on ONNX's ceil_mode where a window would begin beyond the input."""
    place.give("MaxPool", place.x, **_window(op, [*along(op.padding, op.axes), *_ends(op)]))


def avg_pool(place: Place, op: ops.AvgPool) -> None:
    """Pool by the mean. Padding that only rounds up never counts, so padding that does count is then a node of its own."""
    ends, begins = _ends(op), [*along(op.padding, op.axes)]
    if not op.count_include_pad or op.padding == 0:
        place.give("AveragePool", place.x, **_window(op, [*begins, *ends]))
    elif ends == begins:
        place.give("AveragePool", place.x, **_window(op, [*begins, *begins]), count_include_pad=1)
    else:
        padded = place.step("padded", "Pad", place.x, place.integers(*[0, 0, *begins] * 2))
        rest = [end - begin for end, begin in zip(ends, begins, strict=True)]
        place.give("AveragePool", padded, **_window(op, [*[0] * op.axes, *rest]))


def _ends(op: ops.MaxPool | ops.AvgPool) -> list[int]:
    """Return the padding at the ends with which rounding down gives as many windows as rounding up.

    There are as many as the lesser of `ceil((n + 2p - k) / s) + 1` and `ceil((n + p) / s)`, since no window begins beyond the
    input and its left padding.
    """
    sides = zip(*(along(sides, op.axes) for sides in (op.padding, op.stride, op.kernel)), strict=True)
    return [min(padding + stride - 1, kernel - 1) if op.ceil else padding for padding, stride, kernel in sides]


def _window(op: ops.MaxPool | ops.AvgPool, pads: list[int]) -> dict[str, list[int]]:
    attributes = {"kernel_shape": [*along(op.kernel, op.axes)]}
    if any(pads):
        attributes["pads"] = pads
    if op.stride != 1:
        attributes["strides"] = [*along(op.stride, op.axes)]
    return attributes


def adaptive_avg_pool(place: Place, op: ops.AdaptiveAvgPool) -> None:
    """Pool where windows are equal; else multiply by a matrix of shares along each axis, since ONNX has no such pool."""
    _, *lengths = place.shape
    parts = along(op.size, op.axes)
    window = _equal_windows(place, parts)
    if op.size == 1:
        place.give("GlobalAveragePool", place.x)
    elif window:
        place.give("AveragePool", place.x, kernel_shape=window, strides=window)
    else:
        x = place.x
        if op.axes == 3:
            planes = _shares(place, parts[0], lengths[0], 2, "planes")
            turned = place.step("turned", "Transpose", x, perm=[0, 1, 3, 2, 4])
            means = place.step("planes/means", "MatMul", planes, turned)
            x = place.step("planes/pooled", "Transpose", means, perm=[0, 1, 3, 2, 4])
        rows = _shares(place, parts[-2], lengths[-2], op.axes, "rows") if op.axes > 1 else ""
        shares = _shares(place, parts[-1], lengths[-1], op.axes + 1, "columns")
        columns = place.step("columns/across", "Transpose", shares, perm=[1, 0])
        place.give("MatMul", place.step("pooled", "MatMul", rows, x) if rows else x, columns)


def _equal_windows(place: Place, parts: tuple[int, ...]) -> list[int]:
    """Return the sides of the windows where all are equal at every size, else []."""
    if not is_constant(place.shape):
        return []
    _, *lengths = map(int, place.shape)
    pairs = list(zip(lengths, parts, strict=True))
    return [length // number for length, number in pairs] if all(length % number == 0 for length, number in pairs) else []


_BANDS = {1: ("columns",), 2: ("rows", "columns"), 3: ("planes", "rows", "columns")}
"""What lies across each axis."""


def adaptive_max_pool(place: Place, op: ops.AdaptiveMaxPool) -> None:
    """Pool where windows are equal; else take the largest of each band across the first axis, then across the next."""
    parts = along(op.size, op.axes)
    window = _equal_windows(place, parts)
    if op.size == 1:
        place.give("GlobalMaxPool", place.x)
    elif window:
        place.give("MaxPool", place.x, kernel_shape=window, strides=window)
    else:
        x = place.x
        for axis, (number, label) in enumerate(zip(parts, _BANDS[op.axes], strict=True), 2):
            x = _largest(place, x, number, axis, label)
        place.give("Identity", x)


def _largest(place: Place, x: str, parts: int, axis: int, label: str) -> str:
    """Take the largest of each of `parts` near-equal bands across an axis; where the length varies, other bands are masked."""
    length = place.shape[axis - 1]
    if parts == 1:
        return place.largest(label, x, (axis,))
    if not isinstance(length, int):
        inside, _ = _inside(place, parts, axis, label)
        after = range(2, len(place.shape) + 2 - axis)
        mask = place.step(f"{label}/mask", "Unsqueeze", inside, place.integers(*after)) if after else inside
        spread = place.step(f"{label}/spread", "Unsqueeze", x, place.integers(axis))
        masked = place.step(f"{label}/masked", "Where", mask, spread, place.number(float("-inf")))
        return place.largest(label, masked, (axis + 1,), keepdims=0)
    ends = [(part * length // parts, -(-(part + 1) * length // parts)) for part in range(parts)]
    bands = [
        place.step(f"{label}/{part}/band", "Slice", x, place.integers(start), place.integers(stop), place.integers(axis))
        for part, (start, stop) in enumerate(ends)
    ]
    maxima = [place.largest(f"{label}/{part}", band, (axis,)) for part, band in enumerate(bands)]
    return place.step(label, "Concat", *maxima, axis=axis)


def _shares(place: Place, parts: int, length: int | str, axis: int, label: str) -> str:
    """Return the `parts` x length matrix that averages windows from floor(i n / parts) up to ceil((i + 1) n / parts)."""
    if isinstance(length, int):
        numbers: list[float] = []
        for part in range(parts):
            start, stop = part * length // parts, -(-(part + 1) * length // parts)
            numbers += [1 / (stop - start) if start <= position < stop else 0.0 for position in range(length)]
        return place.emitter.vector(f"{parts} means of {length}", numbers, (parts, length))
    return _dynamic_shares(place, parts, axis, label)


def _dynamic_shares(place: Place, parts: int, axis: int, label: str) -> str:
    """Return such a matrix for a length that is known only when the model runs."""
    inside, widths = _inside(place, parts, axis, label)
    code = place.emitter.code
    counts = place.step(f"{label}/counts", "Cast", widths, to=code)
    return place.step(f"{label}/shares", "Div", place.step(f"{label}/ones", "Cast", inside, to=code), counts)


def _inside(place: Place, parts: int, axis: int, label: str) -> tuple[str, str]:
    """Return which positions are in each window, parts x length, and how many, for a length that is known when the model runs."""

    def step(name: str, op_type: str, *inputs: str, **attributes: int) -> str:
        return place.step(f"{label}/{name}", op_type, *inputs, **attributes)

    emitter = place.emitter
    count = emitter.integer(parts)
    length = step("length", "Gather", step("shape", "Shape", place.x), emitter.integer(axis), axis=0)
    scaled = step("scaled", "Mul", emitter.integers(*range(parts)), length)
    start = step("start", "Div", scaled, count)
    beyond = step("beyond", "Add", step("next", "Add", scaled, length), emitter.integer(parts - 1))
    stop = step("stop", "Div", beyond, count)
    places = step("places", "Range", emitter.integer(0), length, emitter.integer(1))
    starts, stops = (
        step(f"{name}s", "Unsqueeze", value, emitter.integers(1)) for name, value in (("start", start), ("stop", stop))
    )
    before = step("before", "Less", places, starts)
    within = step("within", "Less", places, stops)
    inside = step("inside", "And", step("after", "Not", before), within)
    return inside, step("widths", "Sub", stops, starts)


def pad(place: Place, op: ops.Pad) -> None:
    ends = [*op.sides.values()][::-1]
    place.give("Pad", place.x, place.integers(0, 0, *ends[1::2], 0, 0, *ends[::2]))


def pad_channels(place: Place, op: ops.PadChannels) -> None:
    place.give("Pad", place.x, place.integers(0, op.before, *[0] * place.axes, 0, op.after, *[0] * place.axes))


def subsample(place: Place, op: ops.Subsample) -> None:
    count = place.axes
    first, last, axes = place.integers(*[0] * count), place.integers(*[LAST] * count), place.integers(*range(2, count + 2))
    place.give("Slice", place.x, first, last, axes, place.integers(*[op.stride] * count))
