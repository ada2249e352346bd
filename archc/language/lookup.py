"""Which file a name in a document stands for: one beside it, one that ships, or a path below it."""

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
"""How many files of a folder are read to propose one."""


def kind_of(root: Map) -> Kind:
    """What a document is, by its key."""
    for kind in ("block", "module", "shortcut", "layout"):
        if isinstance(root.get(kind), Scalar) and "name" not in root:
            return kind
    return "network"


class Lookup:
    """The answers to names in documents. The system is asked once for each file: of many specs that is a tenth of the time."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self.root = root
        self.limits = limits
        self.held: set[Path] = set()
        """Files that are taken to be there with a text that is no file's."""
        self._real: dict[Path, Path] = {}
        self._kinds: dict[Path, Kind | None] = {}

    def real(self, path: Path) -> Path:
        """Where a path leads, links followed."""
        found = self._real.get(path)
        if found is None:
            found = self._real[path] = Path(os.path.realpath(path))  # resolve raises on a loop of links
        return found

    def find(self, name: Scalar, user: Path, kind: Kind) -> Path:
        """The file that `name`, written in the document at `user`, stands for; raises SpecError (E0204, E0301, E0302, E0303)."""
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
        """Whether the file beside a spec is a definition of this kind at all: `conv.yaml` may be something else's."""
        if path not in self._kinds:
            try:
                self._kinds[path] = kind_of(parse(read_source(path, path.name, self.limits), self.limits))
            except SpecError:
                self._kinds[path] = None
        return self._kinds[path] in (kind, None)

    def _near(self, text: str, folder: Path, kind: Kind) -> list[str]:
        """The file of this kind in a folder whose name is nearest, if any; files of other kinds may be nearer."""
        names = sorted(path.stem for path in folder.glob("*.yaml"))
        for _ in range(TRIES):
            found = nearest(text, names)
            if found is None:
                break
            if self.is_of_kind(folder / f"{found}.yaml", kind):
                return [found]
            names.remove(found)
        return []

    def _differ(self, one: Path, other: Path) -> bool:
        """Whether two files say different things; one that cannot be read does."""
        try:
            return read_source(one, one.name, self.limits).text != read_source(other, other.name, self.limits).text
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
            there = sorted(p.name for p in target.parent.glob("*.yaml")) if os.path.isdir(target.parent) else []
            helped = advice(target.name, there)
            raise SpecError((Diagnostic("E0301", f"there is no file `{text}`", name.span, "not found", help=helped),))
        return target


def display_name(target: Path, user: Path, shown: str, root: Path, prefix: str) -> str:
    """How a file that a spec names is printed: beside the spec as the spec is, shipped ones after `prefix`; of real paths."""
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
    helped = advice(text, known, kind, family(text, known))
    code = "E0301" if kind == "network" else "E0204"
    label = f"not a shipped {kind}, and no file of that name beside this one"
    from archc.language.document.mends import of_word

    fix = of_word(name.span, text, known)
    return Diagnostic(code, f"there is no {kind} `{text}`", name.span, label, help=helped, fix=fix)
