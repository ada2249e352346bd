"""Specs broken by the million, each checked as `archc check` does: `python tests/support/fuzzing.py --count N --seed S`.

What is looked for: an exception, a signal, a rejection without file:line:column, a character in the output that a terminal
obeys, a second of processor time, 256 MB. The last two are limits that the system holds: who passes one is ended by it.
"""

import argparse
import json
import mmap
import os
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from fuzz_cases import bases, case

from archc.analyse.checking import check_file
from archc.diagnostics import Diagnostic, Span
from archc.language.document.lines import lines
from archc.language.library import Library
from archc.limits import DEFAULT_LIMITS
from archc.rendering.concise import as_concise
from archc.rendering.github import as_github
from archc.rendering.gitlab import as_gitlab
from archc.rendering.jsonout import as_json
from archc.rendering.junit import as_junit
from archc.rendering.report import report
from archc.rendering.sarif import as_sarif
from archc.rendering.text import as_text

MEMORY, SECONDS, DEEP = 256 << 20, 1.0, 25
WAITING = 60.0
"""Seconds on the clock after which a case is taken to wait for something that does not come."""
ATTEMPTS = 600
PLACE = re.compile(r"[^:\n]+:[1-9]\d*:[1-9]\d*: (error|warning)\[[EW]\d{4}\]: .")
FORMATS = {
    "json": (as_json, json.loads),
    "github": (as_github, str),
    "gitlab": (as_gitlab, json.loads),
    "junit": (as_junit, ET.fromstring),
    "sarif": (lambda result: as_sarif(result, "0", {}.get), json.loads),
}


@dataclass(frozen=True, slots=True)
class Run:
    """Which cases: every `step`-th from `first` to below `last`."""

    seed: int
    first: int
    last: int
    step: int = 1
    deep: int = DEEP


def faults(files: Mapping[str, str], number: int, library: Library) -> list[str]:
    """What is wrong with what is said of a case, whose files are below the folder `number`; whatever is raised is a fault."""
    names = [f"{number}/{name}" for name in files]
    if len(files) > 1:  # a definition is looked for on the disk
        os.mkdir(str(number))
        for name, text in zip(names[1:], list(files.values())[1:], strict=True):
            Path(name).write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        return _faults(names[0], next(iter(files.values())), number, library)
    except Exception as error:  # noqa: BLE001  any is what this looks for
        return [f"{type(error).__name__}: {error}"]
    finally:
        if len(files) > 1:
            shutil.rmtree(str(number))


def _faults(name: str, text: str, number: int, library: Library) -> list[str]:
    found = check_file(name, library=library, text=text.encode("utf-8", "surrogatepass"), lint=True)
    wrong = [f"misplaced {one.code}" for one in found if misplaced(one)]
    if not found:
        return wrong
    result = report([name], [found])
    said = as_text(result)
    concise = as_concise(result)
    wrong += [f"no place in {line!a}" for line in concise.splitlines()[: len(result.shown)] if not PLACE.match(line)]
    form, (render, parse) = list(FORMATS.items())[number % len(FORMATS)]
    printed = render(result)
    parse(printed)
    wrong += [
        f"prints {bad!a} as {kind}"
        for kind, out in (("text", said), ("concise", concise), (form, printed))
        if (bad := control(out))
    ]
    return wrong


def misplaced(diagnostic: Diagnostic) -> bool:
    """Whether its place or one of a note is missing, or outside its text."""
    return not (
        diagnostic.span and all(_inside(span) for span in (diagnostic.span, *[n.span for n in diagnostic.notes if n.span]))
    )


def _inside(span: Span) -> bool:
    text = lines(span.source.text)
    if not (1 <= span.line <= max(1, len(text)) and (span.line, span.column) <= (span.end_line, span.end_column)):
        return False
    return 1 <= span.column <= len(text[span.line - 1] if text else "") + 1


def control(text: str) -> str:
    """The characters that a terminal obeys instead of showing them."""
    if text.replace("\n", "").isprintable():
        return ""
    return "".join(sorted({c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co")}))


def work(run: Run, counter: "mmap.mmap | bytearray") -> Iterator[tuple[int, str]]:
    """The faults of a run's cases; `counter` holds the case at hand, for whoever finds this process dead."""
    library = Library(DEFAULT_LIMITS)
    for done, number in enumerate(range(run.first, run.last, run.step)):
        counter[:8] = struct.pack("q", number)
        if done % 500 == 0:  # what it holds of the cases behind
            library = Library(DEFAULT_LIMITS)
        files = case(run.seed, number, run.deep)
        start_clocks()
        for fault in faults(files, number, library):
            yield number, fault


def start_clocks() -> None:
    """A case may take a second of processor time; whatever is left of the one before is forgotten."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_REAL, WAITING)


def bound(already: int = 0) -> None:
    """Refuse this process more than 256 MB beside what it has already, and leave no core file where it is ended."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (already + MEMORY, already + MEMORY))


def run_bounded(run: Run, folder: Path) -> Iterator[tuple[int, str]]:
    """The faults of a run in processes of its own, one after another: one that is ended is a fault of the case it was at."""
    while run.first < run.last:
        number = folder / f"at-{run.first}"
        number.write_bytes(struct.pack("q", run.first))
        words = [f"--{key}={getattr(run, key)}" for key in ("seed", "first", "last", "step", "deep")]
        with subprocess.Popen(
            [sys.executable, __file__, *words, f"--work={number}"], stdout=subprocess.PIPE, cwd=folder, text=True
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                at, fault = json.loads(line)
                yield at, fault
        if process.returncode == 0:
            return
        (at,) = struct.unpack("q", number.read_bytes())
        ended = signal.Signals(-process.returncode).name if process.returncode < 0 else f"code {process.returncode}"
        yield at, f"the process ended with {ended}"
        run = Run(run.seed, at + run.step, run.last, run.step, run.deep)


def smallest(files: dict[str, str], fault: str) -> dict[str, str]:
    """The files with all left out that the fault does not need, lines first and then characters."""
    left = ATTEMPTS
    for name in reversed(files):
        pieces, size = files[name].splitlines(keepends=True), 0
        for split in ("lines", "characters"):
            pieces = pieces if split == "lines" else list("".join(pieces))
            size = max(1, len(pieces) // 2)
            while size and left > 0:
                at = 0
                while at < len(pieces) and left > 0:
                    fewer = pieces[:at] + pieces[at + size :]
                    left -= 1
                    if _kind(alone(files | {name: "".join(fewer)})) == _kind(fault):
                        pieces = fewer
                    else:
                        at += size
                size //= 2
        files = files | {name: "".join(pieces)}
    return files


def _kind(fault: str) -> str:
    return fault.partition(":")[0]


def alone(files: dict[str, str]) -> str:
    """The first fault of these files, found by a process that may be ended; "" for none."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            bound(int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize())
            start_clocks()
            os.write(writer, "".join(faults(files, 0, Library(DEFAULT_LIMITS))[:1]).encode("utf-8", "replace")[:4000])
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode("utf-8")
    _, status = os.waitpid(child, 0)
    return f"the process ended with {signal.Signals(os.WTERMSIG(status)).name}" if os.WIFSIGNALED(status) else said


def save(run: Run, number: int, fault: str, below: Path) -> Path:
    """The case as small as it still fails, in a folder."""
    folder = below / f"{run.seed}-{number}"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        before = os.getcwd()
        os.chdir(scratch)
        files = smallest(case(run.seed, number, run.deep), fault)
        os.chdir(before)
    for name, text in files.items():
        (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    return folder


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31), help="default: a fresh one")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0, help="the first case, to run some again")
    parser.add_argument("--last", type=int)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--deep", type=int, default=DEEP, help="of a hundred, how many are broken by their meaning")
    parser.add_argument("--save", type=Path, default=Path("build/fuzz"), metavar="FOLDER")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    last = given.first + given.count if given.last is None else given.last
    run = Run(given.seed, given.first, last, given.step, given.deep)
    return _work(run, given.work) if given.work else _all(run, given.save)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _work(run: Run, number: Path) -> int:
    bases()
    bound()
    with number.open("r+b") as file, mmap.mmap(file.fileno(), 8) as counter:
        for at, fault in work(run, counter):
            _say(json.dumps([at, fault]))
    return 0


def _all(run: Run, below: Path) -> int:
    """Every case, on all cores."""
    from concurrent.futures import ThreadPoolExecutor

    count = len(os.sched_getaffinity(0))
    _say(f"{run.last - run.first:,} broken specs on {count} cores, seed {run.seed}")
    parts = [Run(run.seed, run.first + part, run.last, count, run.deep) for part in range(count)]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(count) as threads:
        folders = [Path(scratch, str(part)) for part in range(count)]
        for folder in folders:
            folder.mkdir()
        found = [
            one for part in threads.map(lambda part, folder: list(run_bounded(part, folder)), parts, folders) for one in part
        ]
    for number, fault in sorted(found)[:20]:
        _say(f"{save(run, number, fault, below)}: {fault}")
        _say(f"  again: python tests/support/fuzzing.py --seed {run.seed} --first {number} --count 1 --deep {run.deep}")
    _say(f"{len(found)} faults in {time.monotonic() - started:.0f} s")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
