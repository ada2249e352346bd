"""`archc build`: a spec compiled for a target, its files written."""

import sys
from argparse import ArgumentParser, Namespace

from archc.cli.command import Command
from archc.cli.console import say, show
from archc.cli.parsing import UsageError, limits_of, spec_arguments

NO_BACKEND = ("E0501", "E0502", "E0508")
"""The target is unknown, offered twice or cannot be loaded: the command line is at fault, no spec."""

EXAMPLES = """\
  archc build resnet50                          writes resnet50.py
  archc build resnet50 -o - | less              to the standard output
  archc build resnet50 -o models/ --force       into a folder, over what is there
  archc build resnet50 --layout timm            with timm's state-dict keys
  archc build resnet50 --set block.groups=32 --set block.ratio=0.5 --set expect=null
"""


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("spec", help="a file, or the name of a shipped network (archc list)")
    parser.add_argument("--target", default="torch", help="what to write: torch (default), or any installed archc backend")
    parser.add_argument("-o", "--output", metavar="FILE|FOLDER|-", help="where to; - is the standard output")
    parser.add_argument("--layout", help="whose parameter names to use: one of the spec's layouts; the first is the default")
    parser.add_argument("--force", action="store_true", help="write over an existing file")
    spec_arguments(parser)


def run(arguments: Namespace) -> int:
    from archc.backend import BackendError
    from archc.diagnostics import Diagnostic

    try:
        return _build(arguments)
    except BackendError as error:
        show((Diagnostic(error.code, error.message, help=error.help),), color=arguments.color)
        return 2 if error.code in NO_BACKEND else 1


def _build(arguments: Namespace) -> int:
    from archc.backend import find_backend
    from archc.output import destinations, write_files
    from archc.pipeline import compile_spec

    backend = find_backend(arguments.target)
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
