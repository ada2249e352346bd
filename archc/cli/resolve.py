"""`archc resolve` prints a spec in full, after `extends` and `set`, with every default, and the origin of each value.

A comment below lists channels and stride of its features or stages, which heads of detectors ask for.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from archc.cli.command import Command
from archc.cli.parsing import limits_of, spec_arguments

EXAMPLES = """\
  archc resolve resnet50_v1                     what `extends: resnet50` and `set:` come to
  archc resolve my_net.yaml --set block.order=pre
"""


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("spec", help="a file, or the name of a shipped network")
    spec_arguments(parser)


def run(arguments: Namespace) -> int:
    from archc.cli.features import feature_table
    from archc.compile.pipeline import complete_network
    from archc.present.yamlout import with_places

    root, graph = complete_network(arguments.spec, overrides=arguments.set, limits=limits_of(arguments))
    print(with_places(root), end="")
    print("\n".join(f"# {line}" for line in feature_table([("", graph)])))
    return 0


COMMAND = Command(arguments, run, EXAMPLES)
