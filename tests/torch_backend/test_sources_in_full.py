"""Emitted modules of small networks as they are read, in golden files: classes, arguments of constructors, statements, names."""

from collections.abc import Callable

import pytest
from small_networks import NAMES, small_network

from archc.compile.pipeline import Changes
from archc_torch import emitted_source

FOLDED = ("features", "shortcuts")


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


def test_names_of_a_layout(golden: Callable[[str, str], None]) -> None:
    golden("golden/small/features_torchvision.py.txt", below_the_head(emitted_source(small_network("features"))))


def test_frozen_norms(golden: Callable[[str, str], None]) -> None:
    compiled = small_network("attention", layout="canonical", changes=Changes(frozen_norm=True))
    golden("golden/small/attention_frozen.py.txt", below_the_head(emitted_source(compiled)))


def test_without_a_head(golden: Callable[[str, str], None]) -> None:
    compiled = small_network("drops", layout="canonical", changes=Changes(without_head=True))
    golden("golden/small/drops_headless.py.txt", below_the_head(emitted_source(compiled)))
