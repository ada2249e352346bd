"""The files to work on are named by files, folders, patterns, shipped networks
or standard input, or by what git calls changed.
"""

import os
from collections.abc import Iterator, Sequence

from archc.cli.console import say
from archc.cli.parsing import UsageError
from archc.diagnostics import SpecError

SUFFIXES = (".yaml", ".yml")
STDIN = "-"


def targets(paths: Sequence[str], revision: str | None = None) -> list[str]:
    """Return the files that `paths` name, each once; with `revision`, only those changed since then. Raises UsageError."""
    if revision is None:
        if not paths:
            raise UsageError("no file is named", "name files or folders, `-` for standard input, or give --changed")
        return _each_once(paths, empty=False)
    if not paths and not is_revision(revision) and os.path.exists(revision):
        # In `--changed specs/` argparse takes the path for the option's revision.
        paths, revision = [revision], "HEAD"
    if STDIN in paths:
        raise UsageError("--changed is about files, and `-` is none")
    changed = {os.path.realpath(path) for path in changed_files(revision)}
    return [path for path in _each_once(paths or ["."], empty=True) if os.path.realpath(path) in changed]


def _each_once(paths: Sequence[str], *, empty: bool) -> list[str]:
    """Return each file once, by the first of its names; by a link only where no path names the file itself."""
    files: dict[str, str] = {}
    for path in paths:
        for file in _files(path, empty=empty):
            key = os.path.realpath(file) if os.path.exists(file) else file
            if key not in files or (os.path.islink(files[key]) and not os.path.islink(file)):
                files[key] = file
    return list(files.values())


def _files(path: str, *, empty: bool) -> list[str]:
    """Return the files that one argument stands for; with `empty` there may be none."""
    if os.path.isdir(path):
        files = list(_walk(path))
        if not files and not empty:
            raise UsageError(f"there is no *.yaml file in `{path}` or below it")
        return files
    if os.path.lexists(path) or not any(sign in path for sign in "*?["):
        return [path]
    from glob import glob

    # The shell did not expand the pattern: it was quoted, or the system's shell never does.
    files = [file for match in sorted(glob(path, recursive=True)) for file in (_walk(match) if os.path.isdir(match) else [match])]
    if not files and not empty:
        raise UsageError(f"no file matches `{path}`")
    return files


def _walk(folder: str) -> Iterator[str]:
    """Yield the files below a folder in sorted order; names that begin with a dot belong to other programs.

    A folder that cannot be read is yielded itself, so that reading it as a file reports the problem.
    """
    unreadable: list[str] = []
    for parent, folders, files in os.walk(folder, onerror=lambda error: unreadable.append(os.path.join(str(error.filename), ""))):
        yield from unreadable
        unreadable.clear()
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if os.path.islink(os.path.join(parent, name)):
                say(f"note: `{os.path.join(parent, name)}` is a link to a folder, which is not followed")
        names = sorted(name for name in files if name.endswith(SUFFIXES) and not name.startswith("."))
        yield from (os.path.join(parent, name) for name in names)
    yield from unreadable


def is_revision(name: str) -> bool:
    """Return whether git knows a commit by this name."""
    return _commit(name) != ""


def changed_files(revision: str) -> list[str]:
    """Ask git for the files that changed after the current branch left `revision`, as absolute paths. Raises UsageError.

    A file may have changed in the commits, the index or the folder, or be unknown to git; deleted files are left out.
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
    """Return the hash of the commit that a revision stands for, "" where there is none."""
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
