"""`archc verify` says whether a network's emitted programs, or it and another program, are one function."""

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence

from archc.backend import BackendError
from archc.cli.command import Command
from archc.cli.console import show
from archc.cli.parsing import change_arguments, changes_of, limits_of, spec_arguments
from archc.diagnostics import Diagnostic, Note, SpecError

EXAMPLES = """\
  archc verify resnet50                                       interpreter, emitted torch module and ONNX model
  archc verify resnet50 --against torchvision:resnet50
  archc verify resnet26t --against timm:resnet26t --size 64   on smaller images, which is faster
  archc verify my_net.yaml --against trained.onnx
  archc verify my_net.yaml --against model.py:make_model      runs model.py; prints what pairs with --pairs

exit codes: 0 equal, 1 different, 2 no answer
"""
TROUBLE = 2


def arguments(parser: ArgumentParser, _: Sequence[str]) -> None:
    parser.add_argument("spec", help="a file, or the name of a shipped network")
    parser.add_argument(
        "--against",
        metavar="PROGRAM",
        help="torchvision:NAME, timm:NAME, FILE.onnx, or FILE.py:FACTORY, which is imported and run",
    )
    parser.add_argument(
        "--size",
        action="append",
        default=[],
        type=_size,
        metavar="H[xW]",
        help="size of the images; repeatable (default: the declared size and another)",
    )
    parser.add_argument(
        "--tolerance",
        type=_tolerance,
        metavar="T",
        help="largest relative difference that counts as equal (default 1e-9, for files of float32 1e-6)",
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the random weights and images (default 0)")
    parser.add_argument("--pairs", action="store_true", help="print which tensors pair")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="json: for other programs")
    change_arguments(parser)
    spec_arguments(parser)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([1-9][0-9]{0,4})(?:x([1-9][0-9]{0,4}))?", text)
    if match is None:
        raise ArgumentTypeError(f"`{text}` is no size: say 64, or 64x96 for height and width")
    return int(match[1]), int(match[2] or match[1])


def _tolerance(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise ArgumentTypeError(f"`{text}` is no number from 0 up to 1")
    return value


def run(arguments: Namespace) -> int:
    from archc.api.network import compile_spec
    from archc.api.verdict import verify

    try:
        network = compile_spec(
            arguments.spec, overrides=arguments.set, limits=limits_of(arguments), changes=changes_of(arguments)
        )
        verdict = verify(network, arguments.against, sizes=arguments.size, tolerance=arguments.tolerance, seed=arguments.seed)
    except SpecError as error:
        show(error.diagnostics, color=arguments.color)
        return TROUBLE
    except BackendError as error:
        show(
            (Diagnostic(error.code, error.message, notes=tuple(map(Note, error.notes)), help=error.help),), color=arguments.color
        )
        return TROUBLE
    print(verdict.to_json() if arguments.format == "json" else verdict.to_text(pairs=arguments.pairs), end="")
    return 0 if verdict.equal else 1


COMMAND = Command(arguments, run, EXAMPLES)
