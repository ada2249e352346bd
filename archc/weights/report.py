"""A conversion is reported: a line for each kind of tensor that is not one to one, or a table of all."""

from collections.abc import Sequence
from typing import assert_never

from archc.rendering.visible import visible
from archc.weights.match import shape_text
from archc.weights.plan import Move

NAMED = 3
"""How many tensors of a kind are all named; of more, the first and the last are."""


def summary(moves: Sequence[Move], *, seed: int) -> list[str]:
    """Say in lines what is not one to one, those of one kind and name together."""
    kinds: dict[tuple[str, str], list[Move]] = {}
    for move in moves:
        if not move.one_to_one:
            together = move.how in ("created", "divided", "dropped")
            kinds.setdefault((move.how, move.canonical.rpartition(".")[2] if together else ""), []).append(move)
    return [f"{_treatment(group[0], seed)}: {_names(group)}" for group in kinds.values()]


def table(moves: Sequence[Move]) -> list[tuple[str, ...]]:
    """Return rows of source, target, shape, type and treatment for every tensor of both sides, after a row of headings."""
    rows = [
        (visible(" / ".join(m.sources)) or "-", visible(m.target or "-"), shape_text(m.shape), m.dtype, _treatment(m, None))
        for m in moves
    ]
    return [("from", "to", "shape", "type", "what"), *rows]


def _names(group: Sequence[Move]) -> str:
    names = [visible(f"`{move.target or move.sources[0]}`") for move in group]
    return ", ".join(names) if len(names) <= NAMED else f"{len(names)} tensors, {names[0]} to {names[-1]}"


def _treatment(move: Move, seed: int | None) -> str:
    match move.how:
        case "same":
            return "as it was"
        case "divided":
            return "divided by its scale factor"
        case "created":
            return "created, at zero" if move.dtype == "I64" else "created, at one"
        case "begun":
            return "new classifier, as the spec begins it" + ("" if seed is None else f", from seed {seed}")
        case "summed":
            return f"input channels summed to {move.shape[1]}"
        case "repeated":
            return f"input channels repeated to {move.shape[1]}"
        case "dropped":
            return "left out, the target has none"
        case "replaced":
            return "left out, a new classifier takes its place"
        case _:
            assert_never(move.how)
