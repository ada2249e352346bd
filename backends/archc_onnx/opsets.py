"""The operator sets of ONNX: their IR versions, and the first set in which each operation takes bfloat16."""

from collections.abc import Sequence
from typing import Final

from archc.backend import BackendError
from archc_onnx.proto import NodeProto

IR_VERSIONS: Final = {
    13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10, 22: 10, 23: 11, 24: 12, 25: 13, 26: 13, 27: 13, 28: 14,
}  # fmt: skip
"""The IR version that each was released with (onnx, docs/Versioning.md): the lowest, so that the most programs read it."""

FUNCTIONS: Final = 8
"""The first IR version with functions in a model."""

NODE_METADATA: Final = 10
"""The first IR version with metadata on nodes."""

BFLOAT16: Final = {
    "AveragePool": 22, "BatchNormalization": 14, "Conv": 22, "ConvTranspose": 22, "Elu": 22, "GlobalAveragePool": 22,
    "HardSigmoid": 22, "HardSwish": 22, "InstanceNormalization": 22, "LeakyRelu": 16, "MaxPool": 22, "Mish": 22, "PRelu": 16,
    "Softplus": 22,
}  # fmt: skip
"""The first operator set in which each takes bfloat16 (onnx, docs/Changelog.md); all other operations always did."""


def check_opset(opset: int) -> None:
    """Raise E0560 for an operator set that is not in the table."""
    if opset not in IR_VERSIONS:
        least, most = min(IR_VERSIONS), max(IR_VERSIONS)
        raise BackendError("E0560", f"opset {opset} is not one of {least} to {most}", "leave --opset out for 17", usage=True)


def check_bfloat16(nodes: Sequence[NodeProto], opset: int) -> None:
    """Raise E0561 for the first operation that takes no bfloat16 in this operator set."""
    for node in nodes:
        first = BFLOAT16.get(node.op_type, 0)
        if opset < first:
            needed = max(BFLOAT16.get(other.op_type, 0) for other in nodes)
            message = f"opset {opset} has no {node.op_type} of bfloat16, which `{node.name}` needs"
            raise BackendError("E0561", message, f"build with --opset {needed}, or --dtype float16")
