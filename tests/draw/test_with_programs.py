"""Figures in the hands of others: Graphviz, TeX, poppler and a browser draw what was written. They have to be installed."""

import json
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from draw.test_inks import COMPILED, HOSTILE, SCENE, hostile

from archc.compile.pipeline import compile_spec
from archc.present.draw.compose import Asked, draw_networks
from archc.present.draw.errors import FigureError
from archc.present.draw.files import Look, written
from archc.present.draw.inks.html import html
from archc.present.draw.layouts import external
from archc.present.draw.pages import draw_pieces
from archc.present.draw.scene import Box, Curve, Scene, flat
from archc.present.draw.themes import THEMES

WHEEL = str(Path(sys.executable).with_name("graphviz-pure"))
"""Graphviz as a package carries it."""
PROBE = """<script>
const said = [], search = document.getElementById("search");
const press = (name) => new KeyboardEvent("keydown", { key: name, bubbles: true });
const key = (name, target) => (target || document.body).dispatchEvent(press(name));
const told = () => document.querySelector("#told h2").textContent;
const open = () => [...document.querySelectorAll(".part[data-tall]")].map((part) => part.dataset.open).join();
said.push(told(), open());
key("/"); said.push(document.activeElement.id);
search.value = "layer2.1.conv1"; search.dispatchEvent(new Event("input"));
said.push(document.getElementById("found").textContent);
key("Enter", search); said.push(told(), open()); search.blur();
key("ArrowDown"); said.push(told(), document.querySelector("#told .here").textContent.trim());
key("f"); said.push(open());
document.querySelector("[data-action=unfold]").click(); said.push(open());
document.querySelector(".fold").dispatchEvent(new MouseEvent("click", { bubbles: true })); said.push(open());
const before = document.getElementById("stage").getAttribute("transform");
key("+"); said.push(String(before !== document.getElementById("stage").getAttribute("transform")));
key("Escape"); said.push(told());
document.title = JSON.stringify(said);
</script></body>"""

SEVERAL = """<script>
const parts = [...document.querySelectorAll(".part[data-where=row]")];
const open = () => parts.filter((part) => part.dataset.tall).map((part) => part.dataset.open).join();
const place = (part) => part.getAttribute("transform");
const rows = [...new Set(parts.map((part) => part.dataset.row))];
const of = (row) => new Set(parts.filter((part) => part.dataset.row === row).map(place)).size;
const aligned = () => rows.every((row) => of(row) === 1);
const said = [open(), aligned()];
document.querySelector("[data-action=fold]").click();
said.push(open(), aligned());
document.title = JSON.stringify(said);
</script></body>"""


def run(*command: str, text: str = "", folder: Path | None = None) -> str:
    done = subprocess.run(command, input=text, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def middles(program: str, ink: str) -> dict[str, tuple[float, float]]:
    """Where a program of Graphviz puts each node, in points from the middle of the page."""
    found = json.loads(run(program, "-Tjson0", text=ink))
    places = {node["name"]: node["pos"].rstrip("!").split(",") for node in found["objects"]}
    across, down = map(float, places["page"])
    return {name: (float(x) - across, float(y) - down) for name, (x, y) in places.items()}


def far(one: dict[str, tuple[float, float]], other: dict[str, tuple[float, float]]) -> list[str]:
    """The nodes of the one that are elsewhere in the other, by more than half a point."""
    return [name for name in one if max(abs(a - b) for a, b in zip(one[name], other[name], strict=True)) > 0.5]


def test_dot_keeps_the_scene_s_positions() -> None:
    places = middles("dot", written(SCENE, "dot", Look()).decode())
    middle = SCENE.width / 2, SCENE.height / 2
    wanted = {
        box.id: ((box.x + box.width / 2 - middle[0]) * 0.75, (middle[1] - box.y - box.height / 2) * 0.75)
        for box in flat(SCENE.items)
        if isinstance(box, Box)
    }
    assert far(wanted, places) == []


def test_dot_and_the_package_agree() -> None:
    ink = written(SCENE, "dot", Look()).decode()
    ours, theirs = middles("dot", ink), middles(WHEEL, ink)
    assert (far(ours, theirs), ours.keys()) == ([], theirs.keys())


def test_plain_dot_draws_every_label() -> None:
    drawn = run("dot", "-Tsvg", text=written(SCENE, "dot", Look()).decode())
    said = [unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", drawn)]
    assert sorted(said) == sorted([line for item in flat(SCENE.items) for line in labels(item)])


def labels(item: object) -> list[str]:
    """What is written of an item; the words of a curve are a text too."""
    if isinstance(item, Curve):
        return []
    lines = getattr(item, "lines", None) or [getattr(item, "words", None) or getattr(item, "symbol", None)]
    return [line for line in lines if line]


@pytest.mark.parametrize("words", ["back\\slash \\N", "<b>bold</b>", 'quote "', "end\\"])
def test_dot_draws_hostile_text_as_text(words: str) -> None:
    drawn = run("dot", "-Tsvg", text=written(hostile(words), "dot", Look()).decode())
    said = [
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"') for text in re.findall(r">([^<]*)</text>", drawn)
    ]
    assert sorted(said) == sorted([words, words, "other"])


@pytest.mark.parametrize("program", ["dot", "graphviz-pure"])
def test_operations_are_laid_out_by_graphviz(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: (name if program == "dot" else WHEEL) if name == program else None)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    scene = draw_networks([COMPILED], Asked(level="op", layout="dot", expand=("all",)))
    boxes = [item.id for item in flat(scene.items) if isinstance(item, Box)]
    assert len(boxes) == sum(node.op.kind not in ("add", "identity") for node in COMPILED.graph.nodes)


def test_without_graphviz_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(FigureError, match="no Graphviz is installed: looked for dot, graphviz-pure, pygraphviz") as raised:
        external.laid_out("digraph {}")
    assert raised.value.hint.startswith("pip install graphviz-pure")


def compiled_by(engine: str, scene: Scene, folder: Path) -> str:
    """The text of the page TeX makes."""
    (folder / "figure.tex").write_bytes(written(scene, "tex", Look(width="12cm")))
    run(engine, "-interaction=nonstopmode", "-halt-on-error", "figure.tex", folder=folder)
    return run("pdftotext", "-raw", "figure.pdf", "-", folder=folder)


def test_tikz_compiles(tmp_path: Path) -> None:
    said = compiled_by("pdflatex", SCENE, tmp_path)
    assert (said.count("3×3 conv, 16"), said.count("project")) == (3, 2)


def test_tikz_compiles_hostile_text(tmp_path: Path) -> None:
    boxes = [Box(id=f"b{i}", x=0, y=40 * i, width=300, height=30, role="conv", lines=(w,)) for i, w in enumerate(HOSTILE)]
    scene = Scene(width=300, height=40 * len(boxes), title=HOSTILE[3], description="", items=tuple(boxes))
    said = compiled_by("pdflatex", scene, tmp_path)
    assert [text for text in ("<b>bold</b>", "\\input{/etc/passwd}", "</script><script>", "-->") if text not in said] == []


def test_every_font_of_a_pdf_is_embedded(tmp_path: Path) -> None:
    (tmp_path / "figure.pdf").write_bytes(written(SCENE, "pdf", Look()))
    fonts = run("pdffonts", "figure.pdf", folder=tmp_path).splitlines()[2:]
    assert [line.split()[-5:-2] for line in fonts] == [["yes", "yes", "yes"]] * 3


def test_a_pdf_s_text_can_be_found(tmp_path: Path) -> None:
    (tmp_path / "figure.pdf").write_bytes(written(SCENE, "pdf", Look()))
    assert run("pdftotext", "-raw", "figure.pdf", "-", folder=tmp_path).count("3×3 conv, 16") == 3


def test_the_page_in_a_browser(tmp_path: Path) -> None:
    origins = [node.origin for node in COMPILED.graph.nodes if node.origin is not None]
    sources = {span.source.name: span.source.text for span in origins}
    page = html("ResNet-20", "", draw_pieces([COMPILED], Asked()), sources, THEMES["default"])
    (tmp_path / "page.html").write_text(page.replace("</body>", PROBE), encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile", "--dump-dom")
    found = run("chromium", *options, f"file://{tmp_path}/page.html")
    [said] = re.findall(r"<title>(\[.*?\])</title>", found)
    assert json.loads(unescape(said)) == [
        COMPILED.spec.title, "false,false,false", "search", "1 found", "layer2.1.conv1: 3×3 conv, 32", "false,true,false",
        "layer2.1.conv2: 3×3 conv, 32", "8    conv2: {kernel: 3, out: out}", "false,false,false", "true,true,true",
        "false,true,true", "true", COMPILED.spec.title,
    ]  # fmt: skip


def test_the_page_of_several_networks_in_a_browser(tmp_path: Path) -> None:
    networks = [COMPILED, compile_spec("cifar_resnet20", overrides=["stages.layer2.repeat=1", "expect=null"])]
    page = html("x", "", draw_pieces(networks, Asked(expand=("layer3",))), {}, THEMES["default"])
    (tmp_path / "page.html").write_text(page.replace("</body>", SEVERAL), encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile", "--dump-dom")
    found = run("chromium", *options, f"file://{tmp_path}/page.html")
    [said] = re.findall(r"<title>(\[.*?\])</title>", found)
    opened, aligned, folded, again = json.loads(unescape(said))
    assert (opened, folded, aligned, again) == ("false,false,true,false,true", "false,false,false,false,false", True, True)


def test_the_largest_network_keeps_its_operations() -> None:
    scene = draw_networks([compile_spec("cifar_preact_resnet164")], Asked(level="op", expand=("all",)))
    names = {item.id for item in flat(scene.items) if isinstance(item, Box)}
    assert sum(name.endswith(".conv2") for name in names) == 54
