"""Many files on several processes, and several processes on the same files."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from small_specs import GOOD

from archc.cli import several
from archc.cli.main import main
from archc.cli.several import ENOUGH, PART, Task, check_all, cores, work
from archc.diagnostics import Diagnostic
from archc.limits import DEFAULT_LIMITS

TASK = Task((), DEFAULT_LIMITS, lint=True, texts={}, unread={})
# Where tests have threads, newer Pythons warn of every fork; archc itself has none.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Three parts of files and a bit, of which every fifth has an error in a line of its own."""
    monkeypatch.chdir(tmp_path)
    found = [f"n{number:03}.yaml" for number in range(3 * PART + 3)]
    for number, name in enumerate(found):
        text = GOOD.format(name=f"n{number}")
        Path(name).write_text("# c\n" * number + (text if number % 5 else text.replace("classes: 10", "clases: 10")))
    return found


def places(names: Sequence[str], jobs: int) -> list[list[str]]:
    return [[f"{d.code} {d.span}" for d in found] for found in check_all(names, TASK, jobs)]


@pytest.mark.parametrize("jobs", [3, 100])
def test_order_is_that_of_the_files(names: list[str], jobs: int) -> None:
    assert places(names, jobs) == places(names, 1)


def test_a_fresh_interpreter_does_the_same(names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(several, "_context", lambda: get_context("spawn"))
    assert places(names[: PART + 1], 2) == places(names[: PART + 1], 1)


def test_output_does_not_depend_on_jobs(names: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    said = set()
    for jobs in ("1", "2"):
        main(["check", ".", "--jobs", jobs])
        said.add(capsys.readouterr().out)
    assert len(said) == 1


@pytest.mark.parametrize(("files", "processes"), [(ENOUGH - 1, 1), (ENOUGH, cores())])
def test_few_files_take_one_process(files: int, processes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    used = [1]
    monkeypatch.setattr(several, "_spread", lambda names, task, workers: used.append(workers) or iter([()] * len(names)))
    monkeypatch.setattr(several, "check_here", lambda names, task: iter([()] * len(names)))
    check_all(["x"] * files, TASK)
    assert used[-1] == processes


AT_FAULT = "n013.yaml"


def told_of(names: Sequence[str], jobs: int) -> dict[str, list[str]]:
    """What is said of each file that is said anything of."""
    return {name: [d.message for d in found] for name, found in zip(names, check_all(names, TASK, jobs), strict=True) if found}


@pytest.fixture
def others(names: list[str]) -> dict[str, list[str]]:
    """What is said of all files but the one at fault."""
    return {name: said for name, said in told_of(names, 1).items() if name != AT_FAULT}


ENDS = {
    "a signal": (lambda: os.kill(os.getpid(), signal.SIGKILL), "its process ended with signal 9"),
    "an exit": (lambda: os._exit(3), "its process ended with code 3"),
}


@pytest.mark.parametrize(("end", "why"), ENDS.values(), ids=ENDS)
def test_a_process_that_ends_is_told_of_its_file_alone(
    end: Callable[[], None], why: str, names: list[str], others: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    check = several.check_file
    monkeypatch.setattr(several, "check_file", lambda name, **how: end() if name == AT_FAULT else check(name, **how))
    assert told_of(names, 2) == {**others, AT_FAULT: [f"`{AT_FAULT}` could not be checked: {why}"]}


BUGS = {
    "a bug": (ZeroDivisionError("oops"), "archc bug: ZeroDivisionError: oops"),
    "too deep": (RecursionError("deep"), "archc bug: RecursionError: deep"),
    "no memory": (MemoryError(), "there is not enough memory"),
}


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("bug", "why"), BUGS.values(), ids=BUGS)
def test_a_bug_is_told_of_its_file_alone(
    jobs: int, bug: Exception, why: str, names: list[str], others: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    check = several.check_file

    def broken(name: str, **how: Any) -> tuple[Diagnostic, ...]:
        if name == AT_FAULT:
            raise bug
        return check(name, **how)

    monkeypatch.setattr(several, "check_file", broken)
    assert told_of(names, jobs) == {**others, AT_FAULT: [f"`{AT_FAULT}` could not be checked: {why}"]}


def test_after_a_bug_the_exit_code_is_that_of_one(
    names: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(several, "check_file", lambda name, **how: 1 / 0)
    assert (main(["check", *names, "--format", "concise"]), len(capsys.readouterr().out.splitlines())) == (70, len(names))


def test_who_looks_for_a_bug_sees_it(names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHC_DEBUG", "1")
    monkeypatch.setattr(several, "check_file", lambda name, **how: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        check_all(names, TASK, 1)


def test_without_further_processes_one_does_it(names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = told_of(names, 1)

    def refuse(process: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(several._Process, "start", refuse)
    assert told_of(names, 2) == expected


class Channel:
    """Keeps what is sent; from the second on nobody reads."""

    def __init__(self) -> None:
        self.sent: list[object] = []

    def send(self, value: object) -> None:
        if self.sent:
            raise BrokenPipeError
        self.sent.append(value)


def test_work_ends_when_nobody_reads(names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    channel = Channel()
    work(channel, names, TASK)  # type: ignore[arg-type]
    assert [len(part) for part in channel.sent if isinstance(part, list)] == [PART]


def living(group: int) -> int:
    """How many processes of a group run, and are not only waiting for somebody to ask how they ended."""
    fields = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended since
            fields.append(path.read_text().rpartition(")")[2].split())
    return sum(int(found[2]) == group and found[0] != "Z" for found in fields)


def test_an_interrupt_ends_all(tmp_path: Path) -> None:
    for number in range(100 * PART):
        (tmp_path / f"n{number}.yaml").write_text(GOOD.format(name=f"n{number}"))
    program = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\nfrom archc.cli.main import run\nrun()"
    command = [sys.executable, "-c", program, "check", ".", "--jobs", "2"]
    running = subprocess.Popen(command, cwd=tmp_path, start_new_session=True, stdout=-1, stderr=-1)
    while running.poll() is None and living(running.pid) < 2:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    said = running.communicate()
    assert (running.returncode, said) == (130, (b"", b""))
    while living(running.pid):  # a process closes what it writes to before it ends
        time.sleep(0.02)


WRITER = """
import sys
from archc.output import OutputError, write_files
me, force = sys.argv[1], sys.argv[2] == "over"
made = 0
for number in range(60):
    name = "net.yaml" if force else f"f{number}.yaml"
    text = open(f"{me}.txt", "rb").read() + b"# padding\\n" * (number * 50)
    try:
        write_files([(name, [text])], force=force)
        made += 1
    except OutputError as error:
        assert error.diagnostic.code == "E0540", error
print(made)
"""


class TestOneFolder:
    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.chdir(tmp_path)
        for name in ("one", "two"):
            (tmp_path / f"{name}.txt").write_text(GOOD.format(name=name))
        (tmp_path / "net.yaml").write_text(GOOD.format(name="net"))
        return tmp_path

    def write(self, how: str) -> list[subprocess.Popen[str]]:
        command = [sys.executable, "-c", WRITER]
        return [subprocess.Popen([*command, who, how], stdout=-1, text=True) for who in ("one", "two")]

    @pytest.mark.usefixtures("folder")
    def test_what_two_write_is_always_whole_for_readers(self) -> None:
        running = self.write("over")
        seen = []
        while any(writer.poll() is None for writer in running):
            seen.append(main(["check", "net.yaml", "--format", "concise"]))
        assert (set(seen), [writer.communicate()[0] for writer in running]) == ({0}, ["60\n", "60\n"])

    def test_nothing_else_is_left(self, folder: Path) -> None:
        for writer in self.write("over"):
            writer.communicate()
        assert sorted(os.listdir(folder)) == ["net.yaml", "one.txt", "two.txt"]

    def test_each_new_file_is_one_writers(self, folder: Path) -> None:
        made = [int(writer.communicate()[0]) for writer in self.write("new")]
        assert (sum(made), len(list(folder.glob("f*.yaml")))) == (60, 60)
