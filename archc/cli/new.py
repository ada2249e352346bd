"""`archc new` writes a commented starter spec that passes `archc check`."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from archc.cli.command import Command
from archc.cli.console import say
from archc.cli.parsing import UsageError

EXAMPLES = """\
  archc new my_net                              writes my_net.yaml, a small residual network
  archc new my_net --from resnet50              a variant of a shipped network
  archc new --from resnet50 --name my_net       the same
  archc new my_net --from nets/theirs.yaml      a variant of one's own
  archc new my_net -o -                         to the standard output
"""

STARTER = """\
# A residual network for small images, as in He et al. 2015, section 4.2.
# `archc check {name}.yaml` validates it, `archc build {name}.yaml` writes {name}.py.
archc: 1
name: {name}
input: {{channels: 3, height: 32, width: 32}}
classes: 10

# A name for expressions; the network has 6n + 2 layers.
vars: {{n: 3}}

# Steps in order. One with `kernel` is a convolution with its norm and activation.
stem:
  conv: {{kernel: 3, out: 16}}

# What the blocks of every stage have in common; a stage may say otherwise.
block:
  kind: basic        # two 3x3 convolutions; bottleneck: 1x1, 3x3, 1x1
  order: post        # where norm and activation stand; pre: before each convolution
  shortcut: B        # 1x1 convolution where the shape changes; A: padded with zeros, none: a plain network

stages:
  layer1: {{out: 16, repeat: n}}
  layer2: {{out: 32, repeat: n, stride: 2}}
  layer3: {{out: 64, repeat: n, stride: 2}}

head:
  pool: {{op: global_pool}}
  flat: {{op: flatten}}
  fc:   {{op: linear, out: classes}}

# What it must come out at: `archc check` fails when a change moves these. Delete the line to be free of it.
expect: {{depth: 20, params: 272474, macs: 40813184}}
"""

VARIANT = """\
# A variant of {parent}: everything that is not said here is the parent's.
# `archc resolve {name}.yaml` prints the whole, with the place each value came from.
archc: 1
name: {name}
extends: {parent}

# Each line replaces the value at a path and nothing else; null removes it.
set:
  classes: {classes}
  # block.shortcut: C
  # stages.{stage}.repeat: 4

# What it must come out at: `archc check` fails when a change moves these. Delete the line to be free of it.
expect: {{params: {params}, macs: {macs}}}
"""


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("name", nargs="?", help="the network's name: letters, digits and _, beginning with a letter")
    parser.add_argument("--name", dest="named", metavar="NAME", help="the same, as an option")
    parser.add_argument("--from", dest="parent", metavar="NAME", help="extend this network: one that ships, or a file")
    parser.add_argument("-o", "--output", metavar="FILE|FOLDER|-", help="where to write; - is the standard output")
    parser.add_argument("--force", action="store_true", help="write over an existing file")


def run(arguments: Namespace) -> int:
    from archc.output import destinations, write_files

    name = _name(arguments)
    if not (name.isascii() and name.isidentifier() and name[0].isalpha() and len(name) <= 63):
        raise UsageError(f"`{name}` cannot name a network", "use letters, digits and _, beginning with a letter, 63 at most")
    printed = arguments.output == "-"
    paths = destinations([f"{name}.yaml"], None if printed else arguments.output)
    text = _variant(name, arguments.parent, paths[0]) if arguments.parent else STARTER.format(name=name)
    _validate(text, name)
    if printed:
        print(text, end="")
        return 0
    write_files([(path, (text.encode(),)) for path in paths], force=arguments.force)
    say(f"wrote {paths[0]}")
    return 0


def _name(arguments: Namespace) -> str:
    """Return the name, which is given either as an argument or as an option."""
    names = [name for name in (arguments.name, arguments.named) if name is not None]
    if len(names) != 1:
        where = "twice" if names else "nowhere"
        raise UsageError(f"the network's name is given {where}", "archc new my_net, or archc new --name my_net")
    return str(names[0])


def _validate(text: str, name: str) -> None:
    """Refuse a name that the language refuses, such as `class`. Raises SpecError."""
    from archc.diagnostics import Source, SpecError
    from archc.language.document.loader import parse
    from archc.language.schema.validate import validate
    from archc.limits import Limits

    limits = Limits()
    if problems := validate(parse(Source(f"{name}.yaml", text), limits), "network"):
        raise SpecError(tuple(problems))


def _variant(name: str, parent: str, path: str) -> str:
    """Return the text of a variant of `parent`, to be written to `path`."""
    from archc.compile.pipeline import compile_spec, read_spec
    from archc.cost.count import total
    from archc.language.document.nodes import Map

    stages = read_spec(parent).root.get("stages")
    stage = str(stages.entries[-1].key) if isinstance(stages, Map) else "layer1"
    graph = compile_spec(parent, overrides=("classes=10", "expect=null")).graph
    cost = total(graph)
    return VARIANT.format(name=name, parent=_from(parent, path), classes=10, stage=stage, params=cost.parameters, macs=cost.macs)


def _from(parent: str, path: str) -> str:
    """Return the parent as the file at `path` names it, in YAML. Raises SpecError (E0303) where it may not name it."""
    from archc.compile.pipeline import locate
    from archc.diagnostics import Diagnostic, SpecError
    from archc.present.yamlout import quoted

    file, shown = locate(parent)
    if shown != parent:  # a name of what ships
        return parent
    relative = os.path.relpath(os.path.realpath(file), os.path.realpath(os.path.dirname(path) or "."))
    if relative.startswith(("..", "/")):
        help_text = "write it to the folder of its parent, or above"
        raise SpecError((Diagnostic("E0303", f"`{parent}` is outside the folder of `{path}`", help=help_text),))
    return quoted(relative if relative.endswith(".yaml") else f"./{relative}")


COMMAND = Command(arguments, run, EXAMPLES)
