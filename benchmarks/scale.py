"""CPU time of a compilation by number of blocks, in one process: 50, 1,202 and 100,000 bottleneck blocks."""

import argparse
import gc
import resource
import tempfile
import time
from pathlib import Path
from statistics import fmean

from rows import head, row

from archc.backend import find_backend
from archc.compile.pipeline import compile_spec
from archc.limits import Limits
from archc.record import replace

SPEC = """\
archc: 1
name: deep
input: {{channels: 3, height: 32, width: 32}}
classes: 10
stem: {{conv: {{kernel: 3, out: 16}}}}
block: {{kind: bottleneck, order: post, shortcut: B, stride_at: conv2}}
stages:
  layer1: {{out: 64, repeat: {first}}}
  layer2: {{out: 128, repeat: {rest}, stride: 2}}
head: {{pool: {{op: global_pool}}, flat: {{op: flatten}}, fc: {{op: linear, out: classes}}}}
"""
ROUNDS = {50: 40, 1_202: 20, 100_000: 1}
"""Means, since the one long run cannot pick its best moment."""


def compile_once(blocks: int, folder: Path) -> float:
    """CPU seconds from the file's text to emitted source."""
    path = folder / "deep.yaml"
    path.write_text(SPEC.format(first=blocks // 2, rest=blocks - blocks // 2))
    backend = find_backend("torch")
    begin = time.process_time()
    compiled = compile_spec(str(path), limits=replace(Limits(), blocks=blocks))
    for file in backend.emit(compiled).files:
        for _ in file.chunks:
            pass
    return time.process_time() - begin


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=max(ROUNDS), help="leave out networks of more blocks")
    most = parser.parse_args().most
    per_block: dict[int, float] = {}
    head("From text to emitted source in one process, means")
    gc.disable()  # as `archc build` does
    with tempfile.TemporaryDirectory() as folder:
        compile_once(50, Path(folder))  # imports
        for blocks, rounds in ROUNDS.items():
            if blocks > most:
                break
            seconds = fmean(compile_once(blocks, Path(folder)) for _ in range(rounds))
            per_block[blocks] = seconds / blocks
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            said = f"{per_block[blocks] * 1e6:.0f} us a block, {seconds:.3f} s CPU, {memory:.0f} MB"
            first = per_block[1_202] if blocks > 1_202 else 0.0
            peer = f"1,202 blocks: {first * 1e6:.0f} us a block" if first else ""
            row(f"compiling {blocks:,} blocks", said, peer, f"{per_block[blocks] / first:.2f}x a block" if first else "")


if __name__ == "__main__":
    main()
