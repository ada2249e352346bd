# ruff: noqa: E501  a case is a line
"""Problems of documents: code, place and words; a good document has none."""

import subprocess
import sys
from pathlib import Path

import pytest

from archc.diagnostics import in_order
from archc.language.document.loader import parse
from archc.language.document.source import text_source
from archc.language.lookup import kind_of
from archc.language.schema.load import Kind
from archc.language.schema.validate import validate
from archc.limits import Limits

SPECS = Path(__file__).parents[2] / "specs"
NETWORK = """\
archc: 1
name: net
input: {channels: 3, height: 32, width: 32}
classes: 10
stem: {conv: {kernel: 3, out: 16}}
block: {kind: basic, order: post, shortcut: A}
stages:
  layer1: {out: 16, repeat: 3}
head: {pool: {op: global_pool}, flat: {op: flatten}, fc: {op: linear, out: classes}}
"""
STEM = "stem: {conv: {kernel: 3, out: 16}}"
CHILD = "archc: 1\nname: net\nextends: resnet18\n"
MODULE = "archc: 1\nmodule: m\nsteps: {y: {op: add}}\n"
LAYOUT = 'archc: 1\nlayout: timm/resnet\nstages: layer{n}\nblocks: "{i}"\n'


def problems(text: str, kind: Kind | None = None) -> list[str]:
    root = parse(text_source(text, "net.yaml", Limits()), Limits())
    found = in_order(validate(root, kind or kind_of(root)))
    return [f"{d.span.line}:{d.span.column} {d.code} {d.message}{f' ({d.help})' if d.help else ''}" for d in found if d.span]


@pytest.mark.parametrize("file", sorted(SPECS.rglob("*.yaml")), ids=lambda file: file.stem)
def test_what_ships_is_valid(file: Path) -> None:
    assert problems(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("classes: 10", "classes: 10\nx-shared: &a {1: 2, anything: [goes]}"),
        ("classes: 10", "classes: 10\nnorm: {kind: group, groups: 4}\nact: {kind: leaky_relu, slope: 0.1}\nconv: {bias: true}"),
        ("classes: 10", "classes: 10\nnorm: {module: mine, size: 3}"),
        ("classes: 10", "classes: 10\ninit: {linear: {kind: normal, std: 0.01}, conv: 0.5, last_norm: zeros}"),
        ("classes: 10", "classes: 10\noutput_stride: 16\nvars: {n: 3, m: 2 * n, deep: true}\nfeatures: [layer1]"),
        ("classes: 10", "classes: 10\nlayouts: {timm: timm/resnet}\npreprocess: {mean: [0.5], std: [0.5], crop: 0.875}"),
        (
            "classes: 10",
            "classes: 10\nexpect: {params: 1, outputs: {layer1: [16, 32, 32]}, reported: {macs: {value: 1e9, from: x}}}",
        ),
        (STEM, "stem: {}"),
        (STEM, "stem: {module: deep_stem, out: 64}"),
        (STEM, "stem: {conv: {kernel: k, out: 2 * w, bias: w > 8, when: true, init: {bias: -6}, norm: none, act: {kind: elu}}}"),
        (STEM, "stem: {turns: {repeat: 2, steps: {y: {op: add, of: [x, turns.i - 1]}}}}"),
        ("shortcut: A", "shortcut: {kind: A, zeros: both, change.stride: 2}"),
        ("shortcut: A", "shortcut: {same: identity, change: none, join: {module: gate}}"),
        ("order: post", "order: {first: [conv], each: [norm, act, conv], after_add: []}"),
        (
            "shortcut: A",
            "shortcut: A, insert: {drop: {op: dropout, rate: 0.5, before: add}}, conv2: {module: res2}, ratio: 2, conv1.out: 3",
        ),
        ("repeat: 3", "repeat: n, blocks: {0: {order: pre, insert: null, insert.drop: null}}, kind: bottleneck, label: conv2_x"),
    ],
)
def test_valid(old: str, new: str) -> None:
    assert problems(NETWORK.replace(old, new)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # unknown and missing keys
        ("repeat: 3", "repaet: 3", ["8:21 E0201 unknown key `repaet` in `stages.layer1` (did you mean `repeat`?)"]),
        ("repeat: 3", "label: x", ["8:3 E0202 `stages.layer1` does not say its `repeat`"]),
        ("head: ", "haed: ", ["9:1 E0201 unknown key `haed` in this network (did you mean `head`?)"]),
        ("archc: 1\n", "", ["1:1 E0202 this network does not say its `archc` (begin with `archc: 1`)"]),
        ("head: {", "x-head: {", ["1:1 E0202 this network does not say its `head` (write `head: {}` where there is none)"]),
        ("classes: 10", "stride_at: conv1", ["4:1 E0201 unknown key `stride_at` in this network (it belongs in `block`)"]),
        ("classes: 10", "repeat: 1", ["4:1 E0201 unknown key `repeat` in this network (it belongs in a stage)"]),
        ("channels: 3", "channels: 3, classes: 3", ["3:22 E0201 unknown key `classes` in `input` (it belongs in the top level)"]),
        ("channels: 3", "channels: 3, depth: 3", ["3:22 E0201 unknown key `depth` in `input` (the keys are `channels`, `height`, `width`, `multiple`, `fixed`)"]),
        ("classes: 10", "set: {a: 1}", ["1:1 E0202 this network does not say its `extends` (`set` changes what `extends` names)"]),
        ("kernel: 3", "kernal: 3", ["5:15 E0201 unknown key `kernal` in `stem.conv` (did you mean `kernel`?)"]),
        (STEM, "stem: {pool: {opp: max_pool}}", ["5:15 E0201 unknown key `opp` in `stem.pool` (did you mean `op`?)"]),
        (STEM, "stem: {pool: {}}", ["5:8 E0331 `stem.pool` is no step"]),
        (STEM, "stem: {conv: {kernel: 3}}", ["5:8 E0202 `stem.conv` does not say its `out`"]),
        (STEM, "stem: {pool: {op: max_pool}}", ["5:8 E0202 `stem.pool` does not say its `kernel`"]),
        (STEM, "stem: {turns: {repeat: 3}}", ["5:8 E0202 `stem.turns` does not say its `steps`"]),
        (STEM, "stem: {a: {op: add, strides: 2}}", ["5:21 E0201 unknown key `strides` in `stem.a` (the keys are `op`, `of`, `when`, `init`)"]),
        ("order: post", "order: {first: [conv]}", ["6:22 E0202 `block.order` does not say its `each`"]),
        ("shortcut: A", "shortcut: {same: none, chnage: none}", ["6:58 E0201 unknown key `chnage` in `block.shortcut` (did you mean `change`?)"]),
        # the place of a step
        (STEM, "stem: {a: {op: add, after: x}}", ["5:21 E0201 `stem.a.after` has no meaning here"]),
        ("post", "post, insert: {a: {op: add}}", ["6:44 E0202 `block.insert.a` does not say where it stands (`after:` or `before:` a node of the branch, or `before: add`)"]),
        ("post", "post, insert: {a: {op: add, after: x, before: y}}", ["6:67 E0201 `block.insert.a.before` has no meaning here"]),
        # keys of something else
        ("order: post", "order: post, stride: 2", ["6:35 E0201 `block.stride` has no meaning here"]),
        ("repeat: 3", "repeat: 3, blocks: {0: {stride: 2}}", ["8:45 E0201 `stages.layer1.blocks.0.stride` has no meaning here"]),
        (STEM, "stem: {a: {module: m, init: {x: 1}}}", ["5:23 E0201 `stem.a.init` has no meaning here"]),
        # types
        ("classes: 10", 'classes: "10"', ['4:10 E0203 `classes` must be a whole number, not the text "10" (write it without quotes)']),
        ("classes: 10", "classes: true", ["4:10 E0203 `classes` must be a whole number, not true"]),
        ("classes: 10", "classes: [10]", ["4:10 E0203 `classes` must be a whole number, not a list (`classes` is how many there are: `classes: 10`)"]),
        ("repeat: 3", "repeat: 3.0", ["8:29 E0203 `stages.layer1.repeat` must be a whole number or an expression, not the number 3.0 (write 3)"]),
        ("repeat: 3", "repeat: true", ["8:29 E0203 `stages.layer1.repeat` must be a whole number or an expression, not true"]),
        ("out: 16}}", "out: 16, bias: yes}}", ['5:41 E0203 `stem.conv.bias` must be true, false or an expression, not the text "yes" (write true or false)']),
        ("width: 32", "width: 32, fixed: on", ['3:52 E0203 `input.fixed` must be true or false, not the text "on" (write true or false)']),
        (STEM, "stem:", ["5:6 E0203 `stem` must be a map, not empty (write `{}` where there is nothing to say)"]),
        (STEM, "stem: {a: 3}", ["5:11 E0203 `stem.a` must be a map, not the number 3"]),
        ("name: net", "name: 18", ['2:7 E0203 `name` must be text, not the number 18 (write it with quotes: "18")']),
        ("classes: 10", "features: [{}]", ["4:12 E0203 `features[0]` must be text, not a map"]),
        # words
        ("order: post", "order: psot", ["6:29 E0204 `block.order` cannot be `psot` (did you mean `post`?)"]),
        ("order: post", "order: {each: [conv, nrom]}", ["6:43 E0204 `block.order.each[1]` cannot be `nrom` (did you mean `norm`?)"]),
        ("classes: 10", "norm: bach", ["4:7 E0204 `norm` cannot be `bach` (did you mean `batch`?)"]),
        ("global_pool", "globl_pool", ["9:19 E0204 `head.pool.op` cannot be `globl_pool` (did you mean `global_pool`?)"]),
        ("shortcut: A", "shortcut: {same: none, change: none, join: mul}", ["6:78 E0204 `block.shortcut.join` cannot be `mul`"]),
        # ranges
        ("repeat: 3", "repeat: 0", ["8:29 E0205 `stages.layer1.repeat` must be at least 1, not 0"]),
        ("classes: 10", "preprocess: {crop: 0}", ["4:20 E0205 `preprocess.crop` must be above 0, not 0"]),
        ("classes: 10", "features: []", ["4:11 E0205 `features` is empty"]),
        ("\n  layer1: {out: 16, repeat: 3}", " {}", ["7:9 E0205 `stages` is empty"]),
        # version
        ("archc: 1", "archc: 2\nhuh: 3", ["1:8 E0206 the version of the language cannot be `2` (write `archc: 1`)"]),
        ("archc: 1", "archc: true", ["1:8 E0206 the version of the language cannot be `true` (write `archc: 1`)"]),
        ("archc: 1", "archc: 1.0", ["1:8 E0206 the version of the language cannot be `1.0` (write `archc: 1`)"]),
        ("archc: 1", "archc: [1]", ["1:8 E0206 the version of the language cannot be a map or a list (write `archc: 1`)"]),
        # names
        ("name: net", "name: resnet-50", ["2:7 E0207 `resnet-50` is no name (write `resnet_50`)"]),
        ("name: net", 'name: "net\\n"', ["2:7 E0207 `net\n` is no name (write `net`)"]),
        ("name: net", "name: class", ["2:7 E0207 `class` is no name"]),
        ("layer1:", "2layer:", ["8:3 E0207 `2layer` is no name"]),
        (STEM, "stem: {in: {op: add}}", ["5:8 E0207 `in` is no name"]),
        ("classes: 10", "vars: {if: 3}", ["4:8 E0207 `if` is no name"]),
        ("classes: 10", "vars: {out: 3}", ["4:8 E0207 `out` is no name"]),
        # numbers as keys
        ("layer1:", "1:", ["8:3 E0210 the key `1` is a number"]),
        ("repeat: 3", 'repeat: 3, blocks: {"0": {}}', ["8:41 E0210 the index `0` is a text (write 0 without quotes)"]),
        ("repeat: 3", "repeat: 3, blocks: {-1: {}}", ["8:41 E0201 unknown key `-1` in `stages.layer1.blocks` (blocks are called by their index, from 0)"]),
        ("repeat: 3", 'repeat: 3, blocks: {0: {order: 3}, "0": {}}', ["8:56 E0210 the index `0` is a text (write 0 without quotes)"]),
    ],
)  # fmt: skip
def test_network(old: str, new: str, expected: list[str]) -> None:
    assert old in NETWORK
    assert problems(NETWORK.replace(old, new)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CHILD + "set: {block.shortcut: A, stem.pool: null, stages.layer1.blocks: {0: {order: pre}}}\n", []),
        (CHILD + "classes: 10\n", ["4:1 E0208 `classes` stands beside `extends` (move it: `set: {classes: 10}`)"]),
        (CHILD + "stages.layer1.out: 10\n", ["4:1 E0208 `stages.layer1.out` stands beside `extends` (move it: `set: {stages.layer1.out: 10}`)"]),
        (CHILD + "sett: {}\n", ["4:1 E0201 unknown key `sett` in this network (did you mean `set`?)"]),
        (CHILD + "set: {block..order: pre}\n", ["4:7 E0207 `block..order` is no path"]),
        (CHILD + "set: {0: pre}\n", ["4:7 E0210 the key `0` is a number"]),
        (MODULE, []),
        (MODULE + "inputs: [x, 3y]\n", ["4:13 E0207 `3y` is no name"]),
        (MODULE + "parameters: {a: {type: chanels}}\n", ["4:24 E0204 `parameters.a.type` cannot be `chanels` (did you mean `channels`?)"]),
        (MODULE + "extends: other\n", ["3:1 E0208 `steps` stands beside `extends` (move it: `set: {steps: …}`)"]),
        (MODULE + "parameters: {of: {type: channels}}\n", ["4:14 E0207 `of` is no name"]),
        ("archc: 1\nblock: b\nparameters: {stride: {type: integer}}\nsteps: {norm: {op: norm}}\n", ["3:14 E0207 `stride` is no name", "4:9 E0207 `norm` is no name"]),
        ("archc: 1\nshortcut: s\nparameters: {out: {type: channels}}\nsame: none\nchange: none\n", ["3:14 E0207 `out` is no name"]),
        ("archc: 1\nblock: b\n", ["1:1 E0202 this block does not say its `steps`"]),
        ("archc: 1\nshortcut: s\nsame: identity\nchang: none\n", ["4:1 E0201 unknown key `chang` in this shortcut (did you mean `change`?)"]),
        (LAYOUT + "block: {norm1: bn1, conv1: 0, parameters: {a.weight: b}}\nkeys_only: true\n", []),
        (LAYOUT + "stem: {conv: [a]}\n", ["5:14 E0203 `stem.conv` must be an attribute path, not a list"]),
        (LAYOUT.replace("timm/resnet", "a/b/c"), ["2:9 E0207 `a/b/c` is no name (write `a_b_c`)"]),
    ],
)  # fmt: skip
def test_other_documents(text: str, expected: list[str]) -> None:
    assert problems(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NETWORK, []),
        (NETWORK + "vars.n: 3\n", ["10:1 E0201 unknown key `vars.n` in this network (there is no map `vars` to change: write `vars: {n: …}`)"]),
        (CHILD + "set: {}\n" + NETWORK.partition("name: net\n")[2], ["3:1 E0201 unknown key `extends` in this network", "4:1 E0201 unknown key `set` in this network"]),
    ],
)  # fmt: skip
def test_resolved_networks(text: str, expected: list[str]) -> None:
    assert problems(text, "resolved") == expected


def test_several_problems_are_told_at_once() -> None:
    text = NETWORK.replace("post", "psot").replace("classes: 10", "classes: x").replace("repeat: 3", "repeat: 0, blocks: 3")
    assert [line.split()[:2] for line in problems(text)] == [
        ["4:10", "E0203"],
        ["6:29", "E0204"],
        ["8:29", "E0205"],
        ["8:40", "E0203"],
    ]


def test_steps_nested_to_the_limit_are_judged() -> None:
    inner = "{op: addd}"
    for _ in range(15):
        inner = "{repeat: 2, steps: {y: " + inner + "}}"
    text = NETWORK.replace(STEM, f"stem: {{y: {inner}}}")
    assert [line.split()[1] for line in problems(text)] == ["E0204"]


def test_a_valid_document_needs_no_jsonschema() -> None:
    program = (
        "import sys; from archc.language.document.loader import parse; from archc.language.document.source import text_source; "
        "from archc.limits import Limits; from archc.language.schema.validate import validate; "
        f"print(validate(parse(text_source({NETWORK!r}, 'net.yaml', Limits()), Limits()), 'network'), 'jsonschema' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "[] False\n"
