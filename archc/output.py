"""Files are written whole or not at all: staged out of sight beside their target, synced, then given their name in one step."""

import errno
import os
import stat
import time
import warnings
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NoReturn

from archc.arguments import StrPath
from archc.arguments import path as path_text
from archc.diagnostics import Diagnostic
from archc.exceptions import ArchcError
from archc.record import Record

_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})


class OutputError(Record, ArchcError, frozen=False, eq=False):
    """A file could not be written, or must not be; nothing was changed."""

    diagnostic: Diagnostic

    def __str__(self) -> str:
        return self.diagnostic.message


class Staged(Record):
    """A file that is written but not published.

    `name` is that of the staged file, None where the system keeps it nameless (Linux).
    """

    target: str
    descriptor: int
    name: str | None


def destinations(names: Sequence[str], output: StrPath | None) -> list[str]:
    """Return where files called `names` go: into the current folder, into the folder `output`, or one to the file `output`.

    Several go beside the first if that keeps its name, since one of them may contain the name of another.
    """
    for name in names:
        _check_name(name)
    if output is None:
        return list(names)
    output = path_text("output", output, "the path of a file or a folder")
    if os.path.isdir(output) or output.endswith(("/", os.sep)):
        return [os.path.join(output, name) for name in names]
    if len(names) > 1 and os.path.basename(output) == names[0]:
        return [os.path.join(os.path.dirname(output), name) for name in names]
    if len(names) != 1:
        raise _error("E0546", f"`{output}` cannot hold {len(names)} files", f"give an existing folder for {', '.join(names)}")
    _check_name(os.path.basename(output))
    return [output]


def write_files(targets: Sequence[tuple[StrPath, Iterable[bytes]]], *, force: bool = False) -> None:
    """Write each path's chunks. All files appear or none, and the first after those that it may name.

    An existing file is replaced only with `force`; a symbolic link, folder or device never is. Raises OutputError.
    """
    files = [(path_text("path", path), chunks) for path, chunks in targets]
    for path, _ in files:
        _check_target(path, force=force)
    staged: list[Staged] = []
    try:
        for path, chunks in files:
            staged.append(_open(path))
            _fill(staged[-1], chunks)
            _keep_mode(staged[-1])
        _commit(staged, force=force)
    finally:
        for file in staged:
            _discard(file)
    for folder in {os.path.dirname(path) or "." for path, _ in files}:
        _sync_folder(folder)


def _check_name(name: str) -> None:
    """Check that a name is a single component that every system accepts."""
    way_out = "use letters, digits, `_`, `-` and `.`"
    if name in ("", ".", "..") or any(character in name for character in "/\\:"):
        raise _error("E0543", f"{name!a} is not the name of a file", way_out)
    if not name.isprintable():
        raise _error("E0543", f"the file name {name!a} holds a character that cannot be printed", way_out)
    # Windows opens the device whatever suffix follows its name.
    if name.split(".", maxsplit=1)[0].rstrip().casefold() in _DEVICES:
        raise _error("E0543", f"`{name}` names a device on Windows", "give another name with -o")


def _check_target(path: str, *, force: bool) -> None:
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder) and os.path.lexists(folder):
        raise _error("E0544", f"`{folder}` is not a folder", "name another one with -o")
    if not os.path.isdir(folder):
        raise _error("E0544", f"there is no folder `{folder}`", f"make it first: mkdir -p {folder}")
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    except OSError as problem:
        raise _refused(path, problem) from None
    if stat.S_ISLNK(mode):
        raise _error("E0541", f"`{path}` is a symbolic link, which is never written through", "remove it or name its target")
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
        raise _error("E0542", f"`{path}` is {kind}", "name a file that is not there yet")
    if not force:
        raise _exists(path)


def _open(path: str) -> Staged:
    folder = os.path.dirname(path) or "."
    nameless = getattr(os, "O_TMPFILE", 0)
    if nameless and os.path.isdir("/proc/self/fd"):
        # Not every file system has nameless files; the error numbers for that differ too.
        with suppress(OSError):
            return Staged(path, os.open(folder, nameless | os.O_WRONLY, 0o666), None)
    name = _spare_name(path)
    try:
        return Staged(path, os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666), name)
    except OSError as problem:
        raise _refused(path, problem) from None


def _fill(file: Staged, chunks: Iterable[bytes]) -> None:
    try:
        for chunk in chunks:
            rest = memoryview(chunk)
            while rest:
                rest = rest[os.write(file.descriptor, rest) :]
        os.fsync(file.descriptor)
    except OSError as problem:
        raise _failed(file.target, problem) from None


def _keep_mode(file: Staged) -> None:
    """Give a file the permissions of the file that it replaces; not every system has them."""
    with suppress(OSError, AttributeError):
        os.fchmod(file.descriptor, stat.S_IMODE(os.lstat(file.target).st_mode))


def _commit(staged: Sequence[Staged], *, force: bool) -> None:
    """Name all files, or none. If several steps are needed, a detached child takes them, so that killing the parent at any moment
    cannot leave half of a pair, or a temporary name.
    """
    if (len(staged) == 1 and not os.path.lexists(staged[0].target)) or not hasattr(os, "fork"):
        _publish_all(staged, force=force)
        return
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # about threads, whose locks the child does not take
        child = os.fork()
    if not child:
        _publish_apart(staged, writer, force=force)
    os.close(writer)
    with open(reader, "rb") as pipe:
        problem = os.fsdecode(pipe.read())
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("the process that names what is written ended early")
    if problem:
        raise _error(*problem.split("\0"))


def _publish_apart(staged: Sequence[Staged], writer: int, *, force: bool) -> NoReturn:
    """Publish in the child, and write to the parent what cannot be written."""
    code = 1
    try:
        os.setsid()
        try:
            _publish_all(staged, force=force)
        except OutputError as error:
            diagnostic = error.diagnostic
            os.write(writer, os.fsencode(f"{diagnostic.code}\0{diagnostic.message}\0{diagnostic.help}"))
        code = 0
    finally:
        os._exit(code)


def _publish_all(staged: Sequence[Staged], *, force: bool) -> None:
    """Publish the last file first, so that a file appears after those that it names. A lock on the folders keeps two writers from
    interleaving.
    """
    created: list[str] = []
    locks = _locked({os.path.dirname(file.target) or "." for file in staged}) if len(staged) > 1 else []
    try:
        for file in reversed(staged):
            created += [file.target] if _publish(file, force=force) else []
    except BaseException:
        for path in created:
            os.unlink(path)
        raise
    finally:
        for descriptor in locks:
            os.close(descriptor)


def _locked(folders: set[str]) -> list[int]:
    """Lock folders for as long as the returned descriptors are open; wait at most a second for another's lock."""
    locks: list[int] = []
    with suppress(ImportError, OSError):  # the system has no locks, or none on folders
        from fcntl import LOCK_EX, LOCK_NB, flock

        for folder in sorted(folders):
            locks.append(os.open(folder, os.O_RDONLY))
            for _ in range(100):
                try:
                    flock(locks[-1], LOCK_EX | LOCK_NB)
                except BlockingIOError:
                    time.sleep(0.01)
                else:
                    break
    return locks


def _publish(file: Staged, *, force: bool) -> bool:
    """Give a file its name by creation or renaming, which are atomic; return whether nothing was there before."""
    try:
        _link(file, file.target)
    except FileExistsError:
        if not force:
            raise _exists(file.target) from None
    except OSError as problem:
        raise _failed(file.target, problem) from None
    else:
        return True
    spare = file.name or _spare_name(file.target)
    try:
        if file.name is None:
            _link(file, spare)
        os.replace(spare, file.target)  # a link that appeared meanwhile is replaced, not followed
    except OSError as problem:
        with suppress(OSError):
            os.unlink(spare)
        raise _failed(file.target, problem) from None
    return False


def _link(file: Staged, path: str) -> None:
    if file.name is not None:
        os.link(file.name, path)
        return
    # With a folder's descriptor CPython calls linkat, which alone follows /proc's link to the nameless file.
    folder = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
    try:
        os.link(f"/proc/self/fd/{file.descriptor}", path, src_dir_fd=folder)
    finally:
        os.close(folder)


def _discard(file: Staged) -> None:
    os.close(file.descriptor)
    if file.name is not None:
        with suppress(FileNotFoundError):
            os.unlink(file.name)


def _sync_folder(folder: str) -> None:
    # Some systems cannot open or sync a folder; the file itself is synced already.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _spare_name(path: str) -> str:
    return os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.{os.urandom(6).hex()}.tmp")


def _exists(path: str) -> OutputError:
    return _error("E0540", f"`{path}` exists", "write over it with --force, or name another file")


def _refused(path: str, problem: OSError) -> OutputError:
    return _error("E0544", f"cannot write in `{os.path.dirname(path) or '.'}`: {_reason(problem)}", "name another folder with -o")


def _failed(path: str, problem: OSError) -> OutputError:
    full = problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    way_out = "make room, or name a file on another disk with -o" if full else ""
    return _error("E0545", f"cannot write `{path}`: {_reason(problem)}; nothing was left behind", way_out)


def _reason(problem: OSError) -> str:
    return (problem.strerror or str(problem)).lower()


def _error(code: str, message: str, way_out: str) -> OutputError:
    return OutputError(Diagnostic(code, message, help=way_out))
