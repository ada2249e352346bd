"""A written class or function: what it is called, its arguments, and its source."""

from archc.record import Record, field
from archc_torch.arguments import Expr, Key, Param, Value
from archc_torch.printer import Doc, call, number, prefixed


class Plan(Record, frozen=False, eq=False):
    """What the class around needs to know.

    `places` number the parts it is written for, in the order of `Param.values`; `inputs` says which argument is the channels of
    which input; `out_key` which is those of the output, or `out_values` what they are.
    """

    name: str
    params: list[Param]
    places: dict[int, int]
    inputs: dict[Key, int]
    out_key: Key | None
    out_values: tuple[Value, ...]
    safe: bool
    is_function: bool = False
    size: int = 0
    """How many members it has."""
    slots: dict[int, str] = field(factory=dict)
    fillings: dict[tuple[int, int], Doc] = field(factory=dict)
    source: list[str] = field(factory=list)
    late_init: list[tuple[str, str]] = field(factory=list)
    """Statements for convolutions and linear layers that begin otherwise than the network's policy: `{owner}` is the module."""

    def value(self, param: Param, part: int) -> Value:
        return param.values[self.places[part]]

    def call(self, given: list[tuple[Key, Expr]], filled: dict[str, Doc]) -> Doc:
        """The call that makes an instance."""
        values = dict(given)
        arguments: list[Doc] = []
        for param in self.params:
            text = values[param.key].text
            if param.positional:
                arguments.append(text)
            elif param.default is None or text != number(param.default):
                arguments.append(f"{param.name}={text}")
        arguments += [prefixed(f"{name}=", doc) for name, doc in filled.items()]
        return call(self.name, *arguments)

    def literals(self, part: int) -> list[tuple[Key, Expr]]:
        """The arguments of one instance, as they are."""
        found = []
        for param in self.params:
            value = self.value(param, part)
            found.append((param.key, Expr(number(value), (value,))))
        return found
