"""CPU of `archc build` and `archc check`, cold, against building torchvision's ResNet-152: whole processes, one run.

archc is measured as users have it: the wheel, in a virtual environment of its own. Each figure is the smallest user + system
time of several interleaved rounds.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rows import head, row

ROOT = Path(__file__).resolve().parent.parent
PEER = "import torchvision; torchvision.models.resnet152(weights=None)"


def installed() -> Path:
    """The `archc` of a fresh environment with this checkout's wheel."""
    environment = ROOT / "build" / "bench"
    subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
    pip = [environment / "bin" / "python", "-m", "pip", "--quiet", "--quiet", "--disable-pip-version-check", "install"]
    with tempfile.TemporaryDirectory() as wheels:
        subprocess.run([*pip[:3], "wheel", "--quiet", "--quiet", "--no-deps", "--wheel-dir", wheels, ROOT], check=True)
        subprocess.run([*pip, *Path(wheels).glob("*.whl")], check=True)
    return environment / "bin" / "archc"


def cpu(command: list[str | Path], folder: str) -> float:
    """User + system seconds of one run."""
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command} failed with {child.returncode}")
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    rounds: int = parser.parse_args().rounds
    archc = installed()
    commands: dict[str, list[str | Path]] = {
        "archc build resnet152": [archc, "build", ROOT / "specs" / "resnet152.yaml", "--target", "torch", "--force"],
        "archc check resnet152": [archc, "check", ROOT / "specs" / "resnet152.yaml"],
        "torchvision resnet152": [sys.executable, "-c", PEER],
        "bare python": [sys.executable, "-c", "pass"],
    }
    least = dict.fromkeys(commands, float("inf"))
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for name, command in commands.items():
                least[name] = min(least[name], cpu(command, folder))
    peer = least["torchvision resnet152"]
    head(f"CPU seconds (user + system), whole process, least of {rounds} interleaved rounds")
    for name in ("archc build resnet152", "archc check resnet152"):
        row(f"{name}, cold", f"{least[name]:.3f} s", f"building torchvision's: {peer:.2f} s", f"{peer / least[name]:.1f}x less")
    row("Python alone", f"{least['bare python']:.3f} s")


if __name__ == "__main__":
    main()
