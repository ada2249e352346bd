"""The spec language has versions; a document of an older one is upgraded to the newest."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from archc.diagnostics import Diagnostic, Edit, Source, SpecError
from archc.language.document.edits import applied, begun
from archc.language.document.loader import parse
from archc.language.document.mends import of_version
from archc.language.document.nodes import Map, Node, Scalar
from archc.limits import Limits

Upgrade: TypeAlias = Callable[[Map], Sequence[Edit]]
"""An upgrade returns the edits that turn a document of one version into one of the next, but for the value of `archc`."""

FIRST = 1
UPGRADES: Mapping[int, Upgrade] = MappingProxyType({})
"""For each version but the newest, the upgrade to the next. A version stays here for good, so that its files always compile."""

VERSION = FIRST + len(UPGRADES)
"""The version that is compiled."""


def version_problem(root: Map, newest: int = VERSION) -> Diagnostic | None:
    """Return E0206 where a document states any version but the newest."""
    version = root.get("archc")
    if version is None or _whole(version) == newest:
        return None
    shown = f"`{version.text}`" if isinstance(version, Scalar) else "a map or a list"
    older = _whole(version) in range(FIRST, newest)
    advice = "`archc migrate` brings it up to date" if older else f"write `archc: {newest}`"
    known = f"this archc knows version {newest} only" if newest == FIRST else f"this archc knows versions {FIRST} to {newest}"
    fix = of_version(version.span, newest) if _meant(version) == newest else ()
    return Diagnostic("E0206", f"the version of the language cannot be {shown}", version.span, known, help=advice, fix=fix)


def migrated(source: Source, limits: Limits, upgrades: Mapping[int, Upgrade] = UPGRADES) -> tuple[int, str]:
    """Return the version of a document and its text in the newest, with its comments. Without a version it is of the first.

    Raises SpecError for a text that is not YAML (E01xx), and for a version without an upgrade (E0206).
    """
    newest = FIRST + len(upgrades)
    root = parse(source, limits)
    stated = root.get("archc")
    if stated is None:
        first, edits = FIRST, begun(root, f"archc: {FIRST}")
    elif (meant := _meant(stated)) in range(FIRST, newest + 1):
        first, edits = meant, () if _whole(stated) == meant else (Edit(stated.span, f"{meant}"),)
    else:
        problem = version_problem(root, newest)
        raise SpecError((problem,) if problem else ())
    text = applied(source.text, edits)
    for version in range(first, newest):
        root = parse(Source(source.name, text), limits)
        changes = upgrades[version](root)
        number = [Edit(entry.value.span, f"{version + 1}") for entry in root if entry.key == "archc"]
        text = applied(text, [*changes, *number])
    return first, text


def _whole(version: Node) -> int | None:
    return version.value if isinstance(version, Scalar) and type(version.value) is int else None


def _meant(version: Node) -> int:
    """Return the version that is meant, also by `"1"` or `1.0`; 0 where none is."""
    digits = str(version.value).removesuffix(".0") if isinstance(version, Scalar) else ""
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 and digits == f"{int(digits)}" else 0
