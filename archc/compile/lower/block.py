"""One block: its branch in order, what the network inserts, the shortcut, the addition and what follows it."""

from itertools import takewhile

from archc.compile.lower.atoms import Atom, is_unit, no_map, step_atoms, unit_atoms
from archc.compile.lower.builder import INPUT, Fragment, Ref
from archc.compile.lower.context import Context, Failed
from archc.compile.lower.frame import Frame
from archc.compile.lower.kinds import Defaults
from archc.compile.lower.modules import read_parameters
from archc.compile.lower.names import ActKind, Named, Names, NoNorm, NormKind, NormModule
from archc.compile.lower.running import ONE, run
from archc.compile.lower.settings import Settings
from archc.compile.lower.shortcut import Branch, join, read_policy
from archc.compile.lower.unused import check_values
from archc.ir.graph import Scope, ScopeArgument
from archc.ir.types import TensorType
from archc.language.document.nodes import Entry, Map, Scalar
from archc.record import Record, field, replace
from archc.suggest import advice

OWN_NAMES = ("x", "preact", "shortcut", "add")
"""Names that a block has for its input, the value that enters its first convolution, its shortcut and the addition."""
INDICES = ("index", "block_index", "repeat", "block_count")


class Surroundings(Record):
    """The names and defaults of the network, which all its blocks share, and whether last norms begin at zero."""

    context: Context
    names: Names
    defaults: Defaults
    zero_last: bool


class Place(Record, compiled=True):
    """The numbers that differ from block to block under the same settings."""

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
    """Return the names of a block's expressions; a parameter is evaluated when first asked for."""
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
    names = Names(context, f"block `{settings.kind.name}`", known, outer=network, network_only=True)
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
    """Return the atoms of the residual branch, insertions in place, and the atoms after the addition."""
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
    _insert(context, settings.insert, Rows(atoms, after))
    for atom in atoms:
        if atom.name in OWN_NAMES:
            context.report("E0338", f"a step is called `{atom.name}`", atom.span, "the block has its own")
    return [atom for atom in atoms if atom.name not in OWN_NAMES], after


class Rows(Record, frozen=False, eq=False):
    """The atoms of a branch, and those after its addition."""

    branch: list[Atom]
    after: list[Atom]
    latest: dict[str, str] = field(factory=dict)
    """Maps a target to the last step inserted after it, so that later ones follow."""

    def put(self, where: str, target: str, atoms: list[Atom]) -> bool:
        """Insert atoms `after` or `before` a node or `add`; False if no node is called so."""
        if target == "add":
            row, index = (self.branch, len(self.branch)) if where == "before" else (self.after, -1)
        else:
            row = self.branch if any(atom.name == target for atom in self.branch) else self.after
            index = next((i for i, atom in enumerate(row) if atom.name == target), -2)
        if index == -2:
            return False
        if where == "after":
            last = self.latest.get(target)
            index = 1 + next((i for i, atom in enumerate(row) if atom.name == last), index)
            followed = [target, *(place for place, name in self.latest.items() if name == target)]
            self.latest |= dict.fromkeys(followed, atoms[-1].name)
        row[index:index] = atoms
        return True

    def names(self) -> list[str]:
        """The names that an insertion may be put after or before."""
        return [*(atom.name for atom in self.branch), "add", *(atom.name for atom in self.after)]


def _insert(context: Context, steps: Map, rows: Rows) -> None:
    """Put every inserted step at its place; report a step whose place is missing or unknown."""
    for entry in steps:
        try:
            place = _insertion_place(context, entry, steps)
            atoms = step_atoms(entry, context, role="insert")
        except Failed:
            context.guessed = True
            continue
        target = place.value.value if isinstance(place.value, Scalar) else None
        if not isinstance(target, str) or not rows.put(str(place.key), target, atoms):
            known = rows.names()
            helped = " ".join(filter(None, (advice(str(target), known, "operand"), "its nodes: " + ", ".join(known))))
            message = f"there is no `{target}` to insert `{entry.key}` {place.key}"
            context.report("E0348", message, place.value.span, help=helped)
            context.guessed = True


def _insertion_place(context: Context, entry: Entry, steps: Map) -> Entry:
    """Return the `after` or `before` of an inserted step; report a path into a step that is not there (E0305)."""
    name, dot, _ = str(entry.key).partition(".")
    if dot:
        helped = advice(name, [str(other.key) for other in steps if other is not entry])
        message = f"nothing to change at `insert.{entry.key}`"
        raise context.fail("E0305", message, entry.span, f"no `{name}` is inserted", help=helped)
    step = entry.value
    if not isinstance(step, Map):
        raise no_map(context, entry)
    places = [e for e in step if e.key in ("after", "before")]
    if not places:
        helped = "`after:` or `before:` a node of the branch, or `before: add`"
        raise context.fail("E0202", f"`{name}` does not say where it stands", entry.span, help=helped)
    if len(places) > 1:
        label = "a step stands `after` one node or `before` one, not both"
        raise context.fail("E0201", f"`{places[1].key}` has no meaning here", places[1].span, label)
    return places[0]


def _after_add(settings: Settings) -> list[Atom]:
    nothing = Map((), settings.origin.span)
    return unit_atoms("conv", nothing, settings.order_node.span, settings.order.after_add)


def lower_block(around: Surroundings, settings: Settings, place: Place) -> tuple[Fragment, Ref, frozenset[str]]:
    """Return the block as a fragment that reads `INPUT`, its value, and the indices that its expressions asked for."""
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
    """Whether an atom norms or activates, so that its value is not what the block reads."""
    op = atom.step.get("op") if atom.what == "step" else None
    return atom.what != "step" or (isinstance(op, Scalar) and op.value in ("norm", "act"))


def _stride(frame: Frame, settings: Settings, place: Place, atoms: list[Atom]) -> None:
    """Pass the block's stride to the step at `stride_at`; under `output_stride`, the steps up to it take the dilation before."""
    target = str(settings.stride_at.value)
    units = dict.fromkeys(atom.unit for atom in atoms)  # in order, so that messages do not change from run to run
    if target not in units and target not in settings.steps and target not in settings.insert:  # else its step was reported
        help_ = advice(target, units, otherwise="its steps: " + ", ".join(units))
        raise frame.context.fail("E0341", f"`stride_at` names no step `{target}`", settings.stride_at.span, help=help_)
    same = place.first_dilation == place.dilation
    dilation = (place.first_dilation, "dilation" if same else None)
    if not same:
        for unit in takewhile(lambda unit: unit != target, (atom.unit for atom in atoms)):
            frame.given[unit] = {"stride": (1, None), "dilation": dilation}
    frame.given[target] = {"stride": (place.stride, "stride"), "dilation": dilation}
