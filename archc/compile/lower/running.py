"""Running steps: each atom in order, modules expanded in scopes of their own, loops unrolled."""

from archc.compile.lower.atoms import Atom, step_atoms
from archc.compile.lower.builder import Ref
from archc.compile.lower.context import Failed
from archc.compile.lower.faults import misvalued
from archc.compile.lower.frame import POISON, Frame, Result
from archc.compile.lower.making import claimed, emit, expanded, look_up, make_convolution, make_norm, make_operation
from archc.compile.lower.modules import (
    channels_outside,
    definition,
    input_names,
    module_names,
    parameters_of,
    restated,
    scope_arguments,
)
from archc.compile.lower.names import Names, NoNorm, NormModule
from archc.compile.lower.operands import first_operand, flat, operands, outside
from archc.compile.lower.tracing import settled
from archc.compile.lower.values import truth, whole
from archc.ir.graph import Scope, ScopeArgument
from archc.language.document.nodes import Map, Scalar

ONE = "one value is wanted: join the list (`add`, `concat`) or pick from it (`.last`)"
"""What helps where steps end in a list."""


def run(frame: Frame, atoms: list[Atom], current: Result) -> Result:
    """Every atom in order; a step with a reported problem gives a value that is not checked further."""
    for atom in atoms:
        try:
            current = _atom(frame, atom, current)
        except Failed:
            current = POISON
        frame.values[atom.name] = current
    return current


def run_steps(frame: Frame, steps: Map, current: Result) -> Result:
    """The steps of a stem, head, module or loop."""
    atoms: list[Atom] = []
    inputs = tuple(frame.values)
    for entry in steps:
        if entry.key in inputs:
            frame.context.report("E0338", f"a step is called `{entry.key}`", entry.span, "what enters these steps is called so")
        try:
            atoms += step_atoms(entry, frame.context, role=frame.role)
        except Failed:
            frame.values[str(entry.key)] = POISON
            frame.context.guessed = True
    return run(frame, atoms, current)


def _atom(frame: Frame, atom: Atom, current: Result) -> Result:
    step = atom.step
    when = step.get("when")
    if when is not None and not truth(when, frame.names, "`when`"):
        if atom.unit in frame.given and frame.given[atom.unit]["stride"][0] > 1:
            message = f"`{atom.unit}` carries the block's stride and is not there"
            raise frame.context.fail("E0342", message, when.span)
        return first_operand(frame, step, current) if atom.lead else current
    if atom.what != "step":
        return _unit_part(frame, atom, _read(frame, step, current) if atom.lead else flat(current))
    if "module" in step:
        return use_module(frame, atom, _read(frame, step, current))
    if "repeat" in step or "steps" in step:
        return _loop(frame, atom, _read(frame, step, current) if "of" in step else current)
    return make_operation(frame, atom, _read(frame, step, current))


def _read(frame: Frame, step: Map, current: Result) -> list[Ref]:
    """The operands of a step; where one is not known, the names in its sizes are looked up all the same."""
    try:
        return operands(frame, step, current)
    except Failed:
        look_up(frame, step)
        raise


def _unit_part(frame: Frame, atom: Atom, refs: list[Ref]) -> Result:
    """The convolution, norm or activation of a unit; a norm or activation that is `none` is its operand."""
    if len(refs) != 1:
        raise frame.context.fail("E0334", f"`{atom.name}` takes one operand, not {len(refs)}", atom.span)
    if atom.what == "conv":
        return make_convolution(frame, atom, refs)
    kinds = frame.defaults.restated(atom.step, frame.names)
    if atom.what == "act":
        return refs[0] if kinds.act.op is None else emit(frame, atom, kinds.act.op, refs, channels=refs[0].channels)
    if isinstance(kinds.norm, NoNorm):
        return refs[0]
    if isinstance(kinds.norm, NormModule):
        use = Atom(atom.name, "step", kinds.norm.use, atom.span, atom.name, role=atom.role)
        return use_module(frame, use, refs)
    return make_norm(frame, atom, kinds.norm, refs[0])


def _loop(frame: Frame, atom: Atom, current: Result) -> list[Ref]:
    """`repeat: N`: the steps N times over `i`; the value is the list of its turns' last values."""
    context = frame.context
    repeat, steps = atom.step.get("repeat"), atom.step.get("steps")
    if repeat is None or not isinstance(steps, Map):
        raise context.fail("E0331", f"loop `{atom.name}` says `repeat` and `steps`", atom.span)
    for entry in atom.step:
        if entry.key not in ("repeat", "steps", "of", "when", "after", "before"):
            context.report("E0201", f"unknown key `{entry.key}` in loop `{atom.name}`", entry.span)
    count = settled(whole(repeat, frame.names, "`repeat`", 0), context.tracing, f"`repeat` of `{atom.name}`")
    if count > context.limits.turns:
        message = f"{count} turns of a loop are over the limit of {context.limits.turns}"
        raise misvalued("E0413", message, repeat, frame.names, "raise it with --limit turns=N")
    claimed(frame, atom)
    turns: list[Ref] = []
    frame.values[atom.name] = turns
    for i in range(count):
        turns.append(_turn(frame, atom, steps, i, turns[-1] if turns else current))
    return turns


def _turn(outer: Frame, atom: Atom, steps: Map, i: int, current: Result) -> Ref:
    expanded(outer, atom)
    path = outer.path(f"{atom.name}.{i}")
    outer.part.scopes.append(Scope(path, "turn", atom.name, (ScopeArgument("i", i),), role=atom.role, origin=atom.span))
    names = Names(outer.context, outer.names.what, {"i": i}, outer=outer.names, nodes=outer.names.nodes)
    frame = Frame(outer.context, names, outer.defaults, outer.part, path, {}, outer=outer, dilation=outer.dilation)
    outer.context.deeper(atom.span, "loops and definitions are nested")
    try:
        last = run_steps(frame, steps, outside(current))
    finally:
        outer.context.depth -= 1
    if isinstance(last, list):
        label = f"a turn of `{atom.name}` ends here"
        at = steps.entries[-1].span if steps.entries else steps.span
        raise outer.context.fail("E0337", "a loop's turn ends in a list", at, label, help=ONE)
    return last


def use_module(frame: Frame, atom: Atom, refs: list[Ref]) -> Ref:
    """Expands `{module: NAME, …}` at `atom`; the value is its last step's."""
    context = frame.context
    name = atom.step.get("module")
    if not isinstance(name, Scalar):
        raise context.fail("E0331", f"`{atom.name}` does not name a module", atom.span)
    document = definition(context, name, "module")
    title = f"module `{document.name}`"
    if any(inside == title for _, inside in context.trail):
        raise context.fail("E0306", f"{title} uses itself", name.span, "a module cannot contain itself")
    wanted = input_names(document)
    if len(refs) != len(wanted):
        some = f"{len(wanted)} operands ({', '.join(wanted)})" if len(wanted) > 1 else "1 operand"
        message = f"{title} takes {some}, not {len(refs)}"
        raise context.fail("E0334", message, atom.span)
    first = refs[0].type
    if first is None or any(ref.type is None for ref in refs):
        return POISON
    path, place = claimed(frame, atom), len(frame.part.scopes)
    names = module_names(frame, atom, document, first.channels)
    values: dict[str, Result] = {
        want: Ref(ref.name, ref.type, "in" if i == 0 else None) for i, (want, ref) in enumerate(zip(wanted, refs, strict=True))
    }
    defaults = frame.defaults.restated(restated(atom.step, parameters_of(document)), frame.names)
    frame.part.scopes.append(Scope(path, "module", document.name))
    steps = document.root.get("steps")
    with context.inside(atom.span, title):
        child = Frame(context, names, defaults, frame.part, path, values)
        last = run_steps(child, steps, values[wanted[0]]) if isinstance(steps, Map) else values[wanted[0]]
        if isinstance(last, list):
            at = steps.entries[-1].span if isinstance(steps, Map) else atom.span
            raise context.fail("E0337", f"{title} ends in a list", at, help=ONE)
    arguments = scope_arguments(frame, atom, document, names, refs[0])
    inputs = tuple(ref.name for ref in refs)
    frame.part.scopes[place] = Scope(path, "module", document.name, arguments, inputs, last.name, atom.role, origin=atom.span)
    return Ref(last.name, last.type, channels_outside(last, arguments))
