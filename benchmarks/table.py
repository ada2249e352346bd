"""CPU of `archc table`, cold, against fvcore and torchinfo on torchvision's models: the five of He et al. 2015, Table 1, one run.

archc is measured as users have it: the wheel, in a virtual environment of its own. Each figure is the smallest user + system
time of several interleaved rounds of whole processes; the peers, which take long, run in the first rounds alone.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from rows import head, row

from build import cpu, installed

MODELS = """
import torch, torchvision
models = [getattr(torchvision.models, f"resnet{depth}")(weights=None).eval() for depth in (18, 34, 50, 101, 152)]
"""
FVCORE = (
    MODELS
    + """
from fvcore.nn import FlopCountAnalysis
for model in models:
    print(FlopCountAnalysis(model, torch.zeros(1, 3, 224, 224)).total(), sum(p.numel() for p in model.parameters()))
"""
)
TORCHINFO = (
    MODELS
    + """
from torchinfo import summary
for model in models:
    print(summary(model, input_size=(1, 3, 224, 224), verbose=0, col_names=("output_size", "num_params", "mult_adds")))
"""
)
PEERS = ("fvcore", "torchinfo")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--peer-rounds", type=int, default=2)
    arguments = parser.parse_args()
    archc = installed()
    commands: dict[str, list[str | Path]] = {
        "archc table": [archc, "table"],
        "archc table cifar_resnet1202 --level layer": [archc, "table", "cifar_resnet1202", "--level", "layer"],
        "archc table cifar_resnet1202 --level layer --unfolded": [
            archc,
            "table",
            "cifar_resnet1202",
            "--level",
            "layer",
            "--unfolded",
        ],
        "fvcore": [sys.executable, "-c", FVCORE],
        "torchinfo": [sys.executable, "-c", TORCHINFO],
    }
    least = dict.fromkeys(commands, float("inf"))
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(arguments.rounds):
            for name, command in commands.items():
                if name not in PEERS or turn < arguments.peer_rounds:
                    least[name] = min(least[name], cpu(command, folder))
    head(f"CPU seconds (user + system), whole process, least of {arguments.rounds} interleaved rounds")
    own = least["archc table"]
    for name in PEERS:
        row("archc table of five ResNets, cold", f"{own:.3f} s", f"{name}: {least[name]:.2f} s", f"{least[name] / own:.1f}x less")
    for name in list(commands)[1:3]:
        row(name, f"{least[name]:.3f} s")


if __name__ == "__main__":
    main()
