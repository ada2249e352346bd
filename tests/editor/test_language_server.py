# ruff: noqa: E501  a case is a line
"""What an editor shows: completion, hover and problems of the YAML language server with the schema that `archc schema` prints."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from language_server import LanguageServer

from archc.analyse.checking import check_file
from archc.language.editor.view import editor_schema

pytestmark = pytest.mark.no_cover

NETWORK = """\
archc: 1
name: net
input: {channels: 3, height: 32, width: 32}
classes: 10
stem:
  conv: {kernel: 3, out: 16}
block:
  kind: bottleneck
  order: post
  shortcut: B
  stride_at: conv2
stages:
  layer1: {out: 64, repeat: 3}
head: {pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}}
allow: {no_expect: a test}
"""
VARIANT = "archc: 1\nname: net\nextends: resnet18\nset:\n"
BLOCK = "archc: 1\nblock: mine\nstride_at: conv1\nsteps:\n  conv1: {kernel: 3, out: out}\n"
MODULE = "archc: 1\nmodule: mine\nparameters: {width: {type: channels}}\nsteps:\n  conv: {op: conv, kernel: 1, out: width}\n"
SHORTCUT = "archc: 1\nshortcut: mine\nsame: identity\nchange: {module: projection, out: out, stride: stride}\n"
LAYOUT = 'archc: 1\nlayout: mine/resnet\nstages: layer{n}\nblocks: "{i}"\nstem: {conv: conv1}\n'
STEM = "  conv: {kernel: 3, out: 16}\n"


@pytest.fixture(scope="module", params=["2020-12", "07"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    schema = tmp_path_factory.mktemp("editor") / "archc.schema.json"
    schema.write_text(json.dumps(editor_schema("any", request.param)), encoding="utf-8")
    with LanguageServer(schema) as server:
        for text, _, _ in BROKEN.values():  # before any is asked for: a server waits before it looks at a document
            server.open(text)
        yield server


def _with(old: str, new: str, text: str = NETWORK) -> str:
    assert old in text
    return text.replace(old, new, 1)


# Where the cursor is, a label proposed there, what it puts in, and how what is said beside it begins.
PROPOSED = {
    "a whole network": ("|\n", "a network", "archc: 1\nname: ${1:my_net}\n", "a small residual network"),
    "a whole definition": ("|\n", "a layout", 'archc: 1\nlayout: ${1:my_zoo/resnet}\nstages: layer{n}\nblocks: "{i}"\n', "the parameter"),
    "version": ("|\n", "archc", "archc: 1", "The version of the language."),
    "key of a network": (_with("classes: 10", "cl|"), "classes", "classes: ${1:1000}", "How many classes"),
    "key of a block": ("archc: 1\nblock: mine\n|", "steps", "steps:\n  ", "What it does, in order."),
    "key of a module": ("archc: 1\nmodule: mine\n|", "inputs", "inputs:\n  - ", "Names of what it reads."),
    "key of a layout": ("archc: 1\nlayout: a/b\n|", "keys_only", "keys_only: ", "The keys are of a zoo"),
    "key of a stage": (_with("{out: 64, repeat: 3}", "\n    out: 64\n    |"), "repeat", "repeat: ${1:3}", "How many blocks."),
    "setting of a stage": (_with("{out: 64, repeat: 3}", "\n    out: 64\n    |"), "shortcut", "shortcut: ", "A policy's name"),
    "parameter of the block": (_with("  order: post\n", "  order: post\n  |\n"), "ratio", "ratio: ", "mid / out; a number, of block `bottleneck`."),
    "parameter in a stage": (_with("{out: 64, repeat: 3}", "\n    out: 64\n    |"), "groups", "groups: ", "cardinality"),
    "parameter of a stage's own block": (
        _with("{out: 64, repeat: 3}", "\n    out: 64\n    kind: conv\n    |"),
        "kernel",
        "kernel: ",
        "a whole number, of block `conv`.",
    ),
    "step of the block": (_with("  order: post\n", "  order: post\n  |\n"), "conv3", "conv3:\n  ", "A step of block `bottleneck`"),
    "parameter of a shortcut": (_with("shortcut: B", "shortcut:\n    kind: A\n    |"), "zeros", "zeros: ", "after: the paper"),
    "parameter of a module": (_with(STEM, "  conv:\n    module: res2\n    |\n"), "scales", "scales: ${1:2}", "a whole number, of module `res2`."),
    "key of an operation": (_with(STEM, "  pool:\n    op: avg_pool\n    |\n"), "count_include_pad", "count_include_pad: ", "Whether padding"),
    "place in insert": (
        _with("  order: post\n", "  order: post\n  insert:\n    drop:\n      op: drop_path\n      |\n"),
        "before",
        "before: ${1:add}",
        "Of a step of `insert`",
    ),
    "a step": (_with(STEM, "  |\n"), "name: {kernel: 3, out: 64}", "${1:name}:\n  kernel: 3\n  out: 64", "A convolution unit"),
    "a stage": (_with("layer1: {out: 64, repeat: 3}", "|"), "name: {out: 256, repeat: 3, stride: 2}", "${1:name}:\n  out: 256", "A stage"),
    "a path of set": (VARIANT + "  |\n", "block.order", "block.order: ", "Where norm and activation stand"),
    "a parameter in set": (VARIANT + "  |\n", "block.mid", "block.mid: ${1:64}", "The parameter `mid` of `basic`, `bottleneck`"),
    "word of a key": (_with("order: post", "order: |"), "pre", "pre", "norm and activation first, full pre-activation"),
    "word beside maps": (NETWORK + "norm: |\n", "group", "group", "over H, W and the channels of a group"),
    "word of the default": (NETWORK + "norm: |\n", "batch", "batch", "over N, H and W"),
    "word in set": (VARIANT + "  block.order: |\n", "pre", "pre", "norm and activation first"),
    "word where names may stand": (_with(STEM, "  conv:\n    kernel: 3\n    act: |\n"), "silu", "silu", "x * sigmoid(x)"),
    "a map as a value": (NETWORK + "norm: |\n", "{kind: group, groups: 32}", "\n  kind: group\n  groups: 32", "an example"),
    "operation": (_with(STEM, "  pool:\n    op: |\n"), "max_pool", "max_pool", "the largest value of each window"),
    "block that ships": (_with("kind: bottleneck", "kind: |"), "basic", "basic", "He et al. 2015, Fig. 5 left"),
    "module that ships": (_with(STEM, "  conv:\n    module: |\n"), "eca", "eca", "Wang et al. 2020"),
    "shortcut that ships": (_with("shortcut: B", "shortcut: |"), "D", "D", "He et al. 2019 (Bag of Tricks)"),
    "network that ships": ("archc: 1\nname: net\nextends: |\n", "resnet152", "resnet152", "ResNet-152"),
    "layout that ships": (NETWORK + "layouts:\n  timm: |\n", "timm/resnet", "timm/resnet", "timm.models.resnet"),
    "type of a parameter": (
        "archc: 1\nmodule: mine\nparameters:\n  width:\n    type: |\nsteps: {}\n",
        "channels",
        "channels",
        "a number of channels",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PROPOSED.values(), ids=PROPOSED)
def test_proposes(case: tuple[str, str, str, str], server: LanguageServer) -> None:
    text, label, inserted, about = case
    found = server.proposals(text)[label]
    assert (found.text[: len(inserted)], found.about[: len(about)]) == (inserted, about)


WHOLE = ("a network", "a variant of a network", "a block", "a module", "a shortcut", "a layout")


@pytest.mark.parametrize("label", WHOLE)
def test_a_whole_document_is_good(label: str, server: LanguageServer, tmp_path: Path) -> None:
    text = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", server.proposals("|\n")[label].text) + "\n"
    file = tmp_path / "net.yaml"
    file.write_text(text, encoding="utf-8")
    found = [str(problem) for problem in check_file(str(file)) if problem.code.startswith("E")]
    assert (found, server.problems(text)) == ([], [])


# A key that may not be there is not proposed, nor a value where a key is wanted.
NOT_PROPOSED = {
    "a key of stages in `block`": (_with("  order: post\n", "  order: post\n  |\n"), "repeat"),
    "a place in the stem": (_with(STEM, "  pool:\n    op: max_pool\n    |\n"), "before"),
    "`init` of a module": (_with(STEM, "  conv:\n    module: res2\n    |\n"), "init"),
    "a word inside a map": (_with("shortcut: B", "shortcut:\n    kind: A\n    |"), "B"),
    "a map without a name": (NETWORK + "norm: |\n", "[object Object]"),
    "a parameter of another block": (_with("kind: bottleneck", "kind: basic\n  |"), "ratio"),
    "a whole network in one": (_with("classes: 10", "|"), "a network"),
}


@pytest.mark.parametrize("case", NOT_PROPOSED.values(), ids=NOT_PROPOSED)
def test_does_not_propose(case: tuple[str, str], server: LanguageServer) -> None:
    text, label = case
    assert label not in server.proposals(text)


EXPLAINED = {
    "key": (_with("stages:", "sta|ges:"), "#### Stages\n\nRepeated blocks, by name, in order.\n\nSee `docs/language.md#stages`."),
    "map": (_with("input:", "in|put:"), "Example:\n\n```yaml\nchannels: 3\nheight: 224\nwidth: 224\n```"),
    "name of the user's": (_with("layer1:", "lay|er1:"), "#### Stage\n\nA stage: blocks of one width"),
    "default": (NETWORK + "no|rm: batch\n", "Default: `batch`"),
    "word": (_with("order: post", "order: po|st"), "* `post`: conv norm act, activation after the addition: He et al. 2015"),
    "other words": (_with("order: post", "or|der: post"), "* `act_only_pre`: activation first: Fig. 4d"),
    "words where names may stand": (
        _with(STEM, "  conv: {kernel: 3, out: 16, n|orm: layer}\n"),
        "* `layer`: over the channels at each",
    ),
    "parameter": (_with("out: 64", "out: 64, rat|io: 0.5"), "#### ratio\n\nmid / out; a number, of block `bottleneck`."),
    "kind": (_with("kind: bottleneck", "kind: bottle|neck"), "* `bottleneck`: He et al. 2015, Fig. 5 right"),
    "parent": (_with("resnet18", "resnet|18", VARIANT), "* `resnet18`: ResNet-18\n"),
    "path of set": (VARIANT + "  block.sh|ortcut: D\n", "#### Shortcut\n\nA policy's name"),
    "layout": (_with("keys", "ke|ys", LAYOUT + "keys_only: true\n"), "#### Keys only"),
}


@pytest.mark.parametrize("case", EXPLAINED.values(), ids=EXPLAINED)
def test_explains(case: tuple[str, str], server: LanguageServer) -> None:
    text, said = case
    assert said in server.hover(text)


# A broken document, where `archc check` points, and where the editor points besides.
BROKEN = {
    "misspelt parameter": (_with("out: 64", "out: 64, ratoi: 0.5"), ["13:21"], []),
    "misspelt parameter of the block": (_with("order: post", "order: post\n  ratoi: 0.5"), ["10:3"], []),
    "misspelt key": (_with("classes: 10", "clases: 10"), ["4:1"], []),
    "misspelt key that is needed": (_with("repeat: 3", "repaet: 3"), ["13:21"], ["13:3"]),
    "missing key": (_with(", repeat: 3", ""), ["13:3"], []),
    "key of a stage": (_with("order: post", "order: post\n  stride: 2"), ["10:3"], []),
    "place outside insert": (_with("out: 16}", "out: 16, after: x}"), ["6:30"], []),
    "type": (_with("classes: 10", "classes: ten"), ["4:10"], []),
    "truth": (_with("out: 16}", "out: 16, bias: yes}"), ["6:36"], []),
    "word": (_with("order: post", "order: psot"), ["9:10"], []),
    "operation": (_with("op: flatten", "op: flaten"), ["14:44"], []),
    "range": (_with("repeat: 3", "repeat: 0"), ["13:29"], []),
    "name": (_with("name: net", "name: 3d"), ["2:7"], []),
    "name of a stage": (_with("layer1:", "class:"), ["13:3"], []),
    "empty map": (_with("stages:\n  layer1: {out: 64, repeat: 3}", "stages: {}"), ["12:9"], []),
    "version": (_with("archc: 1", "archc: 2"), ["1:8"], []),
    "several": (
        _with("order: post", "order: psot\n  ratoi: 1").replace("classes: 10", "classes: x"),
        ["4:10", "9:10", "10:3"],
        [],
    ),
    "argument of a module": (_with(STEM, "  conv: {module: projection, out: 64, strides: 2}\n"), ["6:39"], []),
    "parameter of a shortcut": (_with("shortcut: B", "shortcut: {kind: A, zeroes: both}"), ["10:23"], []),
    "word in set": (VARIANT + "  block.order: psot\n", ["5:16"], []),
    "type in set": (VARIANT + "  stages.layer1.repeat: [3]\n", ["5:25"], []),
    "a block's name in place of its map": (
        _with(NETWORK[NETWORK.index("block:") : NETWORK.index("stages:")], "block: bottleneck\n"),
        ["7:8"],
        [],
    ),
    "number for a name": (_with("block: mine", "block: 3", BLOCK), ["2:8"], []),
    "block by its index": (_with("repeat: 3", "repeat: 3, blocks: {0: {order: psot}}"), ["13:52"], []),
    "key beside extends": (_with("set:\n", "classes: 3\n", VARIANT), ["4:1"], []),
    "key of a block": (BLOCK + "stepz: {}\n", ["6:1"], []),
    "step of a block": (_with("kernel: 3", "kernal: 3", BLOCK), ["5:11"], ["5:3"]),
    "name in a block": (_with("conv1: {", "order: {", BLOCK), ["5:3"], []),
    "type of a parameter": (_with("type: channels", "type: chanels", MODULE), ["3:28"], []),
    "missing attribute": (_with("kernel: 1, ", "", MODULE), ["5:3"], []),
    "key of a shortcut": (SHORTCUT + "joins: add\n", ["5:1"], []),
    "key of a layout": (LAYOUT + "key_only: true\n", ["6:1"], []),
    "type in a layout": (_with("conv: conv1", "conv: [conv1]", LAYOUT), ["5:14"], []),
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_points_where_check_does(case: tuple[str, list[str], list[str]], server: LanguageServer, tmp_path: Path) -> None:
    text, pointed, besides = case
    file = tmp_path / "net.yaml"
    file.write_text(text, encoding="utf-8")
    checked = [f"{d.span.line}:{d.span.column}" for d in check_file(str(file)) if d.span and d.code.startswith("E")]
    shown = {f"{line}:{column}" for line, column, _ in server.problems(text)}
    assert (checked, shown) == (pointed, {*pointed, *besides})


@pytest.mark.parametrize("text", [NETWORK, VARIANT + "  block.shortcut: C\n", BLOCK, MODULE, SHORTCUT, LAYOUT])
def test_shows_nothing_in_a_good_document(text: str, server: LanguageServer) -> None:
    assert server.problems(text) == []


def test_says_why_a_key_may_not_be_there(server: LanguageServer) -> None:
    assert server.problems(_with("order: post", "order: post\n  stride: 2")) == [(10, 3, "a key of a stage")]


def test_says_what_a_name_is(server: LanguageServer) -> None:
    assert server.problems(_with("name: net", "name: 3d")) == [
        (2, 7, "a letter, then letters, digits and `_`; at most 63 characters")
    ]


def test_shows_what_the_guide_says(server: LanguageServer) -> None:
    text = (Path(__file__).parents[2] / "docs" / "howto" / "editor.md").read_text(encoding="utf-8")
    spec = re.search(r"^```yaml\n(# net\.yaml\n.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert spec is not None
    shown = {f"net.yaml:{line}:{column}" for line, column, _ in server.problems(spec[1].replace("$schema=", "a schema: "))}
    assert shown == set(re.findall(r"^(net\.yaml:\d+:\d+): error", text, re.MULTILINE))


def test_a_modeline_names_the_schema(server: LanguageServer, tmp_path: Path) -> None:
    schema = tmp_path / "block.schema.json"
    schema.write_text(json.dumps(editor_schema("block")), encoding="utf-8")
    proposed = server.proposals(f"# yaml-language-server: $schema={schema.as_uri()}\n|\n")
    assert ("steps" in proposed, "stages" in proposed) == (True, False)
