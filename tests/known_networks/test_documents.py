"""What every shipped network's own document says: a title, a source, and the numbers it has to come out at."""

from pathlib import Path

import pytest
import yaml
from references.known import SHIPPED

from archc.language.shipped import shipped_root

PRINTED = {
    "params": {
        "cifar_resnet20": 0.27e6,
        "cifar_resnet32": 0.46e6,
        "cifar_resnet44": 0.66e6,
        "cifar_resnet56": 0.85e6,
        "cifar_resnet110": 1.7e6,
        "cifar_resnet1202": 19.4e6,
        "cifar_preact_resnet164": 1.7e6,
        "cifar_preact_resnet1001": 10.2e6,
        "vgg19": 144e6,
    },
    "macs": {
        "resnet18": 1.8e9,
        "resnet34": 3.6e9,
        "resnet50_v1": 3.8e9,
        "resnet101_v1": 7.6e9,
        "resnet152_v1": 11.3e9,
        "plain34": 3.6e9,
        "vgg19": 19.6e9,
    },
}
"""He et al. 2015: Tables 1 and 6, Fig. 3; He et al. 2016: Table 4; Simonyan and Zisserman 2015: Table 2."""


def document(name: str) -> dict[str, object]:
    path = shipped_root() / f"{name}.yaml"
    found = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def expectation(name: str) -> dict[str, object]:
    found = document(name)["expect"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", SHIPPED)
def test_a_document_is_named_as_its_file(name: str) -> None:
    assert name == document(name)["name"]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_document_names_its_paper(name: str) -> None:
    source = document(name)["source"]
    assert isinstance(source, dict)
    assert str(source["paper"]).startswith("arXiv:")


@pytest.mark.parametrize("name", SHIPPED)
def test_titles_differ(name: str) -> None:
    title = document(name)["title"]
    assert [name] == [other for other in SHIPPED if document(other)["title"] == title]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_document_states_what_it_comes_out_at(name: str) -> None:
    assert {"params", "macs", "depth", "outputs"} == set(expectation(name)) - {"reported"}


@pytest.mark.parametrize(("key", "name"), [(key, name) for key, figures in PRINTED.items() for name in figures])
def test_a_printed_figure_is_reported(key: str, name: str) -> None:
    reported = expectation(name)["reported"]
    assert isinstance(reported, dict)
    assert PRINTED[key][name] == float(reported[key]["value"])


def test_definitions_are_named_as_their_files() -> None:
    root = shipped_root()
    names = {}
    for folder in ("blocks", "modules", "shortcuts", "layouts"):
        for path in sorted((root / folder).rglob("*.yaml")):
            names[path.relative_to(root / folder).with_suffix("").as_posix()] = stated_name(path, folder.removesuffix("s"))
    assert list(names) == list(names.values())


def stated_name(path: Path, kind: str) -> str:
    return str(yaml.safe_load(path.read_text("utf-8"))[kind])
