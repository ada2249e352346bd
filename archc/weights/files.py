"""A file of weights has one of two formats, which its first bytes tell, never its name."""

import os
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Protocol

from archc.arguments import StrPath
from archc.arguments import path as path_text
from archc.record import replace
from archc.weights.errors import refused
from archc.weights.safetensors import CHUNK, StoredTensor, open_file, open_safetensors


class WeightsFile(Protocol):
    """An open file: its tensors by name, and its metadata. Whoever opens it closes it."""

    @property
    def path(self) -> str: ...
    @property
    def tensors(self) -> Mapping[str, StoredTensor]: ...
    @property
    def metadata(self) -> Mapping[str, str]: ...
    @property
    def wrapper(self) -> str:
        """The key of a torch file under which the tensors lie, "" where they lie at the top."""
        ...

    def chunks(self, name: str, size: int = CHUNK) -> Iterator[bytes]:
        """Yield the bytes of a tensor, row by row and little-endian."""
        ...

    def close(self) -> None: ...


def open_weights(path: StrPath) -> WeightsFile:
    """Open a safetensors file, or one of torch.save. Raises WeightsError: E0001 to E0003, E0580 to E0583."""
    name = path_text("path", path, "the path of a file of weights")
    descriptor = open_file(name)
    try:
        start = os.read(descriptor, 9)
    finally:
        os.close(descriptor)
    # A safetensors header is an object; in a zip archive and in a pickle that begins with its protocol no brace stands there.
    if start[8:] == b"{" or not start.startswith((b"PK\x03\x04", b"\x80")):
        if start[8:] != b"{" and not name.endswith(".safetensors"):
            raise refused("E0580", f"`{name}` is neither a safetensors file nor one of torch.save", "get the file again")
        return open_safetensors(name)
    from archc.weights.torchfile import open_torch

    return open_torch(name, zipped=start.startswith(b"PK"))


class Below:
    """The tensors of a file whose names begin with a prefix, under their names without it, as of a backbone in a detector."""

    def __init__(self, file: WeightsFile, prefix: str) -> None:
        self.path = file.path
        self.wrapper = file.wrapper
        self.metadata = file.metadata
        self._file = file
        self._prefix = prefix
        self.tensors: Mapping[str, StoredTensor] = MappingProxyType(
            {
                name.removeprefix(prefix): replace(tensor, name=name.removeprefix(prefix))
                for name, tensor in file.tensors.items()
                if name.startswith(prefix)
            }
        )

    def chunks(self, name: str, size: int = CHUNK) -> Iterator[bytes]:
        return self._file.chunks(self._prefix + name, size)

    def close(self) -> None:
        self._file.close()
