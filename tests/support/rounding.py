"""How far two programs of one function may be apart: as far as rounding takes each from itself, measured or counted.

A result of floating-point arithmetic is off by the unit roundoff times the condition of what is computed, and a random network
may have any condition. So no constant is a tolerance for all of them: each program runs again with every intermediate result,
forward and backward, moved at random by as much as its operation may round it (Parker 1997, "Monte Carlo Arithmetic"). What
this moves at the end is the tolerance.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

UNIT, SINGLE, HALF, BRAIN = 2.0**-53, 2.0**-24, 2.0**-11, 2.0**-8
"""The unit roundoff of float64, float32, float16 and bfloat16."""
TERMS = 16
"""A sum of n terms is off by about sqrt(n) units of its largest term; a random network sums up to a few hundred."""
SAFETY = 16
"""Three runs show a size, not a bound: of 7,000 gradients none is farther off than 3.3 times the largest of them."""
RUNS = 3
COARSEST = 1e-4
"""Of the largest number of all: a tolerance above it would compare nothing."""
Values = Mapping[str, Tensor | None]
ATEN = torch.ops.aten
EXACT = {ATEN.amax.default, ATEN.cat.default, ATEN.clone.default, ATEN.constant_pad_nd.default, ATEN.new_zeros.default}
"""They copy numbers; the gradient of a largest one asks which equals it."""


class Rounded(TorchDispatchMode):
    """Moves each number that an operation makes by up to `size` times the largest of its tensor; exact zeros stay."""

    def __init__(self, size: float, seed: int) -> None:
        super().__init__()
        self._size = size
        self._random = torch.Generator().manual_seed(seed)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        results = made if isinstance(made, tuple | list) else (made,)
        for result, schema in zip(results, func._schema.returns, strict=False):
            is_view = schema.alias_info is not None and not schema.alias_info.is_write
            if func not in EXACT and not is_view and isinstance(result, Tensor) and result.is_floating_point() and result.numel():
                self._move(result, _bias(func, args))
        return made

    def _move(self, result: Tensor, bias: float) -> None:
        size = self._size * float(result.detach().abs().nan_to_num(0, 0, 0).max())
        noise = 2 * torch.rand(result.shape, generator=self._random, dtype=torch.float64) - 1
        factor = 1 + bias * (1 if torch.rand((), generator=self._random) < 0.5 else -1)
        result.mul_(factor).add_((noise * size * (result != 0)).to(result.dtype))


def _bias(func: Any, args: Any) -> float:
    """What torch itself is off by, in float64 too: 1/6 and celu's 1/alpha are float32 in backward passes, and a softplus, in
    the interpreter a logaddexp, is its input from 20 on."""
    match func:
        case ATEN.hardsigmoid_backward.default:
            return SINGLE
        case ATEN.elu_backward.default if args[3] != 1:
            return SINGLE
        case ATEN.softplus.default | ATEN.softplus_backward.default | ATEN.logaddexp.default:
            return math.exp(-20)
        case _:
            return 0.0


def moved(program: Callable[[], Values], exact: Values, unit: float = UNIT) -> dict[str, float]:
    """The most that rounding moves each of a program's values."""
    found = dict.fromkeys(exact, 0.0)
    for seed in range(RUNS):
        with Rounded(TERMS * unit, seed):
            noisy = program()
        for key, value in exact.items():
            found[key] = max(found[key], apart(value, noisy[key]))
    return found


def apart(expected: Tensor | None, actual: Tensor | None) -> float:
    """The largest difference; infinite where only one is finite."""
    if expected is None or actual is None:
        return 0.0 if expected is actual else math.inf
    off = (expected - actual).detach().abs()
    off[(expected == actual) | (expected.isnan() & actual.isnan())] = 0  # infinities among them
    return float(off.nan_to_num(math.inf, math.inf).max()) if off.numel() else 0.0


def largest(values: Values) -> float:
    """Of all finite numbers."""
    return max(
        (float(value.detach().abs().nan_to_num(0, 0, 0).max()) for value in values.values() if value is not None), default=0
    )


def differing(ours: Callable[[], Values], theirs: Callable[[], Values]) -> dict[str, tuple[float, float]]:
    """The values that are farther apart than rounding explains: by how much they are, and by how much they may be."""
    expected, actual = theirs(), ours()
    assert expected.keys() == actual.keys()
    found = {key: apart(expected[key], actual[key]) for key in expected}
    if all(off <= UNIT * largest({key: expected[key]}) for key, off in found.items()):
        return {}  # no condition explains less
    there, here = moved(theirs, expected), moved(ours, actual)
    most = COARSEST * largest(expected)
    limits = {key: min(SAFETY * (there[key] + here[key]), most) for key in expected}
    return {key: (off, limits[key]) for key, off in found.items() if off > limits[key]}


def allowed(tensors: Iterable[Tensor], unit: float = UNIT) -> float:
    """The same for a network whose norms hold its numbers at one size, as a share of its largest: counted, not measured."""
    return of_terms(_terms(tensors), unit)


def bound(tensors: Iterable[Tensor]) -> float:
    """The same where numbers grow with depth, to 1e52 with golden weights, and what is off with them: all roundings one way."""
    return UNIT * _terms(tensors)


def _terms(tensors: Iterable[Tensor]) -> int:
    return sum(max(math.prod(tensor.shape[1:]), 1) for tensor in tensors)


def of_terms(terms: int, unit: float) -> float:
    """Independent roundings add up to the root of their number (Higham and Mary 2019, "A New Approach to Probabilistic Rounding
    Error Analysis"). Of the shipped networks in float32, none is off by more than a fifth of a unit times that root."""
    return 4 * unit * math.sqrt(terms)


def close(expected: Tensor, actual: Tensor, share: float) -> bool:
    """Whether they are of one shape, and apart by that share of the largest expected number at most."""
    return expected.shape == actual.shape and apart(expected, actual) <= share * float(expected.detach().abs().max())
