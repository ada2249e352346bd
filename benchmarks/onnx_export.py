"""`archc build --target onnx` of ResNet-152, cold: CPU against torch's exporter, with weights against copying them, and memory.

Whole processes, user + system seconds, the least of several interleaved rounds; memory is the largest resident set above a bare
interpreter's. `--latency` compares onnxruntime on one thread between our file and the exporter's.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rows import head, row

PEER = """
import torch, torchvision
model = torchvision.models.resnet152(weights=None).eval()
torch.onnx.export(model, (torch.zeros(1, 3, 224, 224),), "peer.onnx", dynamo=True, dynamic_shapes=({0: torch.export.Dim("N")},))
"""
WEIGHTS = """
import torch, torchvision
torch.manual_seed(0)
from safetensors.torch import save_file
save_file(torchvision.models.resnet152(weights=None).state_dict(), "w.safetensors")
"""
COPY = "import shutil; shutil.copyfile('w.safetensors', 'copy'); import os; fd = os.open('copy', os.O_RDWR); os.fsync(fd)"
LARGE = """
archc: 1
name: large
title: A network of 3 GB
source: {code: "for a measurement"}
input: {channels: 3, height: 64, width: 64}
classes: 10
stem: {conv: {kernel: 3, out: 1024}}
block: {kind: basic, order: post, shortcut: B}
stages: {layer1: {out: 1024, repeat: 40}}
head: {pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}}
"""
LARGE_WEIGHTS = """
from archc.compile.pipeline import compile_spec
from archc.language.layouts.naming import state_keys
from archc.weights.safetensors import write_safetensors
network = compile_spec("large.yaml")
keys = state_keys(network.graph, network.layout)
shapes = [(keys[key], "F32", shape) for key, _, shape, _ in network.graph.parameters()]
head, order = write_safetensors(shapes, {})
with open("large.safetensors", "wb") as file:
    file.write(head)
    sizes = {name: shape for name, _, shape in shapes}
    for name in order:
        count = 4
        for length in sizes[name]:
            count *= length
        while count:
            count -= file.write(bytes(min(count, 1 << 22)))
"""


def run(command: list[str], folder: str) -> tuple[float, float]:
    """CPU seconds and the largest resident set, MB, of one process."""
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command} failed with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def least(commands: dict[str, list[str]], rounds: int, folder: str) -> dict[str, tuple[float, float]]:
    """The least CPU and memory of each."""
    found = {name: (float("inf"), float("inf")) for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            seconds, memory = run(command, folder)
            found[name] = (min(found[name][0], seconds), min(found[name][1], memory))
    return found


def shown(figures: tuple[float, float], bare: float) -> str:
    """Seconds, and memory above a bare interpreter's."""
    return f"{figures[0]:.3f} s CPU, {figures[1] - bare:.0f} MB"


def report(title: str, found: dict[str, tuple[float, float]], bare: float) -> None:
    """One row for each process of ours."""
    for name, figures in found.items():
        row(f"{title}, {name}", shown(figures, bare))


def latency(folder: str, rounds: int) -> None:
    """CPU time of a forward pass of one image, in onnxruntime on one thread: the least of rounds, in rotating order."""
    import time

    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    x = np.random.default_rng(0).standard_normal((1, 3, 224, 224)).astype("float32")
    files = {"torch's exporter": "peer.onnx", "archc": "resnet152.onnx", "archc --fold-bn": "folded/resnet152.onnx"}
    sessions = {name: onnxruntime.InferenceSession(os.path.join(folder, path), options) for name, path in files.items()}
    times = dict.fromkeys(sessions, float("inf"))
    names = list(sessions)
    for number in range(max(24, rounds)):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            start = time.process_time()
            sessions[name].run(None, {sessions[name].get_inputs()[0].name: x})
            times[name] = min(times[name], time.process_time() - start)
    peer = times["torch's exporter"]
    for name in names[1:]:
        said, other = f"{1000 * times[name]:.0f} ms", f"torch's exporter: {1000 * peer:.0f} ms"
        row(f"onnxruntime on one thread, one image, {name}", said, other, f"{peer / times[name]:.3f}x the speed")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--archc", default="", help="the archc program of another environment, say one with the wheel")
    parser.add_argument("--large", action="store_true", help="also a network of 3 GB, which needs 10 GB of disk")
    parser.add_argument("--latency", action="store_true", help="also the time of a forward pass in onnxruntime")
    given = parser.parse_args()
    archc = [given.archc] if given.archc else [sys.executable, "-m", "archc"]
    build = [*archc, "build", "resnet152", "--target", "onnx", "--force"]
    python = [sys.executable, "-c"]
    head(f"Whole processes, least of {given.rounds} rounds; memory is above bare Python's")
    with tempfile.TemporaryDirectory() as folder:
        run([*python, WEIGHTS], folder)
        (Path(folder) / "folded").mkdir()
        weights = ["--weights", "w.safetensors"]
        found = least(
            {
                "bare Python": [*python, "pass"],
                "structure only": [*build, "--no-weights"],
                "structure only, functions": [*build, "--no-weights", "--functions"],
                "copy of the weights": [*python, COPY],
                "with weights": [*build, *weights],
                "with weights, external": [*build, *weights, "--external-data", "-o", "folded"],
                "with weights, folded": [*build, *weights, "--fold-bn", "-o", "folded"],
            },
            given.rounds,
            folder,
        )
        peer = least({"torch.onnx.export": [*python, PEER]}, 1 if given.rounds < 6 else 2, folder)
        bare_seconds, bare = found["bare Python"]
        structure = found["structure only"][0]
        copy = found["copy of the weights"][0] - bare_seconds
        exporter = peer["torch.onnx.export"]
        said = f"torch.onnx.export: {shown(exporter, bare)}"
        row(
            "ONNX of ResNet-152, structure only",
            shown(found["structure only"], bare),
            said,
            f"{exporter[0] / structure:.0f}x less",
        )
        report("ONNX of ResNet-152", {name: found[name] for name in ("structure only, functions", "with weights, folded")}, bare)
        for name in ("with weights", "with weights, external"):
            ratio = f"{(found[name][0] - structure) / copy:.2f}x the copy, beyond the structure"
            row(f"ONNX of ResNet-152, {name}", shown(found[name], bare), f"copying the file: {copy:.3f} s", ratio)
        if given.latency:
            latency(folder, given.rounds)
        if given.large:
            _large(archc, folder, found["bare Python"])


def _large(archc: list[str], folder: str, nothing: tuple[float, float]) -> None:
    (Path(folder) / "large.yaml").write_text(LARGE, encoding="utf-8")
    run([sys.executable, "-c", LARGE_WEIGHTS], folder)
    build = [*archc, "build", "large.yaml", "--target", "onnx", "--force"]
    found = least(
        {
            "structure only": [*build, "--no-weights"],
            "copy of the weights": [sys.executable, "-c", COPY.replace("w.safetensors", "large.safetensors")],
            "with weights, external": [*build, "--weights", "large.safetensors"],
        },
        2,
        folder,
    )
    seconds, bare = nothing
    beyond = found["with weights, external"][0] - found["structure only"][0]
    copy = found["copy of the weights"][0] - seconds
    said = f"{beyond / copy:.2f}x the copy, beyond the structure"
    row(
        "ONNX with 3 GB of weights, external",
        shown(found["with weights, external"], bare),
        f"copying the file: {copy:.3f} s",
        said,
    )


if __name__ == "__main__":
    main()
