"""Names and titles survive in every format as the text they are, whatever they hold; what cannot be printed is shown escaped."""

import csv
import io
import json
import re
from html.parser import HTMLParser

from hypothesis import example, given, settings
from markdown_it import MarkdownIt
from table.tables import HOSTILE, network, one

from archc.present.table.csvout import to_csv
from archc.present.table.figures import FIGURES
from archc.present.table.html import to_html
from archc.present.table.jsonout import to_json
from archc.present.table.latex import to_latex
from archc.present.table.listing import lines
from archc.present.table.markdown import to_markdown
from archc.present.table.network import Network
from archc.present.table.terminal import to_terminal
from archc.rendering.visible import visible

FIGURE = (FIGURES["params"],)
SPACES = re.compile(r"\s+")


def words(text: str) -> str:
    """With spaces as Markdown and HTML show them."""
    return SPACES.sub(" ", visible(text)).strip()


class Reader(HTMLParser):
    """The tags of a document, and the text of each cell and note."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: dict[str, list[str]] = {"title": [], "th": [], "li": []}
        self.inside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in self.texts:
            self.texts[tag].append("")
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[self.inside[-1]][-1] += data


@settings(max_examples=80, deadline=None)
@given(HOSTILE)
def test_html_keeps_the_text(text: str) -> None:
    shown = visible(text)
    assert Reader(to_html(one(text), title=text)).texts == {"title": [shown], "th": [shown] * (4 if shown else 3), "li": [shown]}


@settings(max_examples=80, deadline=None)
@given(HOSTILE)
def test_html_has_no_tag_of_the_text(text: str) -> None:
    harmless = Reader(to_html(one("x" if text else ""), title="x")).tags
    assert Reader(to_html(one(text), title=text)).tags == harmless


def cells_of(markdown: str) -> list[str]:
    """The texts of a table's cells and of the notes below, as a reader sees them."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    return [
        "".join(child.content if child.type == "text" else f"<{child.type}>" for child in token.children or ())
        for token in tokens
        if token.type == "inline"
    ]


@settings(max_examples=120, deadline=None)
@given(HOSTILE.filter(lambda text: words(text) != ""))
@example("\\|")
@example("1. first")
def test_markdown_keeps_the_text(text: str) -> None:
    said = words(text)
    stack = f"{said}<html_inline>[{said}<html_inline>{said}]×2"
    assert [words(cell) for cell in cells_of(to_markdown(one(said)))] == [
        *(said, said),
        *(f"<strong_open>{said}<strong_close>", ""),
        *(said, stack),
        said,
    ]


@settings(max_examples=80, deadline=None)
@given(HOSTILE)
def test_a_csv_cell_is_the_text_and_no_formula(text: str) -> None:
    base = network_called(text)
    (_, row) = csv.reader(io.StringIO(to_csv(lines([base], "network", FIGURE), FIGURE)))
    shown = visible(text)
    guarded = f"'{shown}" if shown[:1] and shown[0] in "=+-@＝＋－＠" else shown
    assert row[1] == guarded


@settings(max_examples=40, deadline=None)
@given(HOSTILE)
def test_json_keeps_the_text(text: str) -> None:
    base = network_called(text)
    assert json.loads(to_json([base], "network", FIGURE, [], "macs"))["networks"][0]["title"] == text


@settings(max_examples=80, deadline=None)
@given(HOSTILE)
def test_a_terminal_shows_the_text(text: str) -> None:
    assert visible(text) in to_terminal(one(text)).splitlines()[1]


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


@settings(max_examples=120, deadline=None)
@given(HOSTILE)
def test_latex_keeps_the_text(text: str) -> None:
    head = to_latex(one(text)).splitlines()[5].removeprefix("{}").removesuffix(r" \\")
    half, rest = divmod(len(head) - 3, 2)
    assert (rest, head[:half], read_tex(head[:half])) == (0, head[half + 3 :], visible(text))


def network_called(title: str) -> Network:
    found = network("resnet18_a")
    found.head = title
    return found
