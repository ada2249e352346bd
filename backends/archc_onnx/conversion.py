"""Numbers become the bytes of a type and back, by numpy."""

import numpy as np
from numpy.typing import NDArray

from archc_onnx.dtypes import Dtype

Array = NDArray[np.float64]

_FORMATS: dict[Dtype, str] = {"float32": "<f4", "float16": "<f2", "float64": "<f8"}


def unpacked(data: bytes, dtype: Dtype) -> Array:
    """Read numbers as float64, which holds every number of the other types."""
    if dtype == "bfloat16":
        upper = np.frombuffer(data, "<u2").astype("<u4") << np.uint32(16)
        return upper.view("<f4").astype(np.float64)
    return np.frombuffer(data, _FORMATS[dtype]).astype(np.float64)


def pack(numbers: Array, dtype: Dtype) -> bytes:
    """Round once, to the nearest and ties to even. Raises OverflowError where a finite number becomes infinite."""
    with np.errstate(over="ignore"):
        if dtype == "bfloat16":
            data, back = _bfloat16(numbers)
        else:
            rounded = numbers.astype(_FORMATS[dtype])
            data, back = rounded.tobytes(), rounded
    if not np.array_equal(np.isfinite(numbers), np.isfinite(back)):
        largest = float(np.abs(numbers[np.isfinite(numbers) & ~np.isfinite(back)]).max())
        raise OverflowError(f"{largest:g} is beyond {dtype}")
    return data


def _bfloat16(numbers: Array) -> tuple[bytes, NDArray[np.float32]]:
    """Round to bfloat16 by way of a float32 that is rounded to odd, which together round once."""
    near = numbers.astype("<f4")
    bits = near.view("<u4").copy()
    exact = near.astype(np.float64)
    bits -= (np.abs(exact) > np.abs(numbers)).astype("<u4")
    bits |= (exact != numbers).astype("<u4")
    rounded = (bits + np.uint32(0x7FFF) + (bits >> np.uint32(16) & np.uint32(1))) >> np.uint32(16)
    rounded = np.where(np.isnan(numbers), np.uint32(0x7FC0), rounded).astype("<u2")
    return rounded.tobytes(), (rounded.astype("<u4") << np.uint32(16)).view("<f4")
