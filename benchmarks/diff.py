"""CPU of `archc diff`, cold: two specs of ResNet-50 and two networks of 1,202 layers, against what else could tell them apart.

archc is measured as users have it: the wheel, in a virtual environment of its own. The peers: printing both graphs for `diff`,
which tells lines; building both of torchvision's networks to compare the shapes of their weights, which tells no strides.
Each figure is the smallest user + system time of several interleaved rounds, of whole processes.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from rows import head, row

from build import installed

PEER = """
import torchvision
before, after = (build(weights=None).state_dict() for build in (torchvision.models.resnet50, torchvision.models.wide_resnet50_2))
print([key for key in after if key not in before or before[key].shape != after[key].shape])
"""
DEEP = ["cifar_resnet1202", "cifar_resnet1202", "--set", "block.order=act_before_add"]


def cpu(*commands: list[str | Path]) -> float:
    """User + system seconds of one run of each."""
    seconds = 0.0
    for command in commands:
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in (0, 1):  # 1: they differ
            raise SystemExit(f"{command} failed with {child.returncode}")
        seconds += usage.ru_utime + usage.ru_stime
    return seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    rounds: int = parser.parse_args().rounds
    archc = installed()
    runs: dict[str, list[list[str | Path]]] = {
        "archc diff resnet50 resnet50d": [[archc, "diff", "resnet50", "resnet50d"]],
        "archc diff resnet50 wide_resnet50_2": [[archc, "diff", "resnet50", "wide_resnet50_2"]],
        "archc ir, of both": [[archc, "ir", "resnet50"], [archc, "ir", "resnet50d"]],
        "torchvision, shapes of weights": [[sys.executable, "-c", PEER]],
        "archc diff, 1,202 layers": [[archc, "diff", *DEEP]],
    }
    least = dict.fromkeys(runs, float("inf"))
    for _ in range(rounds):
        for name, commands in runs.items():
            least[name] = min(least[name], cpu(*commands))
    peer = least["torchvision, shapes of weights"]
    head(f"CPU seconds (user + system), whole processes, least of {rounds} interleaved rounds")
    both, own = least["archc ir, of both"], least["archc diff resnet50 resnet50d"]
    row(
        "archc diff resnet50 resnet50d, cold",
        f"{own:.3f} s",
        f"archc ir of both, for diff: {both:.3f} s",
        f"{both / own:.1f}x less",
    )
    own = least["archc diff resnet50 wide_resnet50_2"]
    said = f"shapes of the weights of torchvision's: {peer:.2f} s"
    row("archc diff resnet50 wide_resnet50_2, cold", f"{own:.3f} s", said, f"{peer / own:.1f}x less")
    row("archc diff of two networks of 1,202 layers", f"{least['archc diff, 1,202 layers']:.3f} s")


if __name__ == "__main__":
    main()
