"""A use of a module: its file found, its arguments evaluated where they are written, its steps run in a scope of their own."""

from archc.diagnostics import SpecError
from archc.document.nodes import Entry, Map, Scalar, Sequence
from archc.ir.graph import Scope, ScopeArgument
from archc.library import Document, Kind
from archc.lower.atoms import Atom
from archc.lower.builder import Ref
from archc.lower.context import Context, Failed
from archc.lower.frame import Frame
from archc.lower.names import ActKind, Named, Names, NormKind, NormModule, NoNorm, identifier
from archc.lower.unused import check_parameters
from archc.lower.values import typed
from archc.suggest import nearest

_OWN = ("module", "of", "when", "init", "after", "before")
_DEFAULTS = ("norm", "act", "conv")


def definition(context: Context, name: Scalar, kind: Kind) -> Document:
    """The definition a name stands for; problems in finding or reading it are reported, and Failed raised."""
    user = context.library.file_of(name.span.source)
    try:
        path = context.library.find(name, user, kind)
        document = context.library.read(path, context.library.shown(path, user, name.span.source.name), kind)
    except SpecError as error:
        context.diagnostics += error.diagnostics
        raise Failed from None
    check_parameters(context, document)
    return document


def parameters_of(document: Document) -> dict[str, Map]:
    declared = document.root.get("parameters")
    return {str(e.key): e.value for e in declared if isinstance(e.value, Map)} if isinstance(declared, Map) else {}


def use_module(frame: Frame, atom: Atom, operands: list[Ref]) -> Ref:
    """Expands `{module: NAME, …}` at `atom`; the value is its last step's."""
    context = frame.context
    name = atom.step.get("module")
    if not isinstance(name, Scalar):
        raise context.fail("E0331", f"`{atom.name}` does not name a module", atom.span)
    document = definition(context, name, "module")
    path = frame.path(atom.name)
    if any(what == f"module `{document.name}`" for _, what in context.trail):
        raise context.fail("E0306", f"module `{document.name}` uses itself", name.span, "a module cannot contain itself")
    inputs = document.root.get("inputs")
    wanted = [str(i.value) for i in inputs.items if isinstance(i, Scalar)] if isinstance(inputs, Sequence) else ["x"]
    if len(operands) != len(wanted):
        message = f"module `{document.name}` takes {len(wanted)} operands ({', '.join(wanted)}), not {len(operands)}"
        raise context.fail("E0334", message, atom.span)
    types = [ref.type for ref in operands]
    if any(type_ is None for type_ in types):
        return Ref("", None)
    first = operands[0]
    assert first.type is not None
    declared = parameters_of(document)
    names = _names(frame, atom, document, declared, first.type.channels)
    inner = "in"
    place = len(frame.part.scopes)
    frame.part.scopes.append(Scope(path, "module", document.name))
    values = {want: Ref(ref.name, ref.type, inner if i == 0 else None) for i, (want, ref) in enumerate(zip(wanted, operands, strict=True))}
    defaults = frame.defaults.restated(_restated(atom.step, declared), frame.names)
    steps = document.root.get("steps")
    with context.inside(atom.span, f"module `{document.name}`"):
        child = Frame(context, names, defaults, frame.part, path, f"module `{document.name}`", dict(values), "main")
        last = child.run_steps(steps, values[wanted[0]]) if isinstance(steps, Map) else values[wanted[0]]
        if isinstance(last, list):
            raise context.fail("E0337", f"module `{document.name}` ends in a list", atom.span, "one value is wanted")
    arguments = _arguments(frame, atom, declared, names, first)
    refs = tuple(ref.name for ref in operands)
    frame.part.scopes[place] = Scope(
        path, "module", document.name, arguments, refs, last.name, atom.role, origin=atom.span
    )
    return Ref(last.name, last.type, _channels(last, arguments))


def _channels(last: Ref, arguments: tuple[ScopeArgument, ...]) -> str | None:
    """Which of the enclosing scope's arguments the channels of a module's value are: by name, or the module's `out`."""
    named = {argument.name: argument for argument in arguments}
    if last.channels in named:
        return named[last.channels].passed
    out = named.get("out")
    same = out is not None and last.type is not None and out.value == last.type.channels
    return out.passed if same and out is not None else None


def _restated(step: Map, declared: dict[str, Map]) -> Map:
    """The arguments `norm`, `act`, `conv` that the module does not declare: they restate its defaults."""
    return Map(tuple(e for e in step if e.key in _DEFAULTS and e.key not in declared), step.span)


def _names(frame: Frame, atom: Atom, document: Document, declared: dict[str, Map], channels: int) -> Names:
    """The names of a module's file: `in`, and its parameters, each evaluated when first asked for."""
    context = frame.context
    given = frame.given.get(atom.unit, {}) if atom.what == "step" else {}
    if frame.dilation[0] > 1 and "dilation" not in given and atom.role == "main":
        given = {**given, "dilation": frame.dilation}
    names = Names(context, f"module `{document.name}`", {"in": channels}, outer=None)
    names.arguments = frozenset(("in", *declared))
    nodes = {}
    for key, declaration in declared.items():
        entry = atom.step.entry(key)
        default = declaration.get("default")
        if entry is not None:
            nodes[key] = entry.value
            names.lazy[key] = _maker(declaration, entry.value, frame.names, f"`{key}` of module `{document.name}`")
        elif key in given:
            names.known[key] = given[key][0]
        elif default is not None:
            nodes[key] = default
            names.lazy[key] = _maker(declaration, default, names, f"`{key}` of module `{document.name}`")
        else:
            context.report("E0308", f"module `{document.name}` needs `{key}`", atom.span, "this argument is missing")
            raise Failed
    names.nodes = _Chain(nodes, frame.names)
    if given.get("stride", (1, None))[0] > 1 and "stride" not in declared:
        raise context.fail("E0342", f"module `{document.name}` takes no stride", atom.span, "the block's stride is at this step")
    _unknown_arguments(context, atom.step, document, declared)
    return names


class _Chain(dict[str, object]):  # type: ignore[type-arg]
    """The values of a module's parameters; a value that is itself a name of the caller is followed there."""

    def __init__(self, nodes: dict[str, object], caller: Names) -> None:
        super().__init__(nodes)
        for key, node in nodes.items():
            name = identifier(node)  # type: ignore[arg-type]
            further = caller.node(name) if name is not None else None
            if further is not None:
                self[key] = further


def _maker(declaration: Map, node: object, names: Names, what: str):  # type: ignore[no-untyped-def]
    return lambda: typed(declaration, node, names, what)  # type: ignore[arg-type]


def _unknown_arguments(context: Context, step: Map, document: Document, declared: dict[str, Map]) -> None:
    for entry in step:
        if entry.key not in declared and entry.key not in _OWN and entry.key not in _DEFAULTS:
            guess = nearest(str(entry.key), [*declared, *_DEFAULTS])
            helped = f"did you mean `{guess}`?" if guess else "its parameters: " + (", ".join(declared) or "none")
            message = f"module `{document.name}` has no parameter `{entry.key}`"
            context.report("E0201", message, entry.span, "unknown argument", help=helped)


def _arguments(frame: Frame, atom: Atom, declared: dict[str, Map], names: Names, first: Ref) -> tuple[ScopeArgument, ...]:
    """What the scope was made with, as far as its steps asked."""
    found = [ScopeArgument("in", first.type.channels if first.type else 0, first.channels)]
    given = frame.given.get(atom.unit, {})
    for key in declared:
        value: Named | None = names.known.get(key)
        if value is None or isinstance(value, NormKind | NormModule | NoNorm | ActKind):
            continue
        entry: Entry | None = atom.step.entry(key)
        passed = identifier(entry.value) if entry is not None else None
        if passed is not None and not frame.names.passes(passed):
            passed = None
        if entry is None and key in given:
            passed = given[key][1]
        found.append(ScopeArgument(key, value, passed))
    return tuple(found)
