"""Files appear whole or not at all, over nothing that was there, through no link."""

import fcntl
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from archc import output
from archc.output import OutputError, destinations, write_files


@pytest.fixture(params=["nameless", "named"])
def staging(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of staging: nameless files where the system has them, hidden names elsewhere."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def code_of(files: list[tuple[str, tuple[bytes, ...]]], *, force: bool = False) -> str:
    with pytest.raises(OutputError) as caught:
        write_files(files, force=force)
    return caught.value.diagnostic.code


@pytest.mark.usefixtures("staging")
class TestWriting:
    def test_chunks_are_joined(self, folder: Path) -> None:
        write_files([("a.py", (b"one\n", b"", b"two\n"))])
        assert (folder / "a.py").read_bytes() == b"one\ntwo\n"

    def test_nothing_else_is_left(self, folder: Path) -> None:
        write_files([("a.py", (b"x",)), ("b.bin", (b"y",))])
        assert sorted(os.listdir(folder)) == ["a.py", "b.bin"]

    def test_mode_follows_the_umask(self, folder: Path) -> None:
        before = os.umask(0o027)
        try:
            write_files([("a.py", (b"x",))])
        finally:
            os.umask(before)
        assert stat.S_IMODE((folder / "a.py").stat().st_mode) == 0o640

    def test_force_replaces(self, folder: Path) -> None:
        (folder / "a.py").write_bytes(b"old")
        write_files([("a.py", (b"new",))], force=True)
        assert ((folder / "a.py").read_bytes(), os.listdir(folder)) == (b"new", ["a.py"])

    def test_existing_file_is_kept(self, folder: Path) -> None:
        (folder / "a.py").write_bytes(b"old")
        assert (code_of([("a.py", (b"new",))]), (folder / "a.py").read_bytes()) == ("E0540", b"old")

    def test_file_that_comes_up_meanwhile_is_kept(self, folder: Path) -> None:
        def chunks() -> Iterator[bytes]:
            (folder / "a.py").write_bytes(b"other")
            yield b"new"

        with pytest.raises(OutputError) as caught:
            write_files([("a.py", chunks())])
        assert (caught.value.diagnostic.code, (folder / "a.py").read_bytes()) == ("E0540", b"other")

    def test_one_refused_target_leaves_none(self, folder: Path) -> None:
        (folder / "b.py").write_bytes(b"old")
        assert (code_of([("a.py", (b"x",)), ("b.py", (b"y",))]), os.listdir(folder)) == ("E0540", ["b.py"])

    def test_a_failing_second_file_takes_the_first_back(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        link = os.link

        def fail_for_b(source: str, target: str, **rest: int) -> None:
            if target == "b.py":
                raise OSError(28, "No space left on device")
            link(source, target, **rest)

        monkeypatch.setattr(os, "link", fail_for_b)
        assert (code_of([("a.py", (b"x",)), ("b.py", (b"y",))]), os.listdir(folder)) == ("E0545", [])

    def test_of_several_the_first_appears_last(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It may name the others. While they get their names the folder is locked for other writers."""
        link = os.link

        def told(source: str, target: str, **rest: int) -> None:
            descriptor = os.open(".", os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                with open("log", "a", encoding="ascii") as log:
                    log.write(f"{target} ")
            os.close(descriptor)
            link(source, target, **rest)

        monkeypatch.setattr(os, "link", told)
        write_files([("a.onnx", (b"x",)), ("b.data", (b"y",)), ("c.data", (b"z",))])
        assert (folder / "log").read_text() == "c.data b.data a.onnx "

    def test_a_lock_that_somebody_keeps_is_not_waited_for_long(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(output.time, "sleep", lambda _: None)
        descriptor = os.open(".", os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        write_files([("a.onnx", (b"x",)), ("b.data", (b"y",))])
        os.close(descriptor)
        assert sorted(os.listdir(folder)) == ["a.onnx", "b.data"]

    def test_the_naming_process_is_noticed_when_it_dies(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(output, "_publish_all", lambda *_, **__: os._exit(9))
        with pytest.raises(RuntimeError, match="ended early"):
            write_files([("a.onnx", (b"x",)), ("b.data", (b"y",))])
        assert os.listdir(folder) == []

    def test_a_failing_replacement_keeps_the_old_file(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise OSError(5, "Input/output error")

        (folder / "a.py").write_bytes(b"old")
        monkeypatch.setattr(os, "replace", fail)
        assert code_of([("a.py", (b"new",))], force=True) == "E0545"
        assert ((folder / "a.py").read_bytes(), os.listdir(folder)) == (b"old", ["a.py"])

    def test_an_error_in_a_chunk_leaves_nothing(self, folder: Path) -> None:
        def chunks() -> Iterator[bytes]:
            yield b"half"
            raise ValueError("weights ended early")

        with pytest.raises(ValueError, match="ended early"):
            write_files([("a.py", chunks())])
        assert os.listdir(folder) == []


class TestTargets:
    def test_link_is_not_written_through(self, folder: Path) -> None:
        (folder / "real.py").write_bytes(b"old")
        (folder / "a.py").symlink_to("real.py")
        assert (code_of([("a.py", (b"new",))], force=True), (folder / "real.py").read_bytes()) == ("E0541", b"old")

    def test_dangling_link(self, folder: Path) -> None:
        (folder / "a.py").symlink_to("nowhere.py")
        assert (code_of([("a.py", (b"new",))]), (folder / "nowhere.py").exists()) == ("E0541", False)

    def test_folder(self, folder: Path) -> None:
        (folder / "a.py").mkdir()
        assert code_of([("a.py", (b"new",))], force=True) == "E0542"

    def test_device(self) -> None:
        assert code_of([("/dev/null", (b"new",))], force=True) == "E0542"

    def test_pipe(self, folder: Path) -> None:
        os.mkfifo(folder / "pipe")
        assert code_of([("pipe", (b"new",))], force=True) == "E0542"

    def test_missing_folder(self, folder: Path) -> None:
        assert code_of([("no/a.py", (b"new",))]) == "E0544"

    def test_file_for_a_folder(self, folder: Path) -> None:
        (folder / "f").write_bytes(b"")
        assert code_of([("f/a.py", (b"new",))]) == "E0544"

    def test_name_that_is_too_long(self, folder: Path) -> None:
        assert code_of([("a" * 300, (b"new",))]) == "E0544"

    def test_message_is_the_exceptions_text(self) -> None:
        with pytest.raises(OutputError, match="`/dev/null` is not a regular file"):
            write_files([("/dev/null", (b"new",))])

    def test_folder_without_permission(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(output.os, "open", refuse)  # the tests may run as root, whom no permission holds
        assert code_of([("a.py", (b"new",))]) == "E0544"


class TestDestinations:
    @pytest.mark.parametrize(
        ("names", "given", "expected"),
        [
            (["a.py"], None, ["a.py"]),
            (["a.py"], "b.py", ["b.py"]),
            (["a.py"], "sub/b.py", ["sub/b.py"]),
            (["a.py"], "there", ["there/a.py"]),
            (["a.py", "b.bin"], "there", ["there/a.py", "there/b.bin"]),
            (["a.py"], "new/", ["new/a.py"]),
        ],
    )
    def test_place(self, folder: Path, names: list[str], given: str | None, expected: list[str]) -> None:
        (folder / "there").mkdir()
        assert destinations(names, given) == expected

    def test_two_files_for_one_name(self) -> None:
        with pytest.raises(OutputError) as caught:
            destinations(["a.onnx", "a.data"], "b.onnx")
        assert caught.value.diagnostic.code == "E0546"

    @pytest.mark.parametrize(
        "name",
        [
            "",
            ".",
            "..",
            "../a.py",
            "a/b.py",
            "a\\b.py",
            "c:a.py",
            "a\n.py",
            "a\x00.py",
            "a\u202e.py",
            "con.py",
            "NUL",
            "Com1.tar.gz",
            "aux .py",
        ],
    )
    def test_bad_name(self, name: str) -> None:
        with pytest.raises(OutputError) as caught:
            destinations([name], None)
        assert caught.value.diagnostic.code == "E0543"


def test_a_full_disk_keeps_the_old_file(folder: Path) -> None:
    """A limit on file sizes stands for the full disk: the write fails half way with an error number."""
    (folder / "a.py").write_bytes(b"old")
    program = 'from archc.output import write_files\nwrite_files([("a.py", (b"x" * 5000 for _ in range(9)))], force=True)\n'
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)),
    )
    assert "cannot write `a.py`: file too large; nothing was left behind" in done.stderr
    assert ((folder / "a.py").read_bytes(), os.listdir(folder)) == (b"old", ["a.py"])
