"""Mutation scores, area by area (`areas.toml`): how many of mutmut's changes of a line the tests notice; `make mutation`.

Each area is mutated in a copy below build/mutation, so that no mutant is ever written where archc is worked on. What survives is
left there too, as `AREA/survivors.diff`; `survivors.md` says why those that stay are no fault of the tests.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
COPIED = {
    "archc": "archc",
    "backends": "src",
    **{name: name for name in ("docs", "specs", "tests", "CHANGELOG.md", "README.md", "pyproject.toml")},
}
"""What the copy holds, and as what: mutmut imports packages from `.` and `src` only."""
NOTICED = ("killed", "timeout", "segfault")
"""Of mutmut's words for what became of a mutant. One that no test reaches has survived."""
UNKNOWN = "there-is-no-mutant-of-this-name"


@dataclass(frozen=True, slots=True)
class Area:
    """Modules (patterns, from the root), the tests that are held against them, and which of those are left out.

    `sample` is how many mutants are drawn where the command line does not say; 0 is all of them.
    """

    name: str
    modules: Sequence[str]
    tests: Sequence[str]
    without: Sequence[str]
    sample: int = 0

    def configuration(self) -> str:
        """`setup.cfg` for mutmut, in place of a section of pyproject.toml: each area has one of its own."""
        selected = [*self.tests, *(f"--deselect={test}" for test in self.without)]
        modules = [COPIED[pattern.partition("/")[0]] + "/" + pattern.partition("/")[2] for pattern in self.modules]
        lists = {
            "source_paths": ["archc", "src"],
            "only_mutate": modules,
            "also_copy": [name for name in COPIED.values() if name not in ("archc", "src")],
            "pytest_add_cli_args_test_selection": selected,
            # the same examples for every mutant, and none remembered
            "pytest_add_cli_args": ["-p", "no:cacheprovider"],
        }
        written = "".join(f"{key} =\n" + "".join(f"    {value}\n" for value in values) for key, values in lists.items())
        # from a process that has run no test: what is cached there would hide the mutant that makes it
        settings = "process_isolation = forkserver\ntimeout_multiplier = 8.0\nuse_git_change_detection = false\n"
        return f"[mutmut]\n{written}{settings}"


@dataclass(frozen=True, slots=True)
class Mutmut:
    """The program, run in one area's copy of the tree."""

    folder: Path

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")}
        command = [str(Path(sys.executable).with_name("mutmut")), *words]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def results(self) -> dict[str, str]:
        """What became of each mutant, by name."""
        lines = self("results", "--all", "true").stdout.splitlines()
        pairs = (line.strip().rpartition(": ") for line in lines if ": " in line)
        return {name: fate for name, _, fate in pairs}


def areas() -> tuple[float, list[Area]]:
    """The least score, and the areas in their order in the file."""
    table = tomllib.loads((HERE / "areas.toml").read_text(encoding="utf-8"))
    return table.pop("least"), [Area(name, **what) for name, what in table.items()]


def copied(area: Area, build: Path) -> Mutmut:
    """A tree of its own, with nothing of an earlier run."""
    folder = build / area.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, copy in COPIED.items():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / copy, ignore=shutil.ignore_patterns("__pycache__", ".hypothesis"))
        else:
            shutil.copy2(ROOT / name, folder / copy)
    (folder / "setup.cfg").write_text(area.configuration(), encoding="utf-8")
    return Mutmut(folder)


def run(mutmut: Mutmut, sample: int, seed: int, jobs: int) -> dict[str, str]:
    """What became of the mutants of an area, or of `sample` of them."""
    number = f"--max-children={jobs}"
    # mutants come to be when they are run; asked for one that is not there, mutmut makes them all and runs none
    made = mutmut("run", number, UNKNOWN)
    names = sorted(mutmut.results())
    if not names or not (mutmut.folder / "mutants" / "mutmut-stats.json").exists():
        sys.exit(f"mutmut made no mutants, or the tests fail without any: see {mutmut.folder}\n{_told(made)}")
    some = sorted(random.Random(seed).sample(names, min(sample, len(names)))) if sample else names
    done = mutmut("run", number, *(some if sample else ()))
    found = mutmut.results()
    chosen = {name: found[name] for name in some}
    if done.returncode or "not checked" in chosen.values():
        sys.exit(f"mutmut stopped, see {mutmut.folder}\n{_told(done)}")
    return chosen


def _told(done: subprocess.CompletedProcess[str]) -> str:
    """The end of what mutmut said, without its signs of life."""
    said = [line for line in (done.stdout + done.stderr).splitlines() if line[1:9] != " Running" and line[1:9] != " Generat"]
    return "\n".join(said[-40:])


def survivors(mutmut: Mutmut, fates: dict[str, str]) -> Iterator[str]:
    """What was changed where no test noticed."""
    for name, fate in fates.items():
        if fate not in NOTICED:
            yield f"{mutmut('show', name).stdout.strip()}\n\n"


@dataclass(frozen=True, slots=True)
class Score:
    """Of an area: how many mutants there are, how many were run, how many of those the tests noticed."""

    area: str
    made: int
    run: int
    killed: int

    def __str__(self) -> str:
        survived = self.run - self.killed
        return f"{self.area:<8} {self.made:>6} {self.run:>7} {self.killed:>7} {survived:>9} {self.killed / self.run:>7.1%}"


def scored(area: Area, arguments: argparse.Namespace) -> Score:
    """Runs an area; leaves what survives beside its copy of the tree."""
    mutmut = copied(area, arguments.build.resolve())
    sample = area.sample if arguments.sample is None else arguments.sample
    fates = run(mutmut, sample, arguments.seed, arguments.jobs)
    (mutmut.folder / "survivors.diff").write_text("".join(survivors(mutmut, fates)), encoding="utf-8")
    killed = sum(Counter(fates.values())[word] for word in NOTICED)
    return Score(area.name, len(mutmut.results()), len(fates), killed)


def main() -> None:
    least, every = areas()
    parser = argparse.ArgumentParser(description="how many mutants the tests notice, area by area")
    parser.add_argument("area", nargs="*", help=f"of {', '.join(area.name for area in every)}; all by default")
    parser.add_argument("--sample", type=int, metavar="N", help="N mutants an area, 0 for all (default: areas.toml)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at once (default: one a core)")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "mutation", metavar="FOLDER")
    arguments = parser.parse_args()
    if unknown := set(arguments.area) - {area.name for area in every}:
        parser.error(f"there is no area {', '.join(sorted(unknown))}: {', '.join(area.name for area in every)}")
    wanted = [area for area in every if not arguments.area or area.name in arguments.area]
    sys.stdout.write(f"{'area':<8} {'made':>6} {'run':>7} {'killed':>7} {'survived':>9} {'score':>7}\n")
    poor = []
    for area in wanted:
        score = scored(area, arguments)
        sys.stdout.write(f"{score}\n")
        sys.stdout.flush()
        poor += [area.name] if score.killed < least * score.run else []
    sys.stdout.write(f"what survived: {arguments.build}/AREA/survivors.diff\n")
    if poor:
        sys.exit(f"less than {least:.0%} of the mutants were noticed: {', '.join(poor)}")


if __name__ == "__main__":
    main()
