"""The program turns arguments into an exit code, whatever happens in between."""

import errno
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from archc import __version__
from archc.arguments import unknown
from archc.cli.command import COMMANDS, load
from archc.cli.console import BUG, exit_code, say, show
from archc.cli.parsing import UsageError, parser_of, usage
from archc.cli.start import import_yaml
from archc.diagnostics import SpecError
from archc.exceptions import WrongValue
from archc.output import OutputError

INTERRUPTED = 130
NO_READER = 141
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def run() -> NoReturn:
    """The entry point of the script `archc`."""
    gc.disable()  # the process ends with its one command, and the system takes all memory back at once
    _open_streams()
    code = main()
    gc.freeze()  # Python collects twice more at its end, whether the collector is on or not: a tenth of `archc check`
    sys.exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 1, 2, 70, 130 or 141."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _dispatch(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return NO_READER
    except Exception as bug:
        if isinstance(bug, OSError) and bug.errno in FULL:
            _drop_output()
            print(f"error: cannot write the standard output: {(bug.strerror or '').lower()}", file=sys.stderr)
            return 2
        if os.environ.get("ARCHC_DEBUG"):
            raise
        _report(bug, words)
        return BUG
    return code


def _open_streams() -> None:
    """Replace a stream that the caller closed by one that leads nowhere; escape characters that an encoding lacks."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  open as long as the process
        else:
            stream.reconfigure(errors="backslashreplace")


def _dispatch(words: list[str]) -> int:
    name = words[0] if words else "--help"
    if name in ("-h", "--help"):
        print(usage(), end="")
        return 0 if words else 2
    if name == "--version":
        print(f"archc {__version__}")
        return 0
    color = "auto"
    try:
        if name.startswith("-"):
            raise unknown("option", name, ["--help", "--version"])
        if name not in COMMANDS:
            raise unknown("command", name, list(COMMANDS))
        if any("\0" in word for word in words):
            raise UsageError("no argument has a NUL character")
        command = load(name)
        arguments = parser_of(name, command, words[1:]).parse_args(words[1:])
        color = arguments.color
        if name != "explain":  # the only command that reads no YAML
            import_yaml()
        return command.run(arguments)
    except SystemExit as done:  # argparse leaves so after --help
        return int(done.code or 0)
    except (UsageError, WrongValue) as error:
        say(f"error: {error.message}")
        if error.hint:
            say(error.hint)
        return 2
    except OutputError as error:
        show((error.diagnostic,), color=color)
        return 2
    except SpecError as error:
        show(error.diagnostics, color=color)
        return exit_code(error.diagnostics)


def _drop_output() -> None:
    """Point stdout at nothing: the buffer has no reader any more, and Python would flush it once more at exit."""
    with suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)


def _report(bug: Exception, words: list[str]) -> None:
    lines = (
        f"archc bug: {type(bug).__name__}: {ascii(str(bug))[1:-1]}",
        f"  this is a fault of archc {__version__} (Python {sys.version.split()[0]}), not of your spec",
        f"  please report it with the spec and the command: archc {' '.join(map(ascii, words))}",
        "  ARCHC_DEBUG=1 shows where it happened",
    )
    print("\n".join(lines), file=sys.stderr)
