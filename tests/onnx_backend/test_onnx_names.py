"""What an ONNX model is called inside: values, nodes, tensors, functions, folded tensors, metadata."""

import json

import onnx
import onnx.inliner
import pytest
import torch
from golden_weights import golden_tensors
from graph_builder import Builder
from onnx_models import Described, Net, distance, model_bytes, model_of, run_exactly, run_fast
from onnx_residual import EXPECTED, GRAPH, TENSORS, X
from rounding import SINGLE, allowed

from archc.analyse.verify.interpreter import run
from archc.compile.pipeline import compile_spec
from archc.ir import ops
from archc.ir.hash import graph_hash, weights_hash


def names(model: onnx.ModelProto) -> list[str]:
    return [tensor.name for tensor in model.graph.initializer]


def test_values_are_scope_paths() -> None:
    model = model_of(Net(GRAPH), TENSORS)
    made = [name for node in model.graph.node for name in node.output]
    assert made == [node.outputs[0] for node in GRAPH.nodes if not isinstance(node.op, ops.Identity)]


def test_nodes_are_called_as_in_the_graph() -> None:
    model = model_of(Net(GRAPH), TENSORS)
    assert [node.name for node in model.graph.node] == [
        node.name for node in GRAPH.nodes if not isinstance(node.op, ops.Identity)
    ]


def test_initializers_are_the_keys_with_their_exact_values() -> None:
    model = model_of(Net(GRAPH), TENSORS, dtype="float64")
    arrays = {tensor.name: torch.from_numpy(onnx.numpy_helper.to_array(tensor).copy()) for tensor in model.graph.initializer}
    assert (list(arrays), all(torch.equal(arrays[key], tensor) for key, tensor in TENSORS.items())) == (list(TENSORS), True)


def test_a_layout_names_the_initializers() -> None:
    network = compile_spec("resnet18", layout="huggingface")
    model = model_of(network, no_weights=True)
    assert [value.name for value in model.graph.input][:2] == ["input", "resnet.embedder.embedder.convolution.weight"]


def test_a_tensor_with_the_name_of_a_step_keeps_it() -> None:
    builder = Builder(3, 8, 8)
    builder.inside("part", "module", "part")
    builder.add(ops.Conv(3, 3, 1), "x", name="weight")
    builder.outside()
    builder.add(ops.Conv(3, 3, 1), name="part")
    graph = builder.graph()
    tensors = golden_tensors(graph)
    model = model_of(Net(graph), tensors, dtype="float64")
    x = torch.randn(1, 3, 8, 8, dtype=torch.float64)
    assert (names(model), [node.output[0] for node in model.graph.node]) == (
        ["part.weight.weight", "part.weight"],
        ["value/part.weight", "part"],
    )
    assert distance(run(graph, tensors, x), run_exactly(model, x)) < allowed(tensors.values())


def sizes(value: onnx.ValueInfoProto) -> list[int | str]:
    return [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]


def test_batch_height_and_width_are_symbolic() -> None:
    model = model_of(compile_spec("resnet18"), no_weights=True)
    inner = {value.name: sizes(value) for value in model.graph.value_info}
    assert (sizes(model.graph.input[0]), sizes(model.graph.output[0]), inner["stem.conv"], inner["layer4.0.conv1"]) == (
        ["N", 3, "H", "W"],
        ["N", 1000],
        ["N", 64, "(H+1)//2", "(W+1)//2"],
        ["N", 512, "(H+31)//32", "(W+31)//32"],
    )


def test_a_network_of_one_size_says_it() -> None:
    model = model_of(compile_spec("resnet50_clip"), no_weights=True)
    assert sizes(model.graph.input[0]) == ["N", 3, 224, 224]


def properties(message: onnx.ModelProto | onnx.NodeProto) -> dict[str, str]:
    return {entry.key: entry.value for entry in message.metadata_props}


def test_metadata_of_the_model() -> None:
    described = Described(preprocess=(("mean", (0.5, 0.25)), ("crop", 0.875)))
    found = properties(model_of(Net(GRAPH, spec=described), seed=3))
    assert [found[f"archc.{key}"] for key in ("spec", "graph", "weights_hash", "layout", "seed")] == [
        "net",
        graph_hash(GRAPH),
        weights_hash(GRAPH),
        "canonical",
        "3",
    ]
    assert json.loads(found["archc.preprocess"]) == {"mean": [0.5, 0.25], "crop": 0.875}


def test_preprocessing_is_the_spec_s() -> None:
    network = compile_spec("resnet18", overrides=["preprocess={mean: [0.1, 0.2, 0.3], std: [1, 1, 1], crop: 0.9}"])
    assert network.spec.preprocess == (("mean", (0.1, 0.2, 0.3)), ("std", (1.0, 1.0, 1.0)), ("crop", 0.9))


def test_input_and_output_are_documented() -> None:
    model = model_of(compile_spec("resnet18"), no_weights=True)
    assert model.graph.doc_string == "ResNet-18\ninput input: N x 3 x H x W\noutput head.fc: N x 1000"


def test_a_node_says_where_it_comes_from() -> None:
    model = model_of(compile_spec("resnet18"), no_weights=True, opset=21)
    [node] = [node for node in model.graph.node if node.name == "layer1.0.conv1"]
    found = properties(node)
    assert (found["archc.scope"], found["archc.template"], found["archc.origin"].rpartition(":")[0]) == (
        "layer1.0",
        "basic",
        "archc:blocks/basic.yaml",
    )


def test_before_ir_version_10_the_doc_string_says_it() -> None:
    model = model_of(compile_spec("resnet18"), no_weights=True, opset=17)
    [node] = [node for node in model.graph.node if node.name == "layer1.0.conv1"]
    assert node.doc_string.startswith("layer1.0 basic archc:blocks/basic.yaml:")


def test_no_path_of_the_machine_is_in_the_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("private") / "net.yaml"
    path.write_text("archc: 1\nname: net\nextends: cifar_resnet20\n")
    data = model_bytes(compile_spec(str(path)), no_weights=True)
    assert (b"private" in data, b"pytest" in data) == (False, False)


def test_alike_blocks_are_one_function() -> None:
    model = model_of(Net(GRAPH), TENSORS, functions=True)
    called = [(node.op_type, node.name) for node in model.graph.node if node.domain == "archc"]
    assert called == [("basic", "0"), ("basic", "1"), ("basic_2", "2")]
    assert [function.name for function in model.functions] == ["basic", "basic_2"]


@pytest.mark.parametrize("opset", [13, 17, 28])
def test_functions_compute_the_same(opset: int) -> None:
    model = model_of(Net(GRAPH), TENSORS, functions=True, opset=opset)
    onnx.checker.check_model(model, full_check=True)
    assert distance(EXPECTED, run_fast(model, X.float())) < allowed(TENSORS.values(), SINGLE)


def test_functions_have_the_same_initializers() -> None:
    assert names(model_of(Net(GRAPH), TENSORS, functions=True)) == names(model_of(Net(GRAPH), TENSORS))


def test_functions_inlined_are_the_flat_model() -> None:
    flat = model_of(Net(GRAPH), TENSORS, dtype="float64")
    inlined = onnx.inliner.inline_local_functions(model_of(Net(GRAPH), TENSORS, dtype="float64", functions=True))
    kinds = [[node.op_type for node in model.graph.node if node.op_type != "Constant"] for model in (flat, inlined)]
    assert kinds[0] == kinds[1]
    assert (run_exactly(inlined, X) == run_exactly(flat, X)).all()


def test_folded_model_computes_the_same() -> None:
    model = model_of(Net(GRAPH), TENSORS, fold_bn=True, dtype="float64")
    kinds = {node.op_type for node in model.graph.node}
    assert ("BatchNormalization" in kinds, distance(EXPECTED, run_exactly(model, X)) < allowed(TENSORS.values())) == (False, True)


def test_folding_renames_what_it_changes() -> None:
    assert [name for name in names(model_of(Net(GRAPH), TENSORS, fold_bn=True)) if name.startswith(("stem", "2.", "head"))] == [
        "stem.conv.weight.folded",
        "stem.conv.bias.folded",
        "2.conv1.weight.folded",
        "2.conv1.bias.folded",
        "2.conv2.weight.folded",
        "2.conv2.bias.folded",
        "2.shortcut.weight",
        "head.fc.weight",
        "head.fc.bias",
    ]


def test_a_convolution_that_others_read_is_not_folded() -> None:
    builder = Builder(3, 8, 8)
    conv = builder.add(ops.Conv(3, 3, 1), name="conv")
    norm = builder.add(ops.Norm("batch", 3), name="norm")
    builder.add(ops.Add(), conv, norm, name="add")
    graph = builder.graph()
    assert names(model_of(Net(graph), golden_tensors(graph), fold_bn=True)) == list(golden_tensors(graph))


def test_folded_functions_compute_the_same() -> None:
    model = model_of(Net(GRAPH), TENSORS, fold_bn=True, functions=True)
    assert distance(EXPECTED, run_fast(model, X.float())) < allowed(TENSORS.values(), SINGLE)
