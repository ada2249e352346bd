"""Small networks and files of weights that tests of weights share."""

import hashlib
import json
import struct
from collections.abc import Mapping
from pathlib import Path

import torch

from archc.cli.main import main
from archc.compile.pipeline import compile_spec
from archc.ir.graph import Graph
from archc.language.layouts.table import Layout
from archc.weights.files import WeightsFile, open_weights
from archc.weights.slots import slots

SMALL = """\
archc: 1
name: small
extends: resnet50
set:
  classes: 10
  stem.conv.out: 8
  stages: {layer1: {out: 16, repeat: 1}, layer2: {out: 32, stride: 2, repeat: 2}}
"""
"""A bottleneck network of every layout that ResNet-50 has, 33,000 parameters."""


def small(folder: Path, changes: str = "", name: str = "small") -> str:
    """The path of its spec, with further lines of `set`."""
    path = folder / f"{name}.yaml"
    path.write_text(SMALL.replace("name: small", f"name: {name}") + changes, encoding="utf-8")
    return str(path)


def compiled(spec: str, layout: str) -> tuple[Graph, Layout]:
    found = compile_spec(spec, layout=layout)
    return found.graph, found.layout


def random_state(spec: str, layout: str) -> dict[str, torch.Tensor]:
    """Every tensor of a layout with other values; counts are not zero, so that one that is lost is seen."""
    graph, table = compiled(spec, layout)
    found: dict[str, torch.Tensor] = {}
    for slot in slots(graph, table):
        seed = int.from_bytes(hashlib.sha256(slot.canonical.encode()).digest()[:4], "big")
        generator = torch.Generator().manual_seed(seed)
        if slot.part == "count":
            found[slot.key] = torch.tensor(seed % 1000 + 1)
        elif slot.part != "constant":
            found[slot.key] = torch.rand(slot.shape, generator=generator)
    return found


def safetensors_bytes(header: object, data: bytes = b"") -> bytes:
    """A file as written by hand: any header, any data."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def contents(path: Path | str) -> dict[str, tuple[str, tuple[int, ...], bytes]]:
    """Type, shape and bytes of every tensor."""
    file = open_weights(path)
    try:
        return everything(file)
    finally:
        file.close()


def everything(file: WeightsFile) -> dict[str, tuple[str, tuple[int, ...], bytes]]:
    return {name: (t.dtype, t.shape, b"".join(file.chunks(name))) for name, t in file.tensors.items()}


def state_of(path: Path | str) -> dict[str, torch.Tensor]:
    types = {"F32": torch.float32, "F64": torch.float64, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64}
    return {
        name: torch.frombuffer(bytearray(data), dtype=types[dtype]).reshape(shape)
        for name, (dtype, shape, data) in contents(path).items()
    }


def equal(one: Mapping[str, torch.Tensor], other: Mapping[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


def convert(*words: object) -> int:
    return main(["weights", "convert", *map(str, words)])


def saved(folder: Path, layout: str = "torchvision", changes: str = "", suffix: str = ".pth") -> tuple[str, Path]:
    """A small spec and a file of its weights."""
    spec = small(folder, changes)
    path = folder / f"in{suffix}"
    torch.save(random_state(spec, layout), path)
    return spec, path
