"""The pinned random numbers: the same bits everywhere, and distributed as they say; and numbers as bytes of each type."""

import hashlib
import math

import numpy as np
import pytest
import torch

from archc_onnx import normal
from archc_onnx.conversion import pack, unpacked
from archc_onnx.dtypes import Dtype, packed


def digest(name: str, count: int, *, bell: bool) -> str:
    draw = normal.normal if bell else normal.uniform
    return hashlib.sha256(b"".join(block.astype("<f8").tobytes() for block in draw(name, count, 1.0))).hexdigest()[:16]


@pytest.mark.parametrize(
    ("name", "count", "bell", "expected"),
    [
        ("0:conv.weight", 1000, True, "53c0494e7909a0f4"),
        ("0:conv.weight", 200_001, True, "eef61a125f9c3334"),
        ("0:conv.weight", 1000, False, "1b19e94a2fd578e2"),
    ],
)
def test_these_bits_never_change(name: str, count: int, bell: bool, expected: str) -> None:
    assert digest(name, count, bell=bell) == expected


def test_a_stream_is_pcg64() -> None:
    """O'Neill 2014: a 128-bit congruential step, then the xor of its halves rotated by its upper six bits."""
    seed = hashlib.sha256(b"0:a").digest()
    state, increment = int.from_bytes(seed[:16], "big"), int.from_bytes(seed[16:], "big") | 1
    expected = []
    for _ in range(8):
        state = (state * 0x2360ED051FC65DA44385DF649FCCF645 + increment) % (1 << 128)
        folded, turn = (state >> 64 ^ state) % (1 << 64), state >> 122
        drawn = (folded >> turn | folded << (64 - turn)) % (1 << 64)
        expected.append((drawn >> 11) * 2.0**-52 - 1)
    assert expected == np.concatenate(list(normal.uniform("0:a", 8, 1.0))).tolist()


@pytest.mark.parametrize("count", [1, 2, 3, normal.BLOCK - 1, normal.BLOCK, normal.BLOCK + 1])
def test_as_many_as_asked_for(count: int) -> None:
    assert [sum(map(len, draw("a", count, 1.0))) for draw in (normal.normal, normal.uniform)] == [count, count]


def test_the_logarithm_is_one() -> None:
    """As far as `_logarithm` says: where its series ends."""
    x = np.concatenate(([1.0, 0.5, 2.0**-53, math.sqrt(0.5)], np.random.default_rng(0).random(10_000) + 2.0**-60))
    assert np.abs(normal._logarithm(x) - np.log(x)).max() < 1e-13


def test_cosine_and_sine_are_those() -> None:
    """As far as `_circle` says: where its series end."""
    turns = np.concatenate((np.arange(16) / 16, np.random.default_rng(0).random(10_000)))
    cosine, sine = normal._circle(turns)
    assert max(np.abs(cosine - np.cos(2 * np.pi * turns)).max(), np.abs(sine - np.sin(2 * np.pi * turns)).max()) < 1e-12


def test_moments_of_the_normal_numbers() -> None:
    """Within five standard errors: the 2k-th moment of a normal number is the product of the odd numbers below 2k."""
    x = np.concatenate(list(normal.normal("moments", 1_000_000, 1.0)))
    inside = math.erf(1 / math.sqrt(2))
    found = [float((x**power).mean()) for power in (1, 2, 3, 4)] + [float((np.abs(x) < 1).mean())]
    variances = [1, 3 - 1, 15, 105 - 9, inside * (1 - inside)]
    off = [(a - b) / math.sqrt(v / len(x)) for a, b, v in zip(found, [0, 1, 0, 3, inside], variances, strict=True)]
    assert [share for share in off if abs(share) > 5] == []


EDGES = [0.0, -0.0, 1.0, 1 / 3, 65504.0, 1e-7, 6e-8, 2.0**-24, 1 + 2.0**-8, 1 + 2.0**-8 + 2.0**-40, 1 + 3 * 2.0**-8, -2.5, 1e-40]


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_packed_numbers_are_torch_s(dtype: Dtype) -> None:
    kind = getattr(torch, dtype)
    numbers = np.concatenate((EDGES, np.random.default_rng(0).standard_normal(1000)))
    wanted = torch.from_numpy(numbers).float() if dtype == "bfloat16" else torch.from_numpy(numbers)
    if dtype == "bfloat16":  # torch goes by way of float32: here only what float32 holds
        numbers = wanted.double().numpy()
    assert torch.frombuffer(bytearray(pack(numbers, dtype)), dtype=kind).equal(wanted.to(kind))


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_one_number_is_packed_as_many_are(dtype: Dtype) -> None:
    assert [packed(number, dtype) for number in EDGES[:10]] == [pack(np.array([number]), dtype) for number in EDGES[:10]]


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_unpacking_undoes_packing(dtype: Dtype) -> None:
    data = pack(np.random.default_rng(0).standard_normal(100), dtype)
    assert pack(unpacked(data, dtype), dtype) == data


def test_bfloat16_is_rounded_once() -> None:
    """Just over the middle of two: by way of a float32 rounded to the nearest it would be the middle, and go down to the even."""
    assert unpacked(pack(np.array([1 + 2.0**-8 + 2.0**-40]), "bfloat16"), "bfloat16").tolist() == [1 + 2.0**-7]


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_what_is_beyond_a_type_is_refused(dtype: Dtype) -> None:
    with pytest.raises(OverflowError, match=f"1e\\+39 is beyond {dtype}"):
        pack(np.array([1.0, 1e39]), dtype)


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_infinity_and_nan_stay(number: float) -> None:
    for dtype in ("float64", "float32", "float16", "bfloat16"):
        assert np.array_equal(unpacked(pack(np.array([number]), dtype), dtype), [number], equal_nan=True)
