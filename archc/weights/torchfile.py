"""Files of torch.save are read by torch itself, as tensors only: whatever else a pickle holds is refused, never run."""

import re
import warnings
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from archc.weights.errors import WeightsError, refused
from archc.weights.safetensors import CHUNK, StoredTensor

if TYPE_CHECKING:
    import torch

WRAPPERS = ("state_dict", "model")
"""The keys under which training scripts save the tensors, beside an epoch and the optimizer's state."""

NOTES, NOTE = "_metadata", "archc"
"""The attribute in which a state dict keeps the version of each module's class, by the module's path, and archc's key in it.

No layout gives a module that path, so `load_state_dict` passes over it.
"""

DTYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16",
    "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2",
    "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8", "U8": "uint8", "BOOL": "bool", "C64": "complex64",
}  # fmt: skip
"""Maps safetensors' names of types to torch's."""

SAFE = (2, 10)
"""The first torch in which no file is known to run code while tensors alone are read (CVE-2026-24747)."""

_NAMES = {f"torch.{theirs}": ours for ours, theirs in DTYPES.items()}
_GLOBAL = re.compile(r"GLOBAL ([\w.]+)")


class TorchFile:
    """The tensors of a file of torch.save; those of a zip archive are mapped, and read on demand."""

    def __init__(self, path: str, loaded: "dict[str, torch.Tensor]", wrapper: str, metadata: dict[str, str]) -> None:
        self.path = path
        self.wrapper = wrapper
        self.metadata: Mapping[str, str] = MappingProxyType(metadata)
        self._loaded = loaded
        self.tensors: Mapping[str, StoredTensor] = MappingProxyType(
            {
                name: StoredTensor(
                    name, _NAMES[str(tensor.dtype)], tuple(tensor.shape), 0, tensor.numel() * tensor.element_size()
                )
                for name, tensor in loaded.items()
            }
        )

    def chunks(self, name: str, size: int = CHUNK) -> Iterator[bytes]:
        import torch

        tensor = self._loaded[name].detach().contiguous()
        if tensor.numel():
            data = tensor.reshape(-1).view(torch.uint8).numpy()
            for place in range(0, len(data), size):
                yield data[place : place + size].tobytes()

    def close(self) -> None:
        self._loaded = {}


def open_torch(name: str, *, zipped: bool) -> TorchFile:
    """Read the tensors of a file.

    Raises WeightsError: E0581 for a pickle of more than tensors, E0582 for no map of tensors, E0583 where there is no torch
    or an unsafe one.
    """
    try:
        import torch
    except ImportError:
        message = f"`{name}` is a file of torch.save, which only torch reads"
        raise refused("E0583", message, "pip install torch") from None
    if tuple(int(part) for part in re.findall(r"\d+", torch.__version__)[:2]) < SAFE:
        message = f"torch {torch.__version__} can be led to run code by a file of torch.save, such as `{name}`"
        raise refused("E0583", message, f"pip install 'torch>={SAFE[0]}.{SAFE[1]}', or get the weights as safetensors")
    try:
        # Only the zip format, which torch.save writes since 1.6, can be mapped, and only by name; from the suffix .safetensors
        # torch concludes another format. Other files are read whole.
        mapped = zipped and not name.endswith(".safetensors")
        with warnings.catch_warnings(action="ignore"), open(name, "rb") as file:  # they warn of what is refused below
            loaded: object = torch.load(name if mapped else file, map_location="cpu", weights_only=True, mmap=mapped)
    except Exception as error:  # noqa: BLE001  torch raises whatever a damaged pickle leads its unpickler to
        raise _unloadable(name, error) from None
    wrapper = ""
    while isinstance(loaded, dict) and (key := _wrapper(loaded)):
        wrapper, loaded = f"{wrapper}.{key}" if wrapper else key, loaded[key]
    return TorchFile(name, _tensors(name, loaded), wrapper, _noted(loaded))


def _noted(loaded: object) -> dict[str, str]:
    """Return the metadata that a conversion wrote, texts by text as in a safetensors file."""
    notes = getattr(loaded, NOTES, None)
    note = notes.get(NOTE) if isinstance(notes, dict) else None
    if not isinstance(note, dict):
        return {}
    return {key: value for key, value in note.items() if _is_text(key) and _is_text(value)}


def _is_text(value: object) -> bool:
    """Return whether a value is text that can be written again: a pickle may hold half of a surrogate pair."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)


def _wrapper(loaded: dict[object, object]) -> str:
    return next((key for key in WRAPPERS if isinstance(loaded.get(key), dict)), "")


def _tensors(name: str, loaded: object) -> "dict[str, torch.Tensor]":
    import torch

    if not isinstance(loaded, dict):
        raise refused("E0582", f"`{name}` holds {_kind(loaded)}, not a map from names to tensors", "save `model.state_dict()`")
    tensors: dict[str, torch.Tensor] = {}
    for key, value in loaded.items():
        if not isinstance(key, str) or not isinstance(value, torch.Tensor):
            inner = [other for other, other_value in loaded.items() if isinstance(other_value, dict)]
            way_out = f"save one of them alone: {', '.join(map(str, inner))}" if inner else "save `model.state_dict()`"
            raise refused("E0582", f"`{key!s}` of `{name}` is {_kind(value)}, not a tensor", way_out)
        if value.layout is not torch.strided or value.device.type != "cpu" or str(value.dtype) not in _NAMES:
            where = "" if value.device.type == "cpu" else f" on {value.device}"
            raise refused("E0582", f"`{key}` of `{name}` is a {value.layout} tensor of {value.dtype}{where}", "save a dense one")
        tensors[key] = value
    return tensors


def _kind(value: object) -> str:
    return {"int": "a number", "float": "a number", "str": "text", "list": "a list", "dict": "a map", "NoneType": "nothing"}.get(
        type(value).__name__, f"a {type(value).__name__}"
    )


def _unloadable(name: str, error: Exception) -> WeightsError:
    text = str(error)
    match = _GLOBAL.search(text)
    if match or "weights_only" in text or "Weights only" in text:
        cause = f"asks for `{match[1]}`" if match else "asks for more than tensors"
        way_out = "nothing of it was run; save `model.state_dict()` where you trust the file, and convert that"
        return refused("E0581", f"the pickle in `{name}` {cause}, which could run any code", way_out)
    line = text.splitlines()[0].partition(". ")[0] if text else type(error).__name__
    return refused("E0582", f"`{name}` is not a file of torch.save, or a damaged one: {line}", "get the file again")
