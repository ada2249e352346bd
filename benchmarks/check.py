"""CPU of `archc check`, cold, of one spec and of a thousand, against check-jsonschema on the same files, in one run.

The peer validates against archc's own schema and no more: no graph, no shapes, no `extends`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rows import head, row

BASES = (
    "resnet18",
    "resnet34",
    "resnet50",
    "cifar_resnet20",
    "cifar_resnet56",
    "preact_resnet18",
    "preact_resnet50",
    "resnext50_32x4d",
)
"""Parents of the thousand, in turn."""
COUNT = 1_000
SCHEMA = Path(__file__).parents[1] / "archc" / "language" / "schema" / "archc-1.schema.json"
"""What archc itself validates against. What `archc schema` prints has more in it, for editors."""


def specs(folder: Path) -> None:
    """A thousand networks that differ: a team's variants of eight shipped ones."""
    for number in range(COUNT):
        parent = BASES[number % len(BASES)]
        text = f"archc: 1\nname: net{number}\nextends: {parent}\nset:\n  classes: {number + 2}\n"
        (folder / f"net{number:04}.yaml").write_text(text, encoding="utf-8")


def used(command: list[str | Path], folder: Path) -> tuple[float, float]:
    """CPU (user + system, of all its processes) and elapsed seconds of one run."""
    begin = time.monotonic()
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command} failed with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - begin


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "specs").mkdir()
        specs(folder / "specs")
        archc = [sys.executable, "-m", "archc"]
        schema = SCHEMA.read_text(encoding="utf-8")
        (folder / "schema.json").write_text(schema, encoding="utf-8")
        peer = [sys.executable, "-m", "check_jsonschema", "--schemafile", "schema.json"]
        files = [f"specs/net{number:04}.yaml" for number in range(COUNT)]
        commands: dict[str, list[str | Path]] = {
            "archc check, one": [*archc, "check", files[2]],
            "check-jsonschema, one": [*peer, files[2]],
            "archc check, a thousand": [*archc, "check", "specs"],
            "check-jsonschema, a thousand": [*peer, *files],
        }
        least = dict.fromkeys(commands, (float("inf"), float("inf")))
        for turn in range(rounds):
            for what, command in commands.items():
                if "one" in what or turn < 2:  # the long ones twice
                    cpu, elapsed = used(command, folder)
                    least[what] = (min(least[what][0], cpu), min(least[what][1], elapsed))
    head(f"least of {rounds} interleaved rounds; CPU is user + system of all processes")
    for what, own in (
        ("archc check, one", "one spec that extends ResNet-50, cold"),
        ("archc check, a thousand", "a thousand specs"),
    ):
        (cpu, elapsed), (other, other_elapsed) = least[what], least[what.replace("archc check", "check-jsonschema")]
        peer = f"check-jsonschema, schema only: {other:.2f} s CPU, {other_elapsed:.2f} s elapsed"
        row(f"archc check, {own}", f"{cpu:.2f} s CPU, {elapsed:.2f} s elapsed", peer, f"{other / cpu:.2f}x as much")


if __name__ == "__main__":
    main()
