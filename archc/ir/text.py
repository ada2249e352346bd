"""A graph as text: line-oriented, stable, to be read and compared with `diff`. It says all that the graph holds.

    archc graph 1
    name resnet50
    input x : Nx3x224x224
    size any
    init conv=kaiming_normal_fan_out linear=torch
    @ network resnet50(in=3 classes=1000)
    @stem stem stem
      stem.conv = conv(x) in_channels=3<in out_channels=64 kernel=7 stride=2 padding=3 : Nx64x112x112
    outputs head.fc

A line with `@` is a scope: path, kind, template and arguments; where there are, `of` its inputs, `->` its output, `role` and
`label`. Any other is a node: its name, operation, operands, the attributes that are not at their default, and the types of what
it makes; where the name does not say them, `->` its outputs and `in` its scope; where it is not `main`, its `role`; `init` how
its tensors begin. Outputs that are given by name are `outputs layer1=layer1.1.act_out`. `64<mid` is the value of the scope's
argument `mid`. `Nx16x100:map` is a map of one axis, where `Nx100x16` are tokens. Where sizes are multiples of a number, it
stands after `size any multiple`. Indentation is for the eye.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

from archc.ir.graph import Graph, Node, Scope
from archc.ir.op import Init, Op, stated
from archc.ir.types import TensorType

FORMAT = "archc graph 1"
ROOT = "@"
VALUES = frozenset({"true", "false", "inf", "nan"})
KEYWORDS = ("of", "in", "role", "label", "init")
BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_.:]*")


def to_text(graph: Graph) -> str:
    """Ends in a line feed. Origins are left out."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield FORMAT
    yield f"name {word(graph.name)}"
    yield f"input {word(graph.input)} : {_type(graph, graph.input)}"
    yield f"size {'any' if graph.any_size else 'fixed'}" + (f" multiple {graph.multiple}" if graph.multiple > 1 else "")
    yield f"init conv={_init(graph.init.conv)} linear={_init(graph.init.linear)}"
    # a scope's line stands before the first node in it; scopes and nodes each keep their order, so parsing restores both lists
    place = {scope.path: i for i, scope in enumerate(graph.scopes)}
    shown = 0
    for node in graph.nodes:
        while shown <= place.get(node.scope, -1):
            yield _scope(graph.scopes[shown])
            shown += 1
        yield _node(graph, node)
    yield from map(_scope, graph.scopes[shown:])
    names = [f"{word(name)}=" for name in graph.output_names] or [""] * len(graph.outputs)
    yield "outputs" + "".join(f" {name}{word(value)}" for name, value in zip(names, graph.outputs, strict=True))


def _scope(scope: Scope) -> str:
    text = f"{_indent(scope.parent)}{ROOT}{word(scope.path) if scope.path else ''} {scope.kind} {word(scope.template)}"
    if scope.arguments:
        said = (
            f"{word(a.name)}={literal(a.value)}" + (f"<{word(a.passed)}" if a.passed is not None else "") for a in scope.arguments
        )
        text += f"({' '.join(said)})"
    if scope.inputs:
        text += f" of {listed(scope.inputs)}"
    if scope.output:
        text += f" -> {word(scope.output)}"
    if scope.role != "main":
        text += f" role {scope.role}"
    return text + (f" label {word(scope.label)}" if scope.label else "")


def _node(graph: Graph, node: Node) -> str:
    text = f"{_indent(node.scope)}{word(node.name)} = {node.op.kind}({' '.join(map(word, node.inputs))})"
    text += "".join(_attributes(node))
    count = len(node.outputs)
    if node.outputs != named_outputs(node.name, count):
        text += f" -> {listed(node.outputs)}"
    if node.scope != node.name.rpartition(".")[0]:
        text += f" in {word(node.scope)}"
    if node.role != "main":
        text += f" role {node.role}"
    if node.init:
        text += " init" + "".join(f" {word(name)}={_init(init)}" for name, init in node.init)
    return text + " : " + " ".join([_type(graph, name) for name in node.outputs])


def named_outputs(name: str, count: int) -> tuple[str, ...]:
    """What a node's outputs are called: as the node where there is one, else `name:0`, `name:1`, …."""
    return (name,) if count == 1 else tuple(f"{name}:{i}" for i in range(count))


def _attributes(node: Node) -> Iterator[str]:
    """Those not at their default, and those that say where they come from, in the order the operation declares them.

    `arguments` in another order keep it: they take, one by one, the places that are theirs.
    """
    values = {name for name, _ in stated(node.op)}
    passed = {name for name, _ in node.arguments}
    waiting = iter(node.arguments)
    for name in node.op.record_fields:
        if name in passed:
            attribute, argument = next(waiting)
            yield f" {attribute}={_attribute(node.op, attribute)}<{word(argument)}"
        elif name in values:
            yield f" {name}={_attribute(node.op, name)}"


def _attribute(op: Op, name: str) -> str:
    """A whole number in place of a float is the float it equals."""
    value = getattr(op, name)
    return literal(float(value) if op.record_fields[name].type is float else value)


def _indent(path: str) -> str:
    return "  " * (path.count(".") + 1) if path else ""


def _type(graph: Graph, name: str) -> str:
    type_: TensorType | None = graph.types.get(name)
    return "?" if type_ is None else f"{type_}:map" if type_.is_map and len(type_.shape) == 2 else str(type_)


def _init(init: Init) -> str:
    return f"{word(init.kind)}({literal(init.value)})" if init.value else word(init.kind)


def literal(value: object) -> str:
    """An attribute's or argument's value: `3`, `0.25`, `1/4`, `7x1`, `true`, `relu`, `"two words"`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    return word(value) if isinstance(value, str) else repr(value)


def word(text: str) -> str:
    """As it is where it is a name, else in quotes with everything outside printable ASCII escaped."""
    if BARE.fullmatch(text) and text not in VALUES:
        return text
    return quoted(text)


def listed(names: tuple[str, ...]) -> str:
    """Names one after the other, told apart from the keyword that may follow."""
    return " ".join([quoted(name) if name in KEYWORDS else word(name) for name in names])


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[^ -~]", lambda found: _escape(ord(found[0])), escaped) + '"'


def _escape(code: int) -> str:
    return f"\\u{{{code:x}}}"
