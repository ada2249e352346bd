"""Four thousand hostile texts in a figure of every format, read back by the reader of each: all are still those texts.

A character that a terminal or a browser would obey is shown escaped (`visible`), and that is what must come back.
"""

import html as html_module
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

import pytest
import yaml
from hostile_texts import TEXTS, batches
from page_reader import Tags

from archc.present.draw.inks.dot import dot
from archc.present.draw.inks.html import html
from archc.present.draw.inks.mermaid import mermaid
from archc.present.draw.inks.svg import svg
from archc.present.draw.inks.tikz import escaped, tikz
from archc.present.draw.pages import whole
from archc.present.draw.scene import Box, Facts, Group, Scene, Text
from archc.present.draw.themes import THEMES
from archc.rendering.visible import visible

pytestmark = pytest.mark.no_cover

DEFAULT = THEMES["default"]


def scene(texts: Sequence[str]) -> Scene:
    """A figure with each text on a box, in its tooltip, on a stage and by itself; the first is the title."""
    items: list[Box | Text | Group] = []
    for at, text in enumerate(texts):
        facts = Facts(text, "1×1", 1, 2, text, text)
        box = Box(id=f"{at}/{text}", x=0, y=30.0 * at, width=90, height=20, role="conv", lines=(text, text), facts=facts)
        items += [Group(id=f"g{at}", role="stage", label=text, items=(box,)), Text(x=99, y=30.0 * at, words=text)]
    return Scene(width=300, height=30.0 * len(texts), title=texts[0], description=texts[0], items=tuple(items))


class TestFigures:
    def test_svg(self) -> None:
        """ElementTree."""
        space = "{http://www.w3.org/2000/svg}"
        for texts in batches(TEXTS):
            root = ET.fromstring(svg(scene(texts), DEFAULT, fonts=False))  # noqa: S314  our own output
            said = [element.text or "" for element in root.iter(f"{space}text")]
            assert said == [visible(text) for text in texts for _ in range(3)]
            assert {element.tag for element in root.iter()} <= {
                space + tag for tag in ("svg", "title", "desc", "style", "g", "rect", "text", "path")
            }

    def test_page(self) -> None:
        """The data of its script, and its tags by html.parser."""
        for texts in batches(TEXTS, 400):
            page = html(texts[0], texts[0], whole(scene(texts)), {}, DEFAULT)
            read = Tags(page)
            [data] = [json.loads(text) for text in read.scripts if text.startswith('{"width')]
            assert {fact["title"] for fact in data["facts"].values()} == set(texts)
            assert (len(read.scripts), read.tags["img"], read.events) == (2, 0, [])

    def test_dot(self) -> None:
        """The strings and escapes of DOT's language, and the entities that Graphviz takes in labels."""
        for texts in batches(TEXTS):
            found = re.findall(r'\blabel=("(?:[^"\\]|\\.)*"|-?[\w.]+)', dot(scene(texts), DEFAULT))
            expected = [part for text in texts for part in (f"{visible(text)}\n{visible(text)}", visible(text))]
            assert [_dot_text(label) for label in found[2:]] == expected

    def test_tikz(self) -> None:
        """A reader of the few commands that a text may become."""
        for texts in batches(TEXTS):
            source = tikz(scene(texts), DEFAULT)
            assert source.count("\n") == tikz(scene(["x"] * len(texts)), DEFAULT).count("\n")
            for text in texts:
                assert rf"{{@{{}}c@{{}}}}{escaped(text)} \\{{}} {escaped(text)}\end{{tabular}}" in source

    def test_mermaid(self) -> None:
        """Its entities, and YAML for the title."""
        for texts in batches(TEXTS):
            front, _, body = mermaid(scene(texts), DEFAULT).removeprefix("---\n").partition("---\n")
            assert yaml.safe_load(front) == {"title": visible(texts[0])}
            assert "%" not in front + body
            labels = re.findall(r'^ +(?:subgraph )?\w+ ?\["([^"]*)"\]$', body, re.MULTILINE)
            expected = [part for text in texts for part in (visible(text), f"{visible(text)}\n{visible(text)}")]
            assert [_mermaid_text(label) for label in labels] == expected


def _dot_text(token: str) -> str:
    """What Graphviz shows of a label."""
    inner = re.sub(r'\\"', '"', token[1:-1]) if token.startswith('"') else token
    assert not re.search(r"\\[NGETHLlr]", inner.replace("\\\\", "")), inner
    return html_module.unescape(re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), inner))


def _mermaid_text(label: str) -> str:
    assert not set(label.replace("<br/>", "")) & set('<>&"`\\%')
    named = {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}
    return re.sub(r"#(\w+);", lambda found: named.get(found[1]) or chr(int(found[1])), label.replace("<br/>", "\n"))
