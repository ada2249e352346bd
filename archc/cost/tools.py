"""Rules that were read off other programs say what each counts of an operation of the emitted module, by class.

The module is torchvision's where torchvision has the network. The programs count by the type of a module (ptflops, thop) or by
the operator that is called (fvcore, ptflops with its aten back end). They count nothing of an operation that they have no rule
for, and so do these rules. docs/costs.md has them in words.
"""

from math import prod
from typing import assert_never

from archc.ir import ops
from archc.ir.norms import ACTIVATIONS, NORMS
from archc.ir.op import Types, Work
from archc.ir.ops import Operation
from archc.ir.types import along


def fvcore(op: Operation, inputs: Types, outputs: Types, *, training: bool) -> dict[Work, int]:
    """Count by operator, a multiply-add as one; norms count five an element, but batch norm in inference two."""
    match op.counted_as:
        case "convolution" | "transposed convolution" | "linear" | "filter" | "product":
            return _without_bias(op, inputs, outputs)
        case "norm":
            assert isinstance(op, ops.Norm)  # noqa: S101  the one that is counted so
            trained, _, _ = NORMS[op.norm].counted
            at_rest = op.norm == "batch" and (op.frozen or not training)
            return {"norm": inputs[0].elements * (2 if at_rest else trained)}
        case "adaptive average pool":
            return {"pooling": inputs[0].elements}
        case "activation" | "max pool" | "average pool" | "none":
            return {}
        case _:
            assert_never(op.counted_as)


def ptflops(op: Operation, inputs: Types, outputs: Types) -> dict[Work, int]:
    """Count as the default back end, by the exact type of a module and by function; pools and some activations count twice."""
    match op.counted_as:
        case "convolution" | "transposed convolution" | "linear":
            return _with_bias(op, inputs, outputs) if _is_module(op, inputs) else {}
        case "norm":
            assert isinstance(op, ops.Norm)  # noqa: S101  the one that is counted so
            _, each, _ = NORMS[op.norm].counted
            return {"norm": inputs[0].elements * each} if _is_module(op, inputs) else {}
        case "activation":
            assert isinstance(op, ops.Act)  # noqa: S101  the one that is counted so
            return {"activation": outputs[0].elements * ACTIVATIONS[op.act].ptflops}
        case "max pool" | "average pool" | "adaptive average pool":
            return {"pooling": 2 * inputs[0].elements}
        case "product":
            return _without_bias(op, inputs, outputs)
        case "filter" | "none":
            return {}
        case _:
            assert_never(op.counted_as)


def ptflops_aten(op: Operation, inputs: Types, outputs: Types) -> dict[Work, int]:
    """Count as the aten back end: convolutions and matrix products by operator, with the bias they are given."""
    match op.counted_as:
        case "convolution" | "transposed convolution":
            return _with_bias(op, inputs, outputs)
        case "linear":
            # At each position of a map another operator adds the bias.
            return _with_bias(op, inputs, outputs) if _is_module(op, inputs) else _without_bias(op, inputs, outputs)
        case "filter" | "product":
            return _without_bias(op, inputs, outputs)
        case "norm" | "activation" | "max pool" | "average pool" | "adaptive average pool" | "none":
            return {}
        case _:
            assert_never(op.counted_as)


def thop(op: Operation, inputs: Types, outputs: Types) -> dict[Work, int]:
    """Count by the exact type of a module in inference.

    Norms count four an element, average pools one an output, adaptive average pools their windows.
    """
    match op.counted_as:
        case "convolution" | "linear":
            return _without_bias(op, inputs, outputs) if _is_module(op, inputs) else {}
        case "transposed convolution":
            assert isinstance(op, ops.ConvTranspose)  # noqa: S101  the one that is counted so
            # as if it were a convolution with its output: a window of every input channel for each element
            return {"conv": outputs[0].elements * (op.in_channels // op.groups) * prod(along(op.kernel, op.axes))}
        case "norm":
            assert isinstance(op, ops.Norm)  # noqa: S101  the one that is counted so
            _, _, each = NORMS[op.norm].counted
            return {"norm": inputs[0].elements * each} if _is_module(op, inputs) else {}
        case "average pool":
            return {"pooling": outputs[0].elements}
        case "adaptive average pool":
            # Thop computes in floating point, which may come out one below.
            window = prod([length / size for length, size in zip(inputs[0].spatial, outputs[0].spatial, strict=True)])
            return {"pooling": int((window + 1) * outputs[0].elements)}
        case "filter" | "product" | "activation" | "max pool" | "none":
            return {}
        case _:
            assert_never(op.counted_as)


def _is_module(op: Operation, inputs: Types) -> bool:
    """Return whether an operation is emitted as a module of torch's, and not as a class of archc's own."""
    match op:
        case ops.Conv():
            return op.weights == "plain"
        case ops.Linear():
            return not inputs[0].is_map
        case ops.Norm():
            return not op.frozen if op.norm == "batch" else op.norm != "layer" or not inputs[0].is_map
        case _:
            return True


def _with_bias(op: Operation, inputs: Types, outputs: Types) -> dict[Work, int]:
    work = op.work(inputs, outputs)
    return {**work, "bias": work.get("bias", 0)}


def _without_bias(op: Operation, inputs: Types, outputs: Types) -> dict[Work, int]:
    return {name: count for name, count in op.work(inputs, outputs).items() if name != "bias"}
