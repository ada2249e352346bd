"""The law of each operation that drops, in everything that runs it: how much is dropped, in which shapes, and what is kept.

Draws are seeded. A count of independent events of one probability is within five deviations of the binomial law's mean, which it
would leave once in two million.
"""

from collections.abc import Callable, Iterator
from math import sqrt
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import torch
from dropping import programs
from dropping.programs import Program
from references import drop_block
from torch import Tensor

from archc.ir.ops import Dropout

MAKERS: dict[str, Callable[..., Program]] = {
    "interpreter": programs.interpreter, "torch": programs.torch_module, "timm": programs.timm_target, "hub": programs.hub_target,
    "onnx": programs.onnx_training_form, "timm's own": programs.timm_s_own,
}  # fmt: skip
RATE = 0.1
SHAPES = {"elements": (40, 6, 8, 10), "path": (4000, 2, 2, 1), "channels": (400, 8, 2, 3)}
WHOLE = [(program, what) for program in MAKERS for what in SHAPES if program != "timm's own" or what == "path"]
SQUARES = [
    *((program, law) for program in ("interpreter", "torch", "timm", "hub") for law in ("paper", "timm")),
    ("timm's own", "timm"),
]
MAPS = [(3, 9, 8), (4, 9, 8), (7, 7, 7), (7, 4, 12), (2, 1, 5), (1, 5, 5)]
"""Size of the squares, height and width: odd and even squares, and squares that are larger than the map."""


def near(count: int, events: int, probability: float) -> bool:
    """Whether so many of independent events are what the binomial law allows."""
    return abs(count - events * probability) <= 5 * sqrt(events * probability * (1 - probability))


def halves(units: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """Neighbours along an axis, each in one pair only."""
    pairs = units.shape[axis] // 2
    even, odd = (units.narrow(axis, start, 2 * pairs - 1)[(slice(None),) * axis + (slice(None, None, 2),)] for start in (0, 1))
    return even, odd


def independent(units: Tensor, axis: int, probability: Tensor | float) -> bool:
    """Whether neighbours along an axis are dropped together as often as by chance."""
    even, odd = halves(units, axis)
    return near(int((even & odd).sum()), even.numel(), float(probability) ** 2)


def dropped(program: Program, shape: tuple[int, ...], seed: int = 0) -> tuple[Tensor, Tensor]:
    """Where ones became zeros, and the values that are kept."""
    torch.manual_seed(seed)
    made = program(torch.ones(shape, dtype=torch.float64))
    return made == 0, made[made != 0]


@pytest.fixture(scope="module")
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Dropout of elements, images or channels: what, the mask, and the values kept."""
    program, what = request.param
    shape = SHAPES[what]
    made = MAKERS[program](Dropout(RATE, what), shape[1:], tmp_path_factory.mktemp("net"))
    return what, *dropped(made, shape)


def units(what: str, mask: Tensor) -> Tensor:
    """One for each thing that is dropped as a whole."""
    return {"elements": mask, "path": mask[:, :1, :1, :1], "channels": mask[:, :, :1, :1]}[what]


@pytest.mark.parametrize("whole", WHOLE, indirect=True, ids=" ".join)
def test_share(whole: Any) -> None:
    what, mask, _ = whole
    each = units(what, mask)
    assert near(int(each.sum()), each.numel(), RATE)


@pytest.mark.parametrize("whole", WHOLE, indirect=True, ids=" ".join)
def test_what_is_dropped_is_dropped_as_a_whole(whole: Any) -> None:
    what, mask, _ = whole
    assert torch.equal(units(what, mask).expand_as(mask), mask)


@pytest.mark.parametrize("whole", WHOLE, indirect=True, ids=" ".join)
def test_neighbours_are_dropped_independently(whole: Any) -> None:
    what, mask, _ = whole
    each = units(what, mask)
    assert [axis for axis in range(4) if each.shape[axis] > 1 and not independent(each, axis, RATE)] == []


@pytest.mark.parametrize("whole", WHOLE, indirect=True, ids=" ".join)
def test_what_is_kept_is_scaled_to_the_mean(whole: Any) -> None:
    _, _, kept = whole
    torch.testing.assert_close(kept, torch.full_like(kept, 1 / (1 - RATE)), rtol=1e-6, atol=0)


BATCH = (200, 10)


@pytest.fixture(scope="module")
def squares(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Drop block: its law, the size, the mask, and the values kept."""
    (program, law), (size, height, width) = request.param
    op = Dropout(RATE, "block", size, law)
    made = MAKERS[program](op, (BATCH[1], height, width), tmp_path_factory.mktemp("net"))
    return law, size, *dropped(made, (*BATCH, height, width))


BLOCKS = [(program, sizes) for program in SQUARES for sizes in MAPS]


def named(value: Any) -> str:
    return " ".join(map(str, (*value[0], *value[1])))


def probabilities(law: str, size: int, height: int, width: int) -> Tensor:
    """Of each pixel to be dropped: that of the squares over it one at least is drawn."""
    over = torch.tensor(drop_block.covering(size, height, width), dtype=torch.float64)
    if law == "timm":  # where the map goes on beyond its border
        beyond = drop_block.covering(size, height + 2 * size, width + 2 * size)
        over = torch.tensor(beyond, dtype=torch.float64)
        sides = [torch.tensor([_centres(min(size, length), at, length) for at in range(length)]) for length in (height, width)]
        over = torch.outer(*sides).double()
    return 1 - (1 - drop_block.probability(RATE, size, height, width)) ** over


def _centres(size: int, at: int, length: int) -> int:
    """Of how many centres along an axis a square reaches this place: size // 2 before the centre, the rest from it on."""
    return sum(centre - size // 2 <= at < centre - size // 2 + size for centre in range(length))


@pytest.mark.parametrize("squares", BLOCKS, indirect=True, ids=named)
def test_share_of_squares_at_every_pixel(squares: Any) -> None:
    """The borders too: fewer squares that fit lie over them."""
    law, size, mask, _ = squares
    masks = mask if law == "paper" else mask[:, :1]
    expected = probabilities(law, size, *mask.shape[2:])
    counts = masks.sum((0, 1))
    events = masks.shape[0] * masks.shape[1]
    off = [
        (row, column) for row in range(mask.shape[2]) for column in range(mask.shape[3])
        if not near(int(counts[row, column]), events, float(expected[row, column]))
    ]  # fmt: skip
    assert off == []


@pytest.mark.parametrize("squares", [case for case in BLOCKS if case[0][1] == "paper"], indirect=True, ids=named)
def test_squares_lie_in_the_map_whole(squares: Any) -> None:
    """What is dropped is the squares that are dropped whole, and nothing besides."""
    _, size, mask, _ = squares
    tall, wide = (min(size, length) for length in mask.shape[2:])
    windows = mask.unfold(2, tall, 1).unfold(3, wide, 1).all(-1).all(-1).double().flatten(0, 1).unsqueeze(1)
    filled = torch.nn.functional.conv_transpose2d(windows, torch.ones(1, 1, tall, wide, dtype=torch.float64)) > 0
    assert torch.equal(filled.reshape(mask.shape), mask)


@pytest.mark.parametrize("squares", BLOCKS, indirect=True, ids=named)
def test_channels_of_the_paper_have_masks_of_their_own_and_timm_s_share_one(squares: Any) -> None:
    law, size, mask, _ = squares
    if law == "timm":
        assert torch.equal(mask[:, :1].expand_as(mask), mask)
    else:
        assert independent(mask[:, :, :1, :1], 1, probabilities(law, size, *mask.shape[2:])[0, 0])


@pytest.mark.parametrize("squares", BLOCKS, indirect=True, ids=named)
def test_images_have_masks_of_their_own(squares: Any) -> None:
    law, size, mask, _ = squares
    assert independent(mask[:, :1, :1, :1], 0, probabilities(law, size, *mask.shape[2:])[0, 0])


@pytest.mark.parametrize("squares", BLOCKS, indirect=True, ids=named)
def test_what_squares_leave_is_scaled_by_its_share_of_the_batch(squares: Any) -> None:
    _, _, mask, kept = squares
    torch.testing.assert_close(kept, torch.full_like(kept, mask.numel() / int((~mask).sum())), rtol=1e-6, atol=0)


@pytest.mark.parametrize(("size", "expected"), [(56, (0.095, 0.111)), (14, (0.093, 0.209)), (7, (0.1, 0.93))])
def test_shares_that_the_manual_states(size: int, expected: tuple[float, float]) -> None:
    """Of rate 0.1 and size 7."""
    found = [float(probabilities(law, 7, size, size).mean()) for law in ("paper", "timm")]
    assert [round(share, 3) for share in found] == list(expected)


def drawing(chances: list[float]) -> Callable[[Tensor, float], Tensor]:
    """In the place of `bernoulli_`: about a twelfth of all, noting the probability that was asked for."""

    def draw(tensor: Tensor, chance: float) -> Tensor:
        chances.append(chance)
        drawn = torch.rand(tensor.shape, generator=torch.Generator().manual_seed(1)) < 1 / 12
        return tensor.copy_(drawn)

    return draw


@pytest.mark.parametrize("sizes", MAPS, ids=str)
@pytest.mark.parametrize("program", ["interpreter", "torch"])
def test_the_paper_s_algorithm_on_drawn_squares(program: str, sizes: tuple[int, int, int], tmp_path: Path) -> None:
    """Against the algorithm written out, for the same squares."""
    size, height, width = sizes
    made = MAKERS[program](Dropout(RATE, "block", size), (3, height, width), tmp_path)
    chances: list[float] = []
    x = torch.randn(4, 3, height, width, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    with patch.object(Tensor, "bernoulli_", drawing(chances)):
        found = made(x)
    places = x.new_empty(4, 3, height - min(size, height) + 1, width - min(size, width) + 1)
    corners = [[[*map(tuple, one.nonzero().tolist())] for one in image] for image in drawing([])(places, 0.0)]
    masks = [drop_block.mask(drawn, size, height, width) for image in corners for drawn in image]
    expected = x * torch.tensor(masks, dtype=torch.float64).reshape(x.shape) * drop_block.scale(masks)
    torch.testing.assert_close(found, expected)
    assert chances == pytest.approx([drop_block.probability(RATE, size, height, width)])


@pytest.mark.parametrize("sizes", MAPS, ids=str)
@pytest.mark.parametrize("program", ["interpreter", "torch"])
def test_timm_s_law_draws_as_timm_does(program: str, sizes: tuple[int, int, int], tmp_path: Path) -> None:
    size, height, width = sizes
    op = Dropout(RATE, "block", size, "timm")
    x = torch.randn(6, 3, height, width, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    made = []
    for maker in (MAKERS["timm's own"], MAKERS[program]):
        torch.manual_seed(3)
        made.append(maker(op, (3, height, width), tmp_path)(x))
    torch.testing.assert_close(made[0], made[1], rtol=1e-6, atol=1e-7)


LAYERS = [Dropout(RATE, "elements"), Dropout(RATE, "path"), Dropout(RATE, "channels"), Dropout(RATE, "block", 3),
          Dropout(RATE, "block", 4, "timm")]  # fmt: skip


@pytest.mark.parametrize("op", LAYERS, ids=str)
def test_a_gradient_flows_through_what_is_kept(op: Dropout) -> None:
    x = torch.randn(4, 6, 9, 8, dtype=torch.float64, requires_grad=True)
    torch.manual_seed(0)
    made = programs.layer(op, (6, 9, 8)).train()(x)
    made.sum().backward()
    assert x.grad is not None
    torch.testing.assert_close(x.grad * x, made)


def idle(op: Dropout) -> Iterator[tuple[str, Program]]:
    layer = programs.layer(op, (6, 9, 8))
    yield "evaluated", layer.eval()
    yield "of rate 0", programs.layer(Dropout(0.0, op.what, op.size, op.law), (6, 9, 8)).train()


@pytest.mark.parametrize("op", LAYERS, ids=str)
def test_nothing_is_dropped_in_evaluation_and_at_rate_0(op: Dropout) -> None:
    x = torch.randn(4, 6, 9, 8, generator=torch.Generator().manual_seed(0))
    assert [how for how, program in idle(op) if not torch.equal(program(x), x)] == []


@pytest.mark.parametrize("op", LAYERS, ids=str)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_half_precision_keeps_the_law(op: Dropout, dtype: torch.dtype) -> None:
    """On more elements than a float16 can count."""
    torch.manual_seed(0)
    made = programs.layer(op, (16, 40, 40)).train()(torch.ones(8, 16, 40, 40, dtype=dtype))
    mask = made == 0
    scale = mask.numel() / int((~mask).sum()) if op.what == "block" else 1 / (1 - RATE)
    kept = made[~mask].double()
    assert (made.dtype, mask.any().item()) == (dtype, True)
    torch.testing.assert_close(kept, torch.full_like(kept, scale), rtol=float(torch.finfo(dtype).eps), atol=0)


@pytest.mark.parametrize("op", LAYERS, ids=str)
def test_channels_that_lie_last_stay_last(op: Dropout) -> None:
    torch.manual_seed(0)
    x = torch.ones(4, 6, 9, 8).to(memory_format=torch.channels_last)
    assert programs.layer(op, (6, 9, 8)).train()(x).is_contiguous(memory_format=torch.channels_last)
