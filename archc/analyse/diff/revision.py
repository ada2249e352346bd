"""A spec as it was at a git revision: `REVISION:PATH` copied to a private folder, with every spec beside and below it."""

import os
import posixpath
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from archc.analyse.diff.git import Blob, blobs, git, listing
from archc.diagnostics import Diagnostic, SpecError
from archc.language.library import Tree
from archc.language.shipped import shipped_root
from archc.limits import Limits
from archc.record import Record

SUFFIXES = (".yaml", ".yml")
MOST = 20_000
"""How many specs may lie beside and below one."""


class Revision(Record):
    """The two halves of `REVISION:PATH`, and the whole."""

    target: str
    revision: str
    path: str


class Copied(Record):
    """The copy: its file, the path from the repository's root, and the tree for a library."""

    file: Path
    name: str
    tree: Tree


def revision_of(target: str) -> Revision | None:
    """The two halves of `HEAD~1:specs/x.yaml`; None of what is a file, an absolute path, or begins with `./` or `../`.

    The colon is the first that is not in braces, as git has it (`HEAD@{10:00}:x.yaml`).
    """
    if target.startswith(("./", "../", "/", ".\\", "..\\")) or os.path.lexists(target) or target[1:3] in (":\\", ":/"):
        return None
    depth = 0
    for place, character in enumerate(target):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == ":" and depth <= 0:
            return Revision(target, target[:place], target[place + 1 :])
    return None


@contextmanager
def copied(wanted: Revision, limits: Limits) -> Iterator[Copied]:
    """The files, as long as the context lasts. Raises SpecError: E0520 to E0524."""
    _check(wanted)
    tree = _tree(wanted)
    prefix, top = (
        git("rev-parse", "--show-prefix", "--show-toplevel", target=wanted.target).decode("utf-8", "replace").split("\n")[:2]
    )
    path = _path(wanted, prefix)
    files = _beside(wanted, tree, path, Path(top))
    with tempfile.TemporaryDirectory(prefix="archc-") as folder:
        root = Path(folder).resolve()
        for blob, data in blobs(files, limits.bytes, wanted.target):
            file = root / blob.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        shipped = root / _shipped(Path(top)) if _shipped(Path(top)) and (root / _shipped(Path(top))).is_dir() else None
        yield Copied(root / path, path, Tree(root, f"{wanted.revision}:", shipped))


def _check(wanted: Revision) -> None:
    """Refuse what git must not be given: an option, or nothing."""
    revision = wanted.revision
    if not revision:
        raise _refused(
            "E0522", f"`{wanted.target}` names no revision before its colon", "HEAD~1:specs/x.yaml, say; or ./ before a file"
        )
    if revision.startswith("-") or not wanted.target.isprintable():
        raise _refused("E0522", f"`{revision}` is no revision", "a commit, branch or tag: HEAD~1, main, v1.2")


def _tree(wanted: Revision) -> str:
    git("rev-parse", "--git-dir", target=wanted.target)  # a missing repository is the first problem to report
    name = git("rev-parse", "--verify", "--quiet", f"{wanted.revision}^{{tree}}", target=wanted.target, missing=True)
    if not name:
        message = f"there is no revision `{wanted.revision}` in this repository"
        raise _refused("E0522", message, f"{_where(wanted)}; a file of that name is `./{wanted.target}`")
    return name.decode("ascii").strip()


def _where(wanted: Revision) -> str:
    if git("rev-parse", "--is-shallow-repository", target=wanted.target, missing=True).strip() == b"true":
        return "this clone is shallow, and `git fetch --unshallow` brings the rest"
    return "`git log` lists them"


def _path(wanted: Revision, prefix: str) -> str:
    """From the repository's root, as git reads it: `./x` is from the current folder."""
    path = wanted.path
    if path.startswith(("./", "../")):
        path = posixpath.join(prefix, path)
    normal = posixpath.normpath(path) if path else ""
    if not path or normal.startswith("..") or posixpath.isabs(normal) or normal == ".":
        raise _refused("E0523", f"`{wanted.path}` is no file of this repository", "a path from its root, or ./ and one from here")
    return normal


def _beside(wanted: Revision, tree: str, path: str, top: Path) -> list[Blob]:
    """The specs in the folder of a path and below, and what ships, if that is in the repository; the path is one of them."""
    files = {blob.path: blob for blob in _specs(listing(tree, posixpath.dirname(path), wanted.target), path)}
    if path not in files:
        raise _not_there(wanted, tree, path)
    if files[path].mode not in ("100644", "100755"):
        kind = "a symbolic link" if files[path].mode == "120000" else "another repository"
        raise _refused("E0523", f"`{path}` is {kind} at `{wanted.revision}`, not a file", "name the file itself")
    shipped = _shipped(top)
    if shipped:
        files.update({blob.path: blob for blob in _specs(listing(tree, shipped, wanted.target), path)})
    if len(files) > MOST:
        message = f"more than {MOST} specs are in the folder of `{path}` and below at `{wanted.revision}`"
        raise _refused("E0524", message, "check that revision out with `git worktree add`, and name the file in it")
    return [blob for blob in files.values() if blob.mode in ("100644", "100755")]


def _specs(files: Sequence[Blob], path: str) -> Iterator[Blob]:
    for blob in files:
        parts = blob.path.split("/")
        if (blob.path.endswith(SUFFIXES) or blob.path == path) and not {"", ".", ".."} & set(parts) and "\\" not in blob.path:
            yield blob


def _shipped(top: Path) -> str:
    """Where in the repository stands what ships, "" where it is elsewhere."""
    root = shipped_root().resolve()
    return root.relative_to(top.resolve()).as_posix() if root.is_relative_to(top.resolve()) else ""


def _not_there(wanted: Revision, tree: str, path: str) -> SpecError:
    from archc.suggest import nearest

    beside = [blob.path for blob in listing(tree, posixpath.dirname(path), wanted.target) if blob.path.endswith(SUFFIXES)]
    guess = nearest(path, beside)
    way_out = (
        f"did you mean `{wanted.revision}:{guess}`?" if guess else "paths are from the repository's root; ./ begins one from here"
    )
    return _refused("E0523", f"there is no `{path}` at `{wanted.revision}`", way_out)


def _refused(code: str, message: str, way_out: str) -> SpecError:
    return SpecError((Diagnostic(code, message, help=way_out),))
