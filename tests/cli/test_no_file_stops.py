"""Whatever a file is or holds, it is told of, and the others are checked all the same."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from small_specs import GOOD

from archc.analyse.checking import check_file
from archc.cli import several
from archc.cli.main import main
from archc.compile.pipeline import read_spec
from archc.language.document.nodes import Map, Node
from archc.language.library import Library
from archc.limits import DEFAULT_LIMITS

UNPRIVILEGED = """
import ctypes, sys
libc = ctypes.CDLL(None)
header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
held = (ctypes.c_uint32 * 6)()
assert libc.capget(header, held) == 0
held[0] &= ~0b110  # neither CAP_DAC_OVERRIDE nor CAP_DAC_READ_SEARCH: permissions hold for root too
assert libc.capset(header, held) == 0
from archc.cli.main import run
run()
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "z"):
        Path(f"{name}.yaml").write_text(GOOD.format(name=name).replace("classes: 10", "clases: 10"), encoding="utf-8")
    return tmp_path


def archc(*words: str, before: str = "") -> tuple[int, list[str]]:
    """The exit code, and the code and file of each line of a check with these words; `before`: what the shell does first."""
    command = [
        "sh",
        "-c",
        f'{before} exec "$@"',
        "sh",
        sys.executable,
        "-c",
        UNPRIVILEGED,
        "check",
        "--format",
        "concise",
        *words,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    return done.returncode, codes(done.stdout)


def codes(out: str) -> list[str]:
    return [f"{line.partition('[')[2][:5]} {line.partition(':')[0]}" for line in out.splitlines()]


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder with a file, which can be looked into again when the test is over."""
    path = Path("m")
    path.mkdir()
    (path / "net.yaml").write_text(GOOD.format(name="net"), encoding="utf-8")
    yield path
    path.chmod(0o755)


class TestPermission:
    def test_a_folder_that_cannot_be_listed(self, closed: Path) -> None:
        closed.chmod(0o000)
        assert archc(".") == (1, ["E0201 ./a.yaml", "E0003 ./m/", "E0201 ./z.yaml"])

    def test_a_folder_that_cannot_be_entered(self, closed: Path) -> None:
        closed.chmod(0o444)
        assert archc("a.yaml", "m", "z.yaml") == (1, ["E0201 a.yaml", "E0003 m/net.yaml", "E0201 z.yaml"])

    def test_alone_it_is_the_command_line_that_is_at_fault(self, closed: Path) -> None:
        closed.chmod(0o000)
        assert archc("m") == (2, ["E0003 m/"])

    def test_a_file(self, closed: Path) -> None:
        (closed / "net.yaml").chmod(0o000)
        assert archc("a.yaml", "m/net.yaml", "z.yaml") == (1, ["E0201 a.yaml", "E0003 m/net.yaml", "E0201 z.yaml"])

    def test_a_parent(self, closed: Path) -> None:
        Path("c.yaml").write_text("archc: 1\nname: c\nextends: m/net.yaml\n", encoding="utf-8")
        (closed / "net.yaml").chmod(0o000)
        assert archc(".") == (1, ["E0201 ./a.yaml", "E0003 ./m/net.yaml", "E0201 ./z.yaml"])

    def test_a_system_that_refuses_to_list(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        scandir = os.scandir

        def refuse(path: str) -> object:
            if path == "./m":
                raise PermissionError(13, "Permission denied", path)
            return scandir(path)

        Path("m").mkdir()
        monkeypatch.setattr(os, "scandir", refuse)
        main(["check", ".", "--format", "concise"])
        assert codes(capsys.readouterr().out) == ["E0201 ./a.yaml", "E0002 ./m/", "E0201 ./z.yaml"]


def test_a_closed_standard_input() -> None:
    assert archc("a.yaml", "-", "z.yaml", before="exec <&-;") == (1, ["E0003 <stdin>", "E0201 a.yaml", "E0201 z.yaml"])


def test_a_closed_standard_input_alone() -> None:
    assert archc("-", "--stdin-name", "net.yaml", before="exec <&-;") == (2, ["E0003 net.yaml"])


def _written(name: str, data: bytes) -> None:
    Path(name).write_bytes(data)


def _socket(name: str) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(name)


ODD = {
    "E0112": lambda name: _written(name, b""),
    "E0005": lambda name: _written(name, b"\xff\xfea\0"),
    "E0004": lambda name: _written(name, b"archc: \xff"),
    "E0006": lambda name: _written(name, b"archc: \x07"),
    "E0401": lambda name: _written(name, b"#" * (DEFAULT_LIMITS.bytes + 1)),
    "E0402": lambda name: _written(name, b"[" * 100_000),
    "E0101": lambda name: _written(name, b"{" * 20),
    "E0002": os.mkfifo,
    "E0003": _socket,
    "E0001": lambda name: Path(name).symlink_to("nowhere"),
}


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("name", ["m.yaml", "m\n.yaml", os.fsdecode(b"m\xff.yaml"), "m: 'x' [y].yaml"], ids=ascii)
def test_odd_files(name: str, jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    for code, make in ODD.items():
        Path(code).mkdir()
        make(f"{code}/{name}")
    main(["check", ".", "--format", "concise", "--jobs", jobs])
    told = re.findall(r": error\[(E\d{4})\]: ", capsys.readouterr().out)
    assert sorted(set(told)) == sorted([*ODD, "E0201"])


def test_a_file_that_is_gone_when_it_is_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    check = several.check_file

    def late(name: str, **how: object) -> object:
        Path("m.yaml").unlink(missing_ok=True)
        return check(name, **how)  # type: ignore[arg-type]

    Path("m.yaml").write_text(GOOD.format(name="m"), encoding="utf-8")
    monkeypatch.setattr(several, "check_file", late)
    main(["check", ".", "--format", "concise"])
    assert codes(capsys.readouterr().out) == ["E0201 ./a.yaml", "E0001 ./m.yaml", "E0201 ./z.yaml"]


LISTS = ("[]", "[3]", "[1, 2]", "[1, 2, 3]", "[[1]]", "[{a: 1}]", "[null]", "[x, out]")
ODDITIES = (
    *LISTS,
    "{}",
    "{a: 1}",
    "{0: 1}",
    "null",
    "-1",
    "1e40",
    "9" * 39,
    "''",
    "1 / 0",
    "{kind: [1]}",
    "{op: [add]}",
    "{module: [a]}",
)
FURTHER = """
block.conv1.kernel block.conv1.stride block.conv1.padding block.conv1.dilation block.conv1.groups block.conv1.bias
block.conv1.init block.conv1.norm block.conv1.act block.conv1.of block.conv1.when stages.layer1.blocks.0.out
stages.layer1.blocks.0.order stages.layer1.blocks.0.conv1.kernel stages.layer1.blocks.0.norm
stages.layer1.blocks.0.shortcut.same norm.eps act.slope conv.bias init.conv vars.n features expect.outputs
preprocess.mean allow.no_expect input.multiple output_stride stem.new stem.pool.size head.fc.init stages.new layouts.new
block.insert.new block.order.first block.shortcut.change block.shortcut.join block.shortcut.change.out head.new.op name
archc
""".split()


def paths(node: Node, before: str = "") -> Iterator[str]:
    """Every place of a value in a document."""
    for entry in node if isinstance(node, Map) else ():
        yield f"{before}{entry.key}"
        yield from paths(entry.value, f"{before}{entry.key}.")


def misplaced(text: str, library: Library) -> list[str]:
    """Where problems are told, if not in the file itself; any exception is raised."""
    found = check_file("net.yaml", library=library, text=text.encode(), lint=True)
    return [str(one.span) for one in found if one.span is None or one.span.source.name != "net.yaml"]


@pytest.mark.parametrize("parent", ["resnet18", "cifar_preact_resnet110", "seresnet50"])
def test_odd_values_at_every_place(parent: str) -> None:
    library = Library(DEFAULT_LIMITS)
    places = list(dict.fromkeys([*paths(read_spec(parent).root), *FURTHER]))
    cases = [(place, value) for place in places for value in ODDITIES]
    chosen = Random(1).sample(cases, 250)
    head = f"archc: 1\nname: net\nextends: {parent}\nset: "
    assert [(case, at) for case in chosen for at in misplaced(f"{head}{{{case[0]}: {case[1]}}}\n", library)] == []


@pytest.mark.parametrize("value", LISTS)
@pytest.mark.parametrize("key", ["kernel", "stride", "padding", "dilation"])
def test_a_list_for_both_axes_has_two_items(key: str, value: str) -> None:
    found = check_file("resnet18", overrides=[f"block.conv1.{key}={value}", "block.kind=basic"])
    assert (
        {one.code for one in found} <= {"E0205", "E0371", "E0373", "E0315", "E0310", "E0202"},
        value == "[1, 2]" or bool(found),
    ) == (
        True,
        True,
    )
