"""What is checked of a finished graph: the sizes it works at, the figures the spec states, the paths it names."""

from fractions import Fraction

from archc import cost
from archc.diagnostics import Diagnostic, Note
from archc.document.nodes import Entry, Map, Node, Scalar, Sequence
from archc.ir.graph import Graph
from archc.ir.sizes import prove_sizes
from archc.ir.types import TensorType
from archc.limits import Limits
from archc.suggest import nearest


def check_graph(root: Map, graph: Graph, limits: Limits, *, expected: bool = True) -> list[Diagnostic]:
    """Every problem; `expected` False leaves `expect` aside (a spec changed on the command line is another network)."""
    total = cost.total(graph)
    found = _params(root, total.parameters, limits)
    if not found:
        found += _sizes(root, graph)
    found += _features(root, graph)
    expect = root.get("expect")
    if expected and isinstance(expect, Map):
        found += _expect(expect, graph, total)
    return found


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
    said = multiple.value if isinstance(multiple, Scalar) and isinstance(multiple.value, int) else 1
    height, width = graph.types[graph.input].shape[1:]
    if height % said or width % said:
        at = multiple.span if multiple else node.span
        return [Diagnostic("E0353", f"the declared size {height}x{width} is not a multiple of {said}", at)]
    problem = prove_sizes(graph, said) if graph.any_size else None
    if problem is None:
        return _too_narrow(node, graph)
    origin = next((n.origin for n in graph.nodes if n.name == problem.name), None)
    notes = (Note(f"at `{problem.name}`: {problem.message}", origin),) if origin else ()
    high, wide = problem.size
    entry = root.entry("input")
    span = entry.span if entry else node.span
    if problem.fixed or problem.multiple is None:
        message = f"this network works at {height}x{width} only, which `input` does not say"
        return [Diagnostic("E0353", message, span, f"at {high}x{wide} `{problem.name}` fails", notes, "say `fixed: true`")]
    message = f"this network works at multiples of {problem.multiple} only, which `input` does not say"
    helped = f"say `multiple: {problem.multiple}`"
    return [Diagnostic("E0352", message, span, f"at {high}x{wide} `{problem.name}` fails", notes, helped)]


def _too_narrow(node: Map, graph: Graph) -> list[Diagnostic]:
    """`fixed` or `multiple` of a network that works at every size: what would be refused is right."""
    entry = node.entry("multiple") if graph.any_size else node.entry("fixed")
    if entry is None or (graph.any_size and isinstance(entry.value, Scalar) and entry.value.value == 1):
        return []
    if prove_sizes(graph, 1) is not None:
        return []
    message = f"`{entry.key}` limits the size, and this network works at every size"
    return [Diagnostic("E0354", message, entry.span, help=f"leave `{entry.key}` out")]


def _features(root: Map, graph: Graph) -> list[Diagnostic]:
    node = root.get("features")
    if not isinstance(node, Sequence):
        return []
    known = {scope.path for scope in graph.scopes if scope.path} | {n.name for n in graph.nodes}
    found = []
    for item in node.items:
        name = item.value if isinstance(item, Scalar) else None
        if name not in known:
            guess = nearest(str(name), known)
            helped = f"did you mean `{guess}`?" if guess else ""
            found.append(Diagnostic("E0356", f"there is no node or scope `{name}`", item.span, help=helped))
    return found


def _expect(expect: Map, graph: Graph, total: cost.Cost) -> list[Diagnostic]:
    actual = {"params": total.parameters, "macs": total.macs, "depth": cost.depth(graph)}
    found = []
    for key, value in actual.items():
        node = expect.get(key)
        if isinstance(node, Scalar) and node.value != value:
            message = f"`{key}` is {value:,}, not {node.text}"
            found.append(Diagnostic("E0350", message, node.span, f"the network has {value}"))
    outputs = expect.get("outputs")
    for entry in outputs if isinstance(outputs, Map) else ():
        found += _output(entry, graph)
    reported = expect.get("reported")
    for entry in reported if isinstance(reported, Map) else ():
        if isinstance(entry.value, Map) and entry.key in actual:
            found += _reported(entry, entry.value, actual[str(entry.key)])
    return found


def _output(entry: Entry, graph: Graph) -> list[Diagnostic]:
    values = {scope.path: scope.output for scope in graph.scopes if scope.output}
    values |= {node.name: node.outputs[0] for node in graph.nodes}
    name = str(entry.key)
    if name not in values:
        guess = nearest(name, values)
        helped = f"did you mean `{guess}`?" if guess else ""
        return [Diagnostic("E0356", f"there is no node or scope `{name}`", entry.span, help=helped)]
    type_: TensorType = graph.types[values[name]]
    said = [item.value for item in entry.value.items if isinstance(item, Scalar)] if isinstance(entry.value, Sequence) else []
    if said == list(type_.shape):
        return []
    message = f"the output of `{name}` is {list(type_.shape)}, not {said}"
    return [Diagnostic("E0350", message, entry.value.span, f"the network has {list(type_.shape)}")]


def _reported(entry: Entry, root: Map, actual: int) -> list[Diagnostic]:
    """A printed figure, compared within its tolerance (a fraction of the printed value)."""
    value, within = _fraction(root.get("value")), _fraction(root.get("within"))
    if value is None or abs(actual - value) <= (within or 0) * value:
        return []
    node = root.get("value") or root
    away = f"{float(abs(actual - value) / value):.1%} away" if value else "not 0"
    text = node.text if isinstance(node, Scalar) else ""
    message = f"the reported `{entry.key}` is {text}, the network has {actual:,}"
    return [Diagnostic("E0351", message, node.span, f"{away}, {float(within or 0):.1%} allowed")]


def _fraction(node: Node | None) -> Fraction | None:
    if isinstance(node, Scalar) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return Fraction(node.text)
    return None
