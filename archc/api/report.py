"""Specs checked: every problem of every file, as a value."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, cast

from archc.api.network import Value, override_texts, spec_text
from archc.api.values import Shown
from archc.arguments import StrPath, choice, instance
from archc.arguments import path as path_text
from archc.limits import DEFAULT_LIMITS, Limits
from archc.record import Record

if TYPE_CHECKING:
    from archc.diagnostics import Diagnostic
    from archc.rendering.report import Report as Found

MOST = 1000
"""Problems that a report holds."""


class Report(Shown, Record):
    """What checking found: every problem once, sorted by file and place."""

    found: "Found"
    formats: ClassVar[Mapping[str, str]] = {".txt": "to_text", ".json": "to_json", ".sarif": "to_sarif", ".xml": "to_junit"}

    def __repr__(self) -> str:
        from archc.rendering.tally import tally

        return f"<Report: {tally(self.found)}>"

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings may be there."""
        return not self.errors

    @property
    def diagnostics(self) -> "tuple[Diagnostic, ...]":
        """Errors and warnings: each has a code, a sentence, a place, and a way out."""
        return self.found.diagnostics

    @property
    def errors(self) -> "tuple[Diagnostic, ...]":
        return tuple(each for each in self.found.diagnostics if each.severity == "error")

    @property
    def warnings(self) -> "tuple[Diagnostic, ...]":
        return tuple(each for each in self.found.diagnostics if each.severity == "warning")

    def to_text(self, *, color: bool = False) -> str:
        """With the lines at fault and a caret below them."""
        return self.written("text", color=color)

    def to_json(self) -> str:
        return self.written("json")

    def to_sarif(self) -> str:
        """For code scanning: SARIF 2.1.0."""
        return self.written("sarif")

    def to_junit(self) -> str:
        return self.written("junit")

    def written(self, form: str, *, color: bool = False) -> str:
        """In one of the formats of `archc check`: text, concise, json, sarif, github, gitlab or junit."""
        from archc.rendering.report import FORMATS
        from archc.rendering.tally import tally

        choice("form", form, FORMATS)
        if form == "text":
            from archc.rendering.text import as_text

            return as_text(self.found, color=color) if self.found.diagnostics else f"{tally(self.found)}\n"
        if form == "sarif":
            from archc import __version__
            from archc.present.explain import page
            from archc.rendering.sarif import as_sarif

            return as_sarif(self.found, __version__, page)
        from importlib import import_module

        module = import_module(f"archc.rendering.{'jsonout' if form == 'json' else form}")
        return cast("str", getattr(module, f"as_{form}")(self.found))

    def to_dict(self) -> dict[str, object]:
        """What `to_json` writes, as data."""
        import json

        found: dict[str, object] = json.loads(self.to_json())
        return found


def check(
    *targets: StrPath | Mapping[str, Value],
    set: Mapping[str, Value] | None = None,
    lint: bool = True,
    limits: Limits | None = None,
) -> Report:
    """Every problem of specs and definitions: of files, folders, names of shipped networks, or specs as maps.

    What is wrong with a spec is in the report and never raised. `set` replaces values by path in each; with `lint` it has
    warnings too, of what is right and looks like a mistake.

    >>> import archc
    >>> archc.check({"archc": 1, "name": "mine", "extends": "resnet18", "set": {"clases": 10}}).errors[0].help
    'did you mean `classes`?'
    """
    from archc.analyse.checking import check_file
    from archc.analyse.targets import spec_files
    from archc.language.library import Library
    from archc.rendering.report import report

    overrides, asked = override_texts(set), DEFAULT_LIMITS if limits is None else limits
    instance("lint", lint, bool, "true or false")
    library = Library(asked)
    names: list[str] = []
    texts: dict[str, bytes] = {}
    for number, target in enumerate(targets):
        if isinstance(target, Mapping):
            names.append("<text>" if len(targets) == 1 else f"<text {number + 1}>")
            texts[names[-1]] = spec_text(target).encode()
        else:
            path_text("targets", target, "a file, a folder, the name of a shipped network, or a spec as a map")
            names += spec_files([os.fspath(target)], empty=False, note=lambda _: None)
    found = [
        check_file(name, overrides=overrides, limits=asked, library=library, text=texts.get(name), lint=lint) for name in names
    ]
    return Report(report(names, found, MOST))
