"""What is written: SVG, PNG, PDF, TikZ, DOT, Mermaid and the page, of the same scene."""

import json
import re
import struct
import zlib
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archc.compile.pipeline import compile_spec
from archc.limits import DEFAULT_LIMITS
from archc.present.draw.bare import around
from archc.present.draw.compose import Asked, draw_bare, draw_networks
from archc.present.draw.figures import draw_figure
from archc.present.draw.files import FORMATS, Look, written
from archc.present.draw.inks.dot import dot
from archc.present.draw.inks.html import html
from archc.present.draw.inks.mermaid import mermaid
from archc.present.draw.inks.svg import svg
from archc.present.draw.inks.tikz import escaped, tikz
from archc.present.draw.metrics import drawable, lacking, width
from archc.present.draw.pages import draw_pieces, whole
from archc.present.draw.scene import Box, Curve, Facts, Scene, Text
from archc.present.draw.themes import THEMES
from archc.rendering.visible import visible

COMPILED = compile_spec("cifar_resnet20_b")
SCENE = draw_networks([COMPILED], Asked())
DEFAULT = THEMES["default"]
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    'quote " and \'', "back\\slash \\N \\l", "<b>bold</b>", "\\input{/etc/passwd}", "a\x00b\x1b[31mc\nd", "\u202eright to left",
    "שלום", "漢字", "%s {0} $x$ #1 _ ^ ~ &amp; ]]>", "-->", "</script><script>", "<>", "end\\",
)  # fmt: skip


def parsed(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314  our own output


def hostile(words: str) -> Scene:
    facts = Facts(words, "1×1", 1, 2, words, words)
    box = Box(id=words, x=10, y=10, width=200, height=30, role="conv", lines=(words,), facts=facts)
    other = Box(id="other", x=10, y=60, width=200, height=30, role="act", lines=("other",))
    curve = Curve(id=f"c {words}", start=(110, 40), path=((110, 60),), source=words, target="other")
    text = Text(x=10, y=120, words=words)
    return Scene(width=300, height=130, title=words, description=words, items=(box, other, curve, text))


def test_svg_is_as_it_was(golden: Callable[[str, str], None]) -> None:
    golden("golden/cifar_resnet20_b.svg", svg(SCENE, DEFAULT, fonts=False))


def test_dot_is_as_it_was(golden: Callable[[str, str], None]) -> None:
    golden("golden/cifar_resnet20_b.dot", dot(SCENE, DEFAULT))


def test_mermaid_is_as_it_was(golden: Callable[[str, str], None]) -> None:
    golden("golden/cifar_resnet20_b.mmd", mermaid(SCENE, DEFAULT))


FLOWCHARTS = {
    "block": SCENE,
    "network": draw_networks([COMPILED, compile_spec("vgg19")], Asked(level="network")),
    "several": draw_networks([COMPILED, compile_spec("vgg19")], Asked(level="block")),
    "layer": draw_networks([COMPILED], Asked(level="layer")),
    "strip": draw_networks([COMPILED], Asked(direction="strip")),
    "figure": draw_figure("shortcuts", DEFAULT_LIMITS),
    "bare": draw_bare(around("selective_kernel", (), DEFAULT_LIMITS), "layer"),
}


@pytest.mark.parametrize("name", sorted(FLOWCHARTS))
def test_mermaid_s_words_are_given_once_and_before_they_are_joined(name: str) -> None:
    # a subgraph in itself is an error of Mermaid 11, and a word that is only joined is a box without a label
    lines = mermaid(FLOWCHARTS[name], DEFAULT).splitlines()
    given = [word for line in lines for word in re.findall(r"^ *(?:subgraph )?(n\d+) ?[\[(]", line)]
    joined = [word for line in lines if "->" in line for word in re.findall(r"\bn\d+\b", re.sub('".*?"', "", line))]
    assert (len(given), {*joined} - {*given}) == (len({*given}), set())


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("block", '    subgraph n19 ["×3"]'), ("layer", '    subgraph n14 ["×3"]'), ("strip", "flowchart LR"),
        ("block", '  n3 -.->|"project, /2"| n6'), ("bare", '  n13(["256×56×56"])'),
        ("network", '  subgraph n11 ["ResNet-20 B (CIFAR-10) · 272 k params · 40.8 MMACs"]'),
        ("figure", '  subgraph n45 ["(a) original"]'),
    ],
)  # fmt: skip
def test_mermaid_says(name: str, line: str) -> None:
    assert line in mermaid(FLOWCHARTS[name], DEFAULT).splitlines()


def test_tikz_is_as_it_was(golden: Callable[[str, str], None]) -> None:
    golden("golden/cifar_resnet20_b.tex", tikz(SCENE, DEFAULT))


@pytest.mark.parametrize("ink", FORMATS)
def test_the_same_bytes_each_time(ink: str) -> None:
    assert written(SCENE, ink, Look()) == written(SCENE, ink, Look())  # type: ignore[arg-type]


def test_svg_ids_are_unique() -> None:
    ids = [element.get("id") for element in parsed(svg(SCENE, DEFAULT)).iter() if element.get("id")]
    assert len(ids) == len({*ids})


def test_svg_has_an_element_for_each_convolution_of_the_first_block() -> None:
    ids = {element.get("id") for element in parsed(svg(SCENE, DEFAULT)).iter()}
    assert {"layer1.0.conv1", "layer1.0.conv2", "layer1.0.add", "layer1.0", "layer1"} <= ids


def test_svg_tooltip_tells_shape_cost_and_line() -> None:
    root = parsed(svg(SCENE, DEFAULT))
    [box] = [element for element in root.iter() if element.get("id") == "layer2.0.conv1"]
    assert (box.get("class"), box[0].text) == (
        "box shade1",
        """layer2.0.conv1: 3×3 conv, 32, /2
32×16×16
4,608 parameters
1,179,648 MACs (1.18 M)
archc:blocks/basic.yaml:7  conv1: {kernel: 3, out: mid}""",
    )


def test_svg_is_named_for_those_who_do_not_see_it() -> None:
    root = parsed(svg(SCENE, DEFAULT))
    named = {element.get("id"): element.text for element in root if element.get("id")}
    assert (root.get("role"), root.get("aria-labelledby"), named["title"]) == ("img", "title desc", SCENE.title)


def test_svg_has_the_printed_width() -> None:
    assert parsed(svg(SCENE, DEFAULT, width="8.5cm")).get("width") == "8.5cm"


def test_png_has_two_pixels_for_each() -> None:
    data = written(SCENE, "png", Look())
    assert struct.unpack(">II", data[16:24]) == (int(SCENE.width * 2 + 0.99), int(SCENE.height * 2))


def test_png_of_a_printed_width_has_300_dots_to_the_inch() -> None:
    data = written(SCENE, "png", Look(width="2in"))
    assert struct.unpack(">I", data[16:20]) == (600,)


def test_png_has_letters() -> None:
    empty = Scene(width=100, height=30, title="", description="", items=())
    spoken = Scene(width=100, height=30, title="", description="", items=(Text(x=10, y=20, words="conv"),))
    assert len(pixels(written(spoken, "png", Look()))) > 1 == len(pixels(written(empty, "png", Look())))


def pixels(png: bytes) -> set[bytes]:
    """The different runs of a picture's lines, without their filters."""
    data = b"".join(re.findall(rb"IDAT(.*?)....(?=....IEND|....IDAT)", png, re.DOTALL))
    return {*re.findall(b"[^\x00]{4}", zlib.decompressobj().decompress(data))} or {b""}


@pytest.mark.parametrize("words", HOSTILE)
def test_svg_keeps_hostile_text(words: str) -> None:
    root = parsed(svg(hostile(words), DEFAULT, fonts=False))
    said = [element.text for element in root.iter(f"{SVG}text")]
    assert said == [visible(words), "other", visible(words)]


@given(st.text(max_size=30))
@settings(max_examples=60, deadline=None)
def test_svg_keeps_any_text(words: str) -> None:
    root = parsed(svg(hostile(words), DEFAULT, fonts=False))
    assert [element.text or "" for element in root.iter(f"{SVG}text")][::2] == [visible(words)] * 2


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("ink", ["pdf", "png", "tex", "dot", "mmd"])
def test_every_ink_takes_hostile_text(ink: str, words: str) -> None:
    assert written(hostile(words), ink, Look())  # type: ignore[arg-type]


def test_what_the_font_lacks_is_written_as_its_code() -> None:
    assert (drawable("漢 é ש"), lacking("漢 é ש")) == ("\\u6f22 é ש", "漢")


def test_tex_commands_are_text() -> None:
    assert escaped("\\input{x} 3×3 −1") == r"\textbackslash{}input\{x\} 3$\times$3 $-$1"


@pytest.mark.parametrize("words", HOSTILE)
def test_the_page_keeps_hostile_text(words: str) -> None:
    page = html(words, words, whole(hostile(words)), {}, DEFAULT)
    [data] = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert [fact["title"] for fact in json.loads(data)["facts"].values()] == [words]
    assert (page.count("<script"), page.count("</script>")) == (2, 2)


def test_the_page_asks_nothing_of_a_network() -> None:
    page = html("x", "y", draw_pieces([COMPILED], Asked()), {}, DEFAULT)
    assert {*re.findall(r"https?://[^\"' )]*", page)} == {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in page


def test_the_page_begins_unfolded_where_told() -> None:
    page = html("x", "y", draw_pieces([COMPILED], Asked(expand=("layer2",))), {}, DEFAULT)
    assert re.findall(r'data-open="(\w+)"', page) == re.findall(r'aria-expanded="(\w+)"', page) == ["false", "true", "false"]


def test_the_page_of_a_comparison_says_what_its_marks_mean() -> None:
    page = html("x", "y", draw_pieces([COMPILED, COMPILED], Asked(marks=({}, {}))), {}, DEFAULT)
    assert [words for words in ("− removed", "+ added", "~ changed") if f">{words}</text>" not in page] == []


def test_boxes_are_as_wide_as_their_words() -> None:
    # Arial's advances: c 1024, o 1139, n 1139, v 1024 of 2048
    assert width("conv", 2048) == 1024 + 1139 + 1139 + 1024


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", sorted(THEMES))
def test_text_stands_out_from_its_ground(name: str) -> None:
    theme = THEMES[name]  # type: ignore[index]
    grounds = [theme.page, *(fill for fill, _ in theme.plates.values() if fill != "none")]
    worst = [contrast(theme.box_text, fill) for fill, _ in theme.boxes.values()]
    worst += [contrast(text, ground) for text in theme.texts.values() for ground in grounds]
    assert min(worst) >= 4.5
