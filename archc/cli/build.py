"""`archc build` compiles specs for a target and writes the files."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from archc.backend import Artifact, Backend, BackendError, Together, backend_names, find_backend
from archc.cli.command import Command
from archc.cli.console import say, show
from archc.cli.options import add_options, asking, with_options
from archc.cli.parsing import UsageError, change_arguments, changes_of, limits_of, spec_arguments
from archc.diagnostics import Diagnostic, Note, SpecError

if TYPE_CHECKING:
    from archc.compile.pipeline import Compiled

EXAMPLES = """\
  archc build resnet50                          writes resnet50.py
  archc build resnet50 -o - | less              to the standard output
  archc build resnet50 -o models/ --force       into a folder, over what is there
  archc build resnet50 --layout timm            with timm's state-dict keys
  archc build my_net.yaml --target timm         a model of timm: `python my_net.py train.py --model my_net`
  archc build resnet18 resnet50 --target hub -o folder/    both, for torch.hub.load
  archc build resnet50 --features layer2,layer3,layer4 --frozen-norm
                                                a backbone for detection: three maps by name
  archc build resnet50 --fold-bn                for inference: convolutions with bias, no batch norms
  archc build resnet50 --set block.groups=32 --set block.ratio=0.5 --set expect=null
"""


def arguments(parser: ArgumentParser, words: Sequence[str]) -> None:
    parser.add_argument("spec", nargs="+", help="files, or names of shipped networks (archc list)")
    parser.add_argument("--target", default="torch", help="what to write: torch (default), or any installed archc backend")
    parser.add_argument("-o", "--output", metavar="FILE|FOLDER|-", help="where to write; - is the standard output")
    parser.add_argument("--layout", help="layout of parameter names: one of the spec's; the first is the default")
    parser.add_argument("--force", action="store_true", help="write over an existing file")
    change_arguments(parser)
    spec_arguments(parser)
    target = _target(words)
    try:
        backend = find_backend(target)
    except BackendError as error:  # reported after the rest of the command line is read
        parser.set_defaults(backend=error)
    else:
        parser.set_defaults(backend=backend)
        add_options(parser, target, backend)
        known = parser._option_string_actions  # noqa: SLF001  argparse shows its options nowhere else
        for option in [word.partition("=")[0] for word in words if word.startswith("--")]:
            if option not in known:
                _say_whose(option, target)


def _say_whose(option: str, target: str) -> None:
    """Raise UsageError where an option is another target's."""
    owners = []
    for name in backend_names():
        other = ArgumentParser(add_help=False)
        with suppress(BackendError):
            add_options(other, name, find_backend(name))
        if option in other._option_string_actions:  # noqa: SLF001
            owners.append(name)
    if owners:
        message = f"`{option}` is no option of --target {target}, but of --target {' and '.join(owners)}"
        raise UsageError(message, "see: archc build --help")


def _target(words: Sequence[str]) -> str:
    """Return the target before the other arguments are parsed: the options depend on it."""
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
    from archc.compile.pipeline import compile_spec
    from archc.output import destinations, write_files

    if isinstance(arguments.backend, BackendError):
        raise arguments.backend
    backend = with_options(arguments.backend, arguments)
    networks = [
        compile_spec(
            spec,
            overrides=arguments.set,
            limits=limits_of(arguments),
            layout=arguments.layout,
            prefers=getattr(backend, "prefers", None),
            changes=changes_of(arguments),
        )
        for spec in arguments.spec
    ]
    artifact = _emitted(backend, networks, arguments)
    files = artifact.files
    if arguments.output == "-":
        if len(files) != 1:
            raise UsageError(f"`{arguments.target}` writes {len(files)} files, which cannot all go to the standard output")
        sys.stdout.buffer.writelines(files[0].chunks)
        _warn(artifact, arguments)
        return 0
    paths = destinations([file.name for file in files], arguments.output)
    write_files([(path, file.chunks) for path, file in zip(paths, files, strict=True)], force=arguments.force)
    _warn(artifact, arguments)
    for path in paths:
        say(f"wrote {path}")
    return 0


def _warn(artifact: Artifact, arguments: Namespace) -> None:
    if artifact.warnings:
        show(artifact.warnings, color=arguments.color)


def _emitted(backend: Backend, networks: Sequence["Compiled"], arguments: Namespace) -> Artifact:
    """Return the files of all networks; a target that puts them together emits all at once."""
    from archc.compile.pipeline import Emission, placed

    emission = Emission(backend.emit, asking(backend, arguments), arguments.layout)

    def emitted(network: "Compiled") -> Artifact:
        with placed(network.library, network.document.path, arguments.set, network.changes, emission=emission):
            return backend.emit(network)

    if isinstance(backend, Together):
        try:
            return backend.emit_all(networks)
        except SpecError:  # the network that causes it is found by emitting each alone
            for network in networks:
                emitted(network)
            raise
    artifacts = [emitted(network) for network in networks]
    files = tuple([file for artifact in artifacts for file in artifact.files])
    names = [file.name for file in files]
    duplicate = next((name for name in names if names.count(name) > 1), None)
    if duplicate is not None:
        raise UsageError(f"two of these networks are written to `{duplicate}`", "build them into folders of their own")
    return Artifact(files, tuple([warning for artifact in artifacts for warning in artifact.warnings]))


COMMAND = Command(arguments, run, EXAMPLES)
