"""What tests draw at random: the same on every run, machine and worker; and under `--hypothesis-seed` something else.

A test's draws depend on its name alone, not on what ran before it in its process.
"""

import math
import random
import sys
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from hypothesis import settings
from hypothesis.internal.conjecture import providers

FRESH: dict[str, Any] = {"seed": None, "examples": 1}
"""The seed of `--hypothesis-seed`, and by how much `--examples` multiplies those of each law."""


def sampling(numbers: int) -> float:
    """By which share a deviation of so many drawn numbers may be off: five of its standard errors, for normal ones; of uniform
    ones it is off by less."""
    return 5 / math.sqrt(2 * numbers)


class Torch:
    """torch's generator, where it is imported, as hypothesis wants generators: each example begins it anew."""

    def seed(self, value: int) -> None:
        if torch := sys.modules.get("torch"):
            torch.manual_seed(value)

    def getstate(self) -> Any:
        return torch.get_rng_state() if (torch := sys.modules.get("torch")) else None

    def setstate(self, state: Any) -> None:
        if state is not None:
            sys.modules["torch"].set_rng_state(state)


TORCH = Torch()


def start(name: str) -> None:
    """Begin every generator of this process at a state that belongs to the name."""
    value = crc32(name.encode())
    random.seed(value)
    TORCH.seed(value)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(value)


def seed(part: int) -> int:
    """A test's own seed: its part, and under `--hypothesis-seed` another for each."""
    fresh = FRESH["seed"]
    return part if fresh is None else crc32(f"{fresh} {part}".encode())


def more_examples(test: Any) -> None:
    """Let a law try as many examples as `--examples` asks for."""
    mine = getattr(test, "_hypothesis_internal_use_settings", None)
    if mine is not None and FRESH["examples"] > 1:
        test._hypothesis_internal_use_settings = settings(mine, max_examples=examples(mine.max_examples))


def examples(number: int) -> int:
    multiplied: int = number * FRESH["examples"]
    return multiplied


def sampled(names: Sequence[str], step: int) -> Sequence[str]:
    """One of so many names in a row, and under `--examples` all of them."""
    return names[::step] if FRESH["examples"] == 1 else names


def without_constants_of_modules() -> None:
    """hypothesis tries constants of whatever modules are imported, which are not the same on each worker."""
    none: Any = providers._local_constants
    providers._get_local_constants = lambda: none
