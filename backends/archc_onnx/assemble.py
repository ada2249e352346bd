"""The nodes of the model are assembled: all in its graph, or those of each block in a function that equal blocks share."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby

from archc.ir.graph import Graph, Node, Scope
from archc.ir.types import TensorType
from archc.record import Record, field
from archc_onnx.dimensions import Dimensions
from archc_onnx.dtypes import Dtype
from archc_onnx.emitter import Emitter
from archc_onnx.notes import Notes
from archc_onnx.operations import emit
from archc_onnx.proto import FunctionProto, NodeProto, OperatorSetIdProto

DOMAIN = "archc"
"""The domain of the functions."""


class Form(Record, kw_only=True):
    """How nodes are written."""

    opset: int
    dtype: Dtype
    training: bool
    """Whether norms and dropout have their training form."""
    shapes: dict[str, Dimensions]
    types: Mapping[str, TensorType]
    keys: Mapping[str, str]
    """The names of initializers, by canonical key."""
    tensors: AbstractSet[str]
    """All names of initializers."""
    notes: Notes
    features: Mapping[str, str]
    """The names of features, by value."""

    def value(self, name: str) -> str:
        """Return the name of a value in the model: a feature's as the spec says, any other's is its node's."""
        return self.free(self.features.get(name, name))

    def free(self, name: str) -> str:
        """Return a name for a value that no tensor has: a layout may give a tensor the name of a step."""
        return f"value/{name}" if name in self.tensors else name

    def emitter(self, value: Callable[[str], str], tensor: Callable[[str], str]) -> Emitter:
        return Emitter(self.opset, self.dtype, self.training, value, tensor, self.shapes, self.types)


class Assembly(Record, frozen=False, eq=False):
    """The model's nodes and functions while they are made."""

    form: Form
    main: Emitter
    functions: list[FunctionProto] = field(factory=list)
    names: dict[bytes, str] = field(factory=dict)
    counts: dict[str, int] = field(factory=dict)


def assemble(graph: Graph, nodes: Sequence[Node], form: Form, *, functions: bool) -> tuple[list[NodeProto], list[FunctionProto]]:
    """Return the nodes in order of execution and the functions in order of first use. Raises BackendError (E0561, E0562)."""
    assembly = Assembly(form, form.emitter(form.value, form.keys.__getitem__))
    if not functions:
        for node in nodes:
            _noted(assembly.main, node, form.notes)
        return assembly.main.nodes, []
    blocks = _blocks(graph)
    groups = [(block, list(group)) for block, group in groupby(nodes, lambda node: blocks.get(node.scope))]
    outside = _read_outside(graph, [group for _, group in groups])
    for block, group in groups:
        if block is None:
            for node in group:
                _noted(assembly.main, node, form.notes)
        else:
            _call(assembly, block, group, outside)
    return assembly.main.nodes, assembly.functions


def _noted(emitter: Emitter, node: Node, notes: Notes) -> None:
    before = len(emitter.nodes)
    emit(emitter, node)
    for proto in emitter.nodes[before:]:
        if proto.op_type != "Constant":
            notes.write(proto, node)


def _blocks(graph: Graph) -> dict[str, Scope]:
    """Map each scope in a block to that block."""
    blocks: dict[str, Scope] = {}
    for scope in graph.scopes:
        if scope.kind == "block":
            blocks[scope.path] = scope
        else:
            parent = scope.path
            while parent and parent not in blocks:
                parent = parent.rpartition(".")[0]
            if parent:
                blocks[scope.path] = blocks[parent]
    return blocks


def _read_outside(graph: Graph, groups: Sequence[Sequence[Node]]) -> set[str]:
    """Return the values that are read in another group than the one that makes them, and the network's outputs."""
    homes = {name: number for number, group in enumerate(groups) for node in group for name in node.outputs}
    values = set(graph.outputs)
    for number, group in enumerate(groups):
        values.update(name for node in group for name in node.inputs if homes.get(name, number) != number)
    return values


def _call(assembly: Assembly, block: Scope, nodes: list[Node], outside: set[str]) -> None:
    """Add the block as a node whose operation is a function, which is a new one if no earlier block is equal."""
    form, main = assembly.form, assembly.main
    own = {name for node in nodes for name in node.outputs}
    operands = list(dict.fromkeys(name for node in nodes for name in node.inputs if name not in own))
    results = [name for node in nodes for name in node.outputs if name in outside]
    start = len(block.path) + 1
    owned = [f"{node.name}.{parameter.name}" for node in nodes for parameter in node.op.parameters()]
    letter = "x"
    while f"{block.path}.{letter}" in own:  # a step has that name
        letter += "_"
    inside = {name: f"{letter}:{place}" if place else letter for place, name in enumerate(operands)}

    def value(name: str) -> str:
        return inside.get(name) or name[start:]

    local = form.emitter(value, lambda key: key[start:])
    for node in nodes:
        before = len(local.nodes)
        emit(local, node)
        form.notes.write_local(local.nodes[before:], block, node)
    inputs = [*inside.values(), *(key[start:] for key in owned)]
    function = FunctionProto(
        domain=DOMAIN,
        input=inputs,
        output=[value(name) for name in results],
        node=local.nodes,
        opset_import=[OperatorSetIdProto(domain="", version=form.opset)],
    )
    content = block.template.encode() + b"\0" + function.SerializeToString(deterministic=True)
    name = assembly.names.get(content)
    if name is None:
        number = assembly.counts[block.template] = assembly.counts.get(block.template, 0) + 1
        name = assembly.names[content] = f"{block.template}_{number}" if number > 1 else block.template
        function.name = name
        assembly.functions.append(function)
    inputs = [*map(main.value, operands), *(form.keys[key] for key in owned)]
    part = assembly.counts[f"{block.path}:"] = assembly.counts.get(f"{block.path}:", 0) + 1
    label = f"{block.path}:{part}" if part > 1 else block.path  # nodes of others may stand between parts of a block
    call = main.add(name, inputs, list(map(main.value, results)), label)
    call.domain = DOMAIN
    form.notes.write_scope(call, block)
