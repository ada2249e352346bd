"""The generated parts of README.md and docs/: tables written between their markers, or compared with what stands there.

`<!-- archc WORDS -->` … `<!-- /archc -->` holds what `archc WORDS` prints; docs/networks.md is a table of what ships.
"""

import argparse
import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import gallery
import rooms

from archc.cli.main import main as archc
from archc.language.shipped import shipped_file, shipped_root
from archc.present.table.numbers import short
from archc.rendering.escape import markdown

ROOT = Path(__file__).resolve().parent.parent
MARKED = ("README.md",)
SECTION = re.compile(r"(<!-- archc (.*?) -->\n).*?(<!-- /archc -->\n)", re.DOTALL)
LARGEST = 100_000_000
"""Parameters: what is beyond is not run in the tests of families."""
PAPERS = {
    "arXiv:1512.03385": "Residual networks (He et al. 2015)",
    "arXiv:1603.05027": "Residual networks with identity mappings (He et al. 2016)",
    "arXiv:1409.1556": "VGG (Simonyan and Zisserman 2015)",
}
FAMILIES = {
    "byob": "Custom stages (timm's byobnet, CLIP)",
    "ecanet": "ECA-Net (Wang et al. 2020)",
    "nf": "Norm-free ResNets (Brock et al. 2021)",
    "regnet": "RegNet (Radosavovic et al. 2020)",
    "res2net": "Res2Net (Gao et al. 2019)",
    "resnest": "ResNeSt (Zhang et al. 2020)",
    "resnet": "ResNet-B, C, D, S, T, RS and anti-aliased variants",
    "resnetv2": "Pre-activation ResNets of timm and BiT (Kolesnikov et al. 2019)",
    "resnext": "ResNeXt (Xie et al. 2017)",
    "senet": "SENet (Hu et al. 2018)",
    "sknet": "SKNet (Li et al. 2019)",
    "wide": "Wide ResNets (Zagoruyko and Komodakis 2016)",
}
HEAD = """\
# Networks

What ships, by family: learned parameters, multiply-adds of one image and depth as `archc check` proves them of the graph, and
what each is compared with in the tests: the code named gives the same logits from the same weights. "the paper" is a construction
written from it. `archc table NAME…` shows networks in the layout of a paper.

Written by `make docs`.
"""


def printed(words: str) -> str:
    """What a command prints, as a block."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = archc(words.split())
    if code:
        raise SystemExit(f"archc {words} failed with {code}")
    return f"```text\n{out.getvalue()}```\n"


def marked(text: str) -> str:
    """A page with its sections written anew."""
    return SECTION.sub(lambda match: match[1] + printed(match[2]) + match[3], text)


def networks() -> str:
    """The page of what ships."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        archc(["list", "--format", "json"])
    rows = json.loads(out.getvalue())["networks"]
    known = json.loads((ROOT / "tests" / "data" / "known_networks.json").read_text(encoding="utf-8"))
    compared = {row["spec"]: row["source"] + ("" if run(row) else ", counts and keys") for row in known}
    families: dict[str, list[str]] = {}
    for row in rows:
        reference = compared.get(row["name"], "the paper" if at_top(row["name"]) else "")
        cells = (row["title"], *map(number, (row["params"], row["macs"])), str(row["depth"]), row["source"], reference)
        families.setdefault(family(row), []).append(f"| `{row['name']}` | {' | '.join(map(markdown, cells))} |")
    titles = "| name | title | params | MACs | depth | source | compared with |\n| :-- | :-- | --: | --: | --: | :-- | :-- |"
    order = [*PAPERS.values(), *FAMILIES.values()]
    sections = [f"\n## {name}\n\n{titles}\n" + "\n".join(families[name]) + "\n" for name in sorted(families, key=order.index)]
    return HEAD + f"\n{len(rows)} networks.\n" + "".join(sections)


def number(value: int | None) -> str:
    return "" if value is None else short(value)


def family(row: dict[str, str]) -> str:
    """By the folder a spec is in, those at the top by their paper."""
    if at_top(row["name"]):
        return PAPERS[row["source"].split(",")[0]]
    path = shipped_file(row["name"], "network")
    return FAMILIES[path.parent.name] if path else ""


def run(row: dict[str, str | int]) -> bool:
    """Whether the tests run a network, and do not only count it."""
    return int(row["params"]) < LARGEST or at_top(str(row["spec"]))


def at_top(name: str) -> bool:
    """Whether a spec is in no family's folder: those are compared with constructions from the papers too."""
    path = shipped_file(name, "network")
    return path is not None and path.parent == shipped_root()


def pages() -> Iterator[tuple[Path, str]]:
    """Each page and what it should be."""
    for name in MARKED:
        yield ROOT / name, marked((ROOT / name).read_text(encoding="utf-8"))
    yield ROOT / "docs" / "networks.md", networks()
    yield from rooms.pages()
    yield from gallery.pages()


def main() -> None:
    """Write, or with --check tell what would change."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if something would change")
    check: bool = parser.parse_args().check
    os.environ.pop("COLUMNS", None)
    stale = False
    for path, text in pages():
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before != text and check:
            name = path.relative_to(ROOT).as_posix()
            sys.stdout.writelines(unified_diff(before.splitlines(True), text.splitlines(True), name, f"{name} of `make docs`"))
            stale = True
        elif before != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    sys.exit(stale)


if __name__ == "__main__":
    main()
