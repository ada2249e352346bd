"""The files to work on are named by files, folders, patterns, shipped networks
or standard input, or by what git calls changed.
"""

import os
from collections.abc import Sequence

from archc.analyse.targets import spec_files
from archc.cli.console import say
from archc.cli.parsing import UsageError
from archc.diagnostics import SpecError

STDIN = "-"


def targets(paths: Sequence[str], revision: str | None = None) -> list[str]:
    """Return the files that `paths` name, each once; with `revision`, only those changed since then. Raises UsageError."""
    if revision is None:
        if not paths:
            raise UsageError("no file is named", "name files or folders, `-` for standard input, or give --changed")
        return spec_files(paths, empty=False, note=say)
    if not paths and not is_revision(revision) and os.path.exists(revision):
        # In `--changed specs/` argparse takes the path for the option's revision.
        paths, revision = [revision], "HEAD"
    if STDIN in paths:
        raise UsageError("--changed is about files, and `-` is none")
    changed = {os.path.realpath(path) for path in changed_files(revision)}
    return [path for path in spec_files(paths or ["."], empty=True, note=say) if os.path.realpath(path) in changed]


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
