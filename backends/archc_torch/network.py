"""The network's own class and the factory that makes it."""

from collections.abc import Mapping

from archc.backend import BackendError
from archc.cost.features import described_features
from archc.ir.graph import Graph, InitPolicy
from archc.language.layouts.lookup import Levels
from archc_torch.arguments import Arguments
from archc_torch.classes import _call_doc, init_lines
from archc_torch.constructor import attribute_lines, init_statement
from archc_torch.forward import forward
from archc_torch.instances import Group
from archc_torch.library import Library
from archc_torch.plan import Plan
from archc_torch.printer import Bracket, Doc, lines, signature
from archc_torch.reading import read
from archc_torch.tree import Tree
from archc_torch.words import plain, wrapped
from archc_torch.writer import Writer


def write_network(
    graph: Graph,
    group: Group,
    name: str,
    plans: dict[int, Plan],
    library: Library,
    title: str,
    stages: dict[str, Levels],
    *,
    missing: Mapping[str, str],
) -> list[str]:
    """The class and, after it, the factory called like the spec, which says what arguments are `missing`."""
    tree = Tree(group.bodies[0], network=True)
    if tree.root_tensors:
        raise BackendError("E0506", "the layout leaves a tensor of the network without a name", "it dissolves one level too many")
    writer = read(Writer(group, tree, plans, library, Arguments(group.bodies, {"self", "x"})))
    made = attribute_lines(writer, {})
    written = forward(writer)
    now, late = init_lines(writer)
    parameters = parameters_of(graph)
    several = len(graph.outputs) > 1 or bool(graph.output_names)
    result = "dict[str, torch.Tensor]" if several else "torch.Tensor"
    return [
        f"class {name}(nn.Module):",
        f'    """{title}: {shapes(graph)}."""',
        "",
        *feature_lines(graph),
        *signature("__init__", ["self", *(f"{each}: int = {value}" for each, value in parameters)], "None", 4),
        "        super().__init__()",
        *written.stored,
        *commented(graph, made, {path: ".".join(levels) for path, levels in stages.items()}),
        *now,
        *policy_lines(graph, graph.init, late, plans),
        "",
        f"    def forward(self, x: torch.Tensor) -> {result}:",
        *written.lines,
        "",
        "",
        *signature(graph.name, [f"{each}: int = {value}" for each, value in parameters], name, 0),
        *_described(f"The network of `{graph.name}`, freshly initialised.", missing),
        f"    return {name}({', '.join(each for each, _ in parameters)})",
    ]


def _described(text: str, missing: Mapping[str, str]) -> list[str]:
    """A factory's docstring."""
    if not missing:
        return [f'    """{text}"""']
    reasons = [wrapped(plain(f"`{name}` is no argument: {reason}."), 84) for name, reason in missing.items()]
    return [f'    """{text}', "", *(f"    {line}" for reason in reasons for line in reason), '    """']


def parameters_of(graph: Graph) -> list[tuple[str, int]]:
    """`num_classes` and `in_channels`, as far as the network leaves them open."""
    values = {argument.name: argument.value for argument in graph.scopes[0].arguments}
    found = [("num_classes", values.get("classes")), ("in_channels", values.get("in"))]
    return [(name, int(value)) for name, value in found if isinstance(value, int)]


def shapes(graph: Graph) -> str:
    """`Nx3x224x224 to Nx1000`."""
    if graph.output_names:
        several = f"{len(graph.output_names)} features" if len(graph.output_names) > 1 else "one feature"
        return f"{graph.types[graph.input]} to {several} by name"
    return f"{graph.types[graph.input]} to {graph.types[graph.outputs[-1]]}"


def feature_lines(graph: Graph) -> list[str]:
    """The channels of each feature and, of a map, its stride, as attributes of the class."""
    found: list[str] = []
    known = described_features(graph) if graph.output_names else []
    for name, values in (
        ("feature_channels", {each.name: each.channels for each in known}),
        ("feature_strides", {each.name: each.stride for each in known if each.stride}),
    ):
        pairs: tuple[Doc, ...] = tuple(f'"{plain(key)}": {value}' for key, value in values.items())
        found += lines(Bracket("{", pairs, "}", spread=True), 4, f"{name} = ") if pairs else []
    return [*found, ""] if found else []


def commented(graph: Graph, made: list[str], paths: dict[str, str]) -> list[str]:
    """Over each stage its label and the shape it comes out at, where a stage is one attribute."""
    found = list(made)
    for scope in graph.scopes:
        if scope.kind != "stage" or not scope.output:
            continue
        at = next((i for i, line in enumerate(found) if line.startswith(f"        self.{paths.get(scope.path)} = ")), -1)
        if at >= 0 and list(paths.values()).count(paths[scope.path]) == 1:
            found.insert(at, f"        # {plain(scope.label or scope.path)}: {graph.types[scope.output]}")
    return found


def policy_lines(graph: Graph, policy: InitPolicy, late: list[tuple[str, str]], plans: dict[int, Plan]) -> list[str]:
    """The loop that initialises every convolution and linear layer, and after it what begins otherwise."""
    kinds = {node.op.kind for node in graph.nodes}
    branches: list[str] = []
    axes = len(graph.types[graph.input].spatial)
    for kind, cls, init in (
        ("conv", f"nn.Conv{axes}d", policy.conv),
        ("conv_transpose", f"nn.ConvTranspose{axes}d", policy.conv),
        ("linear", "nn.Linear", policy.linear),
    ):
        statement = init_statement("m.weight", init)
        if kind not in kinds or not statement:
            continue
        branches += [f"            {'elif' if branches else 'if'} isinstance(m, {cls}):", *lines(_call_doc(statement), 16)]
        if any(node.op.kind == kind and getattr(node.op, "bias", False) for node in graph.nodes):
            branches += ["                if m.bias is not None:", "                    nn.init.zeros_(m.bias)"]
    found = ["        for m in self.modules():", *branches] if branches else []
    for _, statement in late:
        found += lines(_call_doc(statement.replace("{owner}", "self")), 8)
    own: dict[str, list[str]] = {}
    for plan in plans.values():
        for _, statement in plan.late_init:
            owned = own.setdefault(plan.name, [])
            text = statement.replace("{owner}", "m")
            if text not in owned:
                owned.append(text)
    if own:
        found.append("        for m in self.modules():")
        for place, (name, statements) in enumerate(own.items()):
            found.append(f"            {'elif' if place else 'if'} isinstance(m, {name}):")
            for text in statements:
                found += lines(_call_doc(text), 16)
    return found
