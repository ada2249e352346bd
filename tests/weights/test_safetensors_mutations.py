"""Whatever a file holds, the reader answers with its tensors or the project's own error; what it takes, the library takes."""

import json
import random
import struct
from pathlib import Path

import draws
import pytest
import safetensors
from weight_files import safetensors_bytes

from archc.weights.errors import WeightsError
from archc.weights.safetensors import SafetensorsFile, open_safetensors

HEADER = {
    "__metadata__": {"format": "pt", "k": "v"},
    "a": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]},
    "b": {"dtype": "I64", "shape": [], "data_offsets": [8, 16]},
    "c": {"dtype": "F16", "shape": [0, 3], "data_offsets": [16, 16]},
}
ODD = [
    0,
    1,
    -1,
    2**31,
    2**63,
    10**30,
    1.5,
    float("nan"),
    float("inf"),
    True,
    None,
    "",
    "F32",
    "I64",
    "\x00",
    "../../x",
    [],
    {},
    [[[]]],
    [8, 16],
]
TEXT = b'{}[]",:0123456789.-eE\\u\x00\xff nul'
CHUNKS, EACH = 8, 250


def mutated(source: random.Random) -> bytes:
    """A valid file with a value, a key or some bytes of it changed."""
    header = json.loads(json.dumps(HEADER))
    size = 16
    match source.randrange(5):
        case 0 | 1:
            for _ in range(source.randint(1, 2)):
                at = header
                while isinstance(inner := at[key := source.choice(list(at))], dict) and inner and source.random() < 0.8:
                    at = inner
                odd = source.choice(ODD)
                if isinstance(at[key], list) and at[key] and source.random() < 0.6:
                    at[key][source.randrange(len(at[key]))] = odd
                else:
                    at[key] = odd
        case 2:
            size = source.randrange(40)
        case _:
            pass
    text = bytearray(json.dumps(header).encode())
    if source.random() < 0.5:
        for _ in range(source.randint(1, 4)):
            place = source.randrange(len(text))
            text[place : place + source.randint(0, 3)] = bytes(source.choices(TEXT, k=source.randint(0, 3)))
    data = safetensors_bytes(bytes(text), bytes(size))
    if source.random() < 0.2:
        data = struct.pack("<Q", source.choice([0, 1, len(text) - 1, len(text) + 1, 2**40, 2**64 - 1])) + data[8:]
    return data[: source.randrange(len(data))] if source.random() < 0.1 else data


def opened(path: Path) -> SafetensorsFile | list[str]:
    """The file, or the codes it was refused with."""
    try:
        return open_safetensors(path)
    except WeightsError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_only_our_own_errors_escape_and_the_library_agrees(chunk: int, tmp_path: Path) -> None:
    source = random.Random(draws.seed(chunk))
    taken = 0
    for number in range(EACH):
        path = tmp_path / str(number)
        path.write_bytes(mutated(source))
        file = opened(path)
        if isinstance(file, list):
            assert file == ["E0580"]
            continue
        taken += 1
        with file, safetensors.safe_open(path, "np") as theirs:
            assert set(theirs.keys()) == set(file.tensors)
            assert {name: list(t.shape) for name, t in file.tensors.items()} == {
                name: theirs.get_slice(name).get_shape()
                for name in theirs.keys()  # noqa: SIM118  it is no map
            }
            assert {name: t.size for name, t in file.tensors.items()} == {name: len(file.read(name)) for name in file.tensors}
    assert 0 < taken < EACH
