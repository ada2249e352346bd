"""The difference as text, Markdown and JSON; golden files, and names that try to be more than names."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from archc.analyse.diff.compare import Network, compare
from archc.analyse.diff.jsonout import as_json
from archc.analyse.diff.markdown import LONGEST, as_markdown
from archc.analyse.diff.model import Change, Difference
from archc.analyse.diff.read import difference
from archc.analyse.diff.text import as_text
from archc.compile.pipeline import compile_spec
from archc.record import replace as dataclass_replace
from archc.rendering.markdown import code, plain, prose

DATA = Path(__file__).parent / "data"
PAIRS = [("plain", "variant"), ("plain", "strided"), ("plain", "plain")]
NASTY = "a`b|c*_<b>\x1b[31m\u202e@me #1 [x](http://y) $z$"


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_text(old: str, new: str, golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA)
    golden(f"golden/{old}-{new}.txt", as_text(difference(f"{old}.yaml", f"{new}.yaml")))


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_markdown(old: str, new: str, golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA)
    golden(f"golden/{old}-{new}.md", as_markdown(difference(f"{old}.yaml", f"{new}.yaml")))


def test_colour_adds_nothing_but_colour() -> None:
    found = difference("resnet50", "resnet50d")
    shown = as_text(found, color=True)
    for style in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m"):
        shown = shown.replace(style, "")
    assert shown == as_text(found)


def schema() -> jsonschema.Draft202012Validator:
    schema = files("archc.analyse.diff") / "diff-1.schema.json"
    return jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema().schema)


@pytest.mark.parametrize(("old", "new"), [("resnet50", "resnet50d"), ("resnet18", "resnet18"), ("resnet18", "vgg19")])
def test_json_is_as_its_schema_says(old: str, new: str) -> None:
    assert list(schema().iter_errors(json.loads(as_json(difference(old, new))))) == []


def test_json_with_another_key_is_not() -> None:
    content = json.loads(as_json(difference("resnet18", "resnet18"))) | {"more": 1}
    assert [error.validator for error in schema().iter_errors(content)] == ["additionalProperties"]


def test_json_tells_a_change() -> None:
    content = json.loads(as_json(difference("resnet50", "resnet50_v1")))
    [change] = content["changes"]
    assert (content["version"], content["same"], change["subject"], change["before"], change["after"]) == (
        1, False, "stride 2", "`conv2`", "`conv1`",
    )  # fmt: skip


def test_json_tells_every_operation() -> None:
    content = json.loads(as_json(difference("resnet18", "resnet18", new_overrides=["head.fc.bias=false"])))
    assert content["operations"] == [
        {
            "kind": "changed",
            "operation": "linear",
            "old": "head.fc",
            "new": "head.fc",
            "attributes": [{"name": "bias", "before": "true", "after": "false"}],
            "rewired": False,
            "implied": False,
        }
    ]


def nasty(tmp_path: Path) -> Difference:
    """Networks whose title and files are called what hurts."""
    path = tmp_path / "net.yaml"
    path.write_text(f"archc: 1\nname: net\ntitle: {json.dumps(NASTY)}\nextends: resnet18\nset: {{act: silu}}\n", encoding="utf-8")
    compiled = compile_spec(str(path))
    compiled = dataclass_replace(compiled, spec=dataclass_replace(compiled.spec, title=NASTY))
    return compare(Network(compiled, NASTY), Network(compile_spec("resnet18"), NASTY))


def test_text_prints_no_control_characters(tmp_path: Path) -> None:
    assert [line for line in as_text(nasty(tmp_path)).splitlines() if not line.isprintable()] == []


def test_markdown_keeps_a_name_in_its_code(tmp_path: Path) -> None:
    title = as_markdown(nasty(tmp_path)).splitlines()[0]
    shown = "``a`b|c*_<b>\\x1b[31m\\u202e@me #1 [x](http://y) $z$``"
    assert title == f"### {shown} → {shown}: another function, into which the weights load all the same"


def test_json_of_nasty_names_is_as_its_schema_says(tmp_path: Path) -> None:
    assert list(schema().iter_errors(json.loads(as_json(nasty(tmp_path))))) == []


MARKDOWN = [
    ("a*b_c", r"a\*b\_c"),
    ("<script>&", "&lt;script&gt;&amp;"),
    ("@you #12 ~x~ |", r"&#64;you &#35;12 \~x\~ \|"),
    ("[a](b)", r"\[a\](b)"),
    ("see http://x www.y", "see http&#58;//x www&#46;y"),
    ("back\\slash `tick", "back\\\\slash \\`tick"),
    ("two\nlines", r"two\\nlines"),
]


@pytest.mark.parametrize(("text", "expected"), MARKDOWN)
def test_running_text(text: str, expected: str) -> None:
    assert plain(text) == expected


CODE = [("a", "`a`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("", "` `"), ("a``b`", "``` a``b` ```"), ("a|b", "`a|b`")]


@pytest.mark.parametrize(("text", "expected"), CODE)
def test_code(text: str, expected: str) -> None:
    assert code(text) == expected


def test_a_bar_in_code_in_a_table() -> None:
    assert code("a|b", table=True) == r"`a\|b`"


PROSE = [("`a_b` and c_d", r"`a_b` and c\_d"), ("a ` b", r"a \` b"), ("`a` ` b", r"`a` \` b"), ("", "")]


@pytest.mark.parametrize(("text", "expected"), PROSE)
def test_prose(text: str, expected: str) -> None:
    assert prose(text) == expected


def many(found: Difference, count: int, length: int) -> Difference:
    """With as many changes, each as long."""
    change = Change("changed", "block", "x" * length, "@" * length, "x", details=("#" * length,) * 30)
    fields = {name: getattr(found, name) for name in found.record_fields}
    return Difference(**(fields | {"changes": (change,) * count}))


@pytest.mark.parametrize(("count", "length"), [(10, 10), (500, 10), (5000, 20), (3000, 400)])
def test_markdown_fits_a_comment(count: int, length: int) -> None:
    text = as_markdown(many(difference("resnet50", "resnet50d"), count, length))
    assert (len(text) <= LONGEST, text.count("<details>"), text.endswith("\n")) == (True, text.count("</details>"), True)


def test_figures_are_a_list_where_a_table_has_no_room() -> None:
    text = as_text(difference("resnet18", "resnet18", new_overrides=["classes=10"]), room=40)
    assert "\nparameters\n  before  11,689,512\n  after   11,181,642\n  change  -507,870\n          -4.3 %\n" in text
