"""What the public functions say of arguments that are none: the argument's name, its value, and what is expected."""

import datetime as dt
import random
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

import archc
from archc.analyse.checking import check_file
from archc.analyse.diff.read import difference
from archc.backend import BackendError, find_backend
from archc.compile.pipeline import Changes, compile_spec, complete_spec, locate, read_spec
from archc.language.library import Library
from archc.limits import DEFAULT_LIMITS, Limits
from archc.output import OutputError, destinations, write_files
from archc.weights.files import open_weights

SPEC = "cifar_resnet20"
OVERRIDES = "`overrides` is a list of `path=value`, as ['classes=10'], not"
TARGET = "`target` is the path of a spec or the name of a shipped network"
LAYOUT = "the name of a layout"
FEATURES = "`features` is a list of paths, as ['layer1', 'layer2'], not"

TAKES = "for this network; it takes features, head, frozen_norm, layout, num_classes, in_channels"

CALLS: list[tuple[Callable[[], object], str]] = [
    (lambda: compile_spec(SPEC, overrides="act=silu"), f"{OVERRIDES} a text ('act=silu')"),
    (lambda: compile_spec(SPEC, overrides=b"act=silu"), f"{OVERRIDES} bytes (b'act=silu')"),
    (lambda: compile_spec(SPEC, overrides={"act": "silu"}), f"{OVERRIDES} a map ({{'act': 'silu'}})"),
    (lambda: compile_spec(SPEC, overrides={"act=silu"}), f"{OVERRIDES} a set ({{'act=silu'}})"),
    (lambda: compile_spec(SPEC, overrides=None), f"{OVERRIDES} None"),
    (lambda: compile_spec(SPEC, overrides=["classes=10", 3]), "`overrides[1]` is a text, not a number (3)"),
    (lambda: compile_spec(SPEC, overrides=[("act", "silu")]), "`overrides[0]` is a text, not tuple (('act', 'silu'))"),
    (lambda: read_spec(SPEC, overrides="act=silu"), f"{OVERRIDES} a text ('act=silu')"),
    (lambda: complete_spec(SPEC, overrides="act=silu"), f"{OVERRIDES} a text ('act=silu')"),
    (lambda: compile_spec(None), f"{TARGET}, not None"),
    (lambda: compile_spec(18), f"{TARGET}, not a number (18)"),
    (lambda: compile_spec(b"resnet18"), f"{TARGET}, not bytes (b'resnet18')"),
    (lambda: compile_spec([SPEC]), f"{TARGET}, not a list (['{SPEC}'])"),
    (lambda: compile_spec({"archc": 1}), f"{TARGET}, not a map ({{'archc': 1}})"),
    (lambda: compile_spec("a\0.yaml"), f"{TARGET}, and no path has a NUL character: 'a\\x00.yaml'"),
    (lambda: locate(1.5), f"{TARGET}, not a number (1.5)"),
    (lambda: compile_spec(SPEC, layout=Path("timm")), f"`layout` is {LAYOUT}, not PosixPath (PosixPath('timm'))"),
    (lambda: compile_spec(SPEC, prefers=["timm"]), f"`prefers` is {LAYOUT}, not a list (['timm'])"),
    (lambda: compile_spec(SPEC, limits=100), "`limits` is what `archc.limits.Limits` makes, not a number (100)"),
    (
        lambda: compile_spec(SPEC, limits=Limits(blocks=3), library=Library(DEFAULT_LIMITS)),
        "`limits` are not those of `library`, which were given to it: `Library(limits)`",
    ),
    (lambda: compile_spec(SPEC, library="lib"), "`library` is a `Library`, not a text ('lib')"),
    (
        lambda: compile_spec(SPEC, changes="layer1"),
        "`changes` is what `archc.compile.pipeline.Changes` makes, not a text ('layer1')",
    ),
    (lambda: Changes(features="layer1"), f"{FEATURES} a text ('layer1')"),
    (lambda: Changes(without_head=1), "`without_head` is true or false, not a number (1)"),
    (lambda: Limits(blocks="many"), "`blocks` is a whole number, not a text ('many')"),
    (lambda: Limits(blocks=True), "`blocks` is a whole number, not a truth (True)"),
    (lambda: Limits(blocks=0), "`blocks` is a whole number from 1, not 0"),
    (lambda: Library(None), "`limits` is what `archc.limits.Limits` makes, not None"),
    (lambda: archc.torch_module(SPEC, features="layer1"), f"{FEATURES} a text ('layer1')"),
    (lambda: archc.torch_module(SPEC, head="no"), "`head` is true or false, not a text ('no')"),
    (lambda: archc.torch_module(SPEC, frozen_norm=1), "`frozen_norm` is true or false, not a number (1)"),
    (lambda: archc.torch_module(SPEC, num_classes="10"), "`num_classes` is a whole number, not a text ('10')"),
    (lambda: archc.torch_module(SPEC, num_classes=2.0), "`num_classes` is a whole number, not a number (2.0)"),
    (lambda: archc.torch_module(SPEC, num_classes=-1), "`num_classes` is a whole number from 1 to 100,000,000,000, not -1"),
    (
        lambda: archc.torch_module(SPEC, num_clases=10),
        "torch_module has no argument `num_clases` for this network; did you mean `num_classes`?",
    ),
    (lambda: archc.torch_module(SPEC, overrides=["act=silu"]), f"torch_module has no argument `overrides` {TAKES}"),
    (lambda: archc.SpecError("no"), "`diagnostics` is a tuple of diagnostics, not a text ('no')"),
    (lambda: archc.SpecError(("no",)), "`diagnostics` is a tuple of diagnostics, not a text ('no')"),
    (lambda: check_file(3), "`target` is the path of a file, not a number (3)"),
    (lambda: check_file(SPEC, overrides="a=1"), f"{OVERRIDES} a text ('a=1')"),
    (lambda: difference(SPEC, SPEC, new_overrides="a=1"), f"{OVERRIDES} a text ('a=1')"),
    (lambda: difference(SPEC, None), "`new` is the path of a spec, the name of a shipped network, or REVISION:PATH, not None"),
    (lambda: Library(DEFAULT_LIMITS).read(None, "a"), "`path` is the path of a file, not None"),
    (lambda: open_weights(None), "`path` is the path of a file of weights, not None"),
    (lambda: destinations(["a.py"], 3), "`output` is the path of a file or a folder, not a number (3)"),
    (lambda: write_files([(3, [b""])]), "`path` is the path of a file, not a number (3)"),
]


@pytest.mark.parametrize(("call", "said"), CALLS, ids=[said for _, said in CALLS])
def test_refused_by_name(call: Callable[[], object], said: str) -> None:
    with pytest.raises((TypeError, ValueError)) as refused:
        call()
    assert str(refused.value) == said


class Named:
    """A path-like value of one's own."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __fspath__(self) -> str:
        return self.text


@pytest.mark.parametrize("kind", [str, Path, PurePosixPath, Named])
def test_paths_are_taken_wherever_a_file_is(kind: Callable[[str], Any], tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(f"archc: 1\nname: x\nextends: {SPEC}\n")
    given = kind(str(path))
    library = Library(DEFAULT_LIMITS, origin=given)
    written = destinations(["a.txt"], kind(str(tmp_path)))
    write_files([(kind(written[0]), [b"a"])])
    assert (
        [archc.compile_spec(given).graph.name, compile_spec(given, library=library).graph.name, read_spec(given).name],
        [*check_file(given), library.read(given, "x").name, str(difference(given, given).same)],
        next(iter(complete_spec(given))).key,
        len(list(archc.torch_module(given, num_classes=3).parameters())),
        (tmp_path / "a.txt").read_bytes(),
    ) == (["x"] * 3, ["x", "True"], "archc", 59, b"a")


def test_a_path_is_a_file_and_no_shipped_network() -> None:
    """A text may be either; whoever makes a Path means a file."""
    with pytest.raises(archc.SpecError, match=re.escape("E0001")):
        compile_spec(Path(SPEC))


def test_overrides_are_any_texts_with_an_order() -> None:
    graphs = [compile_spec(SPEC, overrides=given).graph for given in (["classes=7"], ("classes=7",), iter(["classes=7"]))]
    assert [graph.types[graph.outputs[0]].shape for graph in graphs] == [(7,)] * 3


VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1, 3, 1.5, float("nan"), 10**30, 1j, b"", b"a", "", " ", "a", SPEC, "act=silu", "=", "a=", "=b"),
    *("\0", "a\0b", "\udc80", "\U0001f600", "..", "/", "x" * 5000, "a/b.yaml", "HEAD:x.yaml", "-", "{}", [], [None], [1], ["a"]),
    *(["a=1"], ["stages=null"], [["a"]], ("classes=5",), {}, {"a": 1}, {1}, frozenset({"a"}), object(), object, len, range(3)),
    *(
        Path(),
        Path("a"),
        PurePosixPath("/x.yaml"),
        Named("\0"),
        Named("."),
        dt.date(2020, 1, 1),
        Ellipsis,
        Limits,
        DEFAULT_LIMITS,
    ),
    *(DEFAULT_LIMITS, Changes(), Library(DEFAULT_LIMITS), (x for x in "a"), memoryview(b"a"), ValueError("a"), re.compile("a")),
]
KEYWORDS: dict[str, tuple[Callable[..., object], list[str]]] = {
    "compile_spec": (archc.compile_spec, ["overrides", "limits", "layout", "prefers", "changes", "library"]),
    "torch_module": (
        archc.torch_module,
        ["features", "head", "frozen_norm", "layout", "num_classes", "in_channels"],
    ),
    "SpecError": (archc.SpecError, ["diagnostics"]),
    "read_spec": (read_spec, ["overrides", "limits"]),
    "complete_spec": (complete_spec, ["overrides", "limits"]),
    "open_weights": (open_weights, []),
    "find_backend": (find_backend, []),
    "Changes": (Changes, ["features", "without_head", "frozen_norm"]),
    "Limits": (Limits, ["bytes", "blocks", "kernel"]),
    "Library": (Library, ["origin"]),
    "destinations": (lambda value, **more: destinations(["a.py"], value, **more), []),
}
BY_NAME = re.compile(r"`|needs `?torch|unexpected keyword|positional argument|multiple values")


def test_a_thousand_wrong_calls() -> None:
    """No exception but these, and none whose message lacks a name."""
    chance = random.Random(2026)
    unlike: list[str] = []
    for _ in range(1000):
        name = chance.choice(list(KEYWORDS))
        function, keywords = KEYWORDS[name]
        first = chance.choice([*VALUES, *[SPEC] * 30])
        more = {key: chance.choice(VALUES) for key in chance.sample(keywords, chance.randint(0, min(2, len(keywords))))}
        try:
            function(first, **more)
        except (archc.SpecError, OutputError, BackendError):
            pass
        except (TypeError, ValueError) as refused:
            unlike += [] if BY_NAME.search(str(refused)) else [f"{name}({first!r}, {more!r}): {refused!r}"]
        except Exception as other:  # noqa: BLE001  what this test is about
            unlike.append(f"{name}({first!r}, {more!r}): {other!r}")
    assert unlike == []
