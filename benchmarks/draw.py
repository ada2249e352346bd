"""CPU time of drawing: ResNet-34 as SVG, a thousand layers by operation, against torchview on the emitted module."""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from statistics import median

from rows import head, row

FIGURES = {
    "archc draw resnet34, SVG, cold": ["resnet34", "-o", "figure.svg"],
    "archc draw resnet34, PDF, cold": ["resnet34", "-o", "figure.pdf"],
    "archc draw resnet34, PNG, cold": ["resnet34", "-o", "figure.png"],
    "archc draw cifar_preact_resnet1001 by operation, SVG": "cifar_preact_resnet1001 --level op --expand all -o f.svg".split(),
}
EMPTY = """\
import archc
model = archc.torch_module("resnet34")
"""
TORCHVIEW = (
    EMPTY
    + """\
import torchview
graph = torchview.draw_graph(model, input_size=(1, 3, 224, 224), device="meta", expand_nested=True)
graph.visual_graph.render("torchview", format="svg")
"""
)


def cpu(command: list[str], folder: str) -> float:
    """User and system seconds of a process and those it runs."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # bytecode is there once a package is installed, so it is kept here too
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env={**environment, "OMP_NUM_THREADS": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print each figure's time, and torchview's where it is installed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    own: dict[str, float] = {}
    head(f"Median of {rounds} runs of whole processes, user + system")
    with tempfile.TemporaryDirectory() as folder:
        for what, words in FIGURES.items():
            times = [cpu([sys.executable, "-m", "archc", "draw", *words, "--force"], folder) for _ in range(rounds + 1)]
            own[what] = median(times[1:])
            row(what, f"{own[what]:.2f} s CPU")
        if find_spec("torchview") is None:
            sys.exit("torchview is not installed: pip install torchview, and Graphviz for what it draws with")
        empty = median(cpu([sys.executable, "-c", EMPTY], folder) for _ in range(min(rounds, 3)))
        whole = median(cpu([sys.executable, "-c", TORCHVIEW], folder) for _ in range(min(rounds, 3)))
        what, seconds = next(iter(own.items()))
        said = f"torchview: {whole:.2f} s, {whole - empty:.2f} s of it beside building the model"
        row(what, f"{seconds:.2f} s CPU", said, f"{whole / seconds:.1f}x less")


if __name__ == "__main__":
    main()
