"""A definition that is used: its file found, its parameters and their values, evaluated where they are written."""

from archc.compile.lower.atoms import Atom
from archc.compile.lower.builder import Ref
from archc.compile.lower.context import PASSED, Context, Failed
from archc.compile.lower.frame import Frame
from archc.compile.lower.names import ActKind, Maker, Named, Names, NoNorm, NormKind, NormModule, identifier
from archc.compile.lower.values import typed
from archc.diagnostics import Note, Span, SpecError
from archc.ir.graph import ScopeArgument
from archc.language.document.nodes import Entry, Map, Node, Scalar, Sequence
from archc.language.library import Document
from archc.language.shipped import Kind
from archc.language.spec.mend import guess_of
from archc.record import replace
from archc.suggest import advice

_OWN = ("module", "of", "when", "after", "before")
_DEFAULTS = ("norm", "act", "conv")


def definition(context: Context, name: Scalar, kind: Kind) -> Document:
    """The definition a name stands for; problems in finding or reading it are reported, and Failed raised."""
    key = (str(name.value), name.span.source, kind)
    if key in context.found:
        document = context.found[key]
        if context.taken is not None:
            context.taken.names[id(name)] = (name, document)
        return document
    user = context.library.file_of(name.span.source)
    try:
        path = context.library.find(name, user, kind)
        document = context.library.read(path, context.library.shown(path, user, name.span.source.name), kind, at=name)
    except SpecError as error:
        context.diagnostics += error.diagnostics
        first = error.diagnostics[0]
        guess = guess_of(first) if first.span == name.span else None
        if guess is None:
            raise Failed from None
        return definition(context, Scalar(guess, guess, name.span), kind)  # so that what it is told is checked too
    if document.problems:
        from archc.language.spec.lost import removes_nothing

        used = Note("used here", name.span)
        # What removes nothing is told of the definition's file; networks that use it were always compiled.
        problems = [problem for problem in document.problems if not removes_nothing(problem)]
        context.diagnostics += [replace(problem, notes=(*problem.notes, used)) for problem in problems]
        context.doubted |= {"*"} if problems else set()
    context.used.append((name, document))
    context.found[key] = document
    return definition(context, name, kind)


def parameters_of(document: Document) -> dict[str, Map]:
    declared = document.root.get("parameters")
    return {str(e.key): e.value for e in declared if isinstance(e.value, Map)} if isinstance(declared, Map) else {}


def input_names(document: Document) -> list[str]:
    """What a module calls its operands: `[x]` unless it says."""
    inputs = document.root.get("inputs")
    return [str(i.value) for i in inputs.items if isinstance(i, Scalar)] if isinstance(inputs, Sequence) else ["x"]


def channels_outside(last: Ref, arguments: tuple[ScopeArgument, ...]) -> str | None:
    """Which of the enclosing scope's arguments the channels of a module's value are: by name, or the module's `out`."""
    named = {argument.name: argument for argument in arguments}
    if last.channels in named:
        return named[last.channels].passed
    out = named.get("out")
    same = out is not None and last.type is not None and out.value == last.type.channels
    return out.passed if same and out is not None else None


def restated(step: Map, declared: dict[str, Map]) -> Map:
    """The arguments `norm`, `act`, `conv` that the module does not declare: they restate its defaults."""
    return Map(tuple(e for e in step if e.key in _DEFAULTS and e.key not in declared), step.span)


def module_names(frame: Frame, atom: Atom, document: Document, channels: int) -> Names:
    """The names of a module's file: `in`, and its parameters, each evaluated when first asked for."""
    context, declared = frame.context, parameters_of(document)
    given = frame.given.get(atom.unit, {}) if atom.what == "step" else {}
    if frame.dilation[0] > 1 and "dilation" not in given and atom.role == "main":
        given = {**given, "dilation": frame.dilation}
    if frame.dilation[1] is not None and atom.role == "main":
        context.take(atom.step, {"dilation": PASSED})
    names = Names(context, f"module `{document.name}`", {"in": channels}, outer=None)
    names.arguments = frozenset(("in", *declared))
    if _unknown_arguments(context, atom.step, document, declared):
        raise Failed
    passed = [key for key in declared if key in given and key not in atom.step]
    for key in passed:
        names.known[key] = given[key][0]
        context.take(atom.step, {key: PASSED})
    others = {key: declaration for key, declaration in declared.items() if key not in passed}
    nodes = read_parameters(names, document, others, atom.step, caller=frame.names, use=atom.step, span=atom.span)
    names.nodes = _followed(nodes, frame.names)
    if given.get("stride", (1, None))[0] > 1 and "stride" not in declared:
        message = f"module `{document.name}` has no parameter `stride`"
        raise context.fail("E0342", message, atom.span, "the block's stride is at this step")
    return names


def _followed(nodes: dict[str, Node], caller: Names) -> dict[str, Node]:
    """A parameter's value that is itself a name of the caller is followed there, to point at what the user wrote."""
    followed = dict(nodes)
    for key, node in nodes.items():
        name = identifier(node)
        further = caller.node(name) if name is not None else None
        if further is not None:
            followed[key] = further
    return followed


def read_parameters(
    names: Names, document: Document, declared: dict[str, Map], values: Map, *, caller: Names, use: Node, span: Span
) -> dict[str, Node]:
    """Let `names` evaluate the parameters that a definition declares, each when first asked for; return their nodes.

    A parameter is among `values`, evaluated with the names of the caller, or has a default, evaluated with the definition's own
    and kept as what `use` leaves out. A parameter with neither is reported at `span`, and Failed raised.
    """
    suffix, noun = (f" of module `{document.name}`", "argument") if document.kind == "module" else ("", "parameter")
    nodes: dict[str, Node] = {}
    for key, declaration in declared.items():
        node, is_given = values.get(key), key in values
        node = node if is_given else declaration.get("default")
        if node is None:
            message = f"{document.kind} `{document.name}` needs `{key}`"
            raise names.context.fail("E0308", message, span, f"this {noun} is missing")
        nodes[key] = node
        names.lazy[key] = _maker(names, declaration, node, f"`{key}`{suffix}", caller if is_given else None, (use, key))
    return nodes


def _maker(names: Names, declaration: Map, node: Node, title: str, caller: Names | None, omitted: tuple[Node, str]) -> Maker:
    """A parameter's value; without a caller a default, kept as what the use of the definition leaves out."""

    def value() -> Named:
        if caller is not None:
            return typed(declaration, node, caller, title)
        default = typed(declaration, node, names, title)
        names.context.take(omitted[0], {omitted[1]: default})
        return default

    return value


def _unknown_arguments(context: Context, step: Map, document: Document, declared: dict[str, Map]) -> bool:
    """Reports them; whether there are any."""
    unknown = [entry for entry in step if entry.key not in declared and entry.key not in (*_OWN, *_DEFAULTS)]
    for entry in unknown:
        listed = "its parameters: " + (", ".join(declared) or "none")
        helped = advice(str(entry.key), [*declared, *_DEFAULTS], "keys module", listed)
        message = f"module `{document.name}` has no parameter `{entry.key}`"
        context.report("E0201", message, entry.span, "unknown argument", help=helped)
    return bool(unknown)


def scope_arguments(frame: Frame, atom: Atom, document: Document, names: Names, first: Ref) -> tuple[ScopeArgument, ...]:
    """What the scope was made with, as far as its steps asked."""
    arguments = [ScopeArgument("in", first.type.channels if first.type else 0, first.channels)]
    given = frame.given.get(atom.unit, {})
    for key in parameters_of(document):
        value: Named | None = names.known.get(key)
        if value is None or isinstance(value, NormKind | NormModule | NoNorm | ActKind):
            continue
        entry: Entry | None = atom.step.entry(key)
        passed = identifier(entry.value) if entry is not None else None
        if passed is not None and not frame.names.passes(passed):
            passed = None
        if entry is None and key in given:
            passed = given[key][1]
        arguments.append(ScopeArgument(key, value, passed))
    return tuple(arguments)
