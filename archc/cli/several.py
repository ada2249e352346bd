"""Many files checked on all cores: each process takes every n-th part of the list, and results come back in its order."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from archc.checking import check_file
from archc.cli.progress import Progress
from archc.diagnostics import Diagnostic
from archc.library import Library
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


class Task(Record):
    """How each file is checked; `texts` holds what a file contains where that is not what is on the disk."""

    overrides: tuple[str, ...]
    limits: Limits
    lint: bool
    texts: Mapping[str, bytes]


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
    """The problems of each file, found in this process; parents and definitions are read once."""
    library = Library(task.limits)
    for name in names:
        yield check_file(
            name, overrides=task.overrides, limits=task.limits, library=library, text=task.texts.get(name), lint=task.lint
        )


def work(channel: "Connection[object, object]", names: Sequence[str], task: Task) -> None:
    """What a process does: check its files, and send back the problems of PART at a time, or the exception that ended it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # an interrupt ends it without a word; the first process speaks
    try:
        results = check_here(names, task)
        for begin in range(0, len(names), PART):
            channel.send([next(results) for _ in names[begin : begin + PART]])
    except BrokenPipeError:
        return  # nobody waits for it any more
    except Exception as bug:  # noqa: BLE001  told by the process that waits, as if it had happened there
        channel.send(bug)


def _spread(names: Sequence[str], task: Task, workers: int) -> Iterator[tuple[Diagnostic, ...]]:
    """Part k is checked by process k modulo their number, so that the order of results needs no bookkeeping."""
    context = _context()
    parts = [names[begin : begin + PART] for begin in range(0, len(names), PART)]
    running: list[tuple[BaseProcess, Connection[object, object]]] = []
    try:
        for number in range(workers):
            receiver, sender = context.Pipe(duplex=False)
            own = [name for part in parts[number::workers] for name in part]
            process = context.Process(target=work, args=(sender, own, task), daemon=True)
            process.start()
            sender.close()  # the process alone holds this end, so that its death is noticed
            running.append((process, receiver))
        for number in range(len(parts)):
            yield from _received(*running[number % workers])
        for running_one, _ in running:
            running_one.join()
    finally:
        for running_one, receiver in running:
            running_one.terminate()
            receiver.close()


def _context() -> "ForkContext | SpawnContext":
    """Only Linux forks safely; elsewhere a fresh interpreter imports what it needs."""
    from multiprocessing import get_context

    return get_context("fork") if sys.platform == "linux" else get_context("spawn")


def _received(process: "BaseProcess", channel: "Connection[object, object]") -> list[tuple[Diagnostic, ...]]:
    try:
        found = channel.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"a process that checked files ended early, with code {process.exitcode}") from None
    if isinstance(found, Exception):
        raise found
    assert isinstance(found, list)  # noqa: S101  what `work` sends
    return found
