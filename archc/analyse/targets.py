"""Files, folders and patterns that stand for specs, as the files themselves."""

import os
from collections.abc import Callable, Iterator, Sequence

from archc.exceptions import WrongValue

SUFFIXES = (".yaml", ".yml")


def spec_files(paths: Sequence[str], *, empty: bool, note: Callable[[str], None]) -> list[str]:
    """Return each file once, by the first of its names; by a link only where no path names the file itself.

    `note` takes a sentence about a link that is not followed; with `empty` a folder or pattern may stand for no file. Raises
    WrongValue.
    """
    files: dict[str, str] = {}
    for path in paths:
        for file in _files(path, empty, note):
            key = os.path.realpath(file) if os.path.exists(file) else file
            if key not in files or (os.path.islink(files[key]) and not os.path.islink(file)):
                files[key] = file
    return list(files.values())


def _files(path: str, empty: bool, note: Callable[[str], None]) -> list[str]:  # noqa: FBT001  as spec_files was asked
    """Return the files that one argument stands for; with `empty` there may be none."""
    if os.path.isdir(path):
        files = list(_walk(path, note))
        if not files and not empty:
            raise WrongValue(f"there is no *.yaml file in `{path}` or below it")
        return files
    if os.path.lexists(path) or not any(sign in path for sign in "*?["):
        return [path]
    from glob import glob

    # The shell did not expand the pattern: it was quoted, or the system's shell never does.
    files = [
        file for match in sorted(glob(path, recursive=True)) for file in (_walk(match, note) if os.path.isdir(match) else [match])
    ]
    if not files and not empty:
        raise WrongValue(f"no file matches `{path}`")
    return files


def _walk(folder: str, note: Callable[[str], None]) -> Iterator[str]:
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
                note(f"note: `{os.path.join(parent, name)}` is a link to a folder, which is not followed")
        names = sorted(name for name in files if name.endswith(SUFFIXES) and not name.startswith("."))
        yield from (os.path.join(parent, name) for name in names)
    yield from unreadable
