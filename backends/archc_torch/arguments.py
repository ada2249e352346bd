"""Constructor arguments of an emitted class: which attributes differ among its instances, and what the spec calls them."""

from collections.abc import Sequence
from typing import TypeAlias

from archc.record import Record, field
from archc.traced import Traced
from archc_torch.body import Body
from archc_torch.printer import number
from archc_torch.words import unused

Value: TypeAlias = int | float
Key: TypeAlias = tuple[str | int, ...]
"""What a parameter stands for: `("argument", name)` of the scope, `("channels", input)`, or a member's attribute or argument."""

_FIELD_NAMES = {"in": "in_channels", "mid": "mid_channels", "out": "out_channels", "classes": "num_classes"}
_USUAL: dict[str, Value] = {"stride": 1, "dilation": 1, "groups": 1, "rate": 0.0}


class Expr(Record):
    """An expression over a class's arguments, with its value in every instance."""

    text: str
    values: tuple[Value, ...]
    literal: bool = True
    atom: bool = True

    @property
    def inner(self) -> str:
        """As an operand."""
        return self.text if self.atom else f"({self.text})"


class Param(Record, frozen=False, eq=False):
    """One constructor argument. `channels`: a number of channels; `default`: the usual value of any other, if it has one."""

    key: Key
    name: str
    values: tuple[Value, ...]
    channels: bool
    default: Value | None = None

    @property
    def positional(self) -> bool:
        """Whether a call gives it without its name: the channels that every reader expects."""
        return self.channels and self.key[0] in ("argument", "channels")

    @property
    def annotated(self) -> str:
        kind = "float" if any(isinstance(value, float) for value in self.values) else "int"
        return f"{self.name}: {kind}" if self.default is None else f"{self.name}: {kind} = {number(self.default)}"


def literal(values: Sequence[Value]) -> Expr | None:
    """The literal that is right in every instance, and for all arguments of the network's factory, if there is one."""
    first = values[0]
    if isinstance(first, Traced):
        return None
    return Expr(number(first), tuple(values)) if all(value == first for value in values) else None


class Arguments(Record, frozen=False, eq=False):
    """The arguments of one class, collected while its constructor is written; `bodies` are its distinct instances."""

    bodies: list[Body]
    taken: set[str]
    params: dict[Key, Param] = field(factory=dict)

    def of_scope(self, name: str) -> tuple[Value, ...] | None:
        """The values a scope argument has, None where it is not a number everywhere."""
        found: list[Value] = []
        for body in self.bodies:
            value = next((a.value for a in body.scope.arguments if a.name == name), None)
            if value is None or isinstance(value, str | bool):
                return None
            found.append(value if isinstance(value, int | float) else int(value) if value.denominator == 1 else float(value))
        return tuple(found)

    def param(self, key: Key, wanted: str, values: tuple[Value, ...], *, channels: bool) -> Expr:
        """The argument for a key, made when first asked for."""
        param = self.params.get(key)
        if param is None:
            name = unused(_FIELD_NAMES.get(wanted, wanted), self.taken)
            self.taken.add(name)
            usual = next((value for end, value in _USUAL.items() if wanted.endswith(end)), None)
            default = usual if not channels and usual in values else None
            param = self.params[key] = Param(key, name, values, channels, default)
        return Expr(param.name, param.values, literal=False)

    def resolve(
        self,
        values: tuple[Value, ...],
        *,
        named: str | None,
        flow: Expr | None,
        fallback: tuple[Key, str],
        channels: bool,
        reads: bool = True,
        field: str = "",
    ) -> Expr:
        """An expression with these values: the channels that flow in, the scope's argument, a literal, or an argument of its own.

        What is recorded is compared with the values in every instance before it is believed. `reads`: the attribute is the number
        of channels that flow in; else it may happen to be so, which is worth saying only where it varies. `field`: the scope's
        argument an attribute of that name would come from, where nothing is recorded: in a loop.
        """
        constant = literal(values)
        flows = flow is not None and not flow.literal and flow.values == values
        if flow is not None and flows and flow.atom:
            return flow
        if named is not None and (channels or constant is None) and self.of_scope(named) == values:
            return self.param(("argument", named), named, values, channels=channels)
        if flow is not None and flows and (reads or constant is None):
            return flow
        if constant is not None:
            return constant
        if field and self.of_scope(field) == values:
            return self.param(("argument", field), field, values, channels=channels)
        derived = self.derived(values)
        if derived is not None:
            return derived
        key, wanted = fallback
        for param in self.params.values():
            if param.key[0] == "member" and param.values == values and param.channels == channels:
                return Expr(param.name, values, literal=False)
        return self.param(key, wanted, values, channels=channels)

    def derived(self, values: tuple[Value, ...]) -> Expr | None:
        """A traced number by its formula: over the factory's arguments in the network's class, in another over the scope's."""
        value, scope = values[0], self.bodies[0].scope
        if len(values) > 1 or not isinstance(value, Traced):
            return None
        if scope.kind == "network":
            return Expr(value.text, values, literal=False, atom=value.is_atom)
        for argument in scope.arguments:
            if isinstance(argument.value, Traced) and (text := value.in_terms_of(argument.value)) is not None:
                param = self.param(("argument", argument.name), argument.name, (argument.value,), channels=True)
                return Expr(text.format(param.text), values, literal=False, atom=False)
        return None

    def ordered(self) -> list[Param]:
        """Channels first, then what has no default, then the rest: each in the order the constructor uses them."""
        return sorted(self.params.values(), key=lambda p: 0 if p.positional else 1 if p.default is None else 2)


def plus(*operands: Expr) -> Expr:
    values = tuple(sum(each) for each in zip(*(operand.values for operand in operands), strict=True))
    texts = [operand.text for operand in operands]
    if all(operand.literal for operand in operands):
        return Expr(number(values[0]), values)
    if len(set(texts)) == 1:
        return Expr(f"{len(texts)} * {operands[0].inner}", values, literal=False, atom=False)
    return Expr(" + ".join(texts), values, literal=False, atom=False)


def times(operand: Expr, factor: int) -> Expr:
    values = tuple(value * factor for value in operand.values)
    if factor == 1 or operand.literal:
        return Expr(number(values[0]), values) if operand.literal else operand
    return Expr(f"{factor} * {operand.inner}", values, literal=False, atom=False)


def over(operand: Expr, divisor: int) -> Expr:
    values = tuple(value // divisor for value in operand.values)
    if divisor == 1 or operand.literal:
        return Expr(number(values[0]), values) if operand.literal else operand
    return Expr(f"{operand.inner} // {divisor}", values, literal=False, atom=False)


def minus(first: Expr, second: Expr) -> Expr:
    values = tuple(a - b for a, b in zip(first.values, second.values, strict=True))
    return Expr(f"{first.text} - {second.inner}", values, literal=False, atom=False)
