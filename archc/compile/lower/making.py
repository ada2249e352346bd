"""From a step and its operands to a node: attributes read, shapes inferred, a misfit reported at the value at fault."""

from contextlib import suppress

from archc.compile.lower.atoms import UNIT_KEYS, Atom
from archc.compile.lower.attributes import Attributes
from archc.compile.lower.builder import Ref
from archc.compile.lower.context import Failed
from archc.compile.lower.faults import blame, with_values
from archc.compile.lower.frame import POISON, Frame, Result
from archc.compile.lower.kinds import init_kind
from archc.compile.lower.names import Names, NormKind, identifier
from archc.compile.lower.operations import WORDS, Made, norm_of, operation
from archc.compile.lower.values import argument_of, parsed
from archc.diagnostics import Note, Span
from archc.ir import ops
from archc.ir.graph import Node
from archc.ir.op import Init
from archc.ir.ops import Operation
from archc.ir.types import ShapeError, TensorType
from archc.language.document.nodes import Map, Scalar, Sequence
from archc.language.expressions.tree import names as names_in
from archc.suggest import advice

MOST_OPERANDS = 64
"""Of an operation that takes any number."""
STRIDES = "convolutions, pools, `subsample` and modules with a parameter `stride` do"


def make_convolution(frame: Frame, atom: Atom, operands: list[Ref]) -> Result:
    """The convolution of a unit."""
    a = Attributes(atom.step, frame.names, f"`{atom.unit}`", frame.given_to(atom.unit))
    a.seen.update(UNIT_KEYS)
    return _make(frame, atom, a, operands, "conv")


def make_norm(frame: Frame, atom: Atom, kind: NormKind, operand: Ref) -> Result:
    """The norm of a unit."""
    if operand.type is None:
        return POISON
    arguments = (("channels", operand.channels),) if operand.channels else ()
    init = (("weight", Init("constant", 0.0)),) if atom.name == frame.zero_norm else ()
    op = norm_of(kind, operand.type.channels, frame.context)
    return emit(frame, atom, op, [operand], arguments=arguments, channels=operand.channels, said=kind.origin, init=init)


def make_operation(frame: Frame, atom: Atom, operands: list[Ref]) -> Result:
    """A step `{op: …}`."""
    word = atom.step.get("op")
    kind = word.value if isinstance(word, Scalar) else None
    if not isinstance(kind, str) or kind not in WORDS:
        helped = advice(str(kind), WORDS, "op", "operations: " + ", ".join(WORDS))
        span = word.span if word else atom.span
        raise frame.context.fail("E0204", f"there is no operation `{kind}`", span, "not an operation", help=helped)
    given = frame.given_to(atom.unit)
    fields = {} if WORDS[kind].enlarges else WORDS[kind].record_fields
    if "stride" not in fields and atom.unit in frame.given and given["stride"][0] > 1:
        label = "the block's stride is at this step"
        raise frame.context.fail("E0342", f"`{kind}` takes no stride", atom.span, label, help=STRIDES)
    given = {key: value for key, value in given.items() if key in fields}
    a = Attributes(atom.step, frame.names, f"`{kind}`", given)
    return _make(frame, atom, a, operands, kind)


def _make(frame: Frame, atom: Atom, a: Attributes, operands: list[Ref], kind: str) -> Result:
    exactly = WORDS[kind].operands
    low, high = (1, MOST_OPERANDS) if exactly is None else (exactly, exactly)
    if not low <= len(operands) <= high:
        wanted = str(low) if low == high else f"{low} to {high}"
        message = f"{a.what} takes {wanted} operand{'s' * (high > 1)}, not {len(operands)}"
        raise frame.context.fail("E0334", message, atom.span)
    types = tuple(ref.type for ref in operands if ref.type is not None)
    if len(types) != len(operands):
        look_up(frame, atom.step)
        return POISON
    op = operation(kind, Made(a, types, operands[0].channels, frame.defaults))
    recorded = dict(a.finish())
    if isinstance(op, ops.Identity) and kind in ("norm", "act"):
        return operands[0]  # `norm: none`: the name stands for what it would have read
    fields = op.record_fields
    arguments = tuple((key, name) for key, name in recorded.items() if key in fields)
    channels = _channels(op, atom, frame.names, recorded, operands)
    init = _init(frame, atom, op)
    default = frame.defaults.norm
    said = default.origin if kind == "norm" and not a.has("kind") and isinstance(default, NormKind) else None
    return emit(frame, atom, op, operands, arguments=arguments, channels=channels, a=a, said=said, init=init)


def look_up(frame: Frame, step: Map) -> None:
    """Tell of the unknown names in the sizes of a step whose operand is not known."""
    for key in ("out", "kernel", "stride", "dilation", "groups", "padding"):
        node = step.get(key)
        for item in node.items if isinstance(node, Sequence) else (node,):
            if isinstance(item, Scalar) and isinstance(item.value, str):
                with suppress(Failed):
                    for name in names_in(parsed(item, frame.names)):
                        frame.names.get(name, item.span)


def _channels(op: Operation, atom: Atom, names: Names, recorded: dict[str, str], operands: list[Ref]) -> str | None:
    """Which of the scope's arguments the output's channels are, where that is known by construction."""
    if "out_channels" in op.record_fields:
        return recorded.get("out_channels")
    if op.passes_channels():
        return next((ref.channels for ref in operands if ref.channels), None)
    if isinstance(op, ops.PadChannels) and (out := atom.step.get("out")) is not None:
        return dict(argument_of("out", out, names)).get("out")
    type_ = operands[0].type
    pooled = type_ is not None and type_.is_pixel
    return operands[0].channels if isinstance(op, ops.Flatten) and pooled else None


def _init(frame: Frame, atom: Atom, op: Operation) -> tuple[tuple[str, Init], ...]:
    node = atom.step.get("init")
    if not isinstance(node, Map):
        return ()
    known = [parameter.name for parameter in op.parameters() if parameter.trainable]
    found: list[tuple[str, Init]] = []
    for entry in node:
        if entry.key in known:
            found.append((str(entry.key), init_kind(entry.value, frame.names)))
            continue
        helped = advice(str(entry.key), known)
        label = "it has " + (", ".join(known) or "no tensors")
        frame.context.report("E0318", f"`{atom.name}` has no tensor `{entry.key}`", entry.span, label, help=helped)
    return tuple(found)


def emit(
    frame: Frame,
    atom: Atom,
    op: Operation,
    operands: list[Ref],
    *,
    arguments: tuple[tuple[str, str], ...] = (),
    channels: str | None = None,
    a: Attributes | None = None,
    said: Span | None = None,
    init: tuple[tuple[str, Init], ...] = (),
) -> Result:
    """Adds the node; a split gives a list, anything else one value. What does not fit is told of `a`'s value, or at `said`."""
    types = tuple(ref.type for ref in operands if ref.type is not None)
    if len(types) != len(operands):
        return POISON
    try:
        out = op.infer(*types)
        _within_limits(frame, out)
    except ShapeError as error:
        raise _misfit(frame, error, atom, a, said) from None
    names = tuple(ref.name for ref in operands)
    path = claimed(frame, atom)
    outputs = tuple(f"{path}:{i}" for i in range(len(out))) if isinstance(op, ops.Split) else (path,)
    unit = atom.unit if atom.what != "step" else ""
    node = Node(path, frame.part.interned(op), names, outputs, frame.scope, arguments, init, atom.role, atom.span, unit)
    frame.part.add(node, out)
    refs = [Ref(name, type_, channels) for name, type_ in zip(outputs, out, strict=True)]
    return refs if isinstance(op, ops.Split) else refs[0]


def claimed(frame: Frame, atom: Atom) -> str:
    """The path of what an atom makes; E0338 if something else has that name."""
    path = frame.path(atom.name)
    expanded(frame, atom)
    first = frame.part.taken.setdefault(path, atom.span)
    if first is not atom.span:
        message = f"`{atom.name}` is the name of two nodes"
        raise frame.context.fail("E0338", message, atom.span, "the second", notes=(Note("the first", first),))
    return path


def expanded(frame: Frame, atom: Atom) -> None:
    """E0416 once a stem, head or block has more operations, modules and turns than the limit."""
    most = frame.context.limits.operations
    if len(frame.part.nodes) + len(frame.part.scopes) - frame.part.placed > most:
        raise frame.context.too_large("this stem, head or block", most, atom.span)


def _within_limits(frame: Frame, types: tuple[TensorType, ...]) -> None:
    limits = frame.context.limits
    for type_ in types:
        if not type_.is_map:
            continue
        if type_.channels > limits.channels:
            message = f"{type_.channels} channels are over the limit of {limits.channels}"
            raise ShapeError("E0411", message, help="raise it with --limit channels=N")
        if max(type_.spatial) > limits.size:
            message = f"a size of {max(type_.spatial)} is over the limit of {limits.size}"
            raise ShapeError("E0411", message, help="raise it with --limit size=N")


def _misfit(frame: Frame, error: ShapeError, atom: Atom, a: Attributes | None, said: Span | None) -> Failed:
    context = frame.context
    if context.guessed:
        return Failed()
    at = ", ".join(filter(None, (f"at `{atom.name}`", context.where)))
    if said is None and (a is None or not error.attribute):
        return context.fail(error.code, error.message, atom.span, at, help=error.help)
    own = a.blame(error.attribute) if a else None
    span = said or (blame(own, frame.names) if own else atom.span)
    if own and span == own.span:
        return context.fail(error.code, error.message, span, at, help=error.help)
    values = with_values(dict.fromkeys(name for entry in atom.step if (name := identifier(entry.value))), frame.names)
    note = Note(", ".join(filter(None, ("used here", values))), atom.span)
    return context.fail(error.code, error.message, span, context.where, help=error.help, notes=(note,))
