"""A guide run as printed: its files written, its commands typed and its Python statements tried, from the first to the last."""

import doctest
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (?:.*\\\n)*.*", re.MULTILINE)
"""What is typed after a prompt; a line that ends in a backslash goes on in the next."""
FILE = re.compile(r"# (\S+\.\w+)\n")


def blocks(page: str) -> list[tuple[str, str]]:
    """Language and text of each block of a guide, in order."""
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    return [(language, body) for language, body in BLOCK.findall(text)]


def session(typed: str, folder: Path) -> str:
    """What a shell shows for the lines typed in one."""
    words = [line.removeprefix("$ ") for line in COMMAND.findall(typed)]
    program = "\n".join(f"echo '$ '{shlex.quote(line)}\n{line}" for line in words)
    python = shlex.quote(sys.executable)
    start = f'archc() {{ {python} -m archc "$@"; }}\npython() {{ {python} "$@"; }}\nexec 2>&1\n'
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    command = ["bash", "-c", start + program]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


def statements(text: str, folder: Path, known: dict[str, object]) -> str:
    """What is wrong with a block of `>>>` lines; nothing if they print what they say. `known` are the variables of the page."""
    test = doctest.DocTestParser().get_doctest(text, known, folder.name, None, 0)
    found: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=found.append, clear_globs=False)
    known.update(test.globs)
    return "".join(found)


def run(page: str, folder: Path) -> Iterator[tuple[str, str]]:
    """What each block of a guide shows, and what it says it shows. What begins with `# NAME` is that file."""
    known: dict[str, object] = {"__name__": "guide"}
    for language, body in blocks(page):
        name = FILE.match(body)
        if name is not None:
            (folder / name[1]).write_text(body, encoding="utf-8")
        elif language == "console":
            yield body, session(body, folder)
        elif language == "python":
            yield "", statements(body, folder, known)
