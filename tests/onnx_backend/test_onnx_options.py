"""What each option of the ONNX backend changes, and what it leaves as it is."""

import onnx
import onnx.inliner
import pytest
import torch
from golden_weights import golden_tensors
from graph_builder import Builder
from onnx_models import Net, distance, model_bytes, model_of, run_exactly
from onnx_residual import EXPECTED, GRAPH, TENSORS, X, residual
from rounding import HALF, SINGLE, UNIT, allowed

from archc.analyse.verify.interpreter import run, run_all
from archc.backend import BackendError
from archc.compile.pipeline import compile_spec
from archc.ir import ops
from archc.record import replace
from archc_onnx import OnnxBackend
from archc_onnx.opsets import BFLOAT16, IR_VERSIONS


def refused(network: Net, **options: object) -> BackendError:
    with pytest.raises(BackendError) as error:
        OnnxBackend(**options).emit(network)  # type: ignore[arg-type]
    return error.value


@pytest.mark.parametrize("opset", IR_VERSIONS)
def test_opset(opset: int) -> None:
    model = model_of(Net(GRAPH), TENSORS, opset=opset)
    assert (model.opset_import[0].version, model.ir_version) == (opset, IR_VERSIONS[opset])


def test_the_table_of_ir_versions_is_onnx_s_up_to_its_newest() -> None:
    known = {opset: version for (domain, opset), version in onnx.helper.OP_SET_ID_VERSION_MAP.items() if domain == "ai.onnx"}
    assert IR_VERSIONS == {opset: version for opset, version in known.items() if opset >= 13}


def takes_bfloat16(op_type: str, opset: int) -> bool:
    schema = onnx.defs.get_schema(op_type, opset)
    allowed = {one.type_param_str: one.allowed_type_strs for one in schema.type_constraints}
    return "tensor(bfloat16)" in allowed[schema.inputs[0].type_str]


@pytest.mark.parametrize("op_type", BFLOAT16)
def test_the_table_of_bfloat16_is_onnx_s(op_type: str) -> None:
    since = onnx.defs.get_schema(op_type, 28)
    first = next(opset for opset in IR_VERSIONS if opset >= 13 and _there(op_type, opset) and takes_bfloat16(op_type, opset))
    assert (BFLOAT16[op_type], since.name) == (first, op_type)


def _there(op_type: str, opset: int) -> bool:
    return onnx.defs.has(op_type, opset)


@pytest.mark.parametrize("opset", [0, 12, 29])
def test_unknown_opset(opset: int) -> None:
    error = refused(Net(GRAPH), opset=opset)
    assert (error.code, error.message, error.usage) == ("E0560", f"opset {opset} is not one of 13 to 28", True)


@pytest.mark.parametrize(("dtype", "unit"), [("float64", UNIT), ("float32", SINGLE), ("float16", HALF)])
def test_dtype(dtype: str, unit: float) -> None:
    model = model_of(Net(GRAPH), TENSORS, dtype=dtype)
    made = run_exactly(model, X.to(getattr(torch, dtype)))
    assert (str(made.dtype), distance(EXPECTED, made) < allowed(TENSORS.values(), unit)) == (dtype, True)


def test_bfloat16_is_a_valid_model() -> None:
    model = model_of(Net(GRAPH), TENSORS, dtype="bfloat16", opset=22)
    onnx.checker.check_model(model, full_check=True)
    assert {tensor.data_type for tensor in model.graph.initializer} == {onnx.TensorProto.BFLOAT16}


def test_bfloat16_before_its_opset() -> None:
    error = refused(Net(GRAPH), dtype="bfloat16")
    message = "opset 17 has no Conv of bfloat16, which `stem.conv` needs"
    assert (error.code, error.message, error.help) == ("E0561", message, "build with --opset 22, or --dtype float16")


def test_batch_norm_in_training_form() -> None:
    tensors = {key: tensor.clone() for key, tensor in TENSORS.items()}
    expected = run(GRAPH, tensors, X, training=True)
    near = allowed(TENSORS.values(), SINGLE)  # onnx's evaluator takes a batch's statistics in float32
    assert distance(expected, run_exactly(model_of(Net(GRAPH), TENSORS, training=True, dtype="float64"), X)) < near


def test_running_mean_in_training_form() -> None:
    tensors = {key: tensor.clone() for key, tensor in TENSORS.items()}
    run_all(GRAPH, tensors, X, training=True)
    model = model_of(Net(GRAPH), TENSORS, training=True, dtype="float64")
    model.graph.output[0].CopyFrom(onnx.helper.make_tensor_value_info("stem.norm/running_mean", onnx.TensorProto.DOUBLE, [8]))
    assert distance(tensors["stem.norm.running_mean"], run_exactly(model, X)) < allowed(TENSORS.values(), SINGLE)


def test_a_frozen_norm_stays_as_it_is() -> None:
    graph = residual(ops.Norm("batch", 16, frozen=True))
    model = model_of(Net(graph), golden_tensors(graph), training=True)
    forms = {node.name: len(node.output) for node in model.graph.node if node.op_type == "BatchNormalization"}
    assert (forms["head.norm26"], forms["stem.norm"]) == (1, 3)


@pytest.mark.parametrize("what", ["elements", "path"])
def test_dropout_keeps_the_mean_of_what_it_leaves(what: str) -> None:
    builder = Builder(2, 4, 4)
    builder.add(ops.Dropout(0.5, what), name="drop")  # type: ignore[arg-type]
    graph = builder.graph()
    made = run_exactly(model_of(Net(graph), {}, training=True, dtype="float64"), torch.ones(64, 2, 4, 4, dtype=torch.float64))
    images = made.reshape(64, -1)
    alike = bool((images == images[:, :1]).all())
    assert (set(made.ravel().tolist()), alike) == ({0.0, 2.0}, what == "path")


def test_dropout_is_nothing_in_inference() -> None:
    models = [model_of(Net(residual(ops.Dropout(0.5, what))), no_weights=True) for what in ("elements", "path", "block")]
    assert models[0].graph == models[1].graph == models[2].graph


def test_drop_block_has_no_training_form() -> None:
    error = refused(Net(residual(ops.Dropout(0.1, "block"))), training=True)
    assert (error.code, error.message) == (
        "E0562",
        "ONNX has no operation for drop block, which `head.dropout26` needs in training form",
    )


def test_an_opset_without_batch_norm_in_training_form() -> None:
    error = refused(Net(GRAPH), training=True, opset=13)
    assert (error.code, error.message) == (
        "E0561",
        "opset 13 has no BatchNormalization in training form, which `stem.norm` needs",
    )


@pytest.mark.parametrize(
    ("options", "both"),
    [
        ({"weights": "w.safetensors", "no_weights": True}, "`--weights` and `--no-weights`"),
        ({"training": True, "fold_bn": True}, "`--training` and `--fold-bn`"),
        ({"external_data": True, "no_weights": True}, "`--external-data` and `--no-weights`"),
    ],
)
def test_options_that_exclude_each_other(options: dict[str, object], both: str) -> None:
    error = refused(Net(GRAPH), **options)
    assert (error.code, error.message.partition(" exclude")[0], error.usage) == ("E0564", both, True)


def test_an_axis_beyond_int64() -> None:
    builder = Builder(1 << 40, 1 << 12, 1 << 12)
    builder.add(ops.MaxPool(1), name="pool")
    builder.add(ops.Flatten(), name="flat")
    error = refused(Net(builder.graph()), no_weights=True)
    assert (error.code, error.message) == ("E0565", f"`flat` has an axis of {1 << 64}, which is beyond ONNX's largest, 2^63 - 1")


def test_without_weights_the_tensors_are_inputs() -> None:
    model = model_of(Net(GRAPH), no_weights=True)
    assert ([value.name for value in model.graph.input], len(model.graph.initializer)) == (["x", *TENSORS], 0)


@pytest.mark.parametrize("functions", [False, True])
def test_the_structure_of_resnet152_is_small(functions: bool) -> None:
    assert len(model_bytes(compile_spec("resnet152"), no_weights=True, functions=functions)) < 200_000


def test_a_graph_with_several_outputs() -> None:
    graph = replace(GRAPH, outputs=("head.fc", "1.act_out", "0.shortcut"))
    model = model_of(Net(graph), TENSORS, dtype="float64")
    onnx.checker.check_model(model, full_check=True)
    values = run_all(graph, TENSORS, X)
    session = onnx.reference.ReferenceEvaluator(model)
    for name, made in zip(graph.outputs, session.run(None, {"x": X.numpy()}), strict=True):
        assert distance(values[name], made) < allowed(TENSORS.values())


def test_a_constant_beyond_float16() -> None:
    error = refused(Net(residual(ops.Affine(1e6))), dtype="float16")
    assert (error.code, error.message) == ("E0563", "1e+06 is beyond float16")
