"""`archc build`: a spec compiled for a target, its files written."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from archc.backend import BackendError, find_backend
from archc.cli.command import Command
from archc.cli.console import say, show
from archc.cli.options import add_options, with_options
from archc.cli.parsing import UsageError, limits_of, spec_arguments
from archc.diagnostics import Diagnostic, Note

EXAMPLES = """\
  archc build resnet50                          writes resnet50.py
  archc build resnet50 -o - | less              to the standard output
  archc build resnet50 -o models/ --force       into a folder, over what is there
  archc build resnet50 --layout timm            with timm's state-dict keys
  archc build resnet50 --set block.groups=32 --set block.ratio=0.5 --set expect=null
"""


def arguments(parser: ArgumentParser, words: Sequence[str]) -> None:
    parser.add_argument("spec", help="a file, or the name of a shipped network (archc list)")
    parser.add_argument("--target", default="torch", help="what to write: torch (default), or any installed archc backend")
    parser.add_argument("-o", "--output", metavar="FILE|FOLDER|-", help="where to; - is the standard output")
    parser.add_argument("--layout", help="whose parameter names to use: one of the spec's layouts; the first is the default")
    parser.add_argument("--force", action="store_true", help="write over an existing file")
    spec_arguments(parser)
    target = _target(words)
    try:
        backend = find_backend(target)
    except BackendError as error:  # told once the rest of the command line is read
        parser.set_defaults(backend=error)
    else:
        parser.set_defaults(backend=backend)
        add_options(parser, target, backend)


def _target(words: Sequence[str]) -> str:
    """The target, before the other arguments are known: which options there are depends on it."""
    finder = ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    finder.add_argument("--target", default="torch", nargs="?")
    return finder.parse_known_args(list(words))[0].target or ""


def run(arguments: Namespace) -> int:
    try:
        return _build(arguments)
    except BackendError as error:
        notes = tuple(Note(note) for note in error.notes)
        show((Diagnostic(error.code, error.message, notes=notes, help=error.help),), color=arguments.color)
        return 2 if error.usage else 1


def _build(arguments: Namespace) -> int:
    from archc.output import destinations, write_files
    from archc.pipeline import compile_spec

    if isinstance(arguments.backend, BackendError):
        raise arguments.backend
    backend = with_options(arguments.backend, arguments)
    compiled = compile_spec(arguments.spec, overrides=arguments.set, limits=limits_of(arguments), layout=arguments.layout)
    files = backend.emit(compiled).files
    if arguments.output == "-":
        if len(files) != 1:
            raise UsageError(f"`{arguments.target}` writes {len(files)} files, which cannot all go to the standard output")
        sys.stdout.buffer.writelines(files[0].chunks)
        return 0
    paths = destinations([file.name for file in files], arguments.output)
    write_files([(path, file.chunks) for path, file in zip(paths, files, strict=True)], force=arguments.force)
    for path in paths:
        say(f"wrote {path}")
    return 0


COMMAND = Command(arguments, run, EXAMPLES)
