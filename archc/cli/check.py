"""`archc check`: every problem of every spec and definition, all at once."""

import os
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence

from archc.cli.command import Command
from archc.cli.console import exit_code, say, show
from archc.cli.parsing import UsageError, limits_of, on_terminal, spec_arguments
from archc.diagnostics import Diagnostic

EXAMPLES = """\
  archc check my_net.yaml                       one file
  archc check specs/                            every *.yaml in and below a folder, definitions too
  archc check specs/ --format concise           one line a problem: path:line:column: code message
  archc check my_net.yaml --format json         for other programs
  archc check my_net.yaml --set classes=10 --set expect=null
"""
SUFFIXES = (".yaml", ".yml")


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, a folder, or the name of a shipped network")
    parser.add_argument(
        "--format", choices=("text", "concise", "json"), default="text", help="text: with source excerpts (default)"
    )
    spec_arguments(parser)


def run(arguments: Namespace) -> int:
    from archc.library import Library
    from archc.pipeline import check_file

    limits = limits_of(arguments)
    library = Library(limits)
    targets = list(_targets(arguments.paths))
    found: dict[tuple[object, ...], Diagnostic] = {}
    progress = _Progress(len(targets))
    for done, target in enumerate(targets):
        progress.show(done, target)
        for diagnostic in check_file(target, overrides=arguments.set, limits=limits, library=library):
            found.setdefault(_place(diagnostic), diagnostic)  # a parent's problem is every child's: once is enough
    progress.clear()
    diagnostics = tuple(found.values())
    _print(diagnostics, len(targets), arguments)
    return exit_code(diagnostics)


def _targets(paths: Sequence[str]) -> Iterator[str]:
    """The files meant, folders walked in sorted order; each once."""
    seen: set[str] = set()
    for path in paths:
        files = list(_walk(path)) if os.path.isdir(path) else [path]
        if not files:
            raise UsageError(f"there is no *.yaml file in `{path}` or below it")
        for file in files:
            key = os.path.realpath(file) if os.path.exists(file) else file
            if key not in seen:
                seen.add(key)
                yield file


def _walk(folder: str) -> Iterator[str]:
    for here, folders, files in os.walk(folder):
        folders.sort()
        for name in folders:
            if os.path.islink(os.path.join(here, name)):
                say(f"note: `{os.path.join(here, name)}` is a link to a folder, which is not followed")
        yield from (os.path.join(here, name) for name in sorted(files) if name.endswith(SUFFIXES))


def _place(diagnostic: Diagnostic) -> tuple[object, ...]:
    span = diagnostic.span
    where = (span.source.name, span.line, span.column) if span else ()
    return (diagnostic.code, diagnostic.message, *where)


def _print(diagnostics: Sequence[Diagnostic], files: int, arguments: Namespace) -> None:
    if arguments.format == "json":
        from archc.rendering.jsonout import as_json

        print(as_json(diagnostics), end="")
        return
    if arguments.format == "concise":
        from archc.rendering.visible import visible

        for diagnostic in diagnostics:
            print(visible(f"{diagnostic.span or '-'}: {diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}"))
        return
    what = f"{files} file" + ("" if files == 1 else "s")
    if diagnostics:
        from archc.rendering.text import summary

        show(diagnostics, color=arguments.color, stream=sys.stdout)
        print(f"\n{what} checked: {summary(diagnostics)}")
    else:
        print(f"{what} checked: all good")


class _Progress:
    """A line on a terminal, once a run has taken a second."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.begin = time.monotonic()
        self.shown = False
        self.wanted = total > 1 and on_terminal()

    def show(self, done: int, name: str) -> None:
        if self.wanted and time.monotonic() - self.begin > 1:
            self.shown = True
            print(f"\r\x1b[Kchecking {done}/{self.total}: {name!a}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


COMMAND = Command(arguments, run, EXAMPLES)
