"""A safetensors file is eight bytes with the length of the header, the header, and the tensors' bytes one after the other.

Format: huggingface/safetensors, README, "Format". It is read tensor by tensor, so that memory does not depend on its size.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType, TracebackType
from typing import Self

from archc.arguments import StrPath
from archc.arguments import path as path_text
from archc.record import Record
from archc.weights.errors import WeightsError, refused
from archc.weights.header import BITS, Entry, HeaderError, parse_header

LONGEST_HEADER = 100_000_000
"""The most bytes of a header; huggingface/safetensors refuses longer ones too."""

CHUNK = 1 << 20
"""Bytes read at once."""


class StoredTensor(Record):
    """A tensor in a file."""

    name: str
    dtype: str
    """Its type as safetensors names it, such as F32."""
    shape: tuple[int, ...]
    begin: int
    """The offset of its first byte in the file."""
    end: int
    """The offset behind its last byte."""

    @property
    def size(self) -> int:
        """Return the number of bytes."""
        return self.end - self.begin


class SafetensorsFile:
    """An open file with its header checked: `tensors` are by name in the header's order, `metadata` is that of `__metadata__`.

    It is a context manager that closes the file.
    """

    def __init__(self, path: str, descriptor: int, tensors: dict[str, StoredTensor], metadata: dict[str, str]) -> None:
        self.path = path
        self.tensors: Mapping[str, StoredTensor] = MappingProxyType(tensors)
        self.metadata: Mapping[str, str] = MappingProxyType(metadata)
        self.wrapper = ""
        self._descriptor = descriptor

    def chunks(self, name: str, size: int = CHUNK) -> Iterator[bytes]:
        """Yield the bytes of a tensor, little-endian and row by row, at most `size` at once.

        Raises WeightsError (E0003, E0580).
        """
        tensor = self.tensors[name]
        place = tensor.begin
        while place < tensor.end:
            chunk = _read(self._descriptor, self.path, place, min(size, tensor.end - place))
            if not chunk:
                raise refused("E0580", f"`{self.path}` has become shorter while it was read, at tensor `{name}`")
            place += len(chunk)
            yield chunk

    def read(self, name: str) -> bytes:
        """Return all bytes of a tensor."""
        return b"".join(self.chunks(name))

    def close(self) -> None:
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_safetensors(path: StrPath) -> SafetensorsFile:
    """Open a file, read its header and check it. Raises WeightsError: E0001 to E0003, E0580."""
    name = path_text("path", path, "the path of a file of weights")
    descriptor = open_file(name)
    try:
        return _opened(name, descriptor)
    except BaseException:
        os.close(descriptor)
        raise


def write_safetensors(
    tensors: Iterable[tuple[str, str, tuple[int, ...]]], metadata: Mapping[str, str]
) -> tuple[bytes, tuple[str, ...]]:
    """Return the first bytes of a file of tensors (name, dtype, shape), and the order in which their bytes follow.

    Wide types come first, so that every tensor is aligned to its own type when the file is mapped; else the given order stays.
    """
    import json

    ordered = sorted(tensors, key=lambda tensor: -BITS[tensor[1]])
    entries: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    place = 0
    for name, dtype, shape in ordered:
        bits = BITS[dtype]
        for length in shape:
            bits *= length
        entries[name] = {"dtype": dtype, "shape": shape, "data_offsets": [place, place + bits // 8]}
        place += bits // 8
    header = json.dumps(entries, separators=(",", ":"), ensure_ascii=False).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header, tuple(name for name, _, _ in ordered)


def open_file(name: str) -> int:
    """Open a regular file. Raises WeightsError: E0001 where there is none, E0002 for no file, E0003 where it cannot be read."""
    flags = os.O_RDONLY
    for flag in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):  # a FIFO without a writer must not block
        flags |= getattr(os, flag, 0)
    try:
        descriptor = os.open(name, flags)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in the path
        raise refused("E0001", f"cannot find `{name}`") from None
    except OSError as error:
        raise _unreadable(name, error) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise refused("E0002", f"`{name}` is not a file")
    return descriptor


def _opened(name: str, descriptor: int) -> SafetensorsFile:
    size = os.fstat(descriptor).st_size
    if size < 8:
        raise _damaged(name, f"it has {size} bytes, and no header")
    length = int.from_bytes(_exactly(descriptor, name, 0, 8), "little")
    if length > LONGEST_HEADER:
        raise _damaged(name, f"its header would be {length} bytes long, more than the {LONGEST_HEADER} there may be")
    if length > size - 8:
        raise _damaged(name, f"its header would be {length} bytes long, after which the file has ended")
    try:
        text = _exactly(descriptor, name, 8, length).decode("utf-8")
        tensors, metadata = parse_header(text)
        _check_ranges(tensors, size - 8 - length)
    except UnicodeDecodeError as error:
        raise _damaged(name, f"byte {error.start} of its header is not UTF-8") from None
    except HeaderError as error:
        raise _damaged(name, str(error)) from None
    begin = 8 + length
    stored = {key: StoredTensor(key, e.dtype, e.shape, begin + e.begin, begin + e.end) for key, e in tensors.items()}
    return SafetensorsFile(name, descriptor, stored, metadata)


def _check_ranges(tensors: Mapping[str, Entry], room: int) -> None:
    """Check that the tensors fill the rest of the file: no overlap, no hole to hide something in, nothing beyond the end."""
    place, before = 0, ""
    for name, entry in sorted(tensors.items(), key=lambda item: (item[1].begin, item[1].end)):
        if entry.begin < place:
            raise HeaderError(f"tensors `{before}` and `{name}` overlap")
        if entry.begin > place:
            raise HeaderError(f"{entry.begin - place} bytes before tensor `{name}` belong to none")
        place, before = entry.end, name
    if place > room:
        raise HeaderError(f"tensor `{before}` ends {place - room} bytes after the file: it is truncated")
    if place < room:
        raise HeaderError(f"{room - place} bytes at its end belong to no tensor")


def _exactly(descriptor: int, name: str, place: int, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        chunk = _read(descriptor, name, place + len(data), min(CHUNK, count - len(data)))
        if not chunk:
            raise _damaged(name, "it has become shorter while it was read")
        data += chunk
    return bytes(data)


def _read(descriptor: int, name: str, place: int, count: int) -> bytes:
    try:
        os.lseek(descriptor, place, os.SEEK_SET)
        return os.read(descriptor, count)
    except OSError as error:
        raise _unreadable(name, error) from None


def _damaged(name: str, problem: str) -> WeightsError:
    return refused("E0580", f"`{name}` is not a safetensors file, or a damaged one: {problem}", "get the file again")


def _unreadable(name: str, error: OSError) -> WeightsError:
    return refused("E0003", f"cannot read `{name}`: {(error.strerror or str(error)).lower()}")
