"""A .safetensors file: the list of its tensors, and their bytes a piece at a time."""

import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Final

from archc.backend import BackendError
from archc_onnx.dtypes import Dtype

PIECE: Final = 1 << 20
"""Bytes read at once; a multiple of the size of every type."""

_LONGEST: Final = 100_000_000
"""Of a header, in bytes: the format's own bound."""

_SIZES: Final = {
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1,
    "U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1,
}  # fmt: skip
FLOATS: Final[dict[str, Dtype]] = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor in the file: its type as the format calls it, its shape, and where its bytes begin and end."""

    kind: str
    shape: tuple[int, ...]
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Tensors:
    """A file and what is in it. `stamp` tells whether it is still the file that was looked at."""

    path: str
    stamp: tuple[int, ...]
    stored: Mapping[str, Stored]


def read_header(path: str) -> Tensors:
    """What a file holds; no weights are read. Raises BackendError: E0563 for no file, E0564 for one of another format."""
    descriptor = _opened(path)
    try:
        status = os.fstat(descriptor)
        length = int.from_bytes(os.read(descriptor, 8), "little")
        if status.st_size < 8 or length > min(_LONGEST, status.st_size - 8):
            raise _other(path, "it does not begin with the length of a header")
        header = _parsed(path, os.read(descriptor, length))
    except OSError as problem:
        raise _unread(path, problem) from None
    finally:
        os.close(descriptor)
    stored = {
        key: _stored(path, key, entry, 8 + length, status.st_size) for key, entry in header.items() if key != "__metadata__"
    }
    return Tensors(path, _stamp(status), stored)


def pieces(tensors: Tensors, stored: Stored) -> Iterator[bytes]:
    """The bytes of one tensor. Raises BackendError (E0566) where the file is another one by now."""
    descriptor = _opened(tensors.path)
    try:
        if _stamp(os.fstat(descriptor)) != tensors.stamp:
            raise _changed(tensors.path)
        os.lseek(descriptor, stored.start, os.SEEK_SET)
        left = stored.stop - stored.start
        while left:
            piece = _filled(descriptor, min(left, PIECE))
            if piece is None:
                raise _changed(tensors.path)
            left -= len(piece)
            yield piece
    except OSError as problem:
        raise _unread(tensors.path, problem) from None
    finally:
        os.close(descriptor)


def _filled(descriptor: int, count: int) -> bytes | None:
    """Exactly `count` bytes; None where the file ends before."""
    data = os.read(descriptor, count)
    while len(data) < count:
        more = os.read(descriptor, count - len(data))
        if not more:
            return None
        data += more
    return data


def _opened(path: str) -> int:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError) as problem:
        raise _unread(path, problem) from None
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        what = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
        raise BackendError("E0563", f"`{path}` is {what}", "--weights takes one .safetensors file", usage=True)
    return descriptor


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def _parsed(path: str, data: bytes) -> dict[str, object]:
    try:
        header = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise _other(path, "its header is not JSON with each name once") from None
    if not isinstance(header, dict):
        raise _other(path, "its header is no JSON object")
    return header


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _stored(path: str, key: str, entry: object, start: int, size: int) -> Stored:
    """An entry of the header, after what the format promises was checked."""
    fields = entry if isinstance(entry, dict) else {}
    kind, shape, offsets = fields.get("dtype"), fields.get("shape"), fields.get("data_offsets")
    if not isinstance(kind, str) or not _counts(shape) or not _counts(offsets) or len(offsets) != 2:
        raise _other(path, f"its header does not say type, shape and place of `{key}`")
    begin, end = offsets
    if kind in _SIZES and end - begin != prod(shape) * _SIZES[kind] or not begin <= end <= size - start:
        raise _other(path, f"the place of `{key}` does not fit its shape and the file's length")
    return Stored(kind, tuple(shape), start + begin, start + end)


def _counts(value: object) -> bool:
    return isinstance(value, list) and all(type(number) is int and number >= 0 for number in value)


def _other(path: str, why: str) -> BackendError:
    return BackendError("E0564", f"`{path}` is not a .safetensors file: {why}", "save it with safetensors.torch.save_file")


def _unread(path: str, problem: OSError | ValueError) -> BackendError:
    reason = (getattr(problem, "strerror", None) or str(problem)).lower()
    return BackendError("E0563", f"cannot read `{path}`: {reason}", usage=True)


def _changed(path: str) -> BackendError:
    return BackendError("E0566", f"`{path}` changed while it was read", "build again when nothing writes to it")
