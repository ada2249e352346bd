"""A program is what a network is compared with. It is run as it is, in float64, or recorded."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Protocol

import torch
from torch import Tensor, nn

from archc.analyse.verify.errors import trouble
from archc.analyse.verify.recorder import Exact, Recorder, Trace


class Program(Protocol):
    """A function of a batch of images with tensors of its own."""

    @property
    def name(self) -> str: ...
    @property
    def trains(self) -> bool:
        """Return whether it has a training form."""
        ...

    @property
    def rounding(self) -> float:
        """Return how far it may be from exact because of the type that its constants are kept in."""
        ...

    @property
    def size(self) -> tuple[int | None, ...]:
        """Return N, C, H, W of its input, None where any will do."""
        ...

    @property
    def dropped(self) -> tuple[tuple[str, float], ...]:
        """Return name and rate of each of its layers that drop in training, which they do not do in a comparison."""
        ...

    def tensors(self) -> Mapping[str, Tensor]:
        """Return its own tensors by name; writing to them changes the function."""
        ...

    def train(self, *, training: bool) -> None: ...

    def where(self) -> str:
        """Return the part of it that runs at the moment, as its author names it."""
        ...

    def __call__(self, x: Tensor) -> list[Tensor]:
        """Return its outputs. Raises whatever the program raises."""
        ...


def run_exactly(program: Program, x: Tensor) -> list[Tensor]:
    """Return the outputs, computed in float64 throughout."""
    with torch.no_grad(), Exact():
        return program(x)


def record(program: Program, x: Tensor, *, keep: bool = False) -> Trace:
    """Run the program and return the trace. Raises VerifyError (E0623) where the program cannot run."""
    recorder = Recorder(program.tensors(), program.where, keep=keep)
    recorder.begin(x)
    try:
        with torch.no_grad(), recorder:
            outputs = program(x)
    except (Exception, SystemExit) as error:  # it is another's code
        shape, where = "x".join(map(str, x.shape)), program.where()
        reason = f"{type(error).__name__}: {first_line(error)}" + (f", in `{where}`" if where else "")
        message = f"`{program.name}` cannot run on an input of {shape}: {reason}"
        raise trouble("E0623", message, "--size names another input size") from error
    if not outputs:
        raise trouble(
            "E0623", f"`{program.name}` returns no tensor", "what it returns has to be a tensor, or a list or map of such"
        )
    return recorder.end(outputs)


def first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "")


class TorchProgram:
    """A live module as a program. Nothing is dropped in training."""

    trains = True
    rounding = 1e-9
    size: tuple[int | None, ...] = (None,) * 4

    def __init__(self, name: str, model: nn.Module) -> None:
        self.name = name
        self._model = model.double()
        self._inside: list[str] = []
        self.dropped = tuple(without_dropping(model))
        for path, module in model.named_modules():
            if isinstance(module, torch.jit.ScriptModule):  # it takes no hooks, but its operations are recorded all the same
                continue
            module.register_forward_pre_hook(partial(self._enter, path))
            module.register_forward_hook(self._leave)

    def _enter(self, path: str, *_: object) -> None:
        self._inside.append(path)

    def _leave(self, *_: object) -> None:
        self._inside.pop()

    def tensors(self) -> Mapping[str, Tensor]:
        named = [*self._model.named_parameters(remove_duplicate=False), *self._model.named_buffers(remove_duplicate=False)]
        return {name: tensor for name, tensor in named if tensor.is_floating_point()}

    def train(self, *, training: bool) -> None:
        self._model.train(training)

    def where(self) -> str:
        return self._inside[-1] if self._inside else ""

    def __call__(self, x: Tensor) -> list[Tensor]:
        self._inside.clear()
        return list(flat(self._model(x)))


def flat(output: object) -> Iterator[Tensor]:
    """Yield the tensors of an output in order; it may be a list, a map, or what transformers returns."""
    if isinstance(output, Tensor):
        yield output.detach()
    elif isinstance(output, Mapping):
        for item in output.values():
            yield from flat(item)
    elif isinstance(output, list | tuple):
        for item in output:
            yield from flat(item)


def without_dropping(model: nn.Module) -> list[tuple[str, float]]:
    """Set the rate of every dropout, drop path, drop block and stochastic depth to 0; other libraries' are told by their names.

    Return the class and the rate of each that had one.
    """
    dropped: list[tuple[str, float]] = []
    for module in model.modules():
        is_drop = any(word in type(module).__name__ for word in ("Drop", "Stochastic"))
        for name in ("p", "rate", "drop_prob", "drop_rate", "drop"):
            rate = getattr(module, name, None)
            if (is_drop or name == "drop_rate") and isinstance(rate, float) and rate:
                setattr(module, name, 0.0)
                dropped.append((type(module).__name__, rate))
    return dropped
