"""Emitted modules of small networks as they are read, in golden files: classes, arguments of constructors, statements, names."""

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest
from factories.networks import DEFINITIONS, parts_of
from factories.networks import NAMES as FORMULAS
from small_networks import FOLDER, NAMES, small_network
from small_specs import spec
from told import page, told

from archc.backend import BackendError
from archc.compile.pipeline import Changes, compile_spec
from archc.diagnostics import SpecError
from archc_torch import emitted_source

FOLDED = ("features", "shortcuts")
REFUSED = ("middles", "norms", "orders")
"""Networks with norms that cannot be folded."""

SHIPPED = {
    "ecaresnet50d_pruned": "canonical",  # blocks of the same class whose widths follow no rule
    "res2net50_14w_8s": "canonical",  # a loop over a list of modules whose values are read elsewhere
    "resnetv2_50x1_bit": "timm",
    "resnet34_c": "detectron2",  # norms inside of convolutions
    "skresnet18": "timm",
    "gcresnet33ts": "timm",
}
"""Networks that ship, in a layout with something of its own."""
BLOCK = "{kind: basic, order: post, shortcut: B}"


def below_the_head(source: str) -> str:
    """Return the source without the lines of hashes and archc's version, which have tests of their own."""
    lines = source.split("\n")
    return "\n".join([*lines[:3], *lines[6:]])


@pytest.mark.parametrize("name", NAMES)
def test_source(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"golden/small/{name}.py.txt", below_the_head(emitted_source(small_network(name, layout="canonical"))))


@pytest.mark.parametrize("name", FOLDED)
def test_folded(name: str, golden: Callable[[str, str], None]) -> None:
    source = emitted_source(small_network(name, layout="canonical"), fold_bn=True)
    golden(f"golden/small/{name}_folded.py.txt", below_the_head(source))


def test_what_is_said_of_norms_that_cannot_be_folded(golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    cases = []
    for name in REFUSED:
        with pytest.raises(SpecError) as error:
            emitted_source(compile_spec(f"{name}.yaml"), fold_bn=True)
        cases.append((name, told(error.value.diagnostics)))
    golden("golden/refused_folds.txt", page(cases))


def test_names_of_a_layout(golden: Callable[[str, str], None]) -> None:
    golden("golden/small/features_torchvision.py.txt", below_the_head(emitted_source(small_network("features"))))


def test_features_inside_a_long_stage(golden: Callable[[str, str], None]) -> None:
    changes = Changes(("layer1.3", "layer2.5.act1", "layer3.2", "layer3.7"))
    source = emitted_source(compile_spec("cifar_resnet56", layout="canonical", changes=changes))
    golden("golden/cifar_resnet56_features.py.txt", below_the_head(source))


def test_steps_that_share_a_module(golden: Callable[[str, str], None], tmp_path: Path) -> None:
    """A layout may give one path to several steps, numbers to all of them, and a tensor of its own name to a learned factor."""
    block = "block: {act1: relu, act_out: relu, gain: gamma, shortcut: down, parameters: {gain.weight: gamma}}"
    tables = f'stem: {{"*": "features.#"}}\n{block}'
    (tmp_path / "names.yaml").write_text(f"archc: 1\nlayout: own/names\nstages: layer{{n}}\n{tables}\n", encoding="utf-8")
    steps = "{gain: {op: scale, value: 0.5, before: add}}"
    text = spec(f"{{kind: basic, order: post, shortcut: B, insert: {steps}}}", more="layouts: {own: ./names.yaml}")
    (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
    golden("golden/small/shared.py.txt", below_the_head(emitted_source(compile_spec(str(tmp_path / "small.yaml")))))


def test_frozen_norms(golden: Callable[[str, str], None]) -> None:
    compiled = small_network("attention", layout="canonical", changes=Changes(frozen_norm=True))
    golden("golden/small/attention_frozen.py.txt", below_the_head(emitted_source(compiled)))


def test_without_a_head(golden: Callable[[str, str], None]) -> None:
    compiled = small_network("drops", layout="canonical", changes=Changes(without_head=True))
    golden("golden/small/drops_headless.py.txt", below_the_head(emitted_source(compiled)))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped(name: str, golden: Callable[[str, str], None]) -> None:
    layout = SHIPPED[name]
    golden(f"golden/{name}_{layout}.py.txt", below_the_head(emitted_source(compile_spec(name, layout=layout))))


def test_formulas(golden: Callable[[str, str], None], tmp_path: Path) -> None:
    """Classes and input channels wherever they make a width: the lines that differ from those of a plain network."""
    for name, text in DEFINITIONS.items():
        (tmp_path / f"{name}.yaml").write_text(f"archc: 1\n{text}", encoding="utf-8")
    path = tmp_path / "small.yaml"

    def source(**parts: str) -> list[str]:
        path.write_text(spec(BLOCK, **parts).replace("width: 32", "width: 32, multiple: 2"), encoding="utf-8")
        return below_the_head(emitted_source(compile_spec(str(path)))).split("\n")

    plain, page = source(), []
    for name in FORMULAS:
        changed = [line for line in difflib.unified_diff(plain, source(**parts_of(name)), n=0, lineterm="") if line[:2] != "@@"]
        page += [f"== {name}", *changed[2:], ""]
    golden("golden/small/formulas.txt", "\n".join(page))


LAYOUTS = (
    "stem: {parameters: {norm.weight: scale}}",
    'stem: {self: "", conv: ""}',
    "block: {act1: relu, drop: relu}",
    "block: {conv1: a, drop: a}",
    "block: {conv1: forward}",
    'head: {self: "", fc: class}',
    'block: {parameters: {gain.weight: "1.0"}}',
    'block: {gain: "conv1.gain", norm1: "conv1.0"}',
    'block: {parameters: {gain.weight: "conv1"}}',
    "keys_only: true",
)
"""Entries of a layout that no module can have."""


def test_layouts_that_no_module_has(golden: Callable[[str, str], None], tmp_path: Path) -> None:
    steps = "{drop: {op: dropout, rate: 0.5, after: act1}, gain: {op: scale, before: add}}"
    text = spec(f"{{kind: basic, order: post, shortcut: B, insert: {steps}}}", more="layouts: {own: ./names.yaml}")
    (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
    page = ""
    for entries in LAYOUTS:
        (tmp_path / "names.yaml").write_text(f"archc: 1\nlayout: own/names\n{entries}\n", encoding="utf-8")
        with pytest.raises(BackendError) as error:
            emitted_source(compile_spec(str(tmp_path / "small.yaml")))
        page += f"{entries}\n    {error.value.code} {error.value.message} ({error.value.help})\n"
    golden("golden/refused_layouts.txt", page)
