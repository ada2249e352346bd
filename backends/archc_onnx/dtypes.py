"""The types of tensors: ONNX's numbers for them, their sizes, and how a number is packed."""

import struct
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from archc.backend import BackendError

Dtype: TypeAlias = Literal["float32", "float16", "bfloat16", "float64"]

BOOL: Final = 9
INT64: Final = 7
CODES: Final[dict[Dtype, int]] = {"float32": 1, "float16": 10, "float64": 11, "bfloat16": 16}
SIZES: Final[dict[Dtype, int]] = {"float32": 4, "float16": 2, "float64": 8, "bfloat16": 2}
FLOATS: Final[dict[str, Dtype]] = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}
"""Maps the names of types in files of weights."""


def _bfloat16(number: float) -> bytes:
    """Return the upper half of a float32 that is first rounded to odd, so that the number is rounded only once in all."""
    data = struct.pack("<f", number)
    (near,), (bits,) = struct.unpack("<f", data), struct.unpack("<I", data)
    bits = bits - (abs(near) > abs(number)) | (near != number)
    return struct.pack("<H", (bits + 0x7FFF + (bits >> 16 & 1)) >> 16)


_PACKERS: Final[dict[Dtype, Callable[[float], bytes]]] = {
    "float32": struct.Struct("<f").pack,
    "float16": struct.Struct("<e").pack,
    "float64": struct.Struct("<d").pack,
    "bfloat16": _bfloat16,
}


def packed(number: float, dtype: Dtype) -> bytes:
    """Pack a number as little-endian bytes. Raises BackendError (E0563) where it is beyond the type."""
    try:
        return _PACKERS[dtype](number)
    except OverflowError:
        raise BackendError("E0563", f"{number:g} is beyond {dtype}", "build with --dtype float32") from None
