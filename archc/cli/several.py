"""Many files are checked on all cores: each process takes every n-th part of the list, and results come back in its order."""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from archc import __version__
from archc.analyse.checking import check_file
from archc.cli.parsing import on_terminal
from archc.diagnostics import Diagnostic, Source, Span
from archc.language.library import Library
from archc.limits import Limits
from archc.record import Record

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext, SpawnContext
    from multiprocessing.process import BaseProcess

PART = 8
"""How many files go to a process together. Neighbours share parents, which each process reads for itself."""
ENOUGH = 64
"""The least number of files for which a second process pays; with fewer, starting it takes longer than it saves."""
MEMORY = "signal 9 is what a system sends where memory runs out: give it more, or fewer processes with --jobs"


class Task(Record):
    """How each file is checked."""

    overrides: tuple[str, ...]
    limits: Limits
    lint: bool
    """Whether warnings are wanted."""
    texts: Mapping[str, bytes]
    """The contents of files that are not read from the disk."""
    unread: Mapping[str, Diagnostic]
    """Why such contents could not be read."""


def check_all(names: Sequence[str], task: Task, jobs: int = 0) -> list[tuple[Diagnostic, ...]]:
    """Return the problems of each file, in the order of `names`. With `jobs` 0 there is a process for each core."""
    workers = min(jobs or (cores() if len(names) >= ENOUGH else 1), -(-len(names) // PART))
    results = _spread(names, task, workers) if workers > 1 else check_here(names, task)
    progress = Progress(len(names))
    problems: list[tuple[Diagnostic, ...]] = []
    for name in names:
        progress.show(len(problems), name)
        problems.append(next(results))
    progress.clear()
    return problems


def cores() -> int:
    """Count the cores that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


def check_here(names: Sequence[str], task: Task) -> Iterator[tuple[Diagnostic, ...]]:
    """Yield the problems of each file, found in this process, where parents and definitions are read once.

    A bug in archc is reported as a problem of the file that it occurred with.
    """
    library = Library(task.limits)
    for name in names:
        text = task.texts.get(name)
        try:
            if name in task.unread:
                yield (task.unread[name],)
            else:
                yield check_file(name, overrides=task.overrides, limits=task.limits, library=library, text=text, lint=task.lint)
        except Exception as bug:
            if os.environ.get("ARCHC_DEBUG"):
                raise
            yield (failure(name, bug),)
            library = Library(task.limits)  # the old one may be inconsistent after the bug


def work(channel: "Connection[object, object]", names: Sequence[str], task: Task) -> None:
    """Check files in a process, and send back the problems of PART of them at a time."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # an interrupt ends it without a word; the first process speaks
    try:
        results = check_here(names, task)
        for begin in range(0, len(names), PART):
            channel.send([next(results) for _ in names[begin : begin + PART]])
    except BrokenPipeError:
        return  # the first process has ended


def _spread(names: Sequence[str], task: Task, workers: int) -> Iterator[tuple[Diagnostic, ...]]:
    """Let process k modulo their number check part k, so that the order of results needs no bookkeeping."""
    parts = [names[begin : begin + PART] for begin in range(0, len(names), PART)]
    running = [_Process([name for part in parts[number::workers] for name in part], task) for number in range(workers)]
    try:
        try:
            for process in running:
                process.start()
        except OSError:  # the system gives no more processes
            yield from check_here(names, task)
            return
        for number, part in enumerate(parts):
            yield from running[number % workers].results(part)
        for process in running:
            process.join()
    finally:
        for process in running:
            process.end()


class _Process:
    """A process that checks files in order. Where the system ends it, another one goes on behind the file that was checked."""

    def __init__(self, names: Sequence[str], task: Task) -> None:
        self.names = names
        self.task = task
        self.process: BaseProcess | None = None
        self.channel: Connection[object, object] | None = None

    def start(self) -> None:
        context = _context()
        self.channel, sender = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(sender, self.names, self.task), daemon=True)
        process.start()
        self.process = process
        sender.close()  # the process alone holds this end, so that its death is noticed

    def results(self, part: Sequence[str]) -> list[tuple[Diagnostic, ...]]:
        """Receive the problems of the next files; where the process dies over them, check each in a process of its own."""
        assert self.channel is not None  # noqa: S101
        try:
            results = self.channel.recv()
        except (EOFError, OSError):
            self.join()
            if len(part) == 1:
                results = [(cut_short(part[0], self.process.exitcode if self.process else None),)]
            else:
                results = [result for name in part for result in self._alone(name)]
                self.names = self.names[len(part) :]
                self.end()
                self.start()
                return results
        self.names = self.names[len(part) :]
        assert isinstance(results, list)  # noqa: S101  what `work` sends
        return results

    def _alone(self, name: str) -> list[tuple[Diagnostic, ...]]:
        single = _Process([name], self.task)
        single.start()
        try:
            return single.results([name])
        finally:
            single.end()

    def join(self) -> None:
        if self.process is not None:
            self.process.join()

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()
        if self.channel is not None:
            self.channel.close()


def _context() -> "ForkContext | SpawnContext":
    """Return how processes start: only Linux forks safely, elsewhere a fresh interpreter is started."""
    from multiprocessing import get_context

    return get_context("fork") if sys.platform == "linux" else get_context("spawn")


def failure(name: str, bug: Exception) -> Diagnostic:
    """Report an exception as E0511 where memory ran out, else as E0510."""
    if isinstance(bug, MemoryError):
        return _diagnostic("E0511", f"`{name}` could not be checked: there is not enough memory", name, MEMORY)
    bug_text = f"{type(bug).__name__}: {ascii(str(bug))[1:-1]}"
    version = f"archc {__version__}, Python {sys.version.split()[0]}"
    help_text = f"this is a fault of archc ({version}), not of your spec: please report it; ARCHC_DEBUG=1 shows where it happened"
    return _diagnostic("E0510", f"`{name}` could not be checked: archc bug: {bug_text}", name, help_text)


def cut_short(name: str, code: int | None) -> Diagnostic:
    """Report as E0511 that the process which checked the file ended; `code` is its exit code, negative for a signal."""
    ending = f"signal {-code}" if code is not None and code < 0 else f"code {code}"
    return _diagnostic("E0511", f"`{name}` could not be checked: its process ended with {ending}", name, MEMORY)


def _diagnostic(code: str, message: str, name: str, help: str) -> Diagnostic:
    return Diagnostic(code, message, Span(Source(name, ""), 1, 1, 1, 1), help=help)


class Progress:
    """A line on a terminal's stderr that shows how far a long run is, once it has taken a second; it is wiped at the end."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.begin = time.monotonic()
        self.shown = False
        self.wanted = total > 1 and on_terminal()

    def show(self, done: int, name: str) -> None:
        if self.wanted and time.monotonic() - self.begin > 1:
            self.shown = True
            print(f"\r\x1b[Kchecking {done}/{self.total}: {name!a}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
