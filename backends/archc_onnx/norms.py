"""Norms, softmax, learned scales and dropout become ONNX nodes."""

from typing import assert_never

from archc.backend import BackendError
from archc.ir import ops
from archc_onnx.emitter import Place


def norm(place: Place, op: ops.Norm) -> None:
    """Write a norm, whose scale and shift are the state dict's tensors as they are."""
    match op.norm:
        case "batch":
            _batch(place, op)
        case "group":
            _group(place, op)
        case "instance":
            if place.emitter.double:
                _affine(place, place.standardized(place.x, range(2, op.axes + 2), op.eps))
            else:
                place.give("InstanceNormalization", place.x, place.tensor("weight"), place.tensor("bias"), epsilon=op.eps)
        case "layer":
            _layer(place, op)
        case "evonorm_s0":
            _evonorm(place, op)
        case "filter_response":
            squares = place.step("squares", "Mul", place.x, place.x)
            raised = place.step("raised", "Add", place.mean("mean_square", squares, range(2, op.axes + 2)), place.number(op.eps))
            _affine(place, place.step("normed", "Div", place.x, place.step("root", "Sqrt", raised)), floor=not op.linear)
        case _:
            assert_never(op.norm)


def _batch(place: Place, op: ops.Norm) -> None:
    emitter = place.emitter
    weight, bias, mean, variance = (place.tensor(name) for name in ("weight", "bias", "running_mean", "running_var"))
    if not emitter.training or op.frozen:
        eps = op.eps
        if emitter.double:  # an attribute is a float32
            variance, eps = place.step("variance", "Add", variance, place.number(eps)), 0.0
        place.give("BatchNormalization", place.x, weight, bias, mean, variance, epsilon=eps)
        return
    if emitter.opset < 15:
        message = f"opset {emitter.opset} has no BatchNormalization in training form, which `{place.node.name}` needs"
        raise BackendError("E0561", message, "build with --opset 15 or later")
    name = emitter.value(place.node.name)
    # ONNX's momentum is the share of the old statistics that is kept.
    emitter.add(
        "BatchNormalization",
        (place.x, weight, bias, mean, variance),
        (name, f"{name}/running_mean", f"{name}/running_var"),
        name,
        epsilon=op.eps,
        momentum=1 - op.momentum,
        training_mode=1,
    )


def _group(place: Place, op: ops.Norm) -> None:
    """Write one node from opset 21 on, in which scale and shift became those of the channels."""
    if place.emitter.opset >= 21 and not place.emitter.double:
        inputs = (place.x, place.tensor("weight"), place.tensor("bias"))
        place.give("GroupNormalization", *inputs, epsilon=op.eps, num_groups=op.groups)
        return
    parts = place.step("groups", "Reshape", place.x, place.integers(0, op.groups, -1))
    if place.emitter.double:
        normed = place.standardized(parts, (2,), op.eps)
    else:
        ones = place.emitter.vector(f"{op.groups} ones", [1.0] * op.groups, [op.groups])
        zeros = place.emitter.vector(f"{op.groups} zeros", [0.0] * op.groups, [op.groups])
        normed = place.step("normed", "InstanceNormalization", parts, ones, zeros, epsilon=op.eps)
    _affine(place, place.step("map", "Reshape", normed, place.input_shape()))


def _layer(place: Place, op: ops.Norm) -> None:
    """Write LayerNormalization, which came with opset 17 and wants the channels last."""
    is_map = place.type.is_map
    if place.emitter.opset < 17 or place.emitter.double:
        _affine(place, place.standardized(place.x, (1,) if is_map else (-1,), op.eps))
        return
    tensors = (place.tensor("weight"), place.tensor("bias"))
    if not is_map:
        place.give("LayerNormalization", place.x, *tensors, epsilon=op.eps)
        return
    last = place.step("channels_last", "Transpose", place.x, perm=[0, *range(2, op.axes + 2), 1])
    normed = place.step("normed", "LayerNormalization", last, *tensors, epsilon=op.eps)
    place.give("Transpose", normed, perm=[0, op.axes + 1, *range(1, op.axes + 1)])


def _evonorm(place: Place, op: ops.Norm) -> None:
    x = place.x
    groups = place.step("groups", "Reshape", x, place.integers(0, op.groups, -1))
    _, deviation = place.deviation(groups, (2,), op.eps)
    if not op.linear:
        gate = place.step("gate", "Sigmoid", place.step("gain", "Mul", x, place.along_channels("v")))
        x = place.step("gated", "Mul", x, gate)
        groups = place.step("gated/groups", "Reshape", x, place.integers(0, op.groups, -1))
    normed = place.step("normed", "Div", groups, deviation)
    _affine(place, place.step("map", "Reshape", normed, place.input_shape()))


def _affine(place: Place, x: str, *, floor: bool = False) -> None:
    """Scale and shift; with `floor`, tau is the least value (the thresholded linear unit of Singh and Krishnan 2019)."""
    scaled = place.step("scaled", "Mul", x, place.along_channels("weight"))
    if not floor:
        place.give("Add", scaled, place.along_channels("bias"))
        return
    place.give("Max", place.step("shifted", "Add", scaled, place.along_channels("bias")), place.along_channels("tau"))


def softmax(place: Place, op: ops.Softmax) -> None:
    """Take the softmax over an axis that a Reshape makes."""
    if op.over == "space":
        rows = place.step("rows", "Reshape", place.x, place.integers(0, 0, -1))
        weights = place.step("softmax", "Softmax", rows, axis=2)
    else:
        shape = (0, op.parts, -1) if place.type.is_vector else (0, op.parts, place.channels // op.parts, -1)
        parts = place.step("parts", "Reshape", place.x, place.integers(*shape))
        weights = place.step("softmax", "Softmax", parts, axis=1)
    place.give("Reshape", weights, place.input_shape())


def affine(place: Place, op: ops.Affine) -> None:
    if op.shift == 0:
        place.give("Mul", place.x, place.number(op.scale))
    elif op.scale == 1:
        place.give("Add", place.x, place.number(op.shift))
    else:
        place.give("Add", place.step("scaled", "Mul", place.x, place.number(op.scale)), place.number(op.shift))


def scale(place: Place, op: ops.Scale) -> None:
    weight = place.along_channels("weight") if op.channels else place.tensor("weight")
    place.give("Mul", place.x, weight)


def dropout(place: Place, op: ops.Dropout) -> None:
    """Write dropout, which is a node in training form only. A mask of one number for each image drops whole images."""
    emitter = place.emitter
    match op.what:
        case "elements":
            place.give("Dropout", place.x, place.number(op.rate), emitter.flag())
        case "path":
            batch = place.step("batch", "Gather", place.step("shape", "Shape", place.x), place.integers(0), axis=0)
            shape = place.step("mask_shape", "Concat", batch, place.integers(*(1 for _ in place.shape)), axis=0)
            single = emitter.vector("one", [1.0], [1])
            ones = place.step("ones", "Expand", single, shape)
            place.give("Mul", place.x, place.step("mask", "Dropout", ones, place.number(op.rate), emitter.flag()))
        case "channels":
            size = place.step("size", "Slice", place.step("shape", "Shape", place.x), place.integers(0), place.integers(2))
            shape = place.step("mask_shape", "Concat", size, place.integers(*[1] * place.axes), axis=0)
            ones = place.step("ones", "Expand", emitter.vector("one", [1.0], [1]), shape)
            place.give("Mul", place.x, place.step("mask", "Dropout", ones, place.number(op.rate), emitter.flag()))
        case "block":
            message = f"ONNX has no operation for drop block, which `{place.node.name}` needs in training form"
            raise BackendError("E0562", message, "build without --training, or set its rate to 0")
        case _:
            assert_never(op.what)
