"""Many files checked on all cores: each process takes every n-th part of the list, and results come back in its order."""

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
"""Files that go to a process together: neighbours, since they share parents, which each process reads for itself."""
ENOUGH = 64
"""Files from which on a second process pays: below, starting it takes longer than it saves."""
MEMORY = "signal 9 is what a system sends where memory runs out: give it more, or fewer processes with --jobs"


class Task(Record):
    """How each file is checked; `texts` holds what a file contains where that is not what is on the disk, `unread` why that could
    not be read.
    """

    overrides: tuple[str, ...]
    limits: Limits
    lint: bool
    texts: Mapping[str, bytes]
    unread: Mapping[str, Diagnostic]


def check_all(names: Sequence[str], task: Task, jobs: int = 0) -> list[tuple[Diagnostic, ...]]:
    """The problems of each file, in the order of `names`, whoever found them. `jobs` 0 is one process a core."""
    wanted = jobs or (cores() if len(names) >= ENOUGH else 1)
    workers = min(wanted, -(-len(names) // PART))
    results = _spread(names, task, workers) if workers > 1 else check_here(names, task)
    progress = Progress(len(names))
    found: list[tuple[Diagnostic, ...]] = []
    for name in names:
        progress.show(len(found), name)
        found.append(next(results))
    progress.clear()
    return found


def cores() -> int:
    """How many this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


def check_here(names: Sequence[str], task: Task) -> Iterator[tuple[Diagnostic, ...]]:
    """The problems of each file, found in this process; parents and definitions are read once. A bug in archc is told of the
    file it was met with.
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
            library = Library(task.limits)  # what it holds may be half made


def work(channel: "Connection[object, object]", names: Sequence[str], task: Task) -> None:
    """What a process does: check its files, and send back the problems of PART at a time."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # an interrupt ends it without a word; the first process speaks
    try:
        results = check_here(names, task)
        for begin in range(0, len(names), PART):
            channel.send([next(results) for _ in names[begin : begin + PART]])
    except BrokenPipeError:
        return  # nobody waits for it any more


def _spread(names: Sequence[str], task: Task, workers: int) -> Iterator[tuple[Diagnostic, ...]]:
    """Part k is checked by process k modulo their number, so that the order of results needs no bookkeeping."""
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
    """A process that checks files in order. One that the system ends is begun again behind the file it was ended at."""

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
        """Those of the next files; where the process dies over them, each is checked by one of its own."""
        assert self.channel is not None  # noqa: S101
        try:
            found = self.channel.recv()
        except (EOFError, OSError):
            self.join()
            if len(part) == 1:
                found = [(cut_short(part[0], self.process.exitcode if self.process else None),)]
            else:
                found = [result for name in part for result in self._alone(name)]
                self.names = self.names[len(part) :]
                self.end()
                self.start()
                return found
        self.names = self.names[len(part) :]
        assert isinstance(found, list)  # noqa: S101  what `work` sends
        return found

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
    """Only Linux forks safely; elsewhere a fresh interpreter imports what it needs."""
    from multiprocessing import get_context

    return get_context("fork") if sys.platform == "linux" else get_context("spawn")


def failure(name: str, bug: Exception) -> Diagnostic:
    """E0511 where memory ran out, else E0510."""
    if isinstance(bug, MemoryError):
        return _diagnostic("E0511", f"`{name}` could not be checked: there is not enough memory", name, MEMORY)
    said = f"{type(bug).__name__}: {ascii(str(bug))[1:-1]}"
    version = f"archc {__version__}, Python {sys.version.split()[0]}"
    helped = f"this is a fault of archc ({version}), not of your spec: please report it; ARCHC_DEBUG=1 shows where it happened"
    return _diagnostic("E0510", f"`{name}` could not be checked: archc bug: {said}", name, helped)


def cut_short(name: str, code: int | None) -> Diagnostic:
    """E0511: the process that checked the file is no more; `code` is its exit code, below zero a signal's number."""
    ended = f"signal {-code}" if code is not None and code < 0 else f"code {code}"
    return _diagnostic("E0511", f"`{name}` could not be checked: its process ended with {ended}", name, MEMORY)


def _diagnostic(code: str, message: str, name: str, help: str) -> Diagnostic:
    return Diagnostic(code, message, Span(Source(name, ""), 1, 1, 1, 1), help=help)


class Progress:
    """Shown on stderr, and wiped when done; nothing where nobody looks."""

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
