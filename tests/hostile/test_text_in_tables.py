"""Four thousand hostile texts in tables, comments and YAML, read back by the reader of each: all are still those texts."""

import csv
import io
import re
from collections.abc import Sequence

import pytest
import yaml
from hostile_texts import READABLE, TEXTS, batches
from markdown_it import MarkdownIt
from page_reader import Tags

from archc.language.document.loader import parse_value
from archc.language.document.nodes import Map, Scalar
from archc.limits import Limits
from archc.present.table.grid import Band, Cell, Grid, text_cell
from archc.present.table.html import to_html
from archc.present.table.latex import to_latex
from archc.present.table.markdown import to_markdown
from archc.present.yamlout import quoted
from archc.rendering import escape, markdown
from archc.rendering.visible import clipped, visible

pytestmark = pytest.mark.no_cover

SHOWN = [visible(text) for text in TEXTS]


def grid(texts: Sequence[str]) -> Grid:
    """A table of a row for each text: its name, and the text in a cell; and all as notes."""
    rows = tuple(Band((text_cell(text, "left"),), ((Cell((text,)),),)) for text in texts)
    return Grid(("name",), (text_cell("what"),), rows, tuple(texts))


def spaced(text: str) -> str:
    """As Markdown and HTML show spaces."""
    return re.sub(r"\s+", " ", visible(text)).strip()


class TestTables:
    def test_html(self) -> None:
        for texts in batches(TEXTS):
            read = Tags(to_html(grid(texts), title=texts[0]))
            cells = [text for text in map(spaced, read.cells) if text]
            expected = [spaced(text) for text in texts]
            assert cells == ["name", "what", *(text for one in expected if one for text in (one, one)), *filter(None, expected)]
            assert (read.tags["img"], read.tags["script"], read.tags["b"], read.events) == (0, 0, 0, [])

    def test_markdown(self) -> None:
        """markdown-it, with GitHub's tables and strikethrough."""
        reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        for texts in batches(tuple(text for text in TEXTS if spaced(text))):
            tokens = reader.parse(to_markdown(grid(texts)))
            cells = [
                [child.content if child.type == "text" else child.type for child in token.children or ()]
                for token in tokens
                if token.type == "inline"
            ]
            said = [spaced("".join(cell)).removeprefix("strong_open").removesuffix("strong_close") for cell in cells]
            assert [text for text in said if text not in ("name", "what", "")] == [
                *(spaced(text) for text in texts for _ in range(2)),
                *map(spaced, texts),
            ]

    def test_latex(self) -> None:
        assert [read_tex(escape.tex(text)) for text in TEXTS] == SHOWN
        for texts in batches(TEXTS, 400):
            source = to_latex(grid(texts))
            assert source.count("\n") == to_latex(grid(["x"] * len(texts))).count("\n")

    def test_csv(self) -> None:
        """A cell that a spreadsheet would compute is begun with an apostrophe."""
        rows = [[escape.csv(text)] for text in TEXTS]
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        read = [row[0] for row in csv.reader(io.StringIO(out.getvalue()))]
        assert [
            cell.removeprefix("'") if text[:1] in tuple("=+-@＝＋－＠") else cell for cell, text in zip(read, SHOWN, strict=True)
        ] == SHOWN
        assert [cell for cell in read if cell[:1] in tuple("=+-@＝＋－＠")] == []


SYMBOLS = {
    r"\textbackslash{}": "\\", r"\{": "{", r"\}": "}", r"\$": "$", r"\&": "&", r"\#": "#", r"\%": "%", r"\_": "_",
    r"\textasciitilde{}": "~", r"\textasciicircum{}": "^", r"\textless{}": "<", r"\textgreater{}": ">", r"\textquotedbl{}": '"',
    r"\textbar{}": "|", r"\textasciigrave{}": "`", r"\textquotesingle{}": "'", r"$\times$": "×", r"$\cdot$": "·",
    r"$\surd$": "✓", r"$\neq$": "✗", r"\textsuperscript{9}": "⁹", r"\textsuperscript{6}": "⁶", r"\textsuperscript{3}": "³",
    r"\dots{}": "…", "{}": "",
}  # fmt: skip


LETTER = re.compile(r"\\ifdefined\\Uchar (.)\\else\[U\+[0-9A-F]{4,6}\]\\fi\{\}")


READ = re.compile("|".join([LETTER.pattern, *map(re.escape, SYMBOLS), r"[^\\{}$&#%_~^]", "(?P<bad>.)"]), re.DOTALL)


def read_tex(text: str) -> str:
    """What LaTeX prints of text that is nothing but characters and the commands for them."""
    found = []
    for match in READ.finditer(text):
        assert match["bad"] is None, f"{match[0]!r} in {text!r} is no text"
        found.append(match[1] or SYMBOLS.get(match[0], match[0]))
    return "".join(found)


class TestComments:
    """The Markdown of a comment on a change."""

    READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

    def _read(self, text: str) -> str:
        [_, inline, _] = self.READER.parse(f"x{text}x")
        return "".join(
            [child.content if child.type in ("text", "code_inline") else child.type for child in inline.children or ()]
        )

    def test_plain(self) -> None:
        wrong = [text for text in TEXTS if self._read(markdown.plain(text)) != f"x{clipped(text)}x"]
        assert wrong == []

    def test_code(self) -> None:
        wrong = [text for text in TEXTS if text.strip() and self._read(markdown.code(text)).strip() != f"x{clipped(text)}x"]
        assert wrong == []


def test_yaml_is_read_back() -> None:
    """What `archc resolve` writes, by archc's own reader and by PyYAML's."""
    limits = Limits()
    for texts in batches(READABLE):
        written = "\n".join(f"k{at}: {quoted(text)}" for at, text in enumerate(texts))
        root = parse_value(written, "net.yaml", limits)
        assert isinstance(root, Map)
        assert [entry.value.value for entry in root if isinstance(entry.value, Scalar)] == list(texts)
        assert list(yaml.safe_load(written).values()) == list(texts)
        flow = parse_value(f"[{', '.join(quoted(text, flow=True) for text in texts)}]", "net.yaml", limits)
        assert [item.value for item in getattr(flow, "items", ()) if isinstance(item, Scalar)] == list(texts)
