"""git, asked for what it keeps: fixed words and no shell, nothing is written, fetched or configured."""

import os
import subprocess
from collections.abc import Iterator, Sequence

from archc.diagnostics import Diagnostic, SpecError
from archc.record import Record

SECONDS = 60
QUIET = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_LITERAL_PATHSPECS": "1",
}


class Blob(Record):
    """A file of a revision: path from the repository's root, mode, the object's name, and bytes."""

    path: str
    mode: str
    name: str
    size: int


def git(*words: str, target: str, missing: bool = False, given: bytes = b"") -> bytes:
    """Return what a command prints; with `missing`, nothing where it fails.

    Raises SpecError: E0520 without git, E0521 where it fails.
    """
    try:
        done = subprocess.run(  # noqa: S603  a list of words, the first of which is ours
            ["git", *words],  # noqa: S607  the git on the path is the user's own
            input=given, capture_output=True, check=False, timeout=SECONDS, env={**os.environ, **QUIET},
        )  # fmt: skip
    except FileNotFoundError:
        message = f"`{target}` names a git revision, and there is no git here"
        raise _refused("E0520", message, "install git, or name a file; one with a colon in its name as ./NAME") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _refused(
            "E0521", f"git did not answer for `{target}`: {type(error).__name__}", "try the command it was for"
        ) from None
    if done.returncode and not missing:
        raise _failed(target, done.stderr.decode("utf-8", "replace"))
    return done.stdout if not done.returncode else b""


def listing(tree: str, folder: str, target: str) -> list[Blob]:
    """The files in a folder and below; none where there is no such folder."""
    paths = [f"{folder}/"] if folder else []
    text = git("ls-tree", "-r", "-l", "-z", "--full-tree", tree, "--", *paths, target=target)
    files: list[Blob] = []
    for line in text.decode("utf-8", "surrogateescape").split("\0"):
        head, tab, path = line.partition("\t")
        if tab:
            mode, _, name, size = head.split()
            files.append(Blob(path, mode, name, int(size) if size.isdigit() else 0))
    return files


def blobs(wanted: Sequence[Blob], limit: int, target: str) -> Iterator[tuple[Blob, bytes]]:
    """Yield the content of files; a file beyond `limit` bytes is zeros, one more than the limit."""
    small = [blob for blob in wanted if blob.size <= limit]
    output = git("cat-file", "--batch", target=target, given="".join(f"{blob.name}\n" for blob in small).encode("ascii"))
    place = 0
    for blob in small:
        end = output.index(b"\n", place) + 1
        yield blob, output[end : end + blob.size]
        place = end + blob.size + 1
    for blob in wanted:
        if blob.size > limit:
            yield blob, bytes(limit + 1)


def _failed(target: str, stderr: str) -> SpecError:
    lines = [line for line in stderr.splitlines() if line.strip()]
    first = lines[0].removeprefix("fatal: ") if lines else "it gave no reason"
    if "not a git repository" in first:
        message, way_out = (
            f"`{target}` names a git revision, and this folder is in no repository",
            "name a file; one with a colon as ./NAME",
        )
    else:
        message, way_out = f"git cannot read `{target}`: {first}", "see what `git status` says here"
    return _refused("E0521", message, way_out)


def _refused(code: str, message: str, way_out: str) -> SpecError:
    return SpecError((Diagnostic(code, message, help=way_out),))
