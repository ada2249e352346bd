"""One block: its branch in order, what the network inserts, the shortcut, the addition and what follows it."""

from itertools import takewhile

from archc.compile.lower.atoms import Atom, is_unit, step_atoms, unit_atoms
from archc.compile.lower.builder import INPUT, Fragment, Ref
from archc.compile.lower.context import Context, Failed
from archc.compile.lower.frame import Frame
from archc.compile.lower.insert import Rows, insert
from archc.compile.lower.kinds import Defaults
from archc.compile.lower.modules import read_parameters
from archc.compile.lower.names import ActKind, Named, Names, NoNorm, NormKind, NormModule
from archc.compile.lower.running import ONE, run
from archc.compile.lower.settings import Settings
from archc.compile.lower.shortcut import Branch, join, read_policy
from archc.compile.lower.unused import check_values
from archc.ir.graph import Scope, ScopeArgument
from archc.ir.types import TensorType
from archc.language.document.nodes import Map, Scalar
from archc.record import Record, replace
from archc.suggest import advice

OWN_NAMES = ("x", "preact", "shortcut", "add")
"""What a block calls its input, what enters its first convolution, its shortcut and the addition."""
INDICES = ("index", "block_index", "repeat", "block_count")


class Surroundings(Record):
    """What every block of a network shares: the network's names and defaults, and whether last norms begin at zero."""

    context: Context
    names: Names
    defaults: Defaults
    zero_last: bool


class Place(Record, compiled=True):
    """What differs from block to block under one set of settings."""

    type: TensorType
    out: int
    stride: int
    dilation: int
    first_dilation: int
    index: int
    repeat: int
    block_index: int
    block_count: int


def block_names(context: Context, settings: Settings, place: Place, network: Names) -> Names:
    """The names of a block's expressions; a parameter is evaluated when first asked for."""
    channels = place.type.channels
    known: dict[str, Named] = {
        "in": channels,
        "out": place.out,
        "stride": place.stride,
        "dilation": place.dilation,
        "change": place.stride != 1 or channels != place.out,
        "index": place.index,
        "repeat": place.repeat,
        "block_index": place.block_index,
        "block_count": place.block_count,
    }
    what = f"block `{settings.kind.name}`"
    names = Names(context, what, known, outer=network, network_only=True)
    if context.tracing is not None and place.stride == 1 and place.out != channels:
        change = context.tracing.deciding(place.out, channels, f"the shortcut in stage `{context.stage}`")
        names.lazy["change"] = change
        known.pop("change")
    names.arguments = frozenset(("in", "out", "stride", "dilation", *settings.declared))
    use = settings.named
    names.nodes = read_parameters(
        names, settings.kind, settings.declared, settings.parameters, caller=names, use=use, span=use.span
    )
    return names


def branch_atoms(context: Context, settings: Settings) -> tuple[list[Atom], list[Atom]]:
    """The residual branch as atoms with the insertions in place, and what follows the addition."""
    units = [entry for entry in settings.steps if isinstance(entry.value, Map) and is_unit(entry.value)]
    atoms: list[Atom] = []
    for entry in settings.steps:
        words = settings.order.of(units.index(entry), len(units)) if entry in units else ()
        for key in ("after", "before"):
            if isinstance(entry.value, Map) and (place := entry.value.entry(key)):
                label = "only what is inserted stands after or before another"
                context.report("E0201", f"`{key}` has no meaning here", place.span, label)
        try:
            atoms += step_atoms(entry, context, words)
        except Failed:
            context.guessed = True
    after = [replace(atom, name=f"{atom.what}_out", unit="out") for atom in _after_add(settings)]
    insert(context, settings.insert, Rows(atoms, after))
    for atom in atoms:
        if atom.name in OWN_NAMES:
            context.report("E0338", f"a step is called `{atom.name}`", atom.span, "the block has its own")
    return [atom for atom in atoms if atom.name not in OWN_NAMES], after


def _after_add(settings: Settings) -> list[Atom]:
    nothing = Map((), settings.origin.span)
    return unit_atoms("conv", nothing, settings.order_node.span, settings.order.after_add)


def lower_block(around: Surroundings, settings: Settings, place: Place) -> tuple[Fragment, Ref, frozenset[str]]:
    """The block as a fragment that reads `INPUT`, its value, and which indices its expressions asked for."""
    context = around.context
    names = block_names(context, settings, place, around.names)
    part = Fragment()
    part.scopes.append(Scope("", "block", settings.kind.name))
    x = Ref(INPUT, place.type, "in")
    with context.inside(settings.origin.span, f"block `{settings.kind.name}`"):
        atoms, after = branch_atoms(context, settings)
        frame = Frame(context, names, around.defaults.restated(settings.defaults, names), part, "", {"x": x})
        frame.dilation = (place.dilation, "dilation")
        _stride(frame, settings, place, atoms)
        if around.zero_last:
            frame.zero_norm = next((atom.name for atom in reversed(atoms) if atom.what == "norm"), None)
        out = _joined(frame, settings, atoms, after)
        arguments = [
            ScopeArgument(key, value)
            for key in ("in", "out", "stride", "dilation", *settings.declared)
            if (value := names.known.get(key)) is not None and not isinstance(value, NormKind | NormModule | NoNorm | ActKind)
        ]
        part.scopes[0] = Scope(
            "",
            "block",
            settings.kind.name,
            tuple(arguments),
            (INPUT,),
            out.name,
            origin=settings.origin.span,
            settings=settings.by_key,
        )
        if out.type is not None:
            check_values(context, part, {out.name})
    return part, out, frozenset(names.read.intersection(INDICES))


def _joined(frame: Frame, settings: Settings, atoms: list[Atom], after: list[Atom]) -> Ref:
    context, names, x = frame.context, frame.names, frame.values["x"]
    first = next((i for i, a in enumerate(atoms) if a.what == "conv" or (a.what == "step" and _convolves(a.name, a.step))), 0)
    preact = run(frame, atoms[:first], x)
    residual = run(frame, atoms[first:], preact)
    policy, inner = read_policy(context, settings.shortcut, names)
    if isinstance(residual, list) or isinstance(x, list):
        raise context.fail("E0337", "the residual branch ends in a list", atoms[-1].span, help=ONE)
    none = all(isinstance(part, Scalar) and part.value == "none" for part in (policy.same, policy.change))
    changes = not none and names.get("change", policy.node.span) is True
    branch = Branch(x, preact, residual, changes, not any(map(_activates, atoms[:first])))
    try:
        out = join(frame, policy, inner, branch)
    except Failed:
        out = Ref("", None)
    frame.values["add"] = out
    result = run(frame, after, out)
    return result if isinstance(result, Ref) else result[0]


def _convolves(name: str, step: Map) -> bool:
    """Whether a step is a convolution: a unit, `op: conv`, a loop with one in it, or a module whose name begins with `conv`."""
    if "module" in step:
        return name.startswith("conv")
    if isinstance(steps := step.get("steps"), Map):
        return any(isinstance(entry.value, Map) and _convolves(str(entry.key), entry.value) for entry in steps)
    op = step.get("op")
    return is_unit(step) or (isinstance(op, Scalar) and op.value == "conv")


def _activates(atom: Atom) -> bool:
    """Whether it norms or activates, so that what it gives and what the block reads are two things."""
    op = atom.step.get("op") if atom.what == "step" else None
    return atom.what != "step" or (isinstance(op, Scalar) and op.value in ("norm", "act"))


def _stride(frame: Frame, settings: Settings, place: Place, atoms: list[Atom]) -> None:
    """Tells the step at `stride_at` the block's stride; under `output_stride`, it and what precedes it the dilation before."""
    at = str(settings.stride_at.value)
    units = dict.fromkeys(atom.unit for atom in atoms)  # in their order: what is told must not change from run to run
    if at not in units and at not in settings.steps and at not in settings.insert:  # a step with a problem was told of
        helped = advice(at, units, otherwise="its steps: " + ", ".join(units))
        raise frame.context.fail("E0341", f"`stride_at` names no step `{at}`", settings.stride_at.span, help=helped)
    same = place.first_dilation == place.dilation
    dilation = (place.first_dilation, "dilation" if same else None)
    if not same:
        for unit in takewhile(lambda unit: unit != at, (atom.unit for atom in atoms)):
            frame.given[unit] = {"stride": (1, None), "dilation": dilation}
    frame.given[at] = {"stride": (place.stride, "stride"), "dilation": dilation}
