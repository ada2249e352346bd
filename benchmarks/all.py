"""Every benchmark, one after the other, and one table of what they measured: build/benchmarks.md.

A program that fails has a row that says so, and the others run all the same; the exit code is then 1.
"""

import argparse
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from rows import HEAD

FOLDER = Path(__file__).resolve().parent
PROGRAMS: dict[str, list[str]] = {
    "build": [],
    "check": [],
    "scale": [],
    "table": [],
    "diff": [],
    "draw": [],
    "onnx_export": ["--latency", "--large"],
    "forward": [],
    "folded": [],
}
"""Each program of this folder, with options for all that it can measure."""
ONCE: dict[str, list[str]] = {
    "build": ["--rounds", "1"],
    "check": ["--rounds", "1"],
    "scale": ["--most", "1202"],
    "table": ["--rounds", "1", "--peer-rounds", "1"],
    "diff": ["--rounds", "1"],
    "draw": ["--rounds", "1"],
    "onnx_export": ["--rounds", "1", "--latency"],
    "forward": ["--rounds", "1", "--batch", "1"],
    "folded": ["--rounds", "1", "--batch", "1"],
}
"""The same with the smallest sizes, to see that each program works."""


def measured(name: str, options: list[str]) -> tuple[list[str], int]:
    """The rows that a program prints, which are shown as they come, and its exit code."""
    print(f"\n{name}.py {' '.join(options)}".rstrip(), flush=True)
    rows: list[str] = []
    command = [sys.executable, str(FOLDER / f"{name}.py"), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None  # noqa: S101  it is a pipe
        for line in child.stdout:
            print(line, end="", flush=True)
            if line.startswith("| ") and line.strip() != HEAD.partition("\n")[0]:
                rows.append(" | ".join(cell.strip() for cell in line.strip().strip("|").split("|")))
    return rows, child.returncode


def machine() -> str:
    """What it was measured with."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("torch", "torchvision", "onnxruntime"))
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}; {python}; {packages}."


def main() -> None:
    """Run them all, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help=f"only these: {', '.join(PROGRAMS)}")
    parser.add_argument("-o", "--output", type=Path, default=FOLDER.parent / "build" / "benchmarks.md")
    parser.add_argument("--short", action="store_true", help="without the network of 3 GB, which needs 10 GB of disk")
    parser.add_argument("--once", action="store_true", help="one round of the smallest sizes: that each program works")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.programs if name not in PROGRAMS]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]}; there are: {', '.join(PROGRAMS)}")
    short = {"onnx_export": ["--latency"]} if arguments.short else {}
    programs = ONCE if arguments.once else {**PROGRAMS, **short}
    table: list[str] = []
    failed = False
    for name in arguments.programs or programs:
        rows, code = measured(name, programs[name])
        table += [f"| `{name}.py` | {row} |" for row in rows]
        if code or not rows:
            failed = True
            table.append(f"| `{name}.py` | {f'failed with exit code {code}' if code else 'printed no row'} | | | |")
    first, line = HEAD.split("\n")
    text = "\n".join(["# Benchmarks", "", machine(), "", f"| program {first}", f"|---{line}", *table, ""])
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(text, encoding="utf-8")
    print(f"\nwrote {arguments.output}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
