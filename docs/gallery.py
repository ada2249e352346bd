"""The pictures of docs/gallery.md: each is what `archc draw` writes for the words beside it."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

from archc.cli.main import main as archc

DOCS = Path(__file__).resolve().parent
HEAD = """\
# Gallery

Each figure is read off a network, with nothing drawn by hand: the command above it writes it.
[Drawing](howto/drawing.md) tells of formats, themes and widths.

Written by `make docs`.
"""
PICTURES = (
    ("resnet34", "resnet34", "A network: a panel for each stage, its blocks on cards, equal ones folded."),
    ("figure3", "vgg19 plain34 resnet34", "Side by side, a box for each layer, in rows by output size: He et al. 2015, Fig. 3."),
    ("families", "vgg19 resnet50 --level network", "Side by side, a box for each stage, aligned by output size."),
    ("rails", "plain18 resnet18 --level layer --direction strip", "Layers from left to right, shortcuts above them."),
    ("resnet152", "resnet152 --direction strip --width 17.5cm", "A strip, in rows where a page is narrow."),
    ("bottleneck", "--block resnet50:layer2.0", "A block close up: He et al. 2015, Fig. 5, where the shape changes."),
    ("attention", "--block seresnet50:layer1.1", "A module in a block: squeeze-and-excitation, Hu et al. 2018."),
    ("kernel", "--block selective_kernel", "A module by itself, with what it leaves open: selective kernels, Li et al. 2019."),
    ("policy", "--block D", "A shortcut policy by itself, in both of its cases: He et al. 2019, Fig. 2c."),
    ("shortcuts", "--figure shortcuts", "Shortcut policies: He et al. 2016, Fig. 2."),
    ("activation-orders", "--figure activation-orders", "Orders of activation: He et al. 2016, Fig. 4."),
    ("stages", "resnet50 --level network --direction strip", "A box for each stage."),
    ("diff", "resnet50 resnet50d --level block --diff", "What differs between two networks."),
)


def pages() -> Iterator[tuple[Path, str]]:
    """Each picture and the page that shows them, as they should be."""
    yield (
        DOCS / "gallery.md",
        HEAD
        + "".join(f"\n## {what}\n\n    archc draw {words}\n\n![{what}](gallery/{name}.svg)\n" for name, words, what in PICTURES),
    )
    for name, words, _ in PICTURES:
        yield DOCS / "gallery" / f"{name}.svg", drawn(words)


def drawn(words: str) -> str:
    """The figure as SVG."""
    written = io.BytesIO()
    out = io.TextIOWrapper(written, encoding="utf-8")  # its buffer takes the bytes of a figure
    with contextlib.redirect_stdout(out):
        code = archc(["draw", *words.split(), "-o", "-"])
    if code:
        raise SystemExit(f"archc draw {words} failed with {code}")
    return written.getvalue().decode()
