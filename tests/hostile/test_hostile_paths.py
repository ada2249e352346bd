"""What is not a file, or cannot be written, named in every command: told by its code, at once, and nothing is changed."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import torch
from weight_files import random_state

from archc.cli.main import main

NET = """
archc: 1
name: net
title: nét
input: {channels: 3, height: 8, width: 8}
classes: 4
stem: {conv: {kernel: 3, out: 8}}
block: {kind: basic, order: post, shortcut: B}
stages: {one: {out: 8, repeat: 1}}
head: {pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}}
"""
FOREIGN = os.fsdecode(b"n\xe9t\xff.yaml")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """One of each that can stand where a file should; whoever waits for a pipe or reads a device to its end is interrupted."""
    monkeypatch.chdir(tmp_path)
    for name in ("net.yaml", FOREIGN):
        Path(name).write_text(NET, encoding="utf-8")
    for suffix in ("", ".yaml"):
        os.mkfifo(f"pipe{suffix}")
        Path(f"folder{suffix}").mkdir()
        Path(f"link{suffix}").symlink_to("net.yaml")
        Path(f"loop{suffix}").symlink_to(f"loop{suffix}")
        Path(f"dangling{suffix}").symlink_to("nowhere")
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(f"socket{suffix}")
    before = signal.signal(signal.SIGALRM, _waited)
    signal.alarm(60)
    yield tmp_path
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def _waited(*_: object) -> None:
    raise TimeoutError("archc waits for what does not come")


READERS = {
    "check": "check IN",
    "build": "build IN -o out.py",
    "onnx": "build IN --target onnx -o out.onnx",
    "draw": "draw IN -o out.svg",
    "table": "table IN -o out.md",
    "cost": "cost IN",
    "resolve": "resolve IN",
    "diff": "diff net.yaml IN",
    "convert": "weights convert IN out.safetensors --spec net.yaml --from canonical --to canonical",
    "weights": "build net.yaml --target onnx --weights IN -o out.onnx",
}
INPUTS = {
    "pipe.yaml": "E0002",
    "/dev/zero": "E0002",
    "/dev/null": "E0002",
    "folder.yaml/": "E0002",
    "loop.yaml": "E0003",
    "dangling.yaml": "E0001",
    "socket.yaml": "E0003",
    "net.yaml/x.yaml": "E0001",
    os.fsdecode(b"nowhere\xff.yaml"): "E0001",
    "a" * 300 + ".yaml": "E0003",
}


def said(words: str, replaced: str, path: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit code, and what was printed."""
    code = main([path if word == replaced else word for word in words.split()])
    printed = capsys.readouterr()
    return code, printed.out + printed.err


@pytest.mark.parametrize("path", INPUTS, ids=ascii)
@pytest.mark.parametrize("command", READERS)
def test_what_is_no_file_is_not_read(command: str, path: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = sorted(os.listdir())
    code, printed = said(READERS[command], "IN", path, capsys)
    if command == "check" and path == "folder.yaml/":  # it looks for specs in there
        assert (code, printed) == (2, "error: there is no *.yaml file in `folder.yaml/` or below it\n")
        return
    assert (code, f"error[{INPUTS[path]}]" in printed, sorted(os.listdir())) == (2, True, there)


FIGURES = ("svg", "html", "pdf", "png", "tex", "dot", "mmd")
TABLES = ("md", "csv", "json", "html", "tex")


@pytest.mark.parametrize(
    "words",
    [
        *("check IN", "cost IN", "cost IN --format json", "resolve IN", "ir IN", "diff net.yaml IN", "diff IN net.yaml"),
        *(f"check IN --format {form}" for form in ("text", "concise", "json", "sarif", "github", "gitlab", "junit")),
        *(f"build IN --target {target}" for target in ("torch", "onnx", "timm", "hub")),
        *(f"draw IN -o out.{suffix}" for suffix in FIGURES),
        *(f"table IN -o out.{suffix}" for suffix in TABLES),
        *(f"diff net.yaml IN --format {form}" for form in ("json", "markdown")),
    ],
)
def test_a_name_that_is_no_text_is_read(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = said(words, "IN", FOREIGN, capsys)
    assert (code, printed.encode("utf-8").decode("utf-8") == printed) == (0, True)


WRITERS = {
    "build": "build net.yaml -o OUT --force",
    "hub": "build net.yaml --target hub -o OUT --force",
    "draw": "draw net.yaml -o OUT --format svg --force",
    "table": "table net.yaml -o OUT --force",
    "check": "check net.yaml --format json -o OUT --force",
    "new": "new abc -o OUT --force",
}
OUTPUTS = {
    "link": "E0541",
    "dangling": "E0541",
    "loop": "E0541",
    "pipe": "E0542",
    "socket": "E0542",
    "/dev/full": "E0542",
    "/dev/zero": "E0542",
    "net.yaml/out": "E0544",
    "nowhere/out": "E0544",
    os.fsdecode(b"out\xff"): "E0543",
    "NUL": "E0543",
    "a" * 300: "E0544",
}


@pytest.mark.parametrize("path", OUTPUTS, ids=ascii)
@pytest.mark.parametrize("command", WRITERS)
def test_what_is_no_file_is_not_written(command: str, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = [(name, os.lstat(name).st_mtime_ns) for name in sorted(os.listdir())]
    code, printed = said(WRITERS[command], "OUT", path, capsys)
    codes = {OUTPUTS[path], "E0546"} if command == "hub" else {OUTPUTS[path]}
    assert (code, [one for one in codes if f"error[{one}]" in printed] != []) == (2, True)
    assert [(name, os.lstat(name).st_mtime_ns) for name in sorted(os.listdir())] == before


# In a process of its own, since neither a limit nor a user can be taken back. All is imported before either.
LIMITED = """
import json, os, resource, sys
from archc.cli.main import main
commands = json.loads(sys.argv[1])
os.mkdir("warm")
for words in commands:
    warm = "warm/" + words[0] + ".safetensors" * (words[0] == "weights")
    main([word.replace("OUT", warm) for word in words])
if sys.argv[2] == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
else:
    os.chmod("out", 0o555)
    if os.getuid() == 0:
        os.chmod(".", 0o755)
        os.seteuid(65534)
outputs = ["out/a.safetensors" if words[0] == "weights" else "out/a" for words in commands]
print(json.dumps([main([word.replace("OUT", out) for word in words]) for words, out in zip(commands, outputs)]))
"""


@pytest.mark.parametrize(("trouble", "code"), [("full", "E0545"), ("read-only", "E0544")])
def test_a_full_disk_and_a_folder_that_is_read_only(trouble: str, code: str) -> None:
    with TemporaryDirectory() as made:  # tmp_path is below folders that another user may not enter
        scratch = Path(made)
        (scratch / "out").mkdir()
        for name in ("a", "a.safetensors"):
            (scratch / "out" / name).write_bytes(b"old")
        shutil.copy("net.yaml", scratch)
        torch.save(random_state("net.yaml", "canonical"), scratch / "w.pth")
        words = [words for name, words in WRITERS.items() if name != "hub"]
        words.append("build net.yaml --target onnx -o OUT --force")
        words.append("weights convert w.pth OUT --spec net.yaml --from canonical --to canonical --force")
        commands = [one.split() for one in words]
        done = subprocess.run(
            [sys.executable, "-c", LIMITED, json.dumps(commands), trouble],
            cwd=scratch,
            capture_output=True,
            text=True,
            check=True,
        )
        codes = json.loads(done.stdout.splitlines()[-1])
        assert (codes, done.stderr.count(f"error[{code}]")) == ([2] * len(commands), len(commands))
        left = {path.name: path.read_bytes() for path in (scratch / "out").iterdir()}
        assert left == {"a": b"old", "a.safetensors": b"old"}
        (scratch / "out").chmod(0o755)
