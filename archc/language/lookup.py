"""A name in a document stands for a file beside it, one that ships, or one at a path below it."""

import os
from pathlib import Path

from archc.diagnostics import Diagnostic, SpecError
from archc.language.document.loader import parse
from archc.language.document.nodes import Map, Scalar
from archc.language.document.source import read_source
from archc.language.shipped import Kind, is_file, shipped_file, shipped_names
from archc.limits import Limits
from archc.suggest import advice, family, nearest

TRIES = 4
"""How many files of a folder are read at most to propose one."""


def kind_of(root: Map) -> Kind:
    """Return the kind of a document, which one of its keys tells."""
    for kind in ("block", "module", "shortcut", "layout"):
        if isinstance(root.get(kind), Scalar) and "name" not in root:
            return kind
    return "network"


class Lookup:
    """Looks up names in documents. The system is asked once for each file, which for many specs saves a tenth of the time."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self.root = root
        self.limits = limits
        self.held: set[Path] = set()
        """Files that count as existing, with a text that was given instead of read."""
        self._real: dict[Path, Path] = {}
        self._kinds: dict[Path, Kind | None] = {}

    def real(self, path: Path) -> Path:
        """Return where a path leads, with links followed."""
        target = self._real.get(path)
        if target is None:
            target = self._real[path] = Path(os.path.realpath(path))  # resolve raises on a loop of links
        return target

    def find(self, name: Scalar, user: Path, kind: Kind) -> Path:
        """Return the file that `name` in the document at `user` stands for. Raises SpecError (E0204, E0301, E0302, E0303)."""
        text = str(name.value)
        is_path = text.endswith(".yaml") or (("/" in text) and kind != "layout") or text.startswith(("./", "../"))
        if is_path:
            return self._by_path(text, name, user)
        beside = user.parent / f"{text}.yaml"
        shipped = shipped_file(text, kind, self.root)
        if self._is_there(beside):
            if shipped is None or self.real(beside) == self.real(shipped):
                return beside
            if not self.is_of_kind(beside, kind):
                return shipped
            if self._differ(beside, shipped):
                raise SpecError((_ambiguous(text, name, kind),))
            return beside
        if shipped is not None:
            return shipped
        raise SpecError((_unknown(text, name, kind, self._near(text, user.parent, kind)),))

    def _is_there(self, path: Path) -> bool:
        return (bool(self.held) and self.real(path) in self.held) or is_file(path)

    def is_of_kind(self, path: Path, kind: Kind) -> bool:
        """Return whether the file beside a spec may be a definition of this kind; `conv.yaml` may be of another kind."""
        if path not in self._kinds:
            try:
                self._kinds[path] = kind_of(parse(read_source(path, path.name, self.limits), self.limits))
            except SpecError:
                self._kinds[path] = None
        return self._kinds[path] in (kind, None)

    def _near(self, text: str, folder: Path, kind: Kind) -> list[str]:
        """Return the nearest name of a file of this kind in a folder, if any; files of other kinds may be nearer."""
        names = sorted(path.stem for path in folder.glob("*.yaml"))
        for _ in range(TRIES):
            guess = nearest(text, names)
            if guess is None:
                break
            if self.is_of_kind(folder / f"{guess}.yaml", kind):
                return [guess]
            names.remove(guess)
        return []

    def _differ(self, first: Path, second: Path) -> bool:
        """Return whether two files differ, which one that cannot be read does."""
        try:
            return read_source(first, first.name, self.limits).text != read_source(second, second.name, self.limits).text
        except SpecError:
            return True

    def _by_path(self, text: str, name: Scalar, user: Path) -> Path:
        base = self.real(user.parent)
        target = Path(os.path.realpath(base / text))
        inside = target.is_relative_to(base) or target.is_relative_to(self.root)
        if not inside or "\\" in text:
            message = f"`{text}` is outside the folder of this file"
            raise SpecError((Diagnostic("E0303", message, name.span, "only files in or below it can be named"),))
        if not self._is_there(target):
            names = sorted(p.name for p in target.parent.glob("*.yaml")) if os.path.isdir(target.parent) else []
            help_text = advice(target.name, names)
            raise SpecError((Diagnostic("E0301", f"there is no file `{text}`", name.span, "not found", help=help_text),))
        return target


def display_name(target: Path, user: Path, shown: str, root: Path, prefix: str) -> str:
    """Return the printed name of a file that a spec names: like the spec's own if beside it, after `prefix` if it ships.

    `target` and `user` are real paths.
    """
    if target.is_relative_to(root) and (shown.startswith(prefix) or not user.is_relative_to(root)):
        return prefix + target.relative_to(root).as_posix()
    folder = shown.rpartition("/")[0]
    try:
        relative = target.relative_to(user.parent).as_posix()
    except ValueError:
        return prefix + target.relative_to(root).as_posix() if target.is_relative_to(root) else target.name
    return f"{folder}/{relative}" if folder else relative


def _ambiguous(text: str, name: Scalar, kind: Kind) -> Diagnostic:
    message = f"{kind} `{text}` is both beside this spec and among what ships, and they differ"
    return Diagnostic("E0302", message, name.span, "which of the two?", help=f"write `./{text}.yaml` for the one beside it")


def _unknown(text: str, name: Scalar, kind: Kind, beside: list[str]) -> Diagnostic:
    known = [*shipped_names(kind), *beside]
    help_text = advice(text, known, kind, family(text, known))
    code = "E0301" if kind == "network" else "E0204"
    label = f"not a shipped {kind}, and no file of that name beside this one"
    from archc.language.document.mends import of_word

    fix = of_word(name.span, text, known)
    return Diagnostic(code, f"there is no {kind} `{text}`", name.span, label, help=help_text, fix=fix)
