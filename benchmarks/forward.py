"""The emitted ResNet-50 against torchvision's with the same weights: time and memory, forward and with backward.

Both models see the same batch in the same process, on one thread. Each round takes the CPU time of both, in an order that
alternates; the figure is the median over rounds of torchvision's divided by archc's, so that drift of the machine falls on both.
"""

import argparse
import ctypes
import statistics
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import torch
import torchvision  # type: ignore[import-untyped]
from rows import head, row

import archc


def models() -> tuple[torch.nn.Module, torch.nn.Module]:
    """The emitted module and torchvision's, equal weights."""
    torch.manual_seed(0)
    theirs: torch.nn.Module = torchvision.models.resnet50(weights=None)
    ours = archc.torch_module("resnet50")
    ours.load_state_dict(theirs.state_dict(), strict=True)
    return ours, theirs


def forward(model: torch.nn.Module, batch: torch.Tensor) -> None:
    """Inference."""
    with torch.no_grad():
        model.eval()(batch)


def backward(model: torch.nn.Module, batch: torch.Tensor) -> None:
    """A training step without the optimiser."""
    model.train()
    model.zero_grad(set_to_none=True)
    model(batch).sum().backward()


STEPS: dict[str, Callable[[torch.nn.Module, torch.Tensor], None]] = {"forward": forward, "forward + backward": backward}


def seconds(step: Callable[[torch.nn.Module, torch.Tensor], None], model: torch.nn.Module, batch: torch.Tensor) -> float:
    """CPU time of one step."""
    begin = time.process_time()
    step(model, batch)
    return time.process_time() - begin


def ratio(step: Callable[[torch.nn.Module, torch.Tensor], None], rounds: int, batch: torch.Tensor) -> tuple[float, float, float]:
    """Median of torchvision's time over archc's, and the smallest time of each."""
    pair = models()
    for model in pair:
        step(model, batch)
    ratios: list[float] = []
    least = [float("inf"), float("inf")]
    for turn in range(rounds):
        taken = [0.0, 0.0]
        for which in (0, 1) if turn % 2 else (1, 0):
            taken[which] = seconds(step, pair[which], batch)
        ratios.append(taken[1] / taken[0])
        least = [min(old, new) for old, new in zip(least, taken, strict=True)]
    return statistics.median(ratios), least[0], least[1]


def resident(field: str) -> float:
    """`VmRSS` now or `VmHWM` at its highest, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def peak(which: int, name: str, batch_size: int) -> float:
    """MB that a step takes at its peak over what the process held before; in a process of its own (Linux)."""
    model = models()[which]
    batch = torch.randn(batch_size, 3, 224, 224)
    STEPS[name](model, batch)  # libraries allocate their own at the first step
    model.zero_grad(set_to_none=True)
    ctypes.CDLL(None).malloc_trim(0)  # what is freed goes back to the system, or the next step would seem to need none
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins anew
    before = resident("VmRSS")
    STEPS[name](model, batch)
    return resident("VmHWM") - before


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--batch", type=int, default=8)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    head(f"One thread; least CPU of {arguments.rounds} rounds, and the median of the ratios")
    batch = torch.randn(arguments.batch, 3, 224, 224)
    for name, step in STEPS.items():
        middle, ours, theirs = ratio(step, arguments.rounds, batch)
        row(
            f"ResNet-50, batch {arguments.batch} at 224, {name}",
            f"{ours:.3f} s CPU",
            f"torchvision: {theirs:.3f} s",
            f"{middle:.3f}x the speed",
        )
    for name in STEPS:
        with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            ours, theirs = (pool.apply(peak, (which, name, arguments.batch)) for which in (0, 1))
        row(f"the same, memory of {name}", f"{ours:.0f} MB", f"torchvision: {theirs:.0f} MB", f"{ours / theirs:.2f}x")


if __name__ == "__main__":
    main()
