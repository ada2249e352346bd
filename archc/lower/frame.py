"""Running steps: operands looked up, operations made and typed, modules expanded, loops unrolled."""

import re
from dataclasses import dataclass, field
from typing import TypeAlias

from archc.diagnostics import Span
from archc.document.nodes import Map, Node, Scalar, Sequence
from archc.ir.convolutions import Conv
from archc.ir.graph import Init, Role, Scope, ScopeArgument
from archc.ir.ops import Identity, Norm, Operation
from archc.ir.types import ShapeError, TensorType
from archc.lower.atoms import UNIT_KEYS, Atom, step_atoms
from archc.lower.attributes import Attributes
from archc.lower.builder import Fragment, Ref
from archc.lower.context import Context, Failed
from archc.lower.kinds import Defaults, init_kind
from archc.lower.names import Names, NormKind, NormModule, NoNorm
from archc.lower.operations import OPERANDS, OPERATIONS, SAME_CHANNELS, Made, convolution, norm_of
from archc.lower.values import blame, part_of, truth, whole
from archc.suggest import nearest

Result: TypeAlias = "Ref | list[Ref]"
_OPERAND = re.compile(r"([A-Za-z][A-Za-z0-9_]*)(?:\.(.+))?\Z", re.DOTALL)
POISON = Ref("", None)


@dataclass(slots=True, eq=False)
class Frame:
    """The steps of one scope while they run. `given` is what a step at `stride_at`, or with a kernel, receives from its block."""

    context: Context
    names: Names
    defaults: Defaults
    part: Fragment
    scope: str
    what: str
    values: dict[str, Result]
    role: Role = "main"
    outer: "Frame | None" = None
    given: dict[str, dict[str, tuple[int, str | None]]] = field(default_factory=dict)
    dilation: tuple[int, str | None] = (1, None)
    zero_norm: str | None = None

    def path(self, name: str) -> str:
        return f"{self.scope}.{name}" if self.scope else name

    def run(self, atoms: list[Atom], current: Result) -> Result:
        """Every atom in order; a step with a reported problem gives a value that is not checked further."""
        for atom in atoms:
            try:
                current = self._atom(atom, current)
            except Failed:
                current = POISON
            self.values[atom.name] = current
        return current

    def run_steps(self, steps: Map, current: Result) -> Result:
        """The steps of a stem, head, module or loop."""
        atoms: list[Atom] = []
        for entry in steps:
            try:
                atoms += step_atoms(entry, self.context, role=self.role)
            except Failed:
                self.values[str(entry.key)] = POISON
        return self.run(atoms, current)

    def _atom(self, atom: Atom, current: Result) -> Result:
        step = atom.step
        when = step.get("when")
        if when is not None and not truth(when, self.names, "`when`"):
            if atom.unit in self.given and self.given[atom.unit]["stride"][0] > 1:
                raise self.context.fail("E0342", f"`{atom.unit}` carries the block's stride and is not there", when.span)
            return self._first(step, current) if atom.lead else current
        if atom.what == "step":
            if "module" in step:
                from archc.lower.modules import use_module

                return use_module(self, atom, self.operands(step, current))
            if "repeat" in step or "steps" in step:
                return self._loop(atom, self.operands(step, current) if "of" in step else current)
            return self._operation(atom, self.operands(step, current))
        operands = self.operands(step, current) if atom.lead else self._flat(current)
        return self._unit_part(atom, operands)

    def _unit_part(self, atom: Atom, operands: list[Ref]) -> Result:
        if atom.what == "conv":
            a = Attributes(atom.step, self.names, f"`{atom.unit}`", self._given(atom))
            a.seen.update(UNIT_KEYS)
            return self._made(atom, a, operands, convolution, None)
        kinds = self.defaults.restated(atom.step, self.names)
        (operand,) = self._one(atom, operands)
        if atom.what == "act":
            return operand if kinds.act.op is None else self.emit(atom, kinds.act.op, [operand], (), operand.channels)
        if isinstance(kinds.norm, NoNorm):
            return operand
        if isinstance(kinds.norm, NormModule):
            from archc.lower.modules import use_module

            made = Atom(atom.name, "step", kinds.norm.use, atom.span, atom.unit, role=atom.role)
            return use_module(self, made, [operand])
        return self.norm(atom, kinds.norm, operand)

    def norm(self, atom: Atom, kind: NormKind, operand: Ref) -> Result:
        if operand.type is None:
            return POISON
        arguments = (("channels", operand.channels),) if operand.channels else ()
        init = (("weight", Init("constant", 0.0)),) if atom.name == self.zero_norm else ()
        return self.emit(atom, norm_of(kind, operand.type.channels), [operand], arguments, operand.channels, None, init)

    def _given(self, atom: Atom) -> dict[str, tuple[int, str | None]]:
        """Stride and dilation from the block: a kernel above 1 takes its dilation, the step at `stride_at` its stride."""
        return {"dilation": self.dilation, **self.given.get(atom.unit, {})} if self.dilation[0] > 1 or self.given else {}

    def _operation(self, atom: Atom, operands: list[Ref]) -> Result:
        op = atom.step.get("op")
        kind = op.value if isinstance(op, Scalar) else None
        if not isinstance(kind, str) or kind not in OPERATIONS:
            guess = nearest(str(kind), OPERATIONS)
            helped = f"did you mean `{guess}`?" if guess else ""
            span = op.span if op else atom.span
            raise self.context.fail("E0204", f"there is no operation `{kind}`", span, "not an operation", help=helped)
        given = self._given(atom)
        if kind not in ("conv", "max_pool", "avg_pool", "blur_pool", "subsample"):
            if atom.unit in self.given and given.get("stride", (1, None))[0] > 1:
                raise self.context.fail("E0342", f"`{kind}` takes no stride", atom.span, "the block's stride is at this step")
            given = {}
        elif kind != "conv":
            given.pop("dilation", None)
        a = Attributes(atom.step, self.names, f"`{kind}`", given)
        return self._made(atom, a, operands, OPERATIONS[kind], kind)

    def _made(self, atom: Atom, a: Attributes, operands: list[Ref], make: object, kind: str | None) -> Result:
        """The operation made, its shapes inferred, its node added."""
        low, high = OPERANDS.get(kind or "conv", (1, 1))
        if not low <= len(operands) <= high:
            wanted = str(low) if low == high else f"{low} to {high}"
            message = f"{a.what} takes {wanted} operand{'s' * (high > 1)}, not {len(operands)}"
            raise self.context.fail("E0334", message, atom.span)
        if any(ref.type is None for ref in operands):
            return POISON
        types = tuple(ref.type for ref in operands if ref.type is not None)
        op = make(Made(a, types, operands[0].channels, self.defaults))  # type: ignore[operator]
        if isinstance(op, Identity) and kind in ("norm", "act"):
            a.finish()
            return operands[0]
        arguments = a.finish()
        init = self._init(atom, op)
        channels = dict(arguments).get("out_channels") if isinstance(op, Conv) or kind == "linear" else None
        if kind in SAME_CHANNELS:
            channels = next((ref.channels for ref in operands if ref.channels), None)
        if kind == "pad_channels" and isinstance(atom.step.get("out"), Scalar):
            channels = dict(_named(atom.step.get("out"), self.names)).get("out")
        if kind == "flatten" and len(types[0].shape) == 3 and types[0].shape[1:] == (1, 1):
            channels = operands[0].channels
        fields = type(op).__dataclass_fields__
        arguments = tuple((k, v) for k, v in dict(arguments).items() if k in fields)
        return self.emit(atom, op, operands, arguments, channels, a, init)

    def _init(self, atom: Atom, op: Operation) -> tuple[tuple[str, Init], ...]:
        node = atom.step.get("init")
        if node is None:
            return ()
        known = [parameter.name for parameter in op.parameters() if parameter.trainable]
        found: list[tuple[str, Init]] = []
        for entry in node if isinstance(node, Map) else ():
            if entry.key not in known:
                guess = nearest(str(entry.key), known)
                helped = f"did you mean `{guess}`?" if guess else ""
                label = "it has " + (", ".join(known) or "no tensors")
                self.context.report("E0318", f"`{atom.name}` has no tensor `{entry.key}`", entry.span, label, help=helped)
                continue
            found.append((str(entry.key), init_kind(entry.value, self.names)))
        return tuple(found)

    def emit(
        self,
        atom: Atom,
        op: Operation,
        operands: list[Ref],
        arguments: tuple[tuple[str, str], ...],
        channels: str | None = None,
        a: Attributes | None = None,
        init: tuple[tuple[str, Init], ...] = (),
    ) -> "Ref | list[Ref]":
        """Adds the node; a shape that does not fit is reported at the value at fault."""
        types = tuple(ref.type for ref in operands if ref.type is not None)
        if len(types) != len(operands):
            return POISON
        try:
            out = op.infer(*types)
            self._limits(out, atom)
        except ShapeError as error:
            raise self._misfit(error, atom, a) from None
        names = tuple(ref.name for ref in operands)
        path = self.path(atom.name)
        outputs = self.part.add(path, self.scope, op, names, out, arguments, init, atom.role, atom.span)
        refs = [Ref(name, type_, channels) for name, type_ in zip(outputs, out, strict=True)]
        return refs if len(refs) > 1 or atom_is_split(op) else refs[0]

    def _limits(self, types: tuple[TensorType, ...], atom: Atom) -> None:
        limits = self.context.limits
        for type_ in types:
            if type_.channels > max(limits.channels, 1) and len(type_.shape) == 3:
                raise ShapeError("E0411", f"{type_.channels} channels are over the limit of {limits.channels}")
            if len(type_.shape) == 3 and max(type_.shape[1:]) > limits.size:
                raise ShapeError("E0411", f"a size of {max(type_.shape[1:])} is over the limit of {limits.size}")

    def _misfit(self, error: ShapeError, atom: Atom, a: Attributes | None) -> Failed:
        if a is not None and error.attribute:
            node = a.blame(error.attribute)
            span, label = blame(node, self.names)
            if span.source is not atom.span.source:
                from archc.diagnostics import Note

                note = Note(f"used here, in `{atom.name}`", atom.span)
                return self.context.fail(error.code, error.message, span, label, help=error.help, notes=(note,))
            return self.context.fail(error.code, error.message, span, label or f"in `{atom.name}`", help=error.help)
        return self.context.fail(error.code, error.message, atom.span, f"at `{atom.name}`", help=error.help)

    def operands(self, step: Map, current: Result) -> list[Ref]:
        """What `of:` names, lists unfolded; else the value before."""
        of = step.get("of")
        if of is None:
            return self._flat(current)
        items = of.items if isinstance(of, Sequence) else (of,)
        return [ref for item in items for ref in self._flat(self.operand(item))]

    def _first(self, step: Map, current: Result) -> Result:
        of = step.get("of")
        if of is None:
            return current
        if not isinstance(of, Sequence):
            return self.operand(of)
        return self.operand(of.items[0]) if of.items else current

    def _flat(self, value: Result) -> list[Ref]:
        return value if isinstance(value, list) else [value]

    def _one(self, atom: Atom, operands: list[Ref]) -> list[Ref]:
        if len(operands) != 1:
            raise self.context.fail("E0334", f"`{atom.name}` takes one operand, not {len(operands)}", atom.span)
        return operands

    def operand(self, node: Node) -> Result:
        """A name, `list.i`, `list.last`; reported where it stands."""
        text = node.value if isinstance(node, Scalar) else None
        found = _OPERAND.match(text) if isinstance(text, str) else None
        if found is None or not isinstance(node, Scalar):
            raise self.context.fail("E0330", "an operand is the name of a step, or `list.i`", node.span)
        name, index = found.groups()
        value = self._named(name, node)
        if index is None:
            return value
        if not isinstance(value, list):
            if value.type is None:
                return POISON
            raise self.context.fail("E0330", f"`{name}` is one value, not a list", node.span)
        if index == "last":
            place = len(value) - 1
        else:
            at = part_of(node.span, str(text), len(name) + 1, len(str(text)))
            place = whole(Scalar(index, index, at), self.names, f"the index of `{name}`", 0)
        if not 0 <= place < len(value):
            raise self.context.fail("E0330", f"`{name}` has {len(value)} values, none at {place}", node.span)
        return value[place]

    def _named(self, name: str, node: Scalar) -> Result:
        frame: Frame | None = self
        while frame is not None:
            if name in frame.values:
                return frame.values[name]
            frame = frame.outer
        known = [known for f in self._frames() for known in f.values]
        guess = nearest(name, known)
        helped = f"did you mean `{guess}`?" if guess else "values so far: " + ", ".join(known)
        raise self.context.fail("E0330", f"there is no value `{name}` before this step", node.span, help=helped)

    def _frames(self) -> "list[Frame]":
        return [self, *(self.outer._frames() if self.outer else [])]

    def _loop(self, atom: Atom, current: Result) -> list[Ref]:
        """`repeat: N`: the steps N times over `i`; the value is the list of its turns' last values."""
        repeat, steps = atom.step.get("repeat"), atom.step.get("steps")
        if repeat is None or not isinstance(steps, Map):
            raise self.context.fail("E0331", f"loop `{atom.name}` says `repeat` and `steps`", atom.span)
        for entry in atom.step:
            if entry.key not in ("repeat", "steps", "of", "when"):
                self.context.report("E0201", f"unknown key `{entry.key}` in loop `{atom.name}`", entry.span)
        count = whole(repeat, self.names, "`repeat`", 0)
        if count > self.context.limits.turns:
            message = f"{count} turns of a loop are over the limit of {self.context.limits.turns}"
            raise self.context.fail("E0413", message, *blame(repeat, self.names))
        turns: list[Ref] = []
        self.values[atom.name] = turns
        for i in range(count):
            turns.append(self._turn(atom, steps, i, current if i == 0 else turns[-1]))
        return turns

    def _turn(self, atom: Atom, steps: Map, i: int, current: Result) -> Ref:
        path = self.path(f"{atom.name}.{i}")
        loop = (ScopeArgument("i", i),)
        self.part.scopes.append(Scope(path, "turn", atom.name, loop, role=atom.role, origin=atom.span))
        names = Names(self.context, self.names.what, {"i": i}, outer=self.names, nodes=self.names.nodes)
        names.arguments = self.names.arguments
        frame = Frame(
            self.context, names, self.defaults, self.part, path, self.what, {}, atom.role, self, {}, self.dilation
        )
        last = frame.run_steps(steps, current)
        if isinstance(last, list):
            raise self.context.fail("E0337", f"a turn of `{atom.name}` ends in a list", atom.span, "one value is wanted")
        return last


def atom_is_split(op: Operation) -> bool:
    """A split into one part is a list of one."""
    return op.kind == "split"


def _named(node: Node | None, names: Names) -> tuple[tuple[str, str], ...]:
    from archc.lower.values import argument_of

    return argument_of("out", node, names) if node is not None else ()


__all__ = ["POISON", "Frame", "Norm", "Result"]
