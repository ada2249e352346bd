"""An operation states what the rest of archc asks of it, or its class cannot be made."""

from string import Formatter
from typing import get_args

import pytest
from operation_cases import cases

from archc.ir import ops
from archc.ir.behaviour import Enlarged, Pointwise
from archc.ir.norms import ACTIVATIONS, NORMS, NormName
from archc.ir.op import Kept, Op
from archc.ir.ops import OPERATIONS, Operation
from archc.ir.types import TensorType

PROPERTIES: dict[str, object] = {
    "kind": "trial", "work": None, "counted": "none", "saves": "nothing", "output": "own", "channels": "kept", "box": "reshape",
    "row": "none", "drawn": "box", "does": Pointwise(),
}  # fmt: skip


@pytest.mark.parametrize("left_out", PROPERTIES)
def test_a_class_that_leaves_a_property_out_is_refused(left_out: str) -> None:
    properties = {name: value for name, value in PROPERTIES.items() if name != left_out}
    with pytest.raises(TypeError, match=left_out):
        type("Trial", (Op,), {}, **properties)


def test_what_is_saved_by_rule_needs_its_rule() -> None:
    with pytest.raises(TypeError, match="must have a method `kept`"):
        type("Trial", (Op,), {}, **PROPERTIES | {"saves": "by rule"})
    with pytest.raises(TypeError, match="and not both"):
        type("Trial", (Op,), {"kept": lambda *_, **__: Kept()}, **PROPERTIES)


def test_what_is_done_to_axes_is_stated_once() -> None:
    with pytest.raises(TypeError, match="and not both"):
        type("Trial", (Op,), {"behaviour": lambda _: Pointwise()}, **PROPERTIES)


def test_what_enlarges_a_map_says_so() -> None:
    enlarging = {op.kind for op, _ in cases() if isinstance(op.behaviour(), Enlarged)}
    assert enlarging == {kind for kind, cls in OPERATIONS.items() if cls.enlarges}


def test_a_stride_that_enlarges_is_no_reduction() -> None:
    assert [op.reduction for op in (ops.Conv(4, 4, 3, 2), ops.ConvTranspose(4, 4, 3, 2), ops.Act("relu"))] == [2, 1, 1]


def test_what_is_stated_is_read_off_the_class() -> None:
    trial: type[Op] = type("Trial", (Op,), {}, **PROPERTIES | {"work": "addition", "saves": "output", "operands": 2})
    types = (TensorType((3, 2, 2)),)
    assert trial().work(types, types) == {"addition": 12}
    assert trial().kept(types, types, (True,), in_place=False, rows=(False,)) == Kept(output=True)
    assert (trial.kind, trial.operands, trial().is_view(), trial().passes_channels()) == ("trial", 2, False, True)


def test_operations_are_the_union_by_kind() -> None:
    assert set(OPERATIONS.values()) == set(get_args(Operation))
    assert all(cls.kind == kind for kind, cls in OPERATIONS.items())


def test_norms_and_activations_alone_are_counted_by_their_tables() -> None:
    assert [cls for cls in OPERATIONS.values() if cls.counted_as == "norm"] == [ops.Norm]
    assert [cls for cls in OPERATIONS.values() if cls.counted_as == "activation"] == [ops.Act]
    assert set(NORMS) == set(get_args(NormName))
    assert {name for name, known in ACTIVATIONS.items() if known.slope is not None} == {"leaky_relu", "elu", "celu"}


def test_words_are_filled_with_attributes() -> None:
    assert ops.MaxPool((3, 1), 2).words() == "3×1 max pool"
    assert (ops.AvgPool(2).words(), ops.AvgPool(2).words("figure")) == ("2×2 average pool", "2×2 avg pool")
    assert (ops.SpaceToDepth(2).words(), ops.SpaceToDepth(2).words("figure")) == ("space to depth", "space to depth, 2×2")


def test_words_name_no_attribute_that_is_missing() -> None:
    for cls in OPERATIONS.values():
        for template in cls.templates:
            named = {name for _, name, _, _ in Formatter().parse(template) if name}
            assert named - {"window"} <= set(cls.record_fields)
            assert "window" not in named or {"kernel", "size"} & set(cls.record_fields)
