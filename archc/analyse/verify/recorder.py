"""A run of any torch program is recorded as a graph of values: every ATen operation with its operands, results and place."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from archc.record import Record, field

Argument = Any
"""An operation's argument: a tensor, a number, a word, or a list of such."""


class Step(NamedTuple):
    """One ATen operation."""

    op: str
    """Its name, such as `convolution`."""
    arguments: tuple[Argument, ...]
    """The positional arguments, with a `Value` for each tensor."""
    named: Mapping[str, Argument]
    outputs: tuple[int, ...]
    """The numbers of the values it made."""
    where: str
    """The part of the program that ran it."""


class Value(NamedTuple):
    """A tensor among the arguments, by its number."""

    number: int


class Trace(Record, frozen=False):
    """All steps of a run in order of execution; values are told by number."""

    input: int = -1
    outputs: list[int] = field(factory=list)
    steps: list[Step] = field(factory=list)
    tensors: list[Tensor] = field(factory=list)
    """The values by number, as they were when made if the recorder keeps them."""
    roots: dict[int, str] = field(factory=dict)
    """The names of the values that are the program's own tensors."""


class Exact(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves its hooks untyped
    """A mode that runs a program in float64 throughout: casts to a narrower type are left out."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return func(*args, **_exact(args, kwargs or {}))


def _exact(args: Sequence[Any], named: dict[str, Any]) -> dict[str, Any]:
    wide = any(isinstance(value, Tensor) and value.dtype == torch.float64 for value in args)
    dtype = named.get("dtype")
    if wide and dtype is not None and dtype.is_floating_point:
        return {**named, "dtype": torch.float64}
    return named


class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """A mode that records what runs under it.

    `where` names the part of the program that runs. With `keep` every value is copied, since later steps may write to it.
    """

    def __init__(self, roots: Mapping[str, Tensor], where: Callable[[], str], *, keep: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.trace = Trace()
        self._where = where
        self._keep = keep
        self._numbers: dict[int, int] = {}
        self._alive: list[Tensor] = []
        self._views: dict[int, list[Tensor]] = {}
        for name, tensor in roots.items():
            self.trace.roots.setdefault(self._number(tensor), name)

    def begin(self, x: Tensor) -> None:
        self.trace.input = self._made(x)

    def end(self, outputs: Sequence[Tensor]) -> Trace:
        self.trace.outputs = [self._number(output) for output in outputs]
        return self.trace

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        named = _exact(args, kwargs or {})
        read = tuple(self._argument(argument) for argument in args)
        read_named = {key: self._argument(argument) for key, argument in named.items()}
        result = func(*args, **named)
        name = func.overloadpacket.__name__
        if name in ("detach", "alias"):
            self._numbers[id(result)] = self._number(args[0])
            self._alive.append(result)
            return result
        written = _written(func, args)
        outputs = [value for value in (result if isinstance(result, tuple | list) else (result,)) if isinstance(value, Tensor)]
        numbers = tuple(self._made(value) for value in outputs)
        self.trace.steps.append(Step(name.rstrip("_"), read, read_named, numbers, self._where()))
        for value in written:
            self._spread(value)
        return result

    def _argument(self, argument: Argument) -> Argument:
        if isinstance(argument, Tensor):
            return Value(self._number(argument))
        if isinstance(argument, list | tuple):
            return tuple(self._argument(item) for item in argument)
        return argument

    def _number(self, tensor: Tensor) -> int:
        number = self._numbers.get(id(tensor))
        return self._made(tensor) if number is None else number

    def _made(self, tensor: Tensor) -> int:
        number = len(self.trace.tensors)
        self.trace.tensors.append(tensor.detach().clone() if self._keep else tensor)
        if id(tensor) not in self._numbers:
            self._alive.append(tensor)  # an id is a tensor's only while it lives
            self._views.setdefault(tensor.untyped_storage().data_ptr(), []).append(tensor)
        self._numbers[id(tensor)] = number
        return number

    def _spread(self, written: Tensor) -> None:
        """Record that each view of a tensor that was written to became another value, which depends on what was written."""
        changed = self._numbers[id(written)]
        for view in self._views.get(written.untyped_storage().data_ptr(), ()):
            if view is not written and view.numel():
                before = self._numbers[id(view)]
                arguments = (Value(before), Value(changed))
                self.trace.steps.append(Step("written", arguments, {}, (self._made(view),), self._where()))


def _written(func: Any, args: Sequence[Any]) -> list[Tensor]:
    """Return the tensors that an operation writes to."""
    schema = func._schema.arguments  # noqa: SLF001  where torch says which operands an operation writes to
    return [
        value
        for argument, value in zip(schema, args, strict=False)
        if argument.alias_info is not None and argument.alias_info.is_write and isinstance(value, Tensor)
    ]
