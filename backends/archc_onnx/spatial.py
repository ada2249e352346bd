"""Pools, padding and strides over the grid as ONNX nodes, exact at every size."""

from archc.ir.ops import AdaptiveAvgPool, AvgPool, MaxPool, Pad, PadChannels, Subsample
from archc_onnx.dimensions import is_constant
from archc_onnx.emitter import LAST, Place


def max_pool(place: Place, op: MaxPool) -> None:
    """Rounded up by padding: programs disagree on ONNX's ceil_mode where a window would begin beyond the input."""
    pads = [op.padding] * 2 + [_end(op)] * 2
    place.give("MaxPool", place.x, **_window(op, pads))


def avg_pool(place: Place, op: AvgPool) -> None:
    """Where padding counts, what only rounds up must not: then the counted padding is a node of its own."""
    end = _end(op)
    if not op.count_include_pad or op.padding == 0:
        place.give("AveragePool", place.x, **_window(op, [op.padding] * 2 + [end] * 2))
    elif end == op.padding:
        place.give("AveragePool", place.x, **_window(op, [op.padding] * 4), count_include_pad=1)
    else:
        padded = place.step("padded", "Pad", place.x, place.integers(*_pads(op.padding, op.padding, op.padding, op.padding)))
        place.give("AveragePool", padded, **_window(op, [0, 0] + [end - op.padding] * 2))


def _end(op: MaxPool | AvgPool) -> int:
    """The padding at the end that makes rounding down give as many windows as rounding up.

    Those are the least of `ceil((n + 2p - k) / s) + 1` and `ceil((n + p) / s)`: no window begins beyond the input and its left
    padding.
    """
    return min(op.padding + op.stride - 1, op.kernel - 1) if op.ceil else op.padding


def _window(op: MaxPool | AvgPool, pads: list[int]) -> dict[str, list[int]]:
    found = {"kernel_shape": [op.kernel] * 2}
    if any(pads):
        found["pads"] = pads
    if op.stride > 1:
        found["strides"] = [op.stride] * 2
    return found


def adaptive_avg_pool(place: Place, op: AdaptiveAvgPool) -> None:
    """A pool where windows are equal; else a product with a matrix of shares on either side, as ONNX has no such pool."""
    _, height, width = place.shape
    if op.size == 1:
        place.give("GlobalAveragePool", place.x)
    elif is_constant(place.shape) and int(height) % op.size == int(width) % op.size == 0:
        window = [int(height) // op.size, int(width) // op.size]
        place.give("AveragePool", place.x, kernel_shape=window, strides=window)
    else:
        rows = _shares(place, op.size, height, 2, "rows")
        columns = place.step("columns/across", "Transpose", _shares(place, op.size, width, 3, "columns"), perm=[1, 0])
        place.give("MatMul", place.step("pooled", "MatMul", rows, place.x), columns)


def _shares(place: Place, parts: int, length: int | str, axis: int, label: str) -> str:
    """The `parts` x length matrix that averages windows from floor(i n / parts) up to ceil((i + 1) n / parts)."""
    if isinstance(length, int):
        numbers: list[float] = []
        for part in range(parts):
            start, stop = part * length // parts, -(-(part + 1) * length // parts)
            numbers += [1 / (stop - start) if start <= place_ < stop else 0.0 for place_ in range(length)]
        return place.emitter.vector(f"{parts} means of {length}", numbers, (parts, length))
    return _dynamic_shares(place, parts, axis, label)


def _dynamic_shares(place: Place, parts: int, axis: int, label: str) -> str:
    """The same of a length that is known only when the model runs."""

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
    code = emitter.code
    counts = step("counts", "Cast", step("widths", "Sub", stops, starts), to=code)
    return step("shares", "Div", step("ones", "Cast", inside, to=code), counts)


def pad(place: Place, op: Pad) -> None:
    place.give("Pad", place.x, place.integers(*_pads(op.top, op.left, op.bottom, op.right)))


def _pads(top: int, left: int, bottom: int, right: int) -> tuple[int, ...]:
    return (0, 0, top, left, 0, 0, bottom, right)


def pad_channels(place: Place, op: PadChannels) -> None:
    place.give("Pad", place.x, place.integers(0, op.before, 0, 0, 0, op.after, 0, 0))


def subsample(place: Place, op: Subsample) -> None:
    first, last, axes = place.integers(0, 0), place.integers(LAST, LAST), place.integers(2, 3)
    place.give("Slice", place.x, first, last, axes, place.integers(op.stride, op.stride))
