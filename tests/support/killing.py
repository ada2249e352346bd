"""Writers killed while they write, and what they leave: `python tests/support/killing.py KIND KILLS`, in an empty folder.

Each writer writes the same files over and over, in one version after another. KIND says which: `file` one that is there, `new`
one that is not, `onnx` a model and its weights, `hub` a folder of several. Prints how often the folder held which state.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from archc.backend import find_backend
from archc.compile.pipeline import compile_spec
from archc.output import write_files

SPEC = """
archc: 1
name: net
input: {channels: 3, height: 8, width: 8}
classes: 4
stem: {conv: {kernel: 3, out: 8}}
block: {kind: basic, order: post, shortcut: B}
stages: {one: {out: 8, repeat: 1}}
head: {pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}}
"""
Files = list[tuple[str, list[bytes]]]


def versions(kind: str) -> tuple[Files, Files]:
    """The files to write, as they are at first and as another version has them."""
    if kind in ("file", "new"):
        return [("net.bin", [b"a" * 65536] * 8)], [("net.bin", [b"b" * 65536] * 9)]
    Path("net.yaml").write_text(SPEC, encoding="utf-8")
    made: list[Files] = []
    for title in ("one", "another one"):
        network = compile_spec("net.yaml", overrides=[f"title={title}", f"stages.one.out={8 * len(made) + 8}"])
        found = find_backend("onnx" if kind == "onnx" else "hub")
        backend = type(found)(external_data=True) if kind == "onnx" else found  # type: ignore[call-arg]
        artifact = backend.emit_all([network]) if hasattr(backend, "emit_all") else backend.emit(network)
        made.append([(file.name, list(file.chunks)) for file in artifact.files])
    os.unlink("net.yaml")
    return made[0], made[1]


def write_on(files: tuple[Files, Files]) -> None:
    for number in count():
        write_files(files[number % 2], force=True)


def state(files: tuple[Files, Files]) -> str:
    """What is in the folder: none of the files, all of one version, or something that must not be."""
    names = [name for name, _ in files[0]]
    there = sorted(os.listdir())
    if not there:
        return "none"
    if there != sorted(names):
        return "stale" if set(there) - {*names} else "incomplete"
    for number, version in enumerate(files):
        if all(Path(name).read_bytes() == b"".join(chunks) for name, chunks in version):
            return ("first", "second")[number]
    whole = [{b"".join(dict(version)[name]) for version in files} for name in names]
    return "mixed" if all(Path(name).read_bytes() in found for name, found in zip(names, whole, strict=True)) else "half"


def killed(files: tuple[Files, Files], moments: Sequence[float]) -> Iterator[str]:
    """The state of the folder after each of these seconds of writing."""
    for moment in moments:
        reader, held = os.pipe()
        child = os.fork()
        if not child:
            os.close(reader)
            try:
                write_on(files)
            finally:
                os._exit(1)
        os.close(held)
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.read(reader, 1)  # ends when nobody is left who writes
        os.close(reader)
        yield state(files)


def main(kind: str, kills: int) -> None:
    files = versions(kind)
    started = time.monotonic()
    for version in (*files, files[0]):
        write_files(version, force=True)
    once = (time.monotonic() - started) / 3
    choose = random.Random(kills)
    seen: Counter[str] = Counter()
    for found in killed(files, [choose.uniform(0, 2.5 * once) for _ in range(kills)]):
        seen[found] += 1
        if kind == "new":
            Path("net.bin").unlink(missing_ok=True)
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
