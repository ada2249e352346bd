"""The loader turns the text of a spec into its tree. It reads YAML 1.2 without tags, within limits, and reports every problem."""

import yaml

from archc.diagnostics import Diagnostic, Source, SpecError, in_order
from archc.language.document.builder import Builder
from archc.language.document.events import events
from archc.language.document.frames import BROKEN
from archc.language.document.lines import Places
from archc.language.document.nodes import Map, Node, Scalar
from archc.language.document.source import text_source
from archc.language.document.syntax import syntax_error
from archc.limits import Limits


def parse(source: Source, limits: Limits) -> Map:
    """Return the map that a spec is.

    `source` comes from archc.language.document.source. Raises SpecError: E01xx, E0402 to E0408.
    """
    root, problems = _read(source, limits)
    if not isinstance(root, Map):
        kind = "a single value" if isinstance(root, Scalar) else "a list"
        problems.append(Diagnostic("E0113", f"a spec is a map of keys, not {kind}", root.span, help="begin with `archc: 1`"))
    elif not problems:
        return root
    raise SpecError(in_order(problems))


def parse_value(text: str, name: str, limits: Limits) -> Node:
    """Return one value of any kind, as after `--set path=`. Raises SpecError as `parse` does, and for refused characters."""
    root, problems = _read(text_source(text, name, limits), limits)
    if problems:
        raise SpecError(in_order(problems))
    return root


def _read(source: Source, limits: Limits) -> tuple[Node, list[Diagnostic]]:
    builder = Builder(source, limits)
    try:
        builder.read(events(source.text))
    except yaml.YAMLError as error:
        raise SpecError(in_order([*builder.problems, syntax_error(error, source)])) from None
    if builder.root is BROKEN:
        raise SpecError(in_order(builder.problems))
    match builder.root:
        case None | Scalar(value=None, text=""):
            empty = Diagnostic("E0112", f"`{source.name}` is empty", Places(source).span(0, 0))
            raise SpecError(in_order([*builder.problems, empty]))
        case root:
            return root, builder.problems
