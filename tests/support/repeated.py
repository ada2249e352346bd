"""Which tests might answer otherwise another time; `python tests/support/repeated.py --times 20` runs them again.

Found in the source of a test's module and of the helpers it imports: `repeated` where something is drawn, compared within a
tolerance, or raced by another process; `drawn` where fresh seeds draw something else.
"""

import argparse
import ast
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]
DRAWN = re.compile(r"\bhypothesis\b|\bdraws\.")
REPEATED = re.compile(
    r"\bhypothesis\b|\bdraws\.|\bRandom\(|\brandom\.\w|\brand(n|_like)?\(|\bmanual_seed\b|\bdefault_rng\b|\b(normal|uniform)_\("
    r"|\brounding\b|\b(allclose|isclose|assert_close|assert_allclose|approx|rtol|atol)\b|<=? \(?1e-|\bdistances?\(|\bPATIENCE\b"
    r"|\bPopen\b|\bos\.(fork|kill|killpg)\b|\bthreading\b|\bsleep\(|\btimeout=|\bprocess\.wait\b|\bchromium\b"
)


@cache
def marks_of(path: Path) -> tuple[str, ...]:
    """The marks of a test module's tests."""
    text = "".join(module.read_text(encoding="utf-8") for module in sorted(_reached(path)))
    return tuple(mark for mark, words in (("repeated", REPEATED), ("drawn", DRAWN)) if words.search(text))


@cache
def _reached(path: Path) -> frozenset[Path]:
    """A module and the helpers of tests that it imports, or that those do."""
    found, waiting = set(), [path]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += [
                helper
                for name in _imports(module)
                for folder in (TESTS, TESTS / "support")
                if (helper := folder.joinpath(*name.split(".")).with_suffix(".py")).exists()
            ]
    return frozenset(found)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)


CORES = len(os.sched_getaffinity(0))
BUSY = "while True: sum(range(1000))"
CLOSING = re.compile(r"^(FAILED|ERROR) .*|^=*[ \d]+(passed|failed|error).*", re.MULTILINE)


@contextmanager
def loaded(*, is_loaded: bool) -> Iterator[None]:
    """With two busy processes a core beside what runs inside, or none."""
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(2 * CORES * is_loaded)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def again(number: int, words: list[str]) -> tuple[bool, str]:
    """The given tests once: on a loaded machine each second time, and from last to first each third and fourth time."""
    is_loaded, is_reversed = number % 2 == 1, number // 2 % 2 == 1
    started = time.monotonic()
    with loaded(is_loaded=is_loaded):
        command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=short", *["--reversed"] * is_reversed, *words]
        done = subprocess.run(
            command,
            env={**os.environ, "PYTHONHASHSEED": str(number)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        sys.stdout.write(done.stdout + done.stderr)
    closing = "; ".join(match.group().strip("= ") for match in CLOSING.finditer(done.stdout))
    how = f"{'loaded' if is_loaded else 'quiet'}, {'last to first' if is_reversed else 'first to last'}"
    return done.returncode == 0, f"({how}, {time.monotonic() - started:.0f} s): {closing or 'no closing line'}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("words", nargs="*", help="of pytest: what to run, how")
    asked = parser.parse_args()
    passed = 0
    for number in range(asked.times):
        is_passed, told = again(number, asked.words)
        passed += is_passed
        sys.stdout.write(f"run {number + 1} of {asked.times} {told}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{passed} of {asked.times} runs passed, {asked.times // 2} of them on a loaded machine\n")
    return passed != asked.times


if __name__ == "__main__":
    sys.exit(main())
