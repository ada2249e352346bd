"""Every shipped network of a family: its document, and its stage shapes against those measured on other code."""

import pytest
import yaml
from family.zoo import SHIPPED
from references.known import KNOWN
from references.known import SHIPPED as PAPERS

from archc.compile.pipeline import compile_spec
from archc.cost import count as cost

MEASURED = [name for name in SHIPPED if name in KNOWN]


def test_every_known_network_ships() -> None:
    assert set(KNOWN) <= SHIPPED.keys() | set(PAPERS)


def test_every_network_of_a_family_is_known() -> None:
    assert SHIPPED.keys() <= set(KNOWN)


@pytest.mark.parametrize("name", MEASURED)
def test_stages_have_the_shapes_measured(name: str) -> None:
    graph = compile_spec(name).graph
    theirs = [tuple(shape[1:]) for shape in KNOWN[name]["shapes"].values()]
    widest = {shape[1:]: shape for shape in theirs if len(shape) == 3}
    stages = [type_.shape for path, type_ in cost.stage_shapes(graph).items() if path != "stem"]
    if "head.conv" not in {node.name for node in graph.nodes}:
        assert set(stages) <= set(theirs)
    else:  # measured after the head's convolution, which the zoo counts to the last stage
        assert {shape[1:] for shape in stages} <= widest.keys()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_document_says_what_it_is_and_what_it_comes_out_at(name: str) -> None:
    document = yaml.safe_load(SHIPPED[name].read_text("utf-8"))
    found = (document["name"], str(document["source"]["paper"]).startswith("arXiv:"), set(document["expect"]))
    assert (name, True, {"depth", "params", "macs", "outputs"}) == found


def test_titles_differ() -> None:
    titles = {name: yaml.safe_load(path.read_text("utf-8"))["title"] for name, path in SHIPPED.items()}
    assert len(titles) == len(set(titles.values()))
