"""What `make` runs: all of its parts whatever fails, the same on every machine, and anew what may answer otherwise."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from repeated import TESTS, marks_of

ROOT = TESTS.parent
FAKE = """#!/bin/sh
echo "$(basename "$0") $*" >> calls
case "$*" in *"${FAILS:-nothing}"*) exit 1;; esac
"""


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the Makefile, with programs that only say how they were called and fail where a word of `FAILS` is meant."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "Makefile",
        "pyproject.toml",
        "tests/constraints.txt",
        "tests/editor/package.json",
        "tests/editor/package-lock.json",
    ):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, name)
    for name in ("archc", "backends", "specs", "docs/errors"):
        Path(name).mkdir(parents=True)
    for name in ("python", "ruff", "mypy", "pyright", "lint-imports"):
        program = Path(".venv/bin", name)
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(FAKE)
        program.chmod(0o755)
    for mark in (".venv/.installed", ".venv/.mutation", "build/node/.installed"):
        Path(mark).parent.mkdir(parents=True, exist_ok=True)
        Path(mark).touch()
    return tmp_path


def parts(target: str, fails: str) -> tuple[list[str], int, str]:
    """What was called, the exit code, and the last line."""
    done = subprocess.run(["make", target], env={**os.environ, "FAILS": fails}, capture_output=True, text=True, check=False)
    calls = Path("calls").read_text().splitlines()
    words = {"check --quiet": "lint", "-m not no_cover": "covered", "-m no_cover": "compared", "fuzzing.py": "broken",
             "-m drawn": "laws", "score.py": "mutation", "repeated.py": "repeat"}  # fmt: skip
    found = [part for call in calls for word, part in words.items() if word in call]
    return found, done.returncode, (done.stderr.strip().splitlines() or [""])[-2 if done.returncode else -1]


@pytest.mark.usefixtures("make")
@pytest.mark.parametrize(
    ("fails", "code", "said"),
    [
        ("nothing of that", 0, ""),
        ("check --quiet", 2, "failed: lint"),
        ("not no_cover", 2, "failed: covered"),
        ("-m no_cover", 2, "failed: compared"),
        ("-m", 2, "failed: covered compared"),
    ],
)
def test_the_whole_suite_runs_whatever_fails(fails: str, code: int, said: str) -> None:
    assert parts("test", fails) == (["lint", "covered", "compared"], code, said)


@pytest.mark.usefixtures("make")
@pytest.mark.parametrize(("fails", "code", "said"), [("nothing of that", 0, ""), ("fuzzing", 2, "failed: fuzz")])
def test_what_takes_hours_runs_whatever_fails(fails: str, code: int, said: str) -> None:
    assert parts("long", fails) == (["broken", "laws", "mutation", "repeat"], code, said)


@pytest.mark.usefixtures("make")
def test_fuzz_says_how_to_repeat_what_it_finds() -> None:
    said = subprocess.run(["make", "fuzz"], capture_output=True, text=True, check=True).stdout
    (seed,) = re.findall(r"^again: make fuzz SEED=(\d+)$", said, re.MULTILINE)
    calls = Path("calls").read_text()
    assert re.findall(r"seed[ =](\d+)", calls) == [seed, seed]


@pytest.mark.usefixtures("make")
def test_a_given_seed_is_used() -> None:
    said = subprocess.run(["make", "fuzz", "SEED=7", "COUNT=9", "EXAMPLES=2"], capture_output=True, text=True, check=True).stdout
    calls = Path("calls").read_text().splitlines()
    assert said == "again: make fuzz SEED=7 COUNT=9 EXAMPLES=2\n"
    assert calls[0] == "python tests/support/fuzzing.py --seed 7 --count 9"
    assert calls[1].endswith("-m drawn -q --hypothesis-seed=7 --examples=2")


class TestMarks:
    @pytest.mark.parametrize(
        ("text", "marks"),
        [
            ("assert a == b", ()),
            ("from hypothesis import given", ("repeated", "drawn")),
            ("import draws\nchoose = Random(draws.seed(1))", ("repeated", "drawn")),
            ("x = torch.randn(2)", ("repeated",)),
            ("assert x == pytest.approx(y)", ("repeated",)),
            ("assert abs(x) <= 1e-12", ("repeated",)),
            ("subprocess.Popen(words)", ("repeated",)),
            ("import random_graphs", ("repeated",)),
            ("import valid_specs", ("repeated", "drawn")),
            ("from family.zoo import images", ("repeated",)),
        ],
    )
    def test_a_module_is_marked_by_what_it_and_its_helpers_do(self, text: str, marks: tuple[str, ...], tmp_path: Path) -> None:
        module = tmp_path / "test_it.py"
        module.write_text(text)
        assert marks_of(module) == marks

    def test_whoever_compares_numbers_loosely_is_marked(self) -> None:
        """Told by what ruff and readers see: a small power of ten beside `<`, or a word of tolerance."""
        loose = re.compile(r"[<>]=? *\(?\d?\.?\d*e-\d|approx\(|[ar]tol=|assert \w*close\(")
        modules = [path for path in sorted(TESTS.rglob("test_*.py")) if loose.search(path.read_text(encoding="utf-8"))]
        assert [path.name for path in modules if "repeated" not in marks_of(path)] == []

    def test_no_test_is_left_out_by_itself(self) -> None:
        """What is missing on a machine fails; only `make test` leaves tests of other programs out, and says so."""
        words = re.compile(r"pytest\.(skip|importorskip|xfail)|mark\.(skip|skipif|xfail)|HealthCheck\.all")
        assert [path.name for path in TESTS.rglob("*.py") if words.search(path.read_text(encoding="utf-8"))] == []


TRIAL = """
import random, sys
def test_first(): print("first", file=open("order", "a")); assert {first}
def test_last(): print("last", file=open("order", "a"))
"""


@pytest.mark.parametrize(("first", "code", "passed"), [("True", 0, 4), ("False", 1, 0)])
def test_runs_are_repeated_in_both_orders_and_under_load(
    first: str, code: int, passed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("test_trial.py").write_text(TRIAL.format(first=first))
    for name in ("conftest.py", "support/draws.py", "support/repeated.py"):
        shutil.copy(TESTS / name, Path(name).name)
    Path("pytest.ini").write_text("[pytest]\nmarkers =\n  repeated\n  drawn\npythonpath = .\n")
    command = [sys.executable, TESTS / "support" / "repeated.py", "--times", "4", "--", "test_trial.py", "-p", "no:cacheprovider"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line for line in done.stdout.splitlines() if line.startswith(("run ", str(passed)))]
    shown = [re.sub(r", \d+ s\).*", ")", line) for line in said]
    assert (done.returncode, shown) == (
        code,
        [
            "run 1 of 4 (quiet, first to last)",
            "run 2 of 4 (loaded, first to last)",
            "run 3 of 4 (quiet, last to first)",
            "run 4 of 4 (loaded, last to first)",
            f"{passed} of 4 runs passed, 2 of them on a loaded machine",
        ],
    )
    assert Path("order").read_text().split() == ["first", "last"] * 2 + ["last", "first"] * 2
