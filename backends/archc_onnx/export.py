"""A network and options become the files of an ONNX model."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from archc import __version__
from archc.backend import Artifact, BackendError, File, Network
from archc.cost.features import described_features
from archc.ir.fold import Fold, foldable, with_bias
from archc.ir.graph import Graph, Node
from archc.ir.hash import graph_hash, weights_hash
from archc.language.layouts.naming import state_keys
from archc.record import replace
from archc.weights.origin import HASH
from archc_onnx.assemble import DOMAIN, Form, assemble
from archc_onnx.dimensions import BATCH, Dimensions, dimensions
from archc_onnx.dtypes import CODES, SIZES
from archc_onnx.notes import Notes
from archc_onnx.operations import is_absent
from archc_onnx.opsets import FUNCTIONS, IR_VERSIONS, check_bfloat16, check_opset
from archc_onnx.proto import GraphProto, ModelProto, NodeProto, OperatorSetIdProto, StringStringEntryProto, ValueInfoProto
from archc_onnx.stream import Structure, Tensor, one_file, two_files

if TYPE_CHECKING:
    from archc_onnx import OnnxBackend
    from archc_onnx.weights import Weights

ONE_FILE = int(1.9 * (1 << 30))
"""The bytes up to which a model is one file: protobuf refuses 2 GiB."""

_LARGEST = (1 << 63) - 1


def export(network: Network, options: "OnnxBackend") -> Artifact:
    """Export a network. Raises BackendError: E0560 to E0566."""
    _check_options(options)
    graph = network.graph
    _check_sizes(graph)
    keys = state_keys(graph, network.layout)
    weights = None if options.no_weights else _weights(network, options)
    nodes = present(graph, training=options.training)
    folds: dict[str, Fold] = {}
    if options.fold_bn:
        nodes, folds = folded(graph, nodes)
    names = _tensor_names(nodes, keys, folds)
    structure = _structure(network, options, nodes, names)
    if weights is None:
        return Artifact((File(f"{graph.name}.onnx", one_file(structure, ())[1]),))
    if folds:
        from archc_onnx.weights import Folded

        weights = Folded(weights, folds)
    return _files(graph.name, options, structure, _tensors(nodes, names, options, weights), weights)


def _files(name: str, options: "OnnxBackend", structure: Structure, tensors: Sequence[Tensor], weights: "Weights") -> Artifact:
    length, whole = one_file(structure, tensors)
    if length <= ONE_FILE and not options.external_data:
        return Artifact((File(f"{name}.onnx", _closing(whole, weights)),), weights.warnings)
    location = f"{name}.onnx.data"
    model, data = two_files(structure, tensors, location)
    return Artifact((File(f"{name}.onnx", model), File(location, _closing(data, weights))), weights.warnings)


def _closing(chunks: Iterator[bytes], weights: "Weights") -> Iterator[bytes]:
    try:
        yield from chunks
    finally:
        weights.close()


def _check_options(options: "OnnxBackend") -> None:
    check_opset(options.opset)
    for first, second, both, why in (
        (
            "--weights",
            "--no-weights",
            options.weights is not None and options.no_weights,
            "one asks for weights, the other for none",
        ),
        ("--training", "--fold-bn", options.training and options.fold_bn, "a batch norm in training form cannot be folded"),
        ("--external-data", "--no-weights", options.external_data and options.no_weights, "without weights there is no data"),
    ):
        if both:
            raise BackendError("E0564", f"`{first}` and `{second}` exclude each other: {why}", f"leave out {second}", usage=True)


def _check_sizes(graph: Graph) -> None:
    """Check that ONNX can hold the shapes: it keeps dimensions as int64."""
    for name, type_ in graph.types.items():
        _check_shape(name, type_.shape)
    for key, _, shape, _ in graph.parameters():
        _check_shape(key, shape)


def _check_shape(name: str, shape: tuple[int, ...]) -> None:
    for length in shape:
        if length > _LARGEST:
            message = f"`{name}` has an axis of {length}, which is beyond ONNX's largest, 2^63 - 1"
            raise BackendError("E0565", message, "make the network or its input smaller")


def _weights(network: Network, options: "OnnxBackend") -> "Weights":
    from archc_onnx.weights import RandomWeights, read_weights

    graph = network.graph
    beginning = RandomWeights(graph, {node.name: node for node in graph.nodes}, options.seed)
    if options.weights is None:
        return beginning
    return read_weights(options.weights, network, beginning, anyway=options.anyway)


def _tensor_names(nodes: Sequence[Node], keys: Mapping[str, str], folds: Mapping[str, Fold]) -> dict[str, str]:
    """Return the initializers' names by canonical key, in order of execution: the layout's keys, marked where folded."""
    names: dict[str, str] = {}
    for node in nodes:
        for parameter in node.op.parameters():
            key = f"{node.name}.{parameter.name}"
            if node.name not in folds:
                names[key] = keys[key]
            elif parameter.name == "weight":
                names[key] = keys[key] + FOLDED
            else:
                names[key] = keys[f"{node.name}.weight"].removesuffix("weight") + parameter.name + FOLDED
    return names


def _tensors(nodes: Sequence[Node], names: Mapping[str, str], options: "OnnxBackend", weights: "Weights") -> list[Tensor]:
    return [
        Tensor(
            names[key],
            parameter.shape,
            CODES[options.dtype],
            parameter.size * SIZES[options.dtype],
            partial(weights.chunks, key, options.dtype),
        )
        for node in nodes
        for parameter in node.op.parameters()
        for key in (f"{node.name}.{parameter.name}",)
    ]


def _structure(network: Network, options: "OnnxBackend", nodes: Sequence[Node], names: Mapping[str, str]) -> Structure:
    graph = network.graph
    version = IR_VERSIONS[options.opset]
    if options.functions:
        version = max(version, FUNCTIONS)
    shapes = dimensions(graph)
    notes = Notes(version, {scope.path: scope for scope in graph.scopes})
    form = Form(
        opset=options.opset,
        dtype=options.dtype,
        training=options.training,
        shapes=shapes,
        types=graph.types,
        keys=names,
        tensors=set(names.values()),
        notes=notes,
        # Reversed, so that the first of two names of one value is kept.
        features=dict(zip(graph.outputs[::-1], graph.output_names[::-1], strict=False)),
    )
    protos, functions = assemble(graph, nodes, form, functions=options.functions)
    results = _returned(graph, form)
    for name, value in results.items():
        if name != form.value(value):  # two features that are one value
            protos.append(NodeProto(op_type="Identity", name=f"feature/{name}", input=[form.value(value)], output=[name]))
    if options.dtype == "bfloat16":
        check_bfloat16([*protos, *(node for function in functions for node in function.node)], options.opset)
    code = CODES[options.dtype]
    outputs = [_value(name, shapes[value], code) for name, value in results.items()]
    inputs = [_value(form.value(graph.input), shapes[graph.input], code)]
    if options.no_weights:
        shapes_by_key = {f"{node.name}.{p.name}": p.shape for node in nodes for p in node.op.parameters()}
        inputs += [_value(names[key], shape, code, batch=False) for key, shape in shapes_by_key.items()]
    opsets = [OperatorSetIdProto(domain="", version=options.opset)]
    if functions:
        opsets.append(OperatorSetIdProto(domain=DOMAIN, version=1))
    return Structure(
        ModelProto(ir_version=version, producer_name="archc", producer_version=__version__),
        GraphProto(node=protos, name=graph.name),
        GraphProto(
            doc_string=_documented(network, form),
            input=inputs,
            output=outputs,
            value_info=list(_inner(graph, nodes, protos, form)),
        ),
        ModelProto(opset_import=opsets, metadata_props=list(_metadata(network, options)), functions=functions),
    )


def _returned(graph: Graph, form: Form) -> dict[str, str]:
    """Return the values that the model returns, by their names in it."""
    named = map(form.free, graph.output_names) if graph.output_names else map(form.value, graph.outputs)
    return dict(zip(named, graph.outputs, strict=True))


def _inner(graph: Graph, nodes: Sequence[Node], protos: Sequence[NodeProto], form: Form) -> Iterator[ValueInfoProto]:
    """Yield the types of values that are neither inputs nor outputs, in order of execution; values inside functions have none."""
    written = {name for node in protos for name in node.output}
    for node in nodes:
        for name in node.outputs:
            if form.value(name) in written and name not in graph.outputs:
                yield _value(form.value(name), form.shapes[name], CODES[form.dtype])


def _value(name: str, shape: Dimensions, code: int, *, batch: bool = True) -> ValueInfoProto:
    info = ValueInfoProto(name=name)
    tensor = info.type.tensor_type
    tensor.elem_type = code
    tensor.shape.SetInParent()  # no axes is a shape too
    for length in (BATCH, *shape) if batch else shape:
        if isinstance(length, int):
            tensor.shape.dim.add().dim_value = length
        else:
            tensor.shape.dim.add().dim_param = length
    return info


def _documented(network: Network, form: Form) -> str:
    graph = network.graph
    values = [("input", form.value(graph.input), graph.input)]
    values += [("output", name, value) for name, value in _returned(graph, form).items()]
    lines = [f"{kind} {name}: {' x '.join(map(str, (BATCH, *form.shapes[value])))}" for kind, name, value in values]
    return "\n".join([network.spec.title or network.spec.name, *lines])


def _metadata(network: Network, options: "OnnxBackend") -> Iterator[StringStringEntryProto]:
    words = {
        "archc.spec": network.spec.name,
        "archc.graph": graph_hash(network.graph),
        HASH: weights_hash(network.whole),
        "archc.version": __version__,
        "archc.layout": network.layout.name,
    }
    if options.weights is None and not options.no_weights:
        words["archc.seed"] = str(options.seed)
    features = described_features(network.graph) if network.graph.output_names else []
    if features:
        listed = {feature.name: {"channels": feature.channels, "stride": feature.stride} for feature in features}
        words["archc.features"] = json.dumps(listed)
    if network.spec.preprocess:
        words["archc.preprocess"] = json.dumps(dict(network.spec.preprocess))
    for key, value in words.items():
        yield StringStringEntryProto(key=key, value=value)


FOLDED = ".folded"
"""Ends the name of a tensor that is not the state dict's any more."""


def present(graph: Graph, *, training: bool) -> list[Node]:
    """Return the nodes that do something; an output of the network keeps its node, and with it its name."""
    alias: dict[str, str] = {}
    kept: list[Node] = []
    for node in graph.nodes:
        inputs = tuple([alias.get(name, name) for name in node.inputs])
        if is_absent(node, training=training) and node.outputs[0] not in graph.outputs:
            alias[node.outputs[0]] = inputs[0]
        else:
            kept.append(node if inputs == node.inputs else replace(node, inputs=inputs))
    return kept


def folded(graph: Graph, nodes: list[Node]) -> tuple[list[Node], dict[str, Fold]]:
    """Return the nodes with every batch norm folded that can be, and the folds by the convolution's name.

    A folded convolution has a bias, and makes the value that the norm made.
    """
    folds = foldable(nodes, graph.outputs).folds
    gone = {fold.norm.name for fold in folds.values()}
    kept = []
    for node in nodes:
        if node.name in folds:
            kept.append(replace(with_bias(node), outputs=folds[node.name].norm.outputs))
        elif node.name not in gone:
            kept.append(node)
    return kept, folds
