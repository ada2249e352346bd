"""Which files are meant: files, folders, patterns, names of shipped networks, standard input, what git calls changed."""

import os
from collections.abc import Iterator, Sequence

from archc.cli.console import say
from archc.cli.parsing import UsageError
from archc.diagnostics import SpecError

SUFFIXES = (".yaml", ".yml")
STDIN = "-"


def targets(paths: Sequence[str], revision: str | None = None) -> list[str]:
    """The files meant, each once; of `paths` those alone that changed since `revision`, if one is given. Raises UsageError."""
    if revision is None:
        if not paths:
            raise UsageError("no file is named", "name files or folders, `-` for standard input, or give --changed")
        return _each_once(paths, empty=False)
    if not paths and not is_revision(revision) and os.path.exists(revision):
        # `--changed specs/`, where the option took the path for a revision
        paths, revision = [revision], "HEAD"
    if STDIN in paths:
        raise UsageError("--changed is about files, and `-` is none")
    changed = {os.path.realpath(path) for path in changed_files(revision)}
    return [path for path in _each_once(paths or ["."], empty=True) if os.path.realpath(path) in changed]


def _each_once(paths: Sequence[str], *, empty: bool) -> list[str]:
    """Of the names of one file the first, but a link only where the file itself is not meant too."""
    found: dict[str, str] = {}
    for path in paths:
        for file in _files(path, empty=empty):
            key = os.path.realpath(file) if os.path.exists(file) else file
            if key not in found or (os.path.islink(found[key]) and not os.path.islink(file)):
                found[key] = file
    return list(found.values())


def _files(path: str, *, empty: bool) -> list[str]:
    """The files one argument stands for; `empty`: there may be none."""
    if os.path.isdir(path):
        found = list(_walk(path))
        if not found and not empty:
            raise UsageError(f"there is no *.yaml file in `{path}` or below it")
        return found
    if os.path.lexists(path) or not any(sign in path for sign in "*?["):
        return [path]
    from glob import glob

    # What a shell did not expand: quoted, or on a system whose shell never does.
    found = [file for match in sorted(glob(path, recursive=True)) for file in (_walk(match) if os.path.isdir(match) else [match])]
    if not found and not empty:
        raise UsageError(f"no file matches `{path}`")
    return found


def _walk(folder: str) -> Iterator[str]:
    """Below a folder, in sorted order; what begins with a dot belongs to other programs. A folder that cannot be read is a target
    itself, so that it is told.
    """
    closed: list[str] = []
    for here, folders, files in os.walk(folder, onerror=lambda error: closed.append(os.path.join(str(error.filename), ""))):
        yield from closed
        closed.clear()
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if os.path.islink(os.path.join(here, name)):
                say(f"note: `{os.path.join(here, name)}` is a link to a folder, which is not followed")
        names = sorted(name for name in files if name.endswith(SUFFIXES) and not name.startswith("."))
        yield from (os.path.join(here, name) for name in names)
    yield from closed


def is_revision(name: str) -> bool:
    """Whether git knows a commit by this name."""
    return _commit(name) != ""


def changed_files(revision: str) -> list[str]:
    """Files changed since `revision` and the current branch parted, in the commits, the index or the folder, and those git
    does not know yet; as absolute paths. Deleted ones are not among them. Raises UsageError.
    """
    root = _git("rev-parse", "--show-toplevel", hint="run it in a git repository").removesuffix("\n")
    names = _split(_git("ls-files", "-z", "--others", "--exclude-standard", at=root))
    since = _commit(revision)
    if since:
        base = _git("merge-base", since, "HEAD", hint="where the history is cut short, fetch more of it").strip()
        names += _split(_git("diff", "--name-only", "-z", "--no-renames", "--diff-filter=d", base, "--", at=root))
    elif revision == "HEAD":  # nothing is committed yet
        names += _split(_git("ls-files", "-z", "--cached", at=root))
    else:
        raise UsageError(f"git knows no revision `{revision}`", "name a commit, a branch or a tag: --changed=origin/main")
    return sorted({os.path.join(root, name) for name in names})


def _commit(name: str) -> str:
    """The hash of the commit a revision stands for, "" where there is none."""
    return _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", missing=True).strip()


def _git(*words: str, at: str = ".", hint: str = "", missing: bool = False) -> str:
    from archc.analyse.diff.git import git

    try:
        # A repository may name a program that watches its files; checking specs starts none.
        return os.fsdecode(git("-C", at, "-c", "core.fsmonitor=false", *words, target="--changed", missing=missing))
    except SpecError as error:
        [problem] = error.diagnostics
        raise UsageError(problem.message, hint or problem.help) from None


def _split(text: str) -> list[str]:
    return [name for name in text.split("\0") if name]
