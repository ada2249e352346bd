"""The files of a git repository that differ from a revision, asked of git itself."""

import os

from archc.analyse.diff.git import git
from archc.cli.parsing import UsageError
from archc.diagnostics import SpecError


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
    try:
        # A repository may name a program that watches its files; checking specs starts none.
        return os.fsdecode(git("-C", at, "-c", "core.fsmonitor=false", *words, target="--changed", missing=missing))
    except SpecError as error:
        [problem] = error.diagnostics
        raise UsageError(problem.message, hint or problem.help) from None


def _split(text: str) -> list[str]:
    return [name for name in text.split("\0") if name]
