"""`archc ir` prints the graph that a spec lowers to."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from archc.cli.command import Command
from archc.cli.parsing import change_arguments, changes_of, limits_of, spec_arguments

EXAMPLES = """\
  archc ir resnet18                             the graph of a shipped network
  archc ir resnet18 --set block.shortcut=A --set expect=null
  diff <(archc ir resnet50) <(archc ir resnet50_v1)
"""


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("spec", help="a file, or the name of a shipped network")
    change_arguments(parser)
    spec_arguments(parser)


def run(arguments: Namespace) -> int:
    from archc.compile.pipeline import compile_spec
    from archc.ir.text import to_text

    changes = changes_of(arguments)
    compiled = compile_spec(arguments.spec, overrides=arguments.set, limits=limits_of(arguments), changes=changes)
    print(to_text(compiled.graph), end="")
    return 0


COMMAND = Command(arguments, run, EXAMPLES)
