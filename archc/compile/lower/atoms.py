"""Steps as atoms: a convolution unit becomes its convolution, norm and activation, in an order; any other step is one."""

from typing import Literal, TypeAlias

from archc.compile.lower.context import Context
from archc.diagnostics import Span
from archc.ir.graph import Role
from archc.language.document.nodes import Entry, Map
from archc.record import Record
from archc.suggest import meant

Word: TypeAlias = Literal["conv", "norm", "act"]
PLAIN: tuple[Word, ...] = ("conv", "norm", "act")
"""The order of a unit in a stem, a head or a module."""

UNIT_KEYS = ("kernel", "out", "stride", "padding", "dilation", "groups", "bias", "norm", "act", "conv")


class Atom(Record, eq=False, compiled=True):
    """One node to be, or a module use, or a loop. `lead` is the first of its unit: there `of` is read."""

    name: str
    what: Literal["conv", "norm", "act", "step"]
    step: Map
    span: Span
    unit: str
    lead: bool = True
    role: Role = "main"


def is_unit(step: Map) -> bool:
    return not any(key in step for key in ("op", "module", "repeat", "steps"))


def part_name(unit: str, word: Word) -> str:
    """`conv2` -> `norm2`: a unit's norm and activation are called as its convolution."""
    return word + unit.removeprefix("conv")


def unit_atoms(name: str, step: Map, span: Span, order: tuple[Word, ...] = PLAIN, role: Role = "main") -> list[Atom]:
    """A unit's atoms in an order."""
    return [Atom(name if w == "conv" else part_name(name, w), w, step, span, name, i == 0, role) for i, w in enumerate(order)]


def no_map(context: Context, entry: Entry) -> Exception:
    label = "a step is a map: {op: …}, {module: …}, …"
    return context.fail("E0331", f"step `{entry.key}` is not a map", entry.value.span, label)


def step_atoms(entry: Entry, context: Context, order: tuple[Word, ...] = PLAIN, role: Role = "main") -> list[Atom]:
    """A named step's atoms; a step that is none of the four forms, or a unit with another name, is reported."""
    name, step = str(entry.key), entry.value
    if not isinstance(step, Map):
        raise no_map(context, entry)
    if not is_unit(step):
        return [Atom(name, "step", step, entry.span, name, role=role)]
    if "kernel" not in step and "out" not in step:
        label = "neither `op`, `module`, `repeat` nor a convolution's `kernel` and `out`"
        close = {key: meant(str(key), ("op", "module", "repeat", "kernel", "out"), "keys") for key in (e.key for e in step)}
        wrong = next(((key, guess) for key, guess in close.items() if guess), None)
        helped = f"did you mean `{wrong[1]}` for `{wrong[0]}`?" if wrong else ""
        raise context.fail("E0331", f"step `{name}` is no step", entry.span, label, help=helped)
    if not name.startswith("conv"):
        raise context.fail(
            "E0332", f"a convolution unit is called `{name}`", entry.span, "its name begins with `conv`", help=f"conv_{name}, say"
        )
    return unit_atoms(name, step, entry.span, order, role)
