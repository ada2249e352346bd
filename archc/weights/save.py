"""Converted weights become the chunks of a file, in the format that its name asks for."""

import math
import mmap
import os
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING

from archc.weights.errors import refused
from archc.weights.plan import Move
from archc.weights.safetensors import CHUNK, write_safetensors
from archc.weights.torchfile import DTYPES, NOTE, NOTES

if TYPE_CHECKING:
    import torch

TORCH_SUFFIXES = (".pth", ".pt", ".bin")


def chunks_for(
    path: str, moves: Iterable[Move], content: Callable[[Move], Iterator[bytes]], metadata: Mapping[str, str]
) -> Iterator[bytes]:
    """Yield the bytes of the file `path`. Raises WeightsError: E0583, E0588, and what `content` raises."""
    written = {move.target: move for move in moves if move.target is not None}
    if path.endswith(".safetensors"):
        return _safetensors(written, content, metadata)
    if path.endswith(TORCH_SUFFIXES):
        return _torch(path, written, content, metadata)
    known = ", ".join((".safetensors", *TORCH_SUFFIXES))
    raise refused("E0588", f"the name `{path}` does not say in which format to write", f"end it with one of {known}")


def _safetensors(
    written: Mapping[str, Move], content: Callable[[Move], Iterator[bytes]], metadata: Mapping[str, str]
) -> Iterator[bytes]:
    header, order = write_safetensors([(key, move.dtype, move.shape) for key, move in written.items()], metadata)
    yield header
    for key in order:
        yield from content(written[key])


def _torch(
    path: str, written: Mapping[str, Move], content: Callable[[Move], Iterator[bytes]], metadata: Mapping[str, str]
) -> Iterator[bytes]:
    """Yield a file of torch.save.

    It wants all tensors at once, so these are first written to a nameless file, which is mapped.
    """
    if find_spec("torch") is None:
        raise refused("E0583", f"only torch writes `{path}`", "pip install torch, or name it *.safetensors")
    try:
        yield from _saved(os.path.dirname(path) or ".", written, content, metadata)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise refused("E0545", f"cannot write `{path}`: {reason}; nothing was left behind", "make room on its disk") from None


def _saved(
    folder: str, written: Mapping[str, Move], content: Callable[[Move], Iterator[bytes]], metadata: Mapping[str, str]
) -> Iterator[bytes]:
    import torch

    with tempfile.TemporaryFile(dir=folder) as plain, tempfile.TemporaryFile(dir=folder) as file:
        header, order = write_safetensors([(key, move.dtype, move.shape) for key, move in written.items()], {})
        begins: dict[str, int] = {}
        plain.write(header)
        for key in order:
            begins[key] = plain.tell()
            plain.writelines(content(written[key]))
        plain.flush()
        data = mmap.mmap(plain.fileno(), 0, access=mmap.ACCESS_COPY)
        state = OrderedDict((key, _mapped(data, move, begins[key])) for key, move in written.items())
        setattr(state, NOTES, {NOTE: dict(metadata)})
        torch.save(state, file)
        yield from _whole(file)


def _mapped(data: mmap.mmap, move: Move, begin: int) -> "torch.Tensor":
    import torch

    dtype = getattr(torch, DTYPES[move.dtype])
    return torch.frombuffer(data, dtype=dtype, count=math.prod(move.shape), offset=begin).reshape(move.shape)


def _whole(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk
