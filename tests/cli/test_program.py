"""The program around the commands: help, usage errors, exit codes, pipes, bugs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archc.cli import command
from archc.cli.command import COMMANDS
from archc.cli.main import main


def archc(*words: str, folder: Path | None = None, **environment: str) -> "subprocess.CompletedProcess[str]":
    """The program as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "archc", *words],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


class TestHelp:
    def test_names_every_command(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--help"]) == 0
        shown = capsys.readouterr().out
        assert [name for name in COMMANDS if f"\n  {name} " in shown] == list(COMMANDS)

    def test_without_a_command_is_a_usage_error(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert (main([]), capsys.readouterr().out.startswith("usage: archc COMMAND")) == (2, True)

    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_has_examples(self, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert (main([name, "--help"]), f"examples:\n  archc {name} " in capsys.readouterr().out) == (0, True)

    def test_version(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert (main(["--version"]), capsys.readouterr().out) == (0, "archc 0.1.0\n")


class TestUsage:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["chekc"], "error: unknown command `chekc`\ndid you mean `check`?\n"),
            (["frobnicate"], f"error: unknown command `frobnicate`\nthere are: {', '.join(COMMANDS)}\n"),
            (["--verison"], "error: unknown option `--verison`\n"),
            (["build"], "error: the following arguments are required: spec\nsee: archc build --help\n"),
            (["build", "resnet18", "--fource"], "error: unrecognized arguments: --fource\nsee: archc build --help\n"),
            (["check"], "error: no file is named\nname files or folders, `-` for standard input, or give --changed\n"),
            (["check", "resnet18", "--limit", "blcoks=3"], "error: unknown limit `blcoks`\ndid you mean `blocks`?\n"),
            (["check", "resnet18", "--limit", "blocks=-3"], "error: --limit blocks needs a whole number above 0, as in"),
            (["check", "resnet18", "--limit", "blocks"], "error: --limit blocks needs a whole number above 0, as in"),
            (["check", "resnet18", "--limit", "blocks=0"], "error: --limit blocks needs a whole number above 0, as in"),
            (
                ["check", "resnet18", "--limit", f"blocks={'9' * 5000}"],
                "error: --limit blocks needs a whole number above 0, as in",
            ),
            (["explain", "E9999"], "error: unknown code `E9999`\n"),
            (["new", "two words"], "error: `two words` cannot name a network\n"),
            (["completion", "tcsh"], "error: argument shell: invalid choice: 'tcsh'"),
        ],
    )
    def test_message(self, words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(words) == 2
        assert capsys.readouterr().err.startswith(said)


class TestExitCodes:
    def test_clean(self) -> None:
        assert archc("check", "resnet18").returncode == 0

    def test_missing_file(self, tmp_path: Path) -> None:
        assert archc("check", "nowhere.yaml", folder=tmp_path).returncode == 2

    def test_spec_error(self, tmp_path: Path) -> None:
        (tmp_path / "net.yaml").write_text("archc: 1\nname: net\n")
        assert archc("check", "net.yaml", folder=tmp_path).returncode == 1

    def test_reader_that_leaves(self) -> None:
        """As in `archc list | head -1`."""
        command = [sys.executable, "-m", "archc", "resolve", "resnet152"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert (process.wait(), process.stderr.read()) == (141, b"")

    def test_full_disk(self) -> None:
        with open("/dev/full", "wb") as full:
            command = [sys.executable, "-m", "archc", "explain", "E0540"]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert (done.returncode, done.stderr) == (2, "error: cannot write the standard output: no space left on device\n")

    def test_narrow_encoding(self) -> None:
        """A terminal that knows no `×` shows it escaped."""
        done = archc("explain", "E0543", PYTHONIOENCODING="ascii")
        assert (done.returncode, "\\u2026" in done.stdout) == (0, True)

    def test_interrupt(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupted(_: str) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("archc.cli.main.load", interrupted)
        assert main(["list"]) == 130

    def test_interrupted_process(self) -> None:
        program = (
            "import os, signal\nfrom archc.cli import main\n"
            # a parent in the background passes on that interrupts are ignored
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "main._dispatch = lambda _: os.kill(os.getpid(), signal.SIGINT)\nmain.run()"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (130, b"")

    @pytest.mark.parametrize("closed", [1, 2])
    def test_closed_stream(self, closed: int) -> None:
        """A missing stdout or stderr must not become a traceback."""
        done = subprocess.run(
            ["sh", "-c", f'"$0" -m archc check resnet18 {closed}>&-', sys.executable], capture_output=True, check=False
        )
        assert (done.returncode, b"Traceback" in done.stderr) == (0, False)


class TestBugs:
    @pytest.fixture
    def broken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_: str) -> None:
            raise ZeroDivisionError("\x1b[31mdivision\nby zero")

        monkeypatch.setattr(command, "load", fail)
        monkeypatch.setattr("archc.cli.main.load", fail)

    @pytest.mark.usefixtures("broken")
    def test_message(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["build", "my net.yaml"]) == 70
        assert capsys.readouterr().err.splitlines() == [
            "archc bug: ZeroDivisionError: \\x1b[31mdivision\\nby zero",
            f"  this is a fault of archc 0.1.0 (Python {sys.version.split()[0]}), not of your spec",
            "  please report it with the spec and the command: archc 'build' 'my net.yaml'",
            "  ARCHC_DEBUG=1 shows where it happened",
        ]

    @pytest.mark.usefixtures("broken")
    def test_debug_shows_where(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ARCHC_DEBUG", "1")
        with pytest.raises(ZeroDivisionError):
            main(["build", "x"])


class TestColor:
    BAD = "archc: 1\nname: net\nnmae: net\n"

    @pytest.mark.parametrize(("choice", "expected"), [("auto", False), ("never", False), ("always", True)])
    def test_choice(self, choice: str, expected: bool, tmp_path: Path) -> None:
        (tmp_path / "net.yaml").write_text(self.BAD)
        done = archc("check", "net.yaml", "--color", choice, folder=tmp_path)
        assert (done.returncode, "\x1b[" in done.stdout) == (1, expected)

    @pytest.mark.parametrize(
        ("variable", "value", "expected"), [("TERM", "xterm", True), ("NO_COLOR", "1", False), ("TERM", "dumb", False)]
    )
    def test_terminal(self, variable: str, value: str, expected: bool, tmp_path: Path) -> None:
        import pty

        (tmp_path / "net.yaml").write_text(self.BAD)
        environment = {**os.environ, "TERM": "xterm", variable: value}
        controller, terminal = pty.openpty()
        words = [sys.executable, "-m", "archc", "check", "net.yaml"]
        with subprocess.Popen(words, cwd=tmp_path, stdout=terminal, stderr=terminal, env=environment) as process:
            os.close(terminal)
            shown = b""
            while chunk := _read(controller):
                shown += chunk
        os.close(controller)
        assert (process.returncode, b"\x1b[" in shown) == (1, expected)


def _read(controller: int) -> bytes:
    """What a terminal shows next; at its end Linux answers with an input/output error."""
    try:
        return os.read(controller, 4096)
    except OSError:
        return b""


def test_signal_numbers_match_the_exit_codes() -> None:
    assert (128 + signal.SIGINT, 128 + signal.SIGPIPE) == (130, 141)
