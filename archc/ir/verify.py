"""The check that a graph is whole: what every pass may rely on, and every pass must leave true."""

from collections.abc import Container

from archc.ir.graph import Argument, Graph, Node, enclosing
from archc.ir.types import ShapeError, TensorType


class GraphError(ValueError):
    """A graph that breaks a rule: a bug in what made it, not in a spec. `name` is the node or scope at fault."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}" if name else message)
        self.name = name


def verify(graph: Graph, given: Container[str] = ()) -> None:
    """Raises GraphError at the first broken rule. Linear in nodes; equal operations on equal types are inferred once.

    `given` are values that need no reader, as they will be outputs of a part of the graph.
    """
    scopes = _scopes(graph)
    values = _values(graph, scopes)
    for scope in graph.scopes:
        for value in (*scope.inputs, *((scope.output,) if scope.output else ())):
            if value not in values:
                raise GraphError(scope.path, f"scope names `{value}`, which is no value of the graph")
    if not graph.outputs:
        raise GraphError("", "a graph needs an output")
    for output in graph.outputs:
        if output not in values:
            raise GraphError("", f"output `{output}` is no value of the graph")
    if graph.output_names and len(set(graph.output_names)) != len(graph.outputs):
        raise GraphError("", "outputs that are given by name need a name each")
    for value in graph.types:
        if value not in values:
            raise GraphError(value, "has a type and no node")
    _no_dead_node(graph, given)


def _scopes(graph: Graph) -> dict[str, dict[str, Argument]]:
    """Arguments by scope path, after the scopes' own rules."""
    if not graph.scopes or graph.scopes[0].path != "" or graph.scopes[0].kind != "network":
        raise GraphError("", "the first scope must be the network's, with the path ``")
    known: dict[str, dict[str, Argument]] = {}
    same: dict[tuple[int, int], dict[str, Argument]] = {}  # copies of a block share theirs; by identity, as they are alive
    for scope in graph.scopes:
        if scope.path in known:
            raise GraphError(scope.path, "two scopes have this path")
        outer = known.get(enclosing(scope, known)) if scope.path else {}
        if outer is None:
            raise GraphError(scope.path, f"scope comes before its parent `{scope.parent}`")
        pair = (id(scope.arguments), id(outer) if scope.path else 0)
        if (before := same.get(pair)) is not None:
            known[scope.path] = before
            continue
        arguments = same[pair] = {}
        for argument in scope.arguments:
            if argument.name in arguments:
                raise GraphError(scope.path, f"two arguments are called `{argument.name}`")
            arguments[argument.name] = argument.value
            if argument.passed is not None:
                _same_value(scope.path, f"argument `{argument.name}`", argument.value, argument.passed, outer)
        known[scope.path] = arguments
    return known


def _same_value(name: str, what: str, value: object, passed: str, arguments: dict[str, Argument]) -> None:
    if passed not in arguments:
        raise GraphError(name, f"{what} comes from `{passed}`, which the scope does not have")
    source = arguments[passed]
    # a Fraction becomes the nearest float in an attribute, and True must not pass for 1
    wanted = float(source) if isinstance(value, float) and not isinstance(source, str) else source
    if wanted != value or isinstance(value, bool) != isinstance(source, bool):
        raise GraphError(name, f"{what} is {value!r} and comes from `{passed}`, which is {source!r}")


def _values(graph: Graph, scopes: dict[str, dict[str, Argument]]) -> set[str]:
    """Names of every value, after the rules on nodes."""
    types = graph.types
    if graph.input not in types:
        raise GraphError(graph.input, "the input has no type")
    values = {graph.input}
    names = set(scopes)
    # operations and types are told apart by identity: hashing their attributes would cost more than inferring
    inferred: dict[tuple[int, tuple[int, ...]], tuple[TensorType, ...]] = {}
    checked: set[tuple[int, int, int, int]] = set()
    for node in graph.nodes:
        name = node.name
        if name in names:
            raise GraphError(name, "another node or scope has this name")
        names.add(name)
        if not values.issuperset(node.inputs):
            unmade = next(value for value in node.inputs if value not in values)
            raise GraphError(name, f"reads `{unmade}`, which no node before it makes")
        key = (id(node.op), tuple([id(types[value]) for value in node.inputs]))
        outputs = inferred.get(key)
        if outputs is None:
            outputs = inferred[key] = _infer(node, tuple([types[value] for value in node.inputs]))
        if len(outputs) != len(node.outputs):
            raise GraphError(name, f"names {len(node.outputs)} outputs; `{node.op.kind}` makes {len(outputs)}")
        for value, type_ in zip(node.outputs, outputs, strict=False):
            if value in values:
                raise GraphError(name, f"makes `{value}`, which exists")
            values.add(value)
            if (found := types.get(value)) is not type_ and found != type_:
                raise GraphError(name, f"`{value}` has the type {found}; `{node.op.kind}` makes {type_}")
        arguments = _owner(node, scopes)
        said = (id(node.op), id(node.arguments), id(node.init), id(arguments))
        if said not in checked:
            _attributes(node, arguments)
            checked.add(said)
    return values


def _infer(node: Node, inputs: tuple[TensorType, ...]) -> tuple[TensorType, ...]:
    wanted = node.op.operands
    if len(inputs) != wanted and (wanted is not None or not inputs):
        raise GraphError(node.name, f"`{node.op.kind}` has {len(inputs)} operands instead of {wanted or '1 or more'}")
    try:
        return node.op.infer(*inputs)
    except ShapeError as error:
        raise GraphError(node.name, error.message) from error


def _owner(node: Node, scopes: dict[str, dict[str, Argument]]) -> dict[str, Argument]:
    """The arguments of the scope it stands in."""
    arguments = scopes.get(node.scope)
    if arguments is None:
        raise GraphError(node.name, f"stands in `{node.scope}`, which is no scope")
    if node.scope and not node.name.startswith(node.scope + "."):
        raise GraphError(node.name, f"stands in `{node.scope}`, which its name does not begin with")
    return arguments


def _attributes(node: Node, arguments: dict[str, Argument]) -> None:
    """What it says of where its attributes come from, and of how its parameters begin."""
    attributes = node.op.record_fields
    for place, (attribute, passed) in enumerate(node.arguments):
        if attribute not in attributes:
            raise GraphError(node.name, f"says where `{attribute}` comes from, which `{node.op.kind}` does not have")
        if any(attribute == other for other, _ in node.arguments[:place]):
            raise GraphError(node.name, f"says twice where its `{attribute}` comes from")
        _same_value(node.name, f"attribute `{attribute}`", getattr(node.op, attribute), passed, arguments)
    if node.init:
        owned = {parameter.name for parameter in node.op.parameters()}
        for tensor, _ in node.init:
            if tensor not in owned:
                raise GraphError(node.name, f"says how `{tensor}` begins, which `{node.op.kind}` does not have")


def _no_dead_node(graph: Graph, given: Container[str]) -> None:
    used = set(graph.outputs)
    for node in graph.nodes:
        used.update(node.inputs)
    for node in graph.nodes:
        if used.isdisjoint(node.outputs) and not any(value in given for value in node.outputs):
            raise GraphError(node.name, "is used by nothing")
