"""The classes and functions of a network's blocks and modules, each from the group of scopes it stands for."""

import re
from typing import assert_never

from archc.ir.graph import Graph
from archc.ir.op import Init
from archc.ir.types import TensorType
from archc_torch.arguments import Arguments, Key, Value
from archc_torch.body import Body, input_names
from archc_torch.constructor import attribute_lines, container, init_statement
from archc_torch.forward import forward
from archc_torch.instances import Group
from archc_torch.library import LETTERS, Library
from archc_torch.plan import Plan
from archc_torch.printer import WIDTH, Doc, call, lines, signature
from archc_torch.reading import read
from archc_torch.tree import Tree
from archc_torch.words import plain, unused
from archc_torch.writer import Writer


def write_class(graph: Graph, group: Group, name: str, plans: dict[int, Plan], library: Library) -> Plan:
    """The class, or for a sequence whose names are numbers the function, of one group."""
    tree = Tree(group.bodies[0])
    writer = read(Writer(group, tree, plans, library, Arguments(group.bodies, {"self", "x"})))
    slots = _slots(writer)
    if tree.is_chain:
        made, stored, body = lines(container(writer, tree.root), 4, "return "), [], []
    else:
        made = attribute_lines(writer, slots)
        written = forward(writer)
        stored, body = written.stored, written.lines
    inits, late = init_lines(writer)
    plan = _plan(writer, name, [*stored, *made], slots)
    plan.late_init = late
    plan.fillings = _fillings(writer, slots)
    text = description(graph, writer, plan)
    parameters = [*(param.annotated for param in plan.params), *(f"{slot}: nn.Module | None = None" for slot in slots.values())]
    if tree.is_chain:
        plan.source = [*signature(name, parameters, "nn.Sequential", 0), f'    """{text}"""', *made]
        return plan
    plan.source = [
        f"class {name}(nn.Module):",
        f'    """{text}"""',
        "",
        *signature("__init__", ["self", *parameters], "None", 4),
        "        super().__init__()",
        *stored,
        *made,
        *inits,
        "",
        *signature("forward", ["self", *(f"{each}: torch.Tensor" for each in input_names(writer.body))], "torch.Tensor", 4),
        *body,
    ]
    return plan


def _slots(writer: Writer) -> dict[int, str]:
    """The constructor argument of each open shortcut."""
    found: dict[int, str] = {}
    for place in sorted(writer.group.slots):
        levels = writer.members[place].levels
        found[place] = unused(levels[-1] if levels else "shortcut", writer.arguments.taken)
        writer.arguments.taken.add(found[place])
    return found


def _fillings(writer: Writer, slots: dict[int, str]) -> dict[tuple[int, int], Doc]:
    """What each part's open shortcut is: nothing for an identity."""
    found: dict[tuple[int, int], Doc] = {}
    for place in slots:
        for part, body in zip(writer.group.parts, writer.group.bodies, strict=True):
            member = body.members[place]
            if member.applied is None:
                plan = writer.plans[member.part]
                found[part, place] = plan.call(plan.literals(member.part), writer.filled(member.part))
            elif member.applied.op.kind != "identity":
                found[part, place] = writer.constant_module(body, place)
    return found


def _plan(writer: Writer, name: str, written: list[str], slots: dict[int, str]) -> Plan:
    """The class as the one around it sees it: the arguments its constructor reads, and what leaves it."""
    text = "\n".join(written)
    params = [param for param in writer.arguments.ordered() if re.search(rf"(?<![\w.\"]){param.name}\b(?!=)", text)]
    body = writer.body
    first = body.scope.inputs[0] if body.scope.inputs else ""
    inputs: dict[Key, int] = {("channels", number): number for number in range(len(body.inputs))}
    if first in body.input_names:
        inputs["argument", "in"] = body.input_names.index(first)
    out = writer.flows.get(body.outputs[0])
    out_key = next((param.key for param in params if out is not None and not out.literal and param.name == out.text), None)
    out_values: tuple[Value, ...] = out.values if out is not None and out_key is None else ()
    places = {part: place for place, part in enumerate(writer.group.parts)}
    maker = writer.makers.get(writer.value(body.outputs[0]))
    safe = maker is not None and writer.safe(body.outputs[0])
    size = len(body.members)
    return Plan(name, params, places, inputs, out_key, out_values, safe, writer.tree.is_chain, size, slots)


def init_lines(writer: Writer) -> tuple[list[str], list[tuple[str, str]]]:
    """Tensors with a beginning of their own: norms at once, what the network's loop would overwrite afterwards."""
    now: list[str] = []
    late: list[tuple[str, str]] = []
    for place, member in enumerate(writer.members):
        for tensor, init in member.init:
            path = writer.tree.access(member.levels, place, "{owner}") + ("" if member.bare else f".{tensor}")
            kind = member.applied.op.kind if member.applied else ""
            statement = tensor_statement(path, tensor, init)
            if kind in ("conv", "conv_transpose", "linear"):
                late.append((kind, statement))
            elif statement:
                now += lines(_call_doc(statement.replace("{owner}", "self")), 8)
    return now, late


def tensor_statement(path: str, tensor: str, init: Init) -> str:
    if init.kind != "torch":
        return init_statement(path, init)
    if tensor == "weight":
        return f"nn.init.kaiming_uniform_({path}, a=5**0.5)"
    bound = f"{path.removesuffix('.bias')}.weight[0].numel() ** -0.5"
    return f"nn.init.uniform_({path}, -({bound}), {bound})"


def _call_doc(statement: str) -> Doc:
    function, _, arguments = statement.partition("(")
    return call(function, *arguments[:-1].split(", "))


def description(graph: Graph, writer: Writer, plan: Plan) -> str:
    """What it is and its shapes, `(N, in_channels, H, W) to (N, out_channels, H / stride, W / stride)`."""
    body = writer.body
    first = _first_input(body)
    before, after = graph.types[first], graph.types[body.output_names[0]]
    names = {param.key: param.name for param in plan.params}
    number = body.input_names.index(first)
    taken = names.get(("argument", "in")) or names.get(("channels", number)) or _constant(graph, writer, before=True)
    made = names[plan.out_key] if plan.out_key is not None else _constant(graph, writer, before=False)
    made = made or names.get(("argument", "out"), "C")
    what = plain(body.scope.template.replace("_", " ")) + (" block" if body.scope.kind == "block" else "")
    shapes = f"{_shape(before, taken or made, '')} to {_shape(after, made, _scaled(graph, writer, names))}"
    text = f"{what[:1].upper()}{what[1:]}: {shapes}."
    indent = 4
    return text if indent + 6 + len(text) <= WIDTH else f"{what[:1].upper()}{what[1:]}.\n\n    {shapes}.\n    "


def _first_input(body: Body) -> str:
    named = body.scope.inputs[0] if body.scope.inputs else ""
    return named if named in body.input_names else body.input_names[0]


def _constant(graph: Graph, writer: Writer, *, before: bool) -> str:
    """The channels of the first input or of the output, if they are the same in every instance."""
    names = [_first_input(body) if before else body.output_names[0] for body in writer.group.bodies]
    found = {graph.types[name].channels for name in names}
    return str(found.pop()) if len(found) == 1 else ""


def _scaled(graph: Graph, writer: Writer, names: dict[Key, str]) -> str:
    """What height and width are divided by: the stride where there is one, a number where all instances agree."""
    strides = writer.arguments.of_scope("stride")
    ratios = []
    for body in writer.group.bodies:
        before, after = graph.types[_first_input(body)].spatial, graph.types[body.output_names[0]].spatial
        ratios.append(-(-before[0] // after[0]) if before and after else 0)
    if strides is not None and list(strides) == ratios and ("argument", "stride") in names:
        return f" / {names['argument', 'stride']}"
    return f" / {ratios[0]}" if len(set(ratios)) == 1 and ratios[0] > 1 else ""


def _shape(type_: TensorType, channels: str, scale: str) -> str:
    match type_.kind:
        case "map" if type_.is_pixel:
            return f"(N, {channels}{', 1' * len(type_.spatial)})"
        case "map":
            return f"(N, {channels}, {', '.join(letter + scale for letter in LETTERS[len(type_.spatial)].split(', '))})"
        case "tokens":
            return f"(N, T, {channels})"
        case "vector":
            return f"(N, {channels})"
        case _:
            assert_never(type_.kind)
