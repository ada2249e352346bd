"""Everything that archc writes of one small network, as a digest of each; a program, run in a folder that it may fill.

It needs no package but archc's own, and so runs under any Python that reads these.
"""

import contextlib
import hashlib
import io
import json
import os
import sys

from archc.cli.main import main

NETWORK = """
archc: 1
name: net
title: "Nét <b> & 漢字"
source: {paper: "arXiv:1512.03385", where: "Table 1"}
input: {channels: 3, height: 8, width: 8}
classes: 4
stem: {conv: {kernel: 3, out: 8}}
block: {kind: basic, order: post, shortcut: B}
stages: {one: {out: 8, repeat: 2}, two: {out: 16, repeat: 1, stride: 2}}
head: {pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}}
"""
PARSED = ": [a, 'Ünï"
WRONG = NETWORK.replace("repeat: 1", "repeat: 70000").replace("out: 16", "out: x")
COMMANDS = (
    *(f"draw net.yaml -o net.{suffix}" for suffix in ("svg", "html", "pdf", "png", "tex", "dot", "mmd")),
    *(f"table net.yaml resnet18 -o table.{suffix}" for suffix in ("md", "csv", "json", "html", "tex")),
    *(f"build net.yaml --target {target} -o {target}/" for target in ("torch", "timm", "hub")),
    "build net.yaml --target onnx --seed 3 --external-data -o onnx/",
    "build net.yaml --target onnx --functions -o functions.onnx",
    *("resolve net.yaml", "ir net.yaml", "cost net.yaml", "cost net.yaml --format json", "list", "check net.yaml"),
    *(f"diff net.yaml resnet18 --format {form}" for form in ("text", "json", "markdown")),
    *(f"check parsed.yaml wrong.yaml --format {form}" for form in ("text", "json", "sarif", "github", "gitlab", "junit")),
)


def digests() -> dict[str, str]:
    """By command or file what was printed or written."""
    for name, text in (("net", NETWORK), ("parsed", PARSED), ("wrong", WRONG)):
        with open(f"{name}.yaml", "w", encoding="utf-8") as file:
            file.write(text)
    for folder in ("torch", "timm", "hub", "onnx"):
        os.mkdir(folder)
    found: dict[str, str] = {}
    for command in COMMANDS:
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = main(command.split())
        found[command] = f"{code} {_digest(out.getvalue().encode('utf-8', 'surrogateescape'))}"
    for folder, _, names in os.walk("."):
        for name in sorted(names):
            with open(os.path.join(folder, name), "rb") as file:
                found[os.path.join(folder, name)] = _digest(file.read())
    return found


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(digests()))
