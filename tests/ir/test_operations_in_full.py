"""Every operation on shapes that fit and that do not: outputs, tensors, multiply-adds, or what is said, in a golden file.

The same from torch is in test_operations.py; here nothing is computed twice, so that every number and word is held.
"""

from collections.abc import Callable, Iterator

from graph_builder import typed
from operation_cases import Shapes, called, cases
from told import page

from archc.ir.op import Op
from archc.ir.ops import (
    OPERATIONS,
)
from archc.ir.types import ShapeError


def outcome(op: Op, shapes: Shapes) -> Iterator[str]:
    inputs = tuple(map(typed, shapes))
    try:
        outputs = op.infer(*inputs)
    except ShapeError as error:
        yield f"{'no code' if error.code == '' else error.code}: {error.message}"
        yield from (f"    {what}: {said}" for what, said in (("at", error.attribute), ("help", error.help)) if said)
        return
    yield "makes " + " and ".join(map(str, outputs))
    for tensor in op.parameters():
        yield f"    {tensor.name} {tensor.shape} {tensor.size}{'' if tensor.trainable else ' kept'}"
    if count := op.macs(inputs, outputs):
        yield f"    {count} multiply-adds"


def test_operations(golden: Callable[[str, str], None]) -> None:
    golden("golden/operations.txt", page((called(op, shapes), outcome(op, shapes)) for op, shapes in cases()))


def test_every_operation_is_among_them() -> None:
    assert {op.kind for op, _ in cases()} == set(OPERATIONS)
