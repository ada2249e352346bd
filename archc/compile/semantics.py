"""What is checked of a finished graph: the sizes it works at, the figures the spec states, the paths it names."""

from collections.abc import Mapping
from fractions import Fraction

from archc.cost import count as cost
from archc.diagnostics import Diagnostic, Note, Span
from archc.ir.graph import Graph
from archc.ir.sizes import prove_sizes
from archc.language.document.nodes import Entry, Map, Node, Scalar, Sequence
from archc.limits import Limits
from archc.suggest import nearest

RENEW = "`archc expect` renews the stated figures, if the change is meant"


def check_graph(root: Map, graph: Graph, total: cost.Cost, limits: Limits) -> list[Diagnostic]:
    """Every problem of the whole network, which costs `total`, before it is cut to its features."""
    return _params(root, total.parameters, limits) or _sizes(root, graph)


def check_expected(root: Map, graph: Graph, total: cost.Cost) -> list[Diagnostic]:
    """Where the network, cut to its features, is not what `expect` says; `total` is what it costs."""
    expect = root.get("expect")
    return _expect(expect, graph, total) if isinstance(expect, Map) else []


def _params(root: Map, count: int, limits: Limits) -> list[Diagnostic]:
    if count <= limits.params:
        return []
    stages = root.entry("stages") or root.entry("block")
    message = f"{count:,} parameters are over the limit of {limits.params:,}"
    return [Diagnostic("E0412", message, stages.span if stages else root.span, help="raise it with --limit params=N")]


def _sizes(root: Map, graph: Graph) -> list[Diagnostic]:
    """A network that works only at some sizes has to say so."""
    node = root.get("input")
    if not isinstance(node, Map):
        return []
    multiple = node.get("multiple")
    said = graph.multiple
    declared = graph.types[graph.input].spatial
    if any(length % said for length in declared):
        at = multiple.span if multiple else node.span
        return [Diagnostic("E0353", f"the declared size {_size(declared)} is not a multiple of {said}", at)]
    problem = prove_sizes(graph, said) if graph.any_size else None
    if problem is None:
        return _too_narrow(node, graph)
    origin = next((n.origin for n in graph.nodes if n.name == problem.name), None)
    notes = (Note(f"at `{problem.name}`: {problem.message}", origin),) if origin else ()
    entry = root.entry("input")
    span = entry.span if entry else node.span
    place = f"at {_size(problem.size)} `{problem.name}` fails"
    if problem.fixed or problem.multiple is None:
        message = f"this network works at {_size(declared)} only, which `input` does not say"
        return [Diagnostic("E0353", message, span, place, notes, "say `fixed: true`")]
    message = f"this network works at multiples of {problem.multiple} only, which `input` does not say"
    helped = f"say `multiple: {problem.multiple}`"
    return [Diagnostic("E0352", message, span, place, notes, helped)]


def _size(lengths: tuple[int, ...]) -> str:
    return "x".join(map(str, lengths))


def _too_narrow(node: Map, graph: Graph) -> list[Diagnostic]:
    """Reject a `fixed` of a network that works at every size. A `multiple` may be narrower than what runs: sizes between may be
    wrong for reasons of the data, as where the padding is TensorFlow's.
    """
    entry = node.entry("fixed")
    if entry is None or graph.any_size or prove_sizes(graph, 1) is not None:
        return []
    message = "`fixed` limits the size, and this network works at every size"
    return [Diagnostic("E0354", message, entry.span, help="leave `fixed` out")]


def feature_paths(root: Map, graph: Graph) -> tuple[tuple[str, ...], list[Diagnostic]]:
    """The paths that `features` names, and what is wrong with them."""
    node = root.get("features")
    if not isinstance(node, Sequence):
        return (), []
    from archc.ir.extract import named_values

    values = named_values(graph)
    several = {n.name: len(n.outputs) for n in graph.nodes if len(n.outputs) > 1}
    paths: list[str] = []
    found = []
    for item in node.items:
        path = str(item.value) if isinstance(item, Scalar) else ""
        if path in several:
            message = f"`{path}` cannot be a feature: it is a list of {several[path]} values"
            found.append(Diagnostic("E0357", message, item.span, help="name a step that reads one of them"))
        elif path in paths:
            found.append(Diagnostic("E0357", f"`{path}` is a feature already", item.span, help="name it once"))
        elif path not in values:
            found.append(_no_such_path(path, values, item.span))
        paths.append(path)
    return tuple(paths), found


def _no_such_path(path: str, known: Mapping[str, object], span: Span) -> Diagnostic:
    """The nearest: of what is in the scope that the path begins with, else of all."""
    around = path.rpartition(".")[0]
    while around and around not in known:
        around = around.rpartition(".")[0]
    begin = f"{around}." if around else ""
    steps = list(dict.fromkeys(name[len(begin) :].partition(".")[0] for name in known if name.startswith(begin)))
    local = nearest(path[len(begin) :], steps)
    guess = begin + local if local is not None else nearest(path, known)
    if guess is None or (around and local is None):
        helped = (f"`{around}` has " if around else "there are ") + ", ".join(f"`{name}`" for name in steps) if steps else ""
    else:
        helped = f"did you mean `{guess}`?"
    return Diagnostic("E0356", f"there is no node or scope `{path}`", span, help=helped)


def figures(graph: Graph, total: cost.Cost) -> dict[str, int]:
    """What `expect` may state of a network as one number."""
    return {"params": total.parameters, "macs": total.macs, "depth": cost.depth(graph)}


def named_shapes(graph: Graph) -> dict[str, tuple[int, ...]]:
    """The shape of each scope's and node's value, by its path."""
    values = {scope.path: scope.output for scope in graph.scopes if scope.output}
    values |= {node.name: node.outputs[0] for node in graph.nodes}
    return {path: graph.types[value].shape for path, value in values.items()}


def _expect(expect: Map, graph: Graph, total: cost.Cost) -> list[Diagnostic]:
    actual = figures(graph, total)
    found = []
    for key, value in actual.items():
        node = expect.get(key)
        if isinstance(node, Scalar) and node.value != value:
            message = f"`{key}` is {value:,}, not {node.text}"
            found.append(Diagnostic("E0350", message, node.span, f"the network has {value}", help=RENEW))
    outputs = expect.get("outputs")
    shapes = named_shapes(graph) if isinstance(outputs, Map) else {}
    for entry in outputs if isinstance(outputs, Map) else ():
        found += _output(entry, shapes)
    reported = expect.get("reported")
    for entry in reported if isinstance(reported, Map) else ():
        if isinstance(entry.value, Map) and entry.key in actual:
            found += _reported(entry, entry.value, actual[str(entry.key)])
    return found


def _output(entry: Entry, shapes: Mapping[str, tuple[int, ...]]) -> list[Diagnostic]:
    name = str(entry.key)
    if name not in shapes:
        return [_no_such_path(name, shapes, entry.span)]
    shape = list(shapes[name])
    said = [item.value for item in entry.value.items if isinstance(item, Scalar)] if isinstance(entry.value, Sequence) else []
    if said == shape:
        return []
    message = f"the output of `{name}` is {shape}, not {said}"
    return [Diagnostic("E0350", message, entry.value.span, f"the network has {shape}", help=RENEW)]


def _reported(entry: Entry, root: Map, actual: int) -> list[Diagnostic]:
    """A printed figure, compared within its tolerance (a fraction of the printed value)."""
    value, within = _fraction(root.get("value")), _fraction(root.get("within"))
    if value is None or abs(actual - value) <= (within or 0) * value:
        return []
    node = root.get("value") or root
    away = f"{float(abs(actual - value) / value):.1%} away" if value else "not 0"
    text = node.text if isinstance(node, Scalar) else ""
    message = f"the reported `{entry.key}` is {text}, the network has {actual:,}"
    label = f"{away}, {float(within or 0):.1%} allowed"
    helped = "`archc expect` leaves printed figures alone: widen `within`, or take this one out"
    return [Diagnostic("E0351", message, node.span, label, help=helped)]


def _fraction(node: Node | None) -> Fraction | None:
    if isinstance(node, Scalar) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return Fraction(node.text)
    return None
