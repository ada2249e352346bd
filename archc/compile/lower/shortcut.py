"""The shortcut of a block: the policy that its name stands for, the branch it makes, and how the two are joined."""

from archc.compile.lower.atoms import Atom, is_unit
from archc.compile.lower.builder import Ref
from archc.compile.lower.context import Context, Failed
from archc.compile.lower.frame import Frame, Result
from archc.compile.lower.making import emit
from archc.compile.lower.modules import definition, parameters_of, read_parameters
from archc.compile.lower.names import Names
from archc.compile.lower.running import ONE, run, use_module
from archc.diagnostics import Span
from archc.ir.arrange import Add, Identity
from archc.ir.types import ShapeError
from archc.language.document.nodes import Map, Node, Scalar
from archc.language.spec.paths import NothingThere, change
from archc.record import Record
from archc.suggest import advice

PARTS = ("same", "change", "join")


class Policy(Record):
    """`same`, `change` and `join`, and the policy's own names for what its file says."""

    same: Node
    change: Node
    join: Node | None
    node: Node

    def span_of(self, part: Node, context: Context) -> Span:
        """Where a part is to be shown: itself, if the network says it, else the policy's name."""
        return self.node.span if context.is_definition(part.span.source) else part.span


class Branch(Record):
    """A block's input, what enters its first convolution, what its residual branch comes to; whether the block changes the
    shape, and whether neither norm nor activation stands before the convolution.
    """

    x: Ref
    preact: Result
    residual: Ref
    changes: bool
    begins_conv: bool


def read_policy(context: Context, node: Node, names: Names) -> tuple[Policy, Names]:
    """A name, `{kind: NAME, …}` or the explicit `{same, change, join}`; also the names its expressions see."""
    name = node if isinstance(node, Scalar) else node.get("kind") if isinstance(node, Map) else None
    if name is None and isinstance(node, Map):
        _known(context, node, PARTS, "`shortcut`")
        missing = [part for part in ("same", "change") if part not in node]
        if missing:
            raise context.fail("E0202", f"`shortcut` does not say `{missing[0]}`", node.span, "identity, none, or a step")
        _whole(context, node)
        context.take(node, {"join": "add"})
        return Policy(node.get("same") or node, node.get("change") or node, node.get("join"), node), names
    if not isinstance(name, Scalar):
        raise context.fail("E0203", "`shortcut` is a name or a map", node.span)
    document = definition(context, name, "shortcut")
    declared = parameters_of(document)
    given = node if isinstance(node, Map) else Map((), node.span)
    _known(context, given, ("kind", *PARTS, *declared), f"shortcut `{document.name}`")
    inner = Names(context, f"shortcut `{document.name}`", {}, outer=names, nodes={})
    inner.arguments = names.arguments
    # a default may name the policy's other parameters
    inner.nodes = read_parameters(inner, document, declared, given, caller=names, use=node, span=node.span)
    parts = Map(tuple(e for e in document.root if e.key in PARTS), document.root.span)
    for entry in given:
        if str(entry.key).partition(".")[0] in PARTS:
            try:
                parts = change(parts, str(entry.key), entry, "policy")
            except NothingThere:
                raise context.fail("E0305", f"nothing to remove at `shortcut.{entry.key}`", entry.span) from None
    _whole(context, parts)
    same, changed = parts.get("same"), parts.get("change")
    if same is None or changed is None:
        raise context.fail("E0202", f"shortcut `{document.name}` says `same` and `change`", node.span)
    return Policy(same, changed, parts.get("join"), node), inner


def _known(context: Context, node: Map, known: tuple[str, ...], title: str) -> None:
    for entry in node:
        if str(entry.key).partition(".")[0] not in known:
            helped = advice(str(entry.key), known, "keys shortcut", "its keys: " + ", ".join(known))
            context.report("E0201", f"unknown key `{entry.key}` in {title}", entry.span, help=helped)


def _whole(context: Context, parts: Map) -> None:
    """E0305 for a path into a part that is a word."""
    for entry in parts:
        part, dot, _ = str(entry.key).partition(".")
        if dot:
            label = f"`{part}` is no map here"
            raise context.fail("E0305", f"nothing to change at `shortcut.{entry.key}`", entry.span, label)


def join(frame: Frame, policy: Policy, names: Names, branch: Branch) -> Ref:
    """Lower the shortcut and join it to the residual branch; without a shortcut, return the residual as it is."""
    context = frame.context
    node = policy.change if branch.changes else policy.same
    residual = branch.residual
    if isinstance(node, Scalar) and node.value == "none":
        return residual
    side = Frame(context, names, frame.defaults, frame.part, frame.scope, {"x": branch.x, "preact": branch.preact}, "shortcut")
    side.dilation = frame.dilation
    was, context.guessed = context.guessed, context.guessed or residual.type is None  # both may fail for one reason
    try:
        shortcut = _beside(side, policy, node, branch)
    finally:
        context.guessed = was
    how = policy.join
    if how is None or (isinstance(how, Scalar) and how.value == "add"):
        return _added(frame, node, policy, residual, shortcut)
    if not isinstance(how, Map) or "module" not in how:
        raise context.fail("E0331", "`join` is `add` or a module over [shortcut, residual, x]", how.span)
    atom = Atom("add", "step", how, policy.span_of(how, context), "add")
    side.role = "main"
    return use_module(side, atom, [shortcut, residual, branch.x])


def _added(frame: Frame, part: Node, policy: Policy, residual: Ref, shortcut: Ref) -> Ref:
    """Add the two; unlike shapes are reported at the part of the policy that made the shortcut."""
    context = frame.context
    try:
        if residual.type is not None and shortcut.type is not None:
            Add().infer(residual.type, shortcut.type)
    except ShapeError as error:
        if context.guessed:
            raise Failed from None
        message = f"a shortcut of {shortcut.type} cannot be added to a branch of {residual.type}"
        helped = "as shortcut B does, project to the shape of the branch"
        raise context.fail(error.code, message, policy.span_of(part, context), context.where, help=helped) from None
    span = policy.span_of(part, context)
    atom = Atom("add", "step", Map((), span), span, "add")
    result = emit(frame, atom, Add(), [residual, shortcut], channels=residual.channels or shortcut.channels)
    return result if isinstance(result, Ref) else result[0]


def _beside(side: Frame, policy: Policy, node: Node, branch: Branch) -> Ref:
    context = side.context
    if isinstance(node, Scalar):
        if node.value != "identity":
            which = "change" if branch.changes else "same"
            helped = advice(str(node.value), ("identity", "none"), "branch")
            label = "identity, none, or a step"
            raise context.fail("E0204", f"`{which}` cannot be `{node.value}`", node.span, label, help=helped)
        span = policy.span_of(node, context)
        atom = Atom("shortcut", "step", Map((), span), span, "shortcut", role="shortcut")
        result: Result = emit(side, atom, Identity(), [branch.x], channels=branch.x.channels)
    else:
        if not isinstance(node, Map) or is_unit(node):
            raise context.fail("E0331", "a shortcut's branch is an operation or a module", node.span)
        if branch.changes and not branch.begins_conv and "of" not in node:
            message = "the branch does not begin with a convolution, so the shortcut must say what it reads"
            named = policy.node.value if isinstance(policy.node, Scalar) else None
            helped = f"`shortcut: {{kind: {named}, change.of: preact}}`, say" if named else ""
            raise context.fail("E0346", message, policy.span_of(node, context), "of: x or of: preact?", help=helped)
        context.take(node, {"of": "x"})
        atom = Atom("shortcut", "step", node, policy.span_of(node, context), "shortcut", role="shortcut")
        result = run(side, [atom], branch.x)
    if isinstance(result, list):
        raise context.fail("E0337", "a shortcut's branch ends in a list", policy.span_of(node, context), help=ONE)
    return result
