"""Floating-point numbers as bytes, held against torch; how new tensors begin, against torch.nn.init."""

import math

import pytest
import torch

from archc.ir.op import Init
from archc.weights.numbers import begun, decoded, encoded

TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
NUMBERS = [
    0.0,
    -0.0,
    1.0,
    -1.5,
    0.1,
    1 / 3,
    65504.0,
    65519.9,
    65520.0,
    1e-8,
    6e-8,
    3.4e38,
    3.5e38,
    -1e300,
    math.inf,
    -math.inf,
    1.00390625,
    1.01171875,
]


def raw(tensor: torch.Tensor) -> bytes:
    return bytes(tensor.view(torch.uint8).tolist())


def near_the_largest(value: float, dtype: str) -> bool:
    """Between the largest number of a type and the first that torch rounds to infinity: here it is infinite already."""
    largest = torch.finfo(TYPES[dtype]).max
    return largest < abs(value) < math.inf and math.isfinite(torch.tensor(value, dtype=torch.float64).to(TYPES[dtype]).item())


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("number", NUMBERS)
def test_encoded_as_torch_does(number: float, dtype: str) -> None:
    value = math.copysign(math.inf, number) if near_the_largest(number, dtype) else number
    through = torch.float32 if dtype == "BF16" else torch.float64  # struct rounds to a float32 first
    expected = torch.tensor([value], dtype=torch.float64).to(through).to(TYPES[dtype])
    assert raw(expected) == b"".join(encoded(dtype, [number]))


@pytest.mark.parametrize("dtype", TYPES)
def test_no_number_stays_none(dtype: str) -> None:
    assert math.isnan(decoded(dtype, b"".join(encoded(dtype, [math.nan])))[0])


@pytest.mark.parametrize("dtype", TYPES)
def test_decoded_as_torch_does(dtype: str) -> None:
    tensor = torch.randn(100, generator=torch.Generator().manual_seed(0), dtype=torch.float64).to(TYPES[dtype])
    assert tensor.tolist() == list(decoded(dtype, raw(tensor)))


@pytest.mark.parametrize("dtype", TYPES)
def test_there_and_back_in_several_chunks(dtype: str) -> None:
    tensor = torch.rand(150_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64).to(TYPES[dtype])
    chunks = list(encoded(dtype, decoded(dtype, raw(tensor))))
    assert (len(chunks), raw(tensor)) == (3, b"".join(chunks))


INITS = {
    "kaiming_normal_fan_out": lambda w: torch.nn.init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu"),
    "kaiming_normal_fan_in": lambda w: torch.nn.init.kaiming_normal_(w, mode="fan_in", nonlinearity="relu"),
    "xavier_uniform": torch.nn.init.xavier_uniform_,
    "torch": lambda w: torch.nn.init.kaiming_uniform_(w, a=5**0.5),
}


@pytest.mark.parametrize("kind", INITS)
@pytest.mark.parametrize("quantile", [0.01, 0.25, 0.5, 0.9])
def test_begins_as_torch_does(kind: str, quantile: float) -> None:
    """Within five standard errors of two samples: at most 0.019 deviations each, at one hundredth of normal numbers."""
    weight = INITS[kind](torch.empty(400, 200))
    ours = torch.tensor(list(begun(Init(kind), "weight", (400, 200), (200, 400), "0")))
    assert float(ours.quantile(quantile)) == pytest.approx(float(weight.quantile(quantile)), abs=5 * 0.019 * float(weight.std()))


def test_a_constant() -> None:
    assert [0.5, 0.5] == list(begun(Init("constant", 0.5), "bias", (2,), (1, 2), "0"))


def test_an_odd_number_of_normal_ones() -> None:
    assert len(list(begun(Init("normal", 0.1), "weight", (3, 1), (1, 3), "0"))) == 3


def test_numbers_are_the_same_everywhere() -> None:
    """But for the last digits of a logarithm and a cosine, which another C library may round otherwise."""
    found = list(begun(Init("normal", 1.0), "weight", (2,), (1, 2), "0:fc.weight"))
    assert found == pytest.approx(NORMAL, rel=1e-12)


NORMAL = (0.009724105688037353, -1.3591822924662693)
